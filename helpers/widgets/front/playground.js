// Front end of the playground: a network with a map in each unit, the points, and curves of the cost and the gradients.
// Python trains the network and sends the data of one picture at a time.

const RATES = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10]
const BATCHES = [1, 2, 5, 10, 20, 50, 100, 200], PENALTIES = [0, 0.0001, 0.001, 0.01, 0.1], SPEEDS = [1, 2, 5, 10, 25, 50]
const INITIALIZATIONS = ["lecun", "glorot", "he", "small", "zero"]
const OPTIMIZERS = ["gradient_descent", "momentum", "adam"]
const ACTIVATIONS = { tanh: "tanh", sigmoid: "σ", relu: "relu", identity: "id" }
const FEATURES = ["x1", "x2", "x1²", "x2²", "x1 x2", "sin πx1", "sin πx2"]
const MOST_LAYERS = 4, MOST_WIDTH = 8, MOST_NODE = 40, LABELS = 50 // pixels
const BEAT = 420 // milliseconds per layer in the animation of a step

const named = feature => feature.replace(/[12]/g, d => "₀₁₂"[d])

/** Return the line segments along which levels on a grid cross the middle value, as [x, y, x, y] in grid units. */
function boundary(levels, side) {
    const found = [], at = (row, i) => levels[row * side + i] - 127.5
    for (let row = 0; row < side - 1; row++) for (let i = 0; i < side - 1; i++) {
        const k = row * side + i, above = levels[k] > 127
        if (above === levels[k + 1] > 127 && above === levels[k + side] > 127 && above === levels[k + side + 1] > 127) continue
        const corners = [[0, 0], [1, 0], [1, 1], [0, 1]].map(([x, y]) => [i + x, row + y, at(row + y, i + x)])
        const cuts = []
        corners.forEach(([x, y, a], k) => {
            const [x2, y2, b] = corners[(k + 1) % 4]
            if (a < 0 !== b < 0) cuts.push(x + (x2 - x) * a / (a - b), y + (y2 - y) * a / (a - b))
        })
        for (let k = 0; k + 3 < cuts.length; k += 4) found.push(cuts.slice(k, k + 4))
    }
    return found
}

/** Create, for each data set, a button that shows some of its points. */
function dataSets({ get, set, follow, stage }) {
    const samples = get("samples")
    const made = Object.entries({ ...samples, digits: "5 8", "own points": "✎" }).map(([name, sample]) => {
        const picture = typeof sample === "string" ? sample : element("canvas", { "aria-hidden": "true" })
        return { name, sample, picture, node: button(picture, () => set({ data_set: name, ...refused(name) }), { "aria-label": name, title: name, class: "data" }) }
    })
    // training on the reader's own points requires at least one, so start with two
    const refused = name => name === "own points" && !get("points").length ? { points: [[-0.5, 0, 0], [0.5, 0, 1]] } : {}
    const paintAll = () => made.filter(({ sample }) => typeof sample !== "string").forEach(({ sample, picture }) => {
        const size = 30, colors = ["label-0", "label-1"].map(name => `rgb(${color(stage, name)})`), context = picture.getContext("2d")
        picture.width = picture.height = size * devicePixelRatio
        context.scale(devicePixelRatio, devicePixelRatio)
        for (let i = 0; i < sample.length; i += 3) {
            context.fillStyle = colors[sample[i + 2]]
            context.fillRect(size / 2 + 9.5 * sample[i] - 1, size / 2 - 9.5 * sample[i + 1] - 1, 2, 2)
        }
    })
    follow("data_set", () => made.forEach(({ name, node }) => change(node, { "aria-pressed": String(name === get("data_set")) })))
    return { node: element("div", { class: "data-sets", role: "group", "aria-label": "Data" }, made.map(({ node }) => node)), repaint: paintAll }
}

/** Create the controls on the left and at the top. Each of them shows and sets one trait. */
function controls(api) {
    const { get, set, follow, send } = api
    const add = (made, trait, read = value => value) => {
        follow(trait, () => made.show(read(get(trait))))
        return made.node
    }
    const pick = (label, trait, options, say) => add(chooser(label, options, value => set({ [trait]: value }), say), trait)
    const stop = (label, trait, values) => add(stops(label, values, value => set({ [trait]: value })), trait)
    const whole = (label, trait, max, step, say) =>
        add(slider({ label, min: 0, max, step, say, moved: value => set({ [trait]: value }) }), trait)
    const data = dataSets(api)
    const side = element("div", { class: "options" }, data.node,
        whole("Noise (sd)", "noise", 0.6, 0.05, value => figures(value, 2)),
        stop("Learning rate α", "learning_rate", RATES),
        stop("Batch (examples)", "batch_size", BATCHES),
        pick("Optimizer", "optimizer", OPTIMIZERS, name => name.replace("_", " ")),
        pick("L2 penalty λ", "l2", PENALTIES),
        pick("Initial weights", "initialization", INITIALIZATIONS),
        whole("Random seed", "random_state", 20, 1))
    const train = button("Train", () => set({ playing: !get("playing") }), { class: "first" })
    follow("playing", () => { train.textContent = get("playing") ? "Pause" : "Train" })
    const layers = element("output", { "aria-label": "hidden layers" })
    const resize = by => {
        const width = get("width"), n = Math.min(MOST_LAYERS, Math.max(0, width.length + by)), g = get("activation")
        set({ width: Array.from({ length: n }, (_, l) => width[l] ?? width.at(-1) ?? 4),
            activation: Array.from({ length: n }, (_, l) => g[l] ?? g.at(-1) ?? "tanh") })
    }
    follow("width", () => { layers.textContent = get("width").length })
    const update = element("output", { class: "update" })
    follow("picture", () => { update.textContent = `Update ${get("picture").updates}` })
    const bar = element("div", { class: "buttons bar" }, train,
        button("Step", () => send({ do: "step" }), { title: "train on one batch: forward pass, backward pass, update" }),
        button("Reset", () => send({ do: "reset" }), { title: "return to update 0" }),
        update, pick("Updates per picture", "speed", SPEEDS),
        element("span", { class: "count" }, "Hidden layers ", button("−", () => resize(-1), { "aria-label": "remove a hidden layer" }),
            layers, button("+", () => resize(1), { "aria-label": "add a hidden layer" })))
    return { bar, side, repaint: data.repaint }
}

/** Create the network, with its inputs, units and edges.
    `look` is called with the element that is under the pointer or has the focus, or with null if there is none. */
function network(api, look) {
    const { get, set } = api, edges = shape("svg", { "aria-hidden": "true" }), nodes = element("div", { class: "nodes" })
    const heads = element("div", { class: "heads" }), node = element("div", { class: "network" }, heads, edges, nodes)
    let built = "", paths = [], canvases = []

    const unit = (l, j, x, y, size, label, extra = {}) => {
        const canvas = element("canvas", { "aria-hidden": "true" }), at = { l, j }
        const made = element("button", { type: "button", class: "unit", "aria-label": label,
            style: `left: ${x - size / 2}px; top: ${y - size / 2}px; width: ${size}px; height: ${size}px`,
            onpointerenter: () => look(at), onpointerleave: () => look(null),
            onfocus: () => look(at), onblur: () => look(null), ...extra }, canvas)
        nodes.append(made)
        return { made, canvas, x, y }
    }

    function head(l, x, room) {
        const width = get("width"), activation = get("activation")
        const resize = by => {
            const n = [...width]
            n[l - 1] = Math.min(MOST_WIDTH, Math.max(1, n[l - 1] + by))
            set({ width: n })
        }
        const { select, show } = chooser(`activation of layer ${l}`, Object.keys(ACTIVATIONS), name => {
            const g = [...get("activation")]
            g[l - 1] = name
            set({ activation: g })
        }, name => ACTIVATIONS[name])
        show(activation[l - 1])
        heads.append(element("div", { class: "head", style: `left: ${x}px; width: ${Math.min(room - 4, 76)}px` },
            button("−", () => resize(-1), { "aria-label": `remove a unit from layer ${l}` }),
            button("+", () => resize(1), { "aria-label": `add a unit to layer ${l}` }), select))
    }

    function build(picture, scene) {
        const w = node.clientWidth, h = node.clientHeight, L = picture.sizes.length - 1, features = get("features")
        const rows = [scene.digits ? 1 : FEATURES.length, ...picture.sizes.slice(1)], room = (w - LABELS) / (L + 0.7)
        nodes.replaceChildren()
        heads.replaceChildren()
        edges.replaceChildren()
        change(edges, { viewBox: `0 0 ${w} ${h}` })
        const at = (l, size) => LABELS + size / 2 + l * (w - LABELS - 2 - size) / L
        for (let l = 1; l < L; l++) head(l, at(l, Math.min(MOST_NODE, room * 0.58)), room)
        const top = 10 + Math.max(0, ...[...heads.children].map(made => made.offsetTop + made.offsetHeight))
        const size = Math.max(16, Math.min(MOST_NODE, room * 0.58, (h - top) / Math.max(...rows) * 0.84))
        const x = l => at(l, size), y = (l, j) => top + (h - top) * (j + 0.5) / rows[l]
        const inputs = scene.digits ? ["784 pixels"] : FEATURES
        const firsts = inputs.map((name, j) => {
            const on = scene.digits || features.includes(name), label = scene.digits ? "784 pixels" : named(name)
            nodes.append(element("span", { class: on ? "name" : "name off", "aria-hidden": "true",
                style: `top: ${y(0, j)}px; width: ${x(0) - size / 2 - 3}px` }, label))
            return unit(0, j, x(0), y(0, j), size, `input ${label}`, scene.digits ? {} : { "aria-pressed": on, onclick: () => {
                const chosen = FEATURES.filter(f => (f === name) !== features.includes(f))
                if (chosen.length) set({ features: chosen })
            } })
        })
        const layers = [firsts]
        for (let l = 1; l <= L; l++) {
            layers.push(Array.from({ length: rows[l] }, (_, j) =>
                unit(l, j, x(l), y(l, j), size, l < L ? `unit ${j + 1} of layer ${l}` : "output unit")))
        }
        nodes.append(element("span", { class: "end", "aria-hidden": "true", style: `left: ${x(L)}px; top: ${y(L, 0) + size / 2 + 3}px` }, "σ, ŷ"))
        paths = layers.slice(1).map((to, l) => to.map((b, j) => layers[l]
            .filter((_, k) => l > 0 || scene.digits || features.includes(FEATURES[k])).map((a, k) => {
                const x1 = a.x + size / 2, x2 = b.x - size / 2, bend = (x2 - x1) * 0.45
                const path = shape("path", { d: `M${x1} ${a.y}C${x1 + bend} ${a.y} ${x2 - bend} ${b.y} ${x2} ${b.y}` })
                path.addEventListener("pointerenter", () => look({ l: l + 1, j, k }))
                path.addEventListener("pointerleave", () => look(null))
                edges.append(path)
                return path
            })))
        canvases = layers
    }

    function draw(picture, scene, colors) {
        const key = JSON.stringify([picture.sizes, picture.activations, scene.digits || get("features"), node.clientWidth, node.clientHeight])
        if (key !== built) {
            const focus = node.contains(document.activeElement) && document.activeElement.getAttribute("aria-label")
            build(picture, scene)
            built = key
            if (focus) node.querySelector(`[aria-label="${focus}"]`)?.focus()
        }
        weigh(picture, picture.W, "norms_in" in picture ? picture.norms_in[0] : null)
        const maps = bytes(picture.maps), area = picture.side ** 2, given = bytes(scene.inputs)
        canvases[0].forEach(({ canvas }, j) => paint(canvas, given.subarray(j * area, (j + 1) * area), picture.side, scene.digits ? colors.ink : colors.map, !scene.digits))
        let at = 0
        canvases.slice(1).forEach((layer, l) => layer.forEach(({ canvas }) => {
            if (scene.digits && l === canvases.length - 2) return
            paint(canvas, maps.subarray(at, at += area), picture.side, colors.map, !scene.digits)
        }))
    }

    /** Show the sizes and signs of the weights in the edges. All edges from the pixels to a unit are drawn as one. */
    function weigh(picture, W, bundle) {
        paths.forEach((layer, l) => {
            const of = (j, k) => l === 0 && bundle ? bundle[j] : W[l][j][k]
            layer.forEach((row, j) => row.forEach((path, k) => {
                const w = of(j, k)
                path.style.strokeWidth = `${Math.min(7, 0.6 + 1.9 * Math.abs(w))}px`
                path.setAttribute("class", w < 0 ? "negative" : "positive")
            }))
        })
    }

    /** Highlight the edges into layer l, or no edges if l is null. */
    function light(l, kind) {
        node.classList.toggle("flowing", l !== null)
        paths.flat(2).forEach(path => path.classList.remove("go", "forward", "backward"))
        if (l !== null) paths[l - 1].flat().forEach(path => path.classList.add("go", kind))
    }

    /** Animate one batch on its way through the network and back, layer by layer, as long as `go()` is true. */
    async function flow(picture, say, go) {
        const L = paths.length, calmly = calm(), wait = () => new Promise(done => setTimeout(done, calmly ? 2 * BEAT : BEAT))
        for (let l = 1; l <= L && go(); l++) {
            light(l, "forward")
            say(`Forward pass, layer ${l}: z = W a + b, then a = ${l === L ? "σ" : ACTIVATIONS[picture.activations[l - 1]]}(z).`)
            await wait()
        }
        for (let l = L; l >= 1 && go(); l--) {
            light(l, "backward")
            const norm = l === 1 && picture.norms_in ? Math.hypot(...picture.norms_in[1]) : Math.hypot(...picture.dW[l - 1].flat())
            say(`Backward pass, layer ${l}: the gradient of the batch has the norm ‖dW${lowered(l)}‖ = ${norm.toPrecision(2)}.`)
            await wait()
        }
        if (!go()) return
        light(null)
        say("Update: the optimizer has used the gradient to change the weights and biases.")
    }
    return { node, draw, flow, rest: () => light(null) }
}

/** Return whether the network of a picture has a unit or, if k is given, an edge. The inputs are always there. */
function exists({ l, j, k }, { sizes }) {
    return l === 0 || (j < sizes[l] && (k === undefined || k < sizes[l - 1]))
}

/** Describe what a unit or an edge computes, and its gradient. */
function explained({ l, j, k }, picture, scene, features) {
    const names = l <= 1 ? features.map(named) : picture.sizes.slice(l - 1, l)[0]
    const from = i => l <= 1 ? names[i] : `a${lowered(i + 1)}`
    if (l === 0) return scene.digits ? "Input: 784 pixels. The image shows their mean over the training digits." : `Input ${named(FEATURES[j])}. Press it to use this input or to leave it out.`
    const last = l === picture.sizes.length - 1, g = last ? "σ" : ACTIVATIONS[picture.activations[l - 1]]
    const who = last ? "Output" : `Layer ${l}, unit ${j + 1}`, pixels = scene.digits && l === 1
    if (k !== undefined && !pixels) {
        return `Weight from ${l === 1 ? from(k) : `unit ${k + 1} of layer ${l - 1}`} to ${last ? "the output" : `unit ${j + 1} of layer ${l}`}: ` +
            `w = ${short(picture.W[l - 1][j][k])}, ∂J/∂w = ${short(picture.dW[l - 1][j][k])}.`
    }
    const sum = pixels ? "w · pixels" : picture.W[l - 1][j].map((w, i) => `${w < 0 ? "− " : i ? "+ " : ""}${short(Math.abs(w))} ${from(i)}`).join(" ")
    const b = picture.b[l - 1][j][0], db = picture.db[l - 1][j][0]
    const gradient = pixels ? `‖∂J/∂w‖ = ${short(picture.norms_in[1][j])}` : `∂J/∂w = (${picture.dW[l - 1][j].map(short).join(", ")})`
    return `${who}: a = ${g}(${sum} ${b < 0 ? "−" : "+"} ${short(Math.abs(b))}). ${picture.updates ? `Last batch: ${gradient}, ∂J/∂b = ${short(db)}.` : ""}`
}

/** Create the large map with the points. A click or the Space key adds a point. */
function field(api) {
    const { get, set, send } = api, map = element("canvas", { "aria-hidden": "true" }), marks = element("canvas", { "aria-hidden": "true" }), spots = element("canvas", { "aria-hidden": "true" })
    const node = element("div", { class: "plane", tabindex: "0", role: "application", "data-lm-suppress-shortcuts": "true" }, map, marks, spots)
    const caption = element("p", { class: "caption" }), sheet = element("div", { class: "sheet", hidden: true })
    let label = 1, cursor = null, scene = null, last = null, drawn = []
    const kinds = [0, 1].map(kind => button(`${kind ? "▲" : "●"} ${kind}`, () => choose(kind), { class: `kind label-${kind}`, title: `clicking on the plane adds a point with label ${kind}` }))
    const choose = kind => { label = kind; kinds.forEach((made, i) => change(made, { "aria-pressed": String(i === kind) })) }
    choose(1)
    const text = element("textarea", { rows: 4, "aria-label": "points to paste", placeholder: "x1, x2, label\n0.5, -0.2, 1" })
    const fold = () => { paste.hidden = true; unfold.focus() }
    const paste = element("form", { class: "paste", hidden: true, onsubmit: event => {
        event.preventDefault()
        fold()
        send({ do: "paste", text: text.value })
    }, onkeydown: event => { if (event.key === "Escape") fold() } }, text, element("div", { class: "buttons" }, element("button", { type: "submit", class: "first" }, "Use these points"),
        button("Cancel", fold)))
    const unfold = button("Paste…", () => { paste.hidden = !paste.hidden; if (!paste.hidden) text.focus() })
    const tested = element("input", { type: "checkbox", onchange: () => set({ show_test: tested.checked }) })
    api.follow("show_test", () => { tested.checked = get("show_test"); if (last) mark() })
    const tools = element("div", { class: "buttons tools" }, kinds, unfold,
        button("Clear", () => set({ points: [], ...(get("data_set") === "own points" ? { data_set: "moons" } : {}) })),
        element("label", {}, tested, " test points"))
    const place = (u, v) => ({ x1: scene.low[0] + u * (scene.high[0] - scene.low[0]), x2: scene.low[1] + v * (scene.high[1] - scene.low[1]) })
    const add = (u, v, kind) => send({ do: "add", ...place(u, v), label: kind })
    const put = event => {
        if (event.button || scene.digits) return
        const box = node.getBoundingClientRect()
        cursor = null
        add((event.clientX - box.left) / box.width, 1 - (event.clientY - box.top) / box.height, event.shiftKey ? 1 - label : label)
    }
    let finger = false // scrolling with a finger also triggers pointerdown, but no click
    node.addEventListener("pointerdown", event => { finger = event.pointerType !== "mouse"; if (!finger) put(event) })
    node.addEventListener("click", event => { if (finger) put(event) })
    node.addEventListener("keydown", event => {
        if (event.altKey || event.ctrlKey || event.metaKey) return
        const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key]
        if (event.key === "0" || event.key === "1") choose(Number(event.key))
        else if (move) {
            const [u, v] = cursor ?? [0.5, 0.5], step = event.shiftKey ? 0.1 : 0.025
            cursor = [u + step * move[0], v + step * move[1]].map(x => Math.min(1, Math.max(0, x)))
            mark()
        } else if (event.key === " " || event.key === "Enter") add(...(cursor ??= [0.5, 0.5]), label)
        else return
        event.preventDefault()
        event.stopPropagation()
    })

    function mark(levels = last?.levels, side = last?.side, colors = last?.colors, contour = last?.contour) {
        last = { levels, side, colors, contour }
        const pixels = Math.round(node.clientWidth * devicePixelRatio)
        if (!pixels) return
        if (marks.width !== pixels) marks.width = marks.height = pixels
        const context = marks.getContext("2d"), size = node.clientWidth, r = size / 75
        context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0)
        context.clearRect(0, 0, size, size)
        if (contour) {
            const at = t => t / (side - 1) * size
            context.strokeStyle = colors.css.ink
            context.lineWidth = 1.8
            context.beginPath()
            for (const [x1, y1, x2, y2] of boundary(levels, side)) {
                context.moveTo(at(x1), size - at(y1))
                context.lineTo(at(x2), size - at(y2))
            }
            context.stroke()
        }
        if (cursor && document.activeElement === node) {
            const [x, y] = [cursor[0] * size, size - cursor[1] * size]
            context.strokeStyle = colors.css.ink
            context.lineWidth = 1.5
            context.strokeRect(x - 6, y - 6, 12, 12)
        }
        const now = [scene, get("show_test"), pixels, colors]
        if (now.every((part, i) => part === drawn[i])) return
        drawn = now
        spot(pixels, size, r)
    }

    /** Draw the points on a separate canvas, because they do not change while the network trains. */
    function spot(pixels, size, r) {
        spots.width = spots.height = pixels
        const context = spots.getContext("2d"), points = floats(scene.train), own = points.length / 3 - scene.own
        context.scale(devicePixelRatio, devicePixelRatio)
        context.lineWidth = 1
        if (get("show_test")) dots(context, floats(scene.test), size, () => [0.9 * r, false])
        dots(context, points, size, i => [i >= own ? 1.6 * r : r, true, i >= own])
    }

    /** Draw points as circles and triangles. For point i, `look(i)` returns the radius, whether the point is filled,
        and whether it is one of the reader's own. */
    function dots(context, points, size, look) {
        for (let i = 0; i < points.length; i += 3) {
            const x = (points[i] - scene.low[0]) / (scene.high[0] - scene.low[0]) * size, [r, filled, own] = look(i / 3)
            const y = size - (points[i + 1] - scene.low[1]) / (scene.high[1] - scene.low[1]) * size
            const kind = last.colors.css[points[i + 2] ? "label-1" : "label-0"]
            context.beginPath()
            if (points[i + 2]) {
                context.moveTo(x, y - 1.25 * r)
                context.lineTo(x + 1.1 * r, y + 0.8 * r)
                context.lineTo(x - 1.1 * r, y + 0.8 * r)
                context.closePath()
            } else context.arc(x, y, r, 0, 7)
            context.fillStyle = kind
            context.strokeStyle = filled ? last.colors.css[own ? "ink" : "paper"] : kind
            if (filled) context.fill()
            context.stroke()
        }
    }

    function answers(picture, colors) {
        const pictures = bytes(scene.sheet)
        scene.labels.forEach((truth, i) => {
            const p = picture.answers[i], wrong = (p > 0.5) !== Boolean(truth), canvas = sheet.children[i]?.firstChild ?? element("canvas")
            if (!sheet.children[i]) sheet.append(element("figure", {}, canvas, element("figcaption")))
            paint(canvas, pictures.subarray(784 * i, 784 * (i + 1)), 28, colors.ink, false)
            sheet.children[i].className = wrong ? "wrong" : ""
            sheet.children[i].lastChild.textContent = `${p.toFixed(2).replace(/^0/, "")}${wrong ? "✗" : ""}`
        })
    }

    function draw(picture, now, colors, focus, sentence) {
        scene = now
        node.hidden = tools.hidden = scene.digits
        sheet.hidden = !scene.digits
        if (scene.digits) {
            answers(picture, colors)
            caption.textContent = "Test digits and the probability of an 8 (✗ = wrong)"
            change(sheet, { role: "img", "aria-label": `24 test digits. ${sentence}` })
            return
        }
        const area = picture.side ** 2, maps = bytes(picture.maps), L = picture.sizes.length - 1
        const shown = focus && focus.k === undefined && focus.l < L ? focus : null
        const before = shown && picture.sizes.slice(1, shown.l).reduce((sum, n) => sum + n, 0)
        const levels = !shown ? maps.subarray(maps.length - area) :
            shown.l ? maps.subarray((before + shown.j) * area, (before + shown.j + 1) * area) : bytes(scene.inputs).subarray(shown.j * area, (shown.j + 1) * area)
        paint(map, levels, picture.side, shown ? colors.map : colors.surface, true)
        mark(levels, picture.side, colors, !shown)
        caption.textContent = !shown ? "Probability of label 1; the line marks ½" : shown.l ? `Activation of unit ${shown.j + 1} in layer ${shown.l}` : `Input ${named(FEATURES[shown.j])}`
        change(node, { "aria-label": `Plane with ${points()} points. ${sentence}. The arrow keys move a cursor, Space adds a point with label ${label}, and 0 and 1 select the label.` })
    }
    const points = () => floats(scene.train).length / 3
    node.addEventListener("blur", () => last && mark())
    node.addEventListener("focus", () => { if (last && node.matches(":focus-visible")) { cursor ??= [0.5, 0.5]; mark() } })
    return { node: element("div", { class: "result" }, caption, node, sheet, tools, paste), draw }
}

/** Create the curves of the cost and of the gradient norms against the number of updates. */
function charts() {
    const cost = shape("svg"), norm = shape("svg")
    function draw(picture) {
        const all = [...floats(picture.costs)], half = all.length / 2, L = picture.sizes.length - 1, now = picture.costs_now
        const lines = ["train", "test"].map((name, i) => ({ name, kind: name, values: all.slice(i * half, (i + 1) * half).filter(Number.isFinite) }))
            .filter(line => line.values.length)
        const high = Math.max(0.1, ...lines.flatMap(line => line.values))
        plot(cost, { title: "Cost", lines, low: 0, high, marks: ticks(0, high, 2), height: 68,
            said: `After ${picture.updates} updates, the training cost is ${now[0]?.toPrecision(3)}, and the test cost is ${now[1]?.toPrecision(3) ?? "not available"}` })
        const norms = [...floats(picture.norms)].map(v => Math.log10(Math.max(v, 1e-9))), n = norms.length / L
        const bottom = n ? Math.floor(Math.min(...norms)) : -2, top = n ? Math.max(bottom + 1, Math.ceil(Math.max(...norms))) : 0
        const layers = Array.from({ length: L }, (_, l) => ({ name: `dW${lowered(l + 1)}`, kind: `series-${l % 4 + 1}`, values: norms.slice(l * n, (l + 1) * n) }))
        const power = k => `10${String(k).replace("-", "⁻").replace(/\d/g, d => "⁰¹²³⁴⁵⁶⁷⁸⁹"[d])}`
        plot(norm, { title: "Gradient norm ‖dW‖ by layer", lines: layers, low: bottom, high: top, marks: [bottom, top], height: 64, say: power,
            said: `Base-10 logarithms of the gradient norms: ${layers.map(line => `layer ${line.name.slice(2)} ${line.values.at(-1)?.toFixed(1) ?? "none"}`).join(", ")}` })
    }
    return { node: element("div", { class: "charts" }, cost, norm), draw }
}

function playground(view) {
    const api = { ...view, send: content => view.model.send(content) }, { get, follow, stage, model } = api
    const { bar, side, repaint: sample } = controls(api), detail = element("p", { class: "detail", role: "status" })
    const idle = "Point at a unit or select it with the keyboard to enlarge it and see its equation. Press an input to use it or to leave it out."
    let focus = null, waiting = false, colors = null, flowing = false, turn = 0, shown = null, frames = 0
    const net = network(api, unit => { focus = unit; soon() }), plane = field(api), curves = charts()
    stage.classList.add("playground")
    stage.append(bar, side, element("div", { class: "middle" }, net.node, detail), element("div", { class: "right" }, plane.node, curves.node))

    const inks = () => {
        const css = {}
        for (const name of ["ink", "paper", "label-0", "label-1"]) css[name] = `rgb(${color(stage, name)})`
        return { css, ink: inked(stage), map: diverging(stage, 0.9), surface: diverging(stage, 0.42) }
    }
    function draw() {
        waiting = false
        if (!stage.isConnected || !stage.clientWidth) return
        const picture = get("picture"), scene = get("scene")
        if (!picture.maps || !scene.inputs) return
        if (!colors) {
            colors = inks()
            sample()
        }
        const fresh = picture.number !== shown?.number
        if (fresh && picture.flow && shown && picture.updates === shown.updates + 1) run(picture)
        else if (fresh || !flowing) {
            if (flowing) rest() // a new picture has arrived before the end of the animation
            show(picture, scene)
        }
    }
    function rest() {
        turn += 1
        flowing = false
        net.rest()
        detail.textContent = idle
    }
    function show(picture, scene) {
        if (focus && !exists(focus, picture)) focus = null // the unit has been removed
        net.draw(picture, scene, colors)
        plane.draw(picture, scene, colors, focus, get("sentence"))
        curves.draw(picture)
        if (focus) detail.textContent = explained(focus, picture, scene, FEATURES.filter(name => get("features").includes(name)))
        else if (!flowing) detail.textContent = picture.flow && picture === shown ? detail.textContent : idle
        if (picture.number !== shown?.number) {
            stage.dataset.frames = frames += 1
            model.send({ do: "drawn", number: picture.number })
        }
        shown = picture
    }
    /** Animate one step before its results are shown. */
    async function run(picture) {
        const mine = turn += 1
        flowing = true
        shown = picture
        model.send({ do: "drawn", number: picture.number })
        await net.flow(picture, words => { detail.textContent = words }, () => mine === turn)
        if (mine !== turn) return
        show(get("picture"), get("scene"))
        flowing = false
        stage.dataset.frames = frames += 1
    }
    const soon = () => { if (!waiting) { waiting = true; requestAnimationFrame(draw) } }
    follow("picture scene", soon)
    const repaint = () => { colors = null; soon() }
    const watch = new ResizeObserver(() => { if (flowing) rest(); soon() }), ends = onTheme(repaint) // the animated edges fit only one size
    watch.observe(net.node)
    return () => { watch.disconnect(); ends() }
}

export default { render: context => instrument(context, playground) }
