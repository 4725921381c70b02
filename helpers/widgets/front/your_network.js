// Front end of the figure "Your network": a network with an image in each hidden unit, digits that it classifies
// correctly or incorrectly, and the cost. The width of an edge shows the size of its weight.

const RATES = [0.01, 0.03, 0.1, 0.2, 0.5, 1, 2, 5, 10], SPEEDS = [1, 2, 5, 10], ACTIVATIONS = ["sigmoid", "tanh", "relu", "identity"]
const PIXELS = 784

function controls({ get, set, follow, model }) {
    const sizes = element("input", { type: "text", "aria-label": "layer sizes", spellcheck: "false",
        onchange: () => resize(), onkeydown: event => { if (event.key === "Enter") resize() } })
    const resize = () => { if (sizes.value !== get("layer_sizes")) set({ layer_sizes: sizes.value, iterations: 1 }) }
    follow("layer_sizes", () => { sizes.value = get("layer_sizes") })
    const g = chooser("Hidden activation", ACTIVATIONS, value => set({ hidden_activation: value, iterations: 1 }))
    follow("hidden_activation", () => g.show(get("hidden_activation")))
    const rate = stops("Learning rate α", RATES, value => set({ learning_rate: value }))
    follow("learning_rate", () => rate.show(get("learning_rate")))
    const speed = chooser("Iterations per picture", SPEEDS, value => set({ speed: value }))
    follow("speed", () => speed.show(get("speed")))
    const train = button("Train", () => set({ playing: !get("playing") }), { class: "first" })
    follow("playing", () => { train.textContent = get("playing") ? "Pause" : "Train" })
    const done = element("output", { class: "update" })
    follow("iterations", () => { done.textContent = `Iteration ${get("iterations")}` })
    const send = what => () => model.send({ do: what })
    return element("div", { class: "options" },
        element("div", { class: "buttons" }, train, button("Step", send("step")), button("Reset", send("reset"))), done,
        element("label", { class: "sizes" }, element("span", {}, "Layer sizes after the 784 pixels"), sizes), g.node, rate.node, speed.node)
}

/** Create the network. At most 16 units of each layer are shown. */
function network(api, look) {
    const edges = shape("svg", { "aria-hidden": "true" }), nodes = element("div", { class: "nodes" })
    const node = element("div", { class: "network" }, edges, nodes)
    let built = "", paths = [], layers = []

    function build(sizes) {
        const w = node.clientWidth, h = node.clientHeight, top = 22, L = sizes.length - 1
        const rows = sizes.map((n, l) => l === 0 ? 1 : Math.min(n, 16)), gap = (w - 56) / Math.max(1, L)
        nodes.replaceChildren()
        edges.replaceChildren()
        change(edges, { viewBox: `0 0 ${w} ${h}` })
        layers = rows.map((n, l) => {
            // many units are arranged in two columns, which keeps their images large enough
            const hidden = l > 0 && l < L, columns = hidden && n > 8 && gap > 90 ? 2 : 1, deep = Math.ceil(n / columns)
            const size = l === 0 ? Math.min(46, gap * 0.6) : Math.max(9, Math.min(columns === 2 ? gap * 0.36 : gap * 0.62, 44, (h - top - 16) / deep * 0.86))
            const x0 = l === 0 ? 26 : 26 + l * gap + (l === L ? 6 : 0)
            nodes.append(element("span", { class: "size", style: `left: ${x0}px` }, l === 0 ? "784" : `${sizes[l]}${l < L ? "" : ", σ"}`))
            if (n < sizes[l] && l) nodes.append(element("span", { class: "more", style: `left: ${x0}px` }, `first ${n} of ${sizes[l]}`))
            return Array.from({ length: n }, (_, j) => {
                const x = x0 + (columns === 2 ? (Math.floor(j / deep) - 0.5) * (size + 4) : 0)
                const y = top + (h - top - 16) * ((j % deep) + 0.5) / deep, at = { l, j }
                const canvas = element("canvas", { "aria-hidden": "true" })
                nodes.append(element("button", { type: "button", class: l === L ? "unit last" : "unit",
                    "aria-label": l === 0 ? "the 784 pixels" : l === L ? "output unit" : `unit ${j + 1} of layer ${l}`,
                    style: `left: ${x - size / 2}px; top: ${y - size / 2}px; width: ${size}px; height: ${size}px`,
                    onpointerenter: () => look(at), onpointerleave: () => look(null), onfocus: () => look(at), onblur: () => look(null) }, l === L ? "ŷ" : canvas))
                return { canvas, x, y, size }
            })
        })
        paths = layers.slice(1).map((to, l) => to.map(b => layers[l].map(a => {
            const x1 = a.x + a.size / 2, x2 = b.x - b.size / 2, bend = Math.max(10, (x2 - x1) * 0.45)
            const path = shape("path", { d: `M${x1} ${a.y}C${x1 + bend} ${a.y} ${x2 - bend} ${b.y} ${x2} ${b.y}` })
            edges.append(path)
            return path
        })))
    }

    function draw(picture, colors, mean) {
        const key = JSON.stringify([picture.sizes, node.clientWidth, node.clientHeight]), L = picture.sizes.length - 1
        if (key !== built) {
            const focus = nodes.contains(document.activeElement) && document.activeElement.getAttribute("aria-label")
            build(picture.sizes)
            built = key
            if (focus) nodes.querySelector(`[aria-label="${focus}"]`)?.focus()
        }
        const strength = picture.W.map((w, l) => Math.max(1e-9, ...(l ? w.flat().map(Math.abs) : picture.norms)))
        paths.forEach((layer, l) => layer.forEach((row, j) => row.forEach((path, k) => {
            const w = l ? picture.W[l][j][k] : picture.norms[j]
            path.style.strokeWidth = `${0.3 + Math.min(3.6, 1 + 50 / layer.length / row.length) * Math.abs(w) / strength[l]}px`
            path.setAttribute("class", l === 0 ? "pixels" : w < 0 ? "negative" : "positive")
        })))
        const units = bytes(picture.units)
        let at = 0
        layers.forEach((layer, l) => layer.forEach(({ canvas }) => {
            if (l === 0) paint(canvas, mean, 28, colors.ink)
            else if (l < L) paint(canvas, units.subarray(at, at += PIXELS), 28, colors.map)
        }))
    }
    return { node, draw }
}

/** Create a panel that shows some digits with the predicted probability of an 8 below each of them. */
function digits(title, kind) {
    const caption = element("p", { class: "caption" }), sheet = element("div", { class: "sheet" })
    function draw(picture, colors) {
        const pixels = bytes(picture[kind]), p = picture[`${kind}_p`], n = picture[`${kind}_n`]
        caption.textContent = `${title}: ${n} of 500`
        while (sheet.children.length > p.length) sheet.lastChild.remove()
        p.forEach((probability, i) => {
            if (!sheet.children[i]) sheet.append(element("figure", {}, element("canvas", { "aria-hidden": "true" }), element("figcaption")))
            paint(sheet.children[i].firstChild, pixels.subarray(i * PIXELS, (i + 1) * PIXELS), 28, colors.ink)
            sheet.children[i].lastChild.textContent = probability.toFixed(2)
        })
        change(sheet, { role: "img", "aria-label": `${n} of 500 test digits are ${kind}. Predicted probabilities of an 8 for some of them: ${p.map(x => x.toFixed(2)).join(", ")}` })
    }
    return { node: element("div", { class: kind }, caption, sheet), draw }
}

/** Describe what a unit computes. */
function explained({ l, j }, { sizes, W, b, norms, extremes }, activation) {
    const L = sizes.length - 1
    if (l === 0) return "The 784 pixels, which are the inputs of every unit in the first layer. The image shows the mean of the test digits."
    const where = l === L ? "Output" : `Layer ${l}, unit ${j + 1}`, g = l === L ? "σ" : activation
    const before = l === 1 ? "w · pixels" : W[l - 1][j].slice(0, 4).map((w, i) => `${w < 0 ? "− " : i ? "+ " : ""}${short(Math.abs(w))} a${lowered(i + 1)}`).join(" ") + (sizes[l - 1] > 4 ? " + …" : "")
    const sign = b[l - 1][j] < 0 ? "−" : "+", text = `${where}: a = ${g}(${before} ${sign} ${short(Math.abs(b[l - 1][j]))}).`
    if (l === 1) return `${text} Its weights lie between ${short(extremes[0][j])} and ${short(extremes[1][j])}, and ‖w‖ = ${short(norms[j])}. Ink on orange pixels increases z, and ink on purple pixels decreases it.`
    return l === L ? text : `${text} The image shows ∂z/∂pixel at the mean digit.`
}

function yourNetwork({ get, set, follow, stage, model }) {
    const large = element("canvas", { "aria-hidden": "true" }), words = element("p", { role: "status" })
    const detail = element("div", { class: "detail" }, large, words), cost = shape("svg")
    const idle = "The image in each hidden unit shows how its z changes with each pixel: ink on orange pixels increases z, and ink on purple pixels decreases it. Point at a unit or select it with the keyboard to enlarge it."
    let focus = null, waiting = false, colors = null, seen = 0, frames = 0
    const net = network({ get, set }, unit => { focus = unit; soon() }), right = digits("Right", "right"), wrong = digits("Wrong, most confident first", "wrong")
    stage.classList.add("your-network")
    stage.append(controls({ get, set, follow, model }), element("div", { class: "middle" }, net.node, detail),
        element("div", { class: "right-side" }, right.node, wrong.node, cost))

    function draw() {
        waiting = false
        const picture = get("picture")
        if (!stage.isConnected || !stage.clientWidth || !picture.units) return
        colors ??= { ink: inked(stage), map: diverging(stage, 0.95) }
        const mean = bytes(picture.mean)
        net.draw(picture, colors, mean)
        right.draw(picture, colors)
        wrong.draw(picture, colors)
        const values = [...floats(picture.costs)], high = Math.max(0.1, ...values)
        plot(cost, { title: "Cost on 1000 training digits", lines: [{ name: "cost", kind: "train", values }], low: 0, high, marks: ticks(0, high, 3), height: 104,
            said: `After ${get("iterations")} iterations, the cost is ${values.at(-1).toPrecision(3)}` })
        const L = picture.sizes.length - 1, shown = picture.sizes.map(n => Math.min(n, 16))
        const to = focus && focus.l > 0 && focus.l < L ? shown.slice(1, focus.l).reduce((sum, n) => sum + n, 0) + focus.j : null
        large.hidden = !focus || focus.l === L
        if (!large.hidden) paint(large, to === null ? mean : bytes(picture.units).subarray(to * PIXELS, (to + 1) * PIXELS), 28, to === null ? colors.ink : colors.map)
        words.textContent = focus && shown[focus.l] > focus.j ? explained(focus, picture, get("hidden_activation")) : idle
        if (picture.number !== seen) {
            seen = picture.number
            stage.dataset.frames = frames += 1
            model.send({ do: "drawn", number: seen })
        }
    }
    const soon = () => { if (!waiting) { waiting = true; requestAnimationFrame(draw) } }
    follow("picture", soon)
    const watch = new ResizeObserver(soon), ends = onTheme(() => { colors = null; soon() })
    watch.observe(net.node)
    return () => { watch.disconnect(); ends() }
}

export default { render: context => instrument(context, yourNetwork) }
