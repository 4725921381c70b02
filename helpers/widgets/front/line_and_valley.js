// Front end of the figure "Line and valley": the points with the line, the valley of the cost with the path, and the cost.
//
// The trait `steps` of the model is the number of steps shown from the path in `picture`.

const tooFar = (picture, step) => picture.costs[step] > 1e4 * picture.costs[0]

/** Return whether the path has ended, has reached the minimum, or diverges. */
function atEnd(model) {
    const picture = model.get("picture"), steps = model.get("steps")
    return steps >= picture.path.length - 1 || Math.abs(picture.costs[steps] - picture.least) < 1e-6 || tooFar(picture, steps)
}

/** Show one more step, or return false at the end. */
function stepOn(model) {
    if (atEnd(model)) return false
    setter(model)({ steps: model.get("steps") + 1 })
}

const pauseOf = model => model.get("steps") < 12 ? 420 : 140

function buildLineAndValley({ model, stage, follow, get, set }) {
    const picture = get("picture"), most = picture.path.length - 1
    const data = dataPanel(picture), valley = valleyPanel(picture), cost = costPanel(picture)
    const shown = { at: null, frame: 0 } // the parameters on the screen, which move smoothly to those of the current step

    const place = at => {
        shown.at = at
        data.turn(at)
        valley.place(at)
    }
    const glide = target => {
        cancelAnimationFrame(shown.frame)
        const from = shown.at, start = performance.now(), time = Math.min(280, pauseOf(model) * 0.75)
        if (!from || calm()) return place(target)
        const move = now => {
            const t = Math.min(1, (now - start) / time), eased = t * (2 - t)
            place([0, 1].map(i => from[i] + (target[i] - from[i]) * eased))
            if (t < 1) shown.frame = requestAnimationFrame(move)
        }
        shown.frame = requestAnimationFrame(move)
    }
    const begin = start => set({ start: start.map(x => Math.round(x * 100) / 100), steps: 0, playing: false })
    valley.listen(begin, () => get("start"))

    const step = button("Step", () => { set({ playing: false }); stepOn(model) })
    const play = button("Play", () => {
        if (!get("playing") && atEnd(model)) set({ steps: 0 })
        set({ playing: !get("playing") })
    }, { class: "first" })
    const reset = button("Reset", () => set({ steps: 0, playing: false }))
    const rate = slider({
        label: "learning rate α", min: 0.02, max: 1.2, step: 0.01, say: value => value.toFixed(2),
        moved: value => set({ learning_rate: value, steps: 0, playing: false }),
    })
    stage.append(element("div", { class: "line-and-valley" },
        element("figure", {}, element("figcaption", {}, "The data and the line ŷ = w x + b"), data.node),
        element("figure", {}, element("figcaption", {}, "The valley of the cost: click to choose a start"), valley.node),
        element("div", { class: "side" },
            element("figure", {}, element("figcaption", {}, "The cost, step by step"), cost.node),
            rate.node, element("div", { class: "buttons" }, step, play, reset))))

    follow("picture steps", () => {
        const picture = get("picture"), steps = Math.min(get("steps"), most), target = picture.path[steps]
        valley.trace(picture, steps)
        cost.trace(picture, steps)
        glide(target)
        change(step, { "aria-disabled": atEnd(model) })
    })
    follow("learning_rate", () => rate.show(get("learning_rate")))
    follow("playing", () => { play.textContent = get("playing") ? "Pause" : "Play" })
    follow("sentence", () => {
        for (const panel of [data, valley, cost]) change(panel.node, { "aria-label": `${panel.label}. ${get("sentence")}` })
    })
    return () => cancelAnimationFrame(shown.frame)
}

/** Create axes with ticks and names, and a group whose contents are clipped at the frame. */
function plane({ width, height, left = 34, bottom = 30, top = 8, right = 8, x, y, xName, yName, xTicks, yTicks }) {
    const box = { left, right: width - right, top, bottom: height - bottom }
    const X = scale(x, [box.left, box.right]), Y = scale(y, [box.bottom, box.top])
    // The number is random because each figure has its own copy of this module, but all share the ids of the page.
    const id = `lesson-clip-${Math.floor(1e15 * Math.random())}`, inside = shape("g", { "clip-path": `url(#${id})` })
    const frame = { x: box.left, y: box.top, width: box.right - box.left, height: box.bottom - box.top }
    const axes = shape("g", { class: "axes" })
    for (const value of xTicks) {
        axes.append(shape("text", { x: X(value), y: box.bottom + 14, "text-anchor": "middle", class: "muted" }, figures(value, 0)))
    }
    for (const value of yTicks.filter(value => Y(value) > box.top + 14)) { // leaves room for the name of the axis
        axes.append(shape("text", { x: box.left - 6, y: Y(value) + 4, "text-anchor": "end", class: "muted" }, figures(value, 0)))
    }
    axes.append(
        shape("text", { x: box.right, y: box.bottom + 27, "text-anchor": "end", class: "name" }, xName),
        shape("text", { x: box.left - 6, y: box.top + 10, "text-anchor": "end", class: "name" }, yName))
    const node = shape("svg", { viewBox: `0 0 ${width} ${height}`, role: "img" },
        shape("clipPath", { id }, shape("rect", frame)), shape("rect", { ...frame, class: "frame" }), inside, axes)
    return { node, inside, X, Y, box }
}

function dataPanel({ x, y, best }) {
    const panel = plane({ width: 320, height: 358, x: [-1, 3], y: [-2, 8], xName: "x", yName: "y", xTicks: [-1, 0, 1, 2, 3], yTicks: [-2, 0, 2, 4, 6, 8] })
    const { X, Y, inside } = panel
    const misses = x.map(() => shape("line", { class: "miss" })), line = shape("line", { class: "line-of-fit" })
    const equation = shape("text", { x: X(-0.9), y: Y(7.4), class: "equation" })
    inside.append(...misses, ...x.map((value, i) => shape("circle", { cx: X(value), cy: Y(y[i]), r: 3.6, class: "point" })), line)
    panel.node.append(equation)
    const clamp = value => Math.max(-1e4, Math.min(1e4, value)) // keeps coordinates within the range of SVG
    const turn = ([w, b]) => {
        change(line, { x1: X(-1), y1: clamp(Y(b - w)), x2: X(3), y2: clamp(Y(b + 3 * w)) })
        misses.forEach((miss, i) => change(miss, { x1: X(x[i]), x2: X(x[i]), y1: Y(y[i]), y2: clamp(Y(w * x[i] + b)) }))
        equation.textContent = Math.abs(w) + Math.abs(b) < 1e4 ? `ŷ = ${figures(w)} x ${b < 0 ? "−" : "+"} ${figures(Math.abs(b))}` : "the line is out of view"
    }
    return { ...panel, turn, label: "The points and the line" }
}

function valleyPanel({ window, levels, best, least, curvatures, axes, high }) {
    const [[w0, w1], [b0, b1]] = window
    const panel = plane({
        width: 360, height: 360, x: [w0, w1], y: [b0, b1], xName: "w", yName: "b",
        xTicks: ticks(w0, w1, 8), yTicks: ticks(b0, b1, 8),
    })
    const { X, Y, inside, node } = panel, unit = X(1) - X(0)
    const degrees = -Math.atan2(axes[1][0], axes[0][0]) * 180 / Math.PI
    const radius = (excess, i) => unit * Math.sqrt(2 * excess / curvatures[i])
    const ring = (excess, more) => shape("ellipse", {
        cx: X(best[0]), cy: Y(best[1]), rx: radius(excess, 0), ry: radius(excess, 1),
        transform: `rotate(${degrees} ${X(best[0])} ${Y(best[1])})`, ...more,
    })
    inside.append(...[...levels].reverse().map(cost => ring(cost - least, { class: "level" })), ring(high - least, { class: "high" }))
    // The label of the ring is on the right, where the ring crosses the direction of steepest curvature.
    const side = axes[0][1] > 0 ? 1 : -1, far = Math.sqrt(2 * (high - least) / curvatures[1]) * side
    inside.append(shape("text", {
        x: X(best[0] + far * axes[0][1]) + 5, y: Y(best[1] + far * axes[1][1]) - 4, class: "level-name",
    }, `J = ${high}`))
    const bottom = shape("path", { class: "bottom", d: star(X(best[0]), Y(best[1]), 7) })
    const trail = shape("polyline", { class: "trail" }), dots = shape("g", { class: "dots" })
    const first = shape("circle", { class: "first-point", r: 4.5 }), now = shape("circle", { class: "now", r: 6.5 })
    const next = shape("line", { class: "next" }), head = shape("path", { class: "next-head" })
    inside.append(bottom, trail, dots, next, head, first, now)
    let at = [0, 0]

    const trace = (picture, steps) => {
        const points = picture.path.slice(0, steps + 1).map(([w, b]) => [X(w), Y(b)]).filter(p => p.every(c => Math.abs(c) < 1e6))
        change(trail, { points: points.map(p => p.join(",")).join(" ") })
        dots.replaceChildren(...points.slice(1, -1).map(([cx, cy]) => shape("circle", { cx, cy, r: 2.6 })))
        change(first, { cx: points[0][0], cy: points[0][1] })
        // An arrow shows the next step, which goes against the gradient.
        const target = picture.path[steps + 1], here = picture.path[steps]
        const ends = target && [X(here[0]), Y(here[1]), X(target[0]), Y(target[1])]
        const visible = ends && ends.every(c => Math.abs(c) < 1e5) && Math.hypot(ends[2] - ends[0], ends[3] - ends[1]) > 9
        for (const part of [next, head]) change(part, { visibility: visible ? null : "hidden" })
        if (!visible) return
        change(next, { x1: ends[0], y1: ends[1], x2: ends[2], y2: ends[3] })
        const angle = Math.atan2(ends[3] - ends[1], ends[2] - ends[0]) * 180 / Math.PI
        change(head, { d: "M0 0L-9 -4.2L-9 4.2z", transform: `translate(${ends[2]} ${ends[3]}) rotate(${angle})` })
    }
    const place = ([w, b]) => {
        at = [w, b]
        const far = Math.abs(X(w)) > 1e5 || Math.abs(Y(b)) > 1e5
        change(now, { cx: far ? -100 : X(w), cy: far ? -100 : Y(b) })
    }
    const listen = (begin, start) => {
        const inWindow = ([w, b]) => [Math.max(w0, Math.min(w1, w)), Math.max(b0, Math.min(b1, b))]
        const read = event => {
            const to = node.getScreenCTM().inverse(), p = new DOMPoint(event.clientX, event.clientY).matrixTransform(to)
            return inWindow([X.back(p.x), Y.back(p.y)])
        }
        change(node, { tabindex: 0, role: "application", "aria-roledescription": "map for choosing the start of the path" })
        let held = false, finger = false
        node.addEventListener("pointerdown", event => {
            if (event.button !== 0 || !event.isPrimary) return
            held = event.pointerType === "mouse"
            finger = !held // moving a finger must scroll the page; then there is no click
            if (held) begin(read(event))
        })
        node.addEventListener("click", event => { if (finger) begin(read(event)) })
        node.addEventListener("pointermove", event => { if (held) begin(read(event)) })
        for (const end of ["pointerup", "pointercancel", "pointerleave"]) node.addEventListener(end, () => { held = false })
        node.addEventListener("keydown", event => {
            const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key]
            if (!move || event.altKey || event.ctrlKey || event.metaKey) return
            event.preventDefault()
            event.stopPropagation() // JupyterLab would otherwise move between cells
            const by = event.shiftKey ? 0.5 : 0.1
            begin(inWindow(start().map((x, i) => Number(x) + by * move[i])))
        })
    }
    return Object.assign(panel, { place, listen, trace, label: "The valley of the cost over w and b" })
}

function star(x, y, size) {
    const corner = i => {
        const r = i % 2 ? size * 0.45 : size, angle = Math.PI * (i / 5 - 0.5)
        return `${x + r * Math.cos(angle)} ${y + r * Math.sin(angle)}`
    }
    return `M${[...Array(10).keys()].map(corner).join("L")}z`
}

function costPanel({ least }) {
    const width = 280, height = 190, box = { left: 34, right: width - 10, top: 14, bottom: height - 30 }
    const node = shape("svg", { viewBox: `0 0 ${width} ${height}`, role: "img" })
    const frame = shape("rect", { x: box.left, y: box.top, width: box.right - box.left, height: box.bottom - box.top, class: "frame" })
    const axes = shape("g"), floor = shape("line", { class: "floor" }), floorName = shape("text", { class: "floor-name", "text-anchor": "end" })
    const curve = shape("polyline", { class: "curve" }), dots = shape("g", { class: "costs" }), now = shape("circle", { class: "now", r: 4.5 })
    const above = shape("text", { class: "above", "text-anchor": "middle" })
    node.append(frame, axes, floor, floorName, curve, dots, now, above)
    const trace = (picture, steps) => {
        const high = 1.15 * picture.costs[0], right = steps <= 12 ? 12 : steps <= 24 ? 24 : 60
        const X = scale([0, right], [box.left, box.right]), Y = scale([0, high], [box.bottom, box.top])
        axes.replaceChildren(
            ...ticks(0, right, 4).map(t => shape("text", { x: X(t), y: box.bottom + 14, "text-anchor": "middle", class: "muted" }, String(t))),
            ...ticks(0, high, 4).filter(t => Y(t) > box.top + 14).map(t => shape("text", { x: box.left - 6, y: Y(t) + 4, "text-anchor": "end", class: "muted" }, String(t))),
            shape("text", { x: box.right, y: box.bottom + 27, "text-anchor": "end", class: "name" }, "steps"),
            shape("text", { x: box.left - 6, y: box.top + 10, "text-anchor": "end", class: "name" }, "J"))
        change(floor, { x1: box.left, x2: box.right, y1: Y(least), y2: Y(least) })
        change(floorName, { x: box.right - 3, y: Y(least) - 4 })
        floorName.textContent = `minimum ${figures(least, 4)}`
        const points = picture.costs.slice(0, steps + 1).map((cost, i) => [X(i), Y(Math.min(cost ?? Infinity, high))])
        change(curve, { points: points.map(p => p.join(",")).join(" ") })
        dots.replaceChildren(...(right > 24 ? [] : points).map(([cx, cy]) => shape("circle", { cx, cy, r: 2.4 })))
        const [cx, cy] = points.at(-1), lost = !(picture.costs[steps] <= high)
        change(now, { cx, cy })
        change(above, { x: Math.max(box.left + 40, Math.min(box.right - 40, cx)), y: cy + 18, visibility: lost ? null : "hidden" })
        above.textContent = lost ? `↑ ${picture.costs[steps]?.toPrecision(2) ?? "∞"}` : ""
    }
    return { node, trace, label: "The cost after each step" }
}

export default {
    initialize: player(stepOn, pauseOf),
    render: context => instrument(context, buildLineAndValley),
}
