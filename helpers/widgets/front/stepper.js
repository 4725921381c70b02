// Front end of the figure "Stepper", which sends one example forward and backward through a small network and updates it.
//
// `picture` contains the entire round, and the trait `step` of the model is the number of the current step.

const MOST_UPDATES = 60

/** Go to the next step. After the last step, the next round begins. */
function nextStep(model) {
    const step = model.get("step"), updates = model.get("updates")
    if (step < model.get("picture").steps.length) setter(model)({ step: step + 1 })
    else if (updates < MOST_UPDATES) setter(model)({ step: 1, updates: updates + 1 })
    else return false
}

function lastStep(model) {
    const step = model.get("step"), updates = model.get("updates")
    if (step > 1) setter(model)({ step: step - 1 })
    else if (updates > 0) setter(model)({ step: model.get("picture").steps.length, updates: updates - 1 })
}

function buildStepper({ model, stage, follow, get, set }) {
    const net = shape("svg", { class: "net", role: "img" }), code = element("ol", { class: "code", "aria-label": "Lines of code" })
    const equation = element("div", { class: "equation" }), history = costHistory()
    const halt = () => { if (get("playing")) set({ playing: false }) }
    const back = button("Back", () => { halt(); lastStep(model) }), next = button("Next", () => { halt(); nextStep(model) }, { class: "first" })
    const play = button("Play", () => set({ playing: !get("playing") }))
    const round = button("Next round", () => { halt(); if (get("updates") < MOST_UPDATES) set({ updates: get("updates") + 1 }) })
    const over = button("Start over", () => set({ step: 1, updates: 0, playing: false }))
    const fields = inputs({ model, follow, get, set })
    const root = element("div", { class: "stepper" },
        net, element("div", { class: "right" }, code, history.node), equation,
        element("div", { class: "bar" }, element("div", { class: "buttons" }, back, next, play, round, over), fields))
    root.addEventListener("keydown", event => {
        const move = { ArrowLeft: lastStep, ArrowRight: nextStep }[event.key]
        if (!move || /INPUT|SELECT|TEXTAREA/.test(event.target.tagName) || event.altKey || event.ctrlKey || event.metaKey) return
        event.preventDefault()
        event.stopPropagation() // JupyterLab would otherwise move between cells
        halt()
        move(model)
    })
    stage.append(root)

    const draw = () => {
        const picture = get("picture"), number = Math.min(get("step"), picture.steps.length)
        if (picture.updates !== get("updates")) return // the numbers of this round have not arrived yet
        drawNetwork(net, picture, number)
        drawCode(code, picture, number, step => { halt(); set({ step }) })
        drawEquation(equation, picture, number)
        history.draw(picture, number)
        change(back, { "aria-disabled": number === 1 && picture.updates === 0 })
        for (const onward of [round, next]) change(onward, { "aria-disabled": picture.updates >= MOST_UPDATES && (onward === round || number === picture.steps.length) })
    }
    follow("picture step updates", draw)
    const resized = new ResizeObserver(() => { if (net.clientWidth && net.clientWidth !== Number(net.dataset.wide)) draw() })
    resized.observe(net)
    follow("sentence", () => change(net, { "aria-label": `The network. ${get("sentence")}` }))
    follow("playing", () => { play.textContent = get("playing") ? "Pause" : "Play" })
    return () => resized.disconnect()
}

// --- looking up arrays by name -------------------------------------------------------------------

/** Return an array by its name in a step. Unless `updated` is true, W[l] and b[l] have their values before the update. */
function lookUp({ arrays }, name, updated = false) {
    const plain = name.replace("ᵀ", ""), rows = (!updated && arrays[`${plain} before`]) || arrays[plain]
    return rows && name.endsWith("ᵀ") ? rows[0].map((_, j) => rows.map(row => row[j])) : rows
}

/** Return a function that maps a name to the rows of the array, or to undefined if it is not known after `number` steps. */
function knownAfter(picture, number) {
    const done = new Set(picture.steps.slice(0, number).map(step => step.name))
    return name => done.has(name) ? picture.arrays[name] : undefined
}

/** Format a name such as W[2] as an HTML element with the layer as a superscript. */
function symbolOf(name) {
    const found = name.match(/^(g′\()?(d?[A-Za-z]+)\[(\d)\](\))?(ᵀ)?$/)
    if (!found) return element("i", {}, name)
    return element("span", {}, found[1] ?? "", element("i", {}, found[2]), element("sup", {}, `[${found[3]}]`), found[4] ?? "", found[5] ? element("sup", {}, "T") : null)
}

// --- the network -------------------------------------------------------------------------------

/** Return the positions of the units in a drawing of this width. In a narrow drawing, the units are closer together. */
function placesOf(sizes, wide) {
    const most = Math.max(...sizes, 2), narrow = wide < 520, [near, all] = wide < 700 ? [116, 196] : [140, 232]
    const gap = Math.min(near, most > 2 ? all / most : near)
    const radius = Math.min(narrow ? 21 : 27, gap * 0.36), tall = gap * (most - 1) + 2 * radius + 62
    const edge = radius + (narrow ? 8 : 22), right = wide - edge - (narrow ? 0 : 10)
    const across = l => edge + l * (right - edge) / (sizes.length - 0.25)
    const middle = (tall - 4) / 2
    const places = sizes.map((n, l) => [...Array(n).keys()].map(j => [across(l), middle + gap * (j - (n - 1) / 2)]))
    return { places, cost: [right, middle], radius, tall, narrow }
}

function drawNetwork(svg, picture, number) {
    const wide = Math.max(320, Math.min(760, svg.clientWidth || 700))
    const { sizes, steps } = picture, step = steps[number - 1], [kind, lit] = step.lit
    const { places, cost, radius, tall, narrow } = placesOf(sizes, wide), last = sizes.length - 1, known = knownAfter(picture, number)
    const edges = shape("g"), labels = shape("g"), units = shape("g")
    for (let l = 1; l <= last; l++) {
        const few = sizes[l] * sizes[l - 1] <= 6
        places[l].forEach((stop, k) => places[l - 1].forEach((start, j) => {
            const active = kind === "edges" && lit === l
            edges.append(...edge(start, stop, radius, active ? step.way : null, Math.abs(lookUp(picture, `W[${l}]`)[k][j])))
            if (few) labels.append(weightLabel(picture, known, step, l, k, j, start, stop, narrow))
        }))
    }
    places[last].forEach(start => edges.append(...edge(start, cost, radius, kind === "cost" ? step.way : null, 1)))
    places.forEach((layer, l) => layer.forEach((place, j) => units.append(unit(picture, known, step, l, j, place, radius, narrow))))
    const J = known("J")
    units.append(node(cost, radius, J ? figures(J[0][0]) : "?", kind === "cost" ? step.way : null, step.name === "J"),
        shape("text", { x: cost[0], y: cost[1] - radius - 10, "text-anchor": "middle", class: "head" }, "J"))
    svg.replaceChildren(edges, labels, units)
    svg.dataset.wide = svg.clientWidth
    change(svg, { viewBox: `0 0 ${wide} ${tall}` })
}

/** Draw a connection, which is pale or, if it belongs to the current step, highlighted and animated. */
function edge(start, stop, radius, way, weight) {
    const [dx, dy] = [stop[0] - start[0], stop[1] - start[1]], length = Math.hypot(dx, dy)
    const along = distance => [start[0] + dx * distance / length, start[1] + dy * distance / length]
    let [from, to] = [along(radius + 2), along(length - radius - 2)]
    if (!way) return [shape("path", { d: `M${from}L${to}`, class: "edge", "stroke-width": 0.8 + Math.min(2, weight) * 0.7 })]
    if (way === "backward") [from, to] = [to, from]
    const angle = Math.atan2(to[1] - from[1], to[0] - from[0]) * 180 / Math.PI
    const parts = [shape("path", { d: `M${from}L${to}`, class: `edge lit ${way}` })]
    if (way !== "update") {
        parts.push(shape("path", { d: `M${from}L${to}`, class: `flow ${way}` }),
            shape("path", { d: "M1 0L-9 -5L-9 5z", class: `head-of ${way}`, transform: `translate(${to}) rotate(${angle})` }))
    }
    return parts
}

/** Write the weight on a connection, the gradient below it if it is known, and the new weight after the update. */
function weightLabel(picture, known, step, l, k, j, start, stop, narrow) {
    const up = stop[1] - start[1], part = Math.abs(up) < 1 ? 0.5 : 0.38
    const [x, y] = [start[0] + part * (stop[0] - start[0]), start[1] + part * up]
    const gradient = known(`dW[${l}]`), renewed = known(`W[${l}]`), before = lookUp(picture, `W[${l}]`)[k][j]
    const digits = picture.updates ? 2 : 1, lines = []
    if (step.name === `dA[${l - 1}]`) { // the contribution of this path, which is one term of the unit's error
        const delta = picture.arrays[`dZ[${l}]`][k][0]
        if (!narrow) lines.push([`${figures(before, digits)} · ${figures(delta)}`, "backward"])
        lines.push([`${narrow ? "" : "= "}${figures(before * delta)}`, "backward strong"])
    } else {
        lines.push([figures(renewed ? renewed[k][j] : before, renewed ? 2 : digits), renewed ? "update strong" : ""])
        if (gradient) lines.push([`${narrow ? "" : "dw "}${figures(gradient[k][j], 3)}`, "backward"])
    }
    const width = 6.6 * Math.max(...lines.map(([text]) => text.length)) + 4, height = 13 * lines.length + 2
    return shape("g", { class: "weight" },
        shape("rect", { x: x - width / 2, y: y - height / 2, width, height, rx: 3 }),
        lines.map(([text, look], i) => shape("text", {
            x, y: y + 4 + 13 * (i - (lines.length - 1) / 2), "text-anchor": "middle", class: look,
        }, text)))
}

function unit(picture, known, step, l, j, [x, y], radius, narrow) {
    const [kind, lit] = step.lit, last = picture.sizes.length - 1, value = known(`A[${l}]`), active = kind === "units" && lit === l
    const fresh = [`A[${l}]`, `dZ[${l}]`].includes(step.name)
    const sums = step.name === `dA[${l}]` || step.name === `Z[${l}]`
    const parts = [node([x, y], radius, value ? figures(value[j][0]) : "?", active || sums ? step.way : null, fresh)]
    const notes = [["z", known(`Z[${l}]`), ""], ["dA", known(`dA[${l}]`), "backward"], ["δ", known(`dZ[${l}]`), "backward"]]
        .filter(([, array]) => array).slice(narrow || step.name === `dA[${l}]` ? -1 : -2)
    parts.push(shape("text", { x, y: y + radius + 14, "text-anchor": "middle", class: "notes" },
        notes.map(([name, array, look], i) => shape("tspan", { class: look }, `${i ? "  " : ""}${name} ${figures(array[j][0])}`))))
    if (j === 0) {
        parts.push(shape("text", { x, y: y - radius - 10, "text-anchor": "middle", class: "head" },
            l === 0 ? "x" : ["a", shape("tspan", { dy: -5, "font-size": "75%" }, `[${l}]`), l === last ? shape("tspan", { dy: 5 }, " = ŷ") : null]))
    }
    if (l === last) {
        parts.push(shape("text", { x: x + radius * 0.8 + 3, y: y - radius * 0.8 - 2, class: "target" }, `${narrow ? "y" : "y ="} ${picture.y[j]}`))
    }
    return shape("g", {}, parts)
}

function node([x, y], radius, text, way, fresh) {
    return shape("g", { class: `unit ${way ? `lit ${way}` : ""} ${fresh ? "fresh" : ""}` },
        shape("circle", { cx: x, cy: y, r: radius }), shape("text", { x, y: y + 4.5, "text-anchor": "middle" }, text))
}

// --- code, numbers and shapes, costs -----------------------------------------------------------

function drawCode(list, { steps }, number, go) {
    if (list.dataset.code !== steps.map(step => step.code).join("\n")) {
        list.dataset.code = steps.map(step => step.code).join("\n")
        list.replaceChildren(...steps.map((step, i) =>
            element("li", { class: step.way }, button(step.code, () => go(i + 1), { tabindex: -1 }))))
    }
    ;[...list.children].forEach((line, i) => {
        change(line, { "aria-current": i + 1 === number ? "step" : null })
        line.classList.toggle("later", i + 1 > number)
    })
    const now = list.children[number - 1] // scrolls only the list and not the page
    if (list.scrollHeight > list.clientHeight) list.scrollTop = now.offsetTop - list.clientHeight / 2
}

function matrix(rows, name, look = "") {
    return element("figure", { class: `matrix ${look}` },
        element("table", {}, rows.map(row => element("tr", {}, row.map(value => element("td", {}, figures(value)))))),
        element("figcaption", {}, symbolOf(name), element("span", {}, ` (${rows.length}, ${rows[0].length})`)))
}

function drawEquation(box, picture, number) {
    const step = picture.steps[number - 1], updated = step.way === "update"
    const operand = name => {
        if (name === "Xᵀ") return matrix(picture.x.map(x => [x]), "Xᵀ")
        if (name === "loss") return element("span", { class: "sign" }, "loss of")
        if (name === "α") return element("span", { class: "sign" }, figures(picture.alpha, 2))
        const rows = lookUp(picture, name)
        return rows ? matrix(rows, name) : element("span", { class: "sign" }, { "@": "·", "−": "−" }[name] ?? name)
    }
    const result = lookUp(picture, step.name, true), most = step.working[0].length > 34 ? 2 : 4
    const working = step.working.slice(0, most).map(line => element("span", {}, line))
    if (step.working.length > most) working.push(element("span", {}, `and ${step.working.length - most} more of the same kind`))
    // If the pointer is on an entry of the result, the operands that produce it are highlighted.
    box.onpointermove = event => {
        const cell = event.target.closest?.(".result td"), tables = [...box.querySelectorAll("table")]
        const at = cell ? [cell.parentNode.rowIndex, cell.cellIndex] : null
        tables.forEach((table, i) => [...table.rows].forEach((row, r) => [...row.cells].forEach((entry, c) => {
            const product = step.operands.includes("@") && i < 2
            const source = at && (product ? (i === 0 ? r === at[0] : c === at[1]) : r === at[0] && (c === at[1] || row.cells.length === 1))
            entry.classList.toggle("source", Boolean(source))
        })))
        const which = at ? at[0] * result[0].length + at[1] : -1
        working.forEach((line, i) => line.classList.toggle("source", i === which && step.working.length > 1))
    }
    box.onpointerleave = box.onpointermove
    box.replaceChildren(
        element("p", { class: "head-line" }, element("b", { class: step.way }, `${number} · ${step.way}`), " ", element("span", { class: "shapes" }, step.shape)),
        element("div", { class: "product", "aria-hidden": "true" }, step.operands.map(operand),
            element("span", { class: "sign" }, "="), matrix(result, step.name, `result ${step.way}`)),
        element("p", { class: "working" }, working))
}

/** Plot the cost of each round so far. After the update, the cost of the next round is included. */
function costHistory() {
    const width = 320, height = 62, node = shape("svg", { class: "history", viewBox: `0 0 ${width} ${height}`, role: "img" })
    const draw = ({ costs, updates, steps }, number) => {
        const seen = costs.slice(0, updates + (number === steps.length ? 2 : number >= steps.findIndex(step => step.name === "J") + 1 ? 1 : 0))
        const right = Math.max(5, updates + 1), X = scale([0, right], [70, width - 46]), Y = scale([0, Math.max(...costs)], [height - 8, 10])
        const points = seen.map((cost, i) => [X(i), Y(cost)])
        const said = seen.length ? `cost ${figures(seen.at(-1), 3)}` : "the cost is not known yet"
        node.replaceChildren(
            shape("text", { x: 0, y: 16, class: "head" }, `round ${updates + 1}`),
            shape("text", { x: 0, y: 34, class: "muted" }, "cost J"),
            shape("line", { x1: 62, x2: width, y1: height - 8, y2: height - 8, class: "axis" }),
            shape("polyline", { points: points.map(p => p.join(",")).join(" "), class: "curve" }),
            ...points.map(([cx, cy], i) => shape("circle", { cx, cy, r: i === points.length - 1 ? 4 : 2.4, class: "dot" })))
        if (seen.length) node.append(shape("text", { x: Math.min(points.at(-1)[0] + 8, width - 36), y: points.at(-1)[1] + 4, class: "value" }, figures(seen.at(-1), 3)))
        change(node, { "aria-label": `Round ${updates + 1}, ${said}` })
    }
    return { node, draw }
}

// --- input fields --------------------------------------------------------------------------------

function inputs({ model, follow, get, set }) {
    const sizes = element("input", { type: "text", "aria-label": "layer sizes, starting with the inputs", size: 9, spellcheck: "false" })
    const commit = () => { if (sizes.value !== get("sizes")) set({ sizes: sizes.value, playing: false }) }
    sizes.addEventListener("change", commit)
    sizes.addEventListener("keydown", event => { if (event.key === "Enter") commit() })
    const rate = element("input", { type: "number", min: 0.1, max: 20, step: 0.1, "aria-label": "learning rate α" })
    // a field that is left without a number gets its last number back
    rate.addEventListener("change", () => {
        if (Number.isFinite(rate.valueAsNumber)) set({ learning_rate: rate.valueAsNumber, playing: false })
        else rate.value = get("learning_rate")
    })
    const numbers = (name, options, label) => {
        const box = element("span", { class: "numbers" })
        const read = () => [...box.children].map(input => Number(input.value))
        follow(name, () => {
            const values = get(name)
            if (box.children.length !== values.length) {
                box.replaceChildren(...values.map((_, i) => element("input", {
                    type: "number", ...options, "aria-label": `${label} ${i + 1}`, oninput: event => {
                        if (Number.isFinite(event.target.valueAsNumber)) set({ [name]: read(), playing: false })
                    }, onchange: event => {
                        if (!Number.isFinite(event.target.valueAsNumber)) event.target.value = get(name)[i]
                    },
                })))
            }
            values.forEach((value, i) => { if (document.activeElement !== box.children[i]) box.children[i].value = value })
        })
        return box
    }
    follow("sizes", () => { sizes.value = get("sizes") })
    follow("learning_rate", () => { if (document.activeElement !== rate) rate.value = get("learning_rate") })
    const field = (label, ...parts) => element("span", { class: "field" }, element("span", {}, label), ...parts)
    return element("div", { class: "fields" },
        field("network", sizes), field("x", numbers("x", { min: -5, max: 5, step: 0.05 }, "input")),
        field("y", numbers("y", { min: 0, max: 1, step: 1 }, "label")), field("α", rate))
}

export default {
    initialize: player(nextStep, model => model.get("updates") ? 500 : 1500),
    render: context => instrument(context, buildStepper),
}
