// Front end of the figure "Draw a digit": a drawing area, a bar for each digit, and the derivatives on top of the drawing.

const SIDE = 28, DAB = [[0, 0, 1], [0, 1, 0.6], [1, 0, 0.6], [0, -1, 0.6], [-1, 0, 0.6]], RATES = [0.01, 0.03, 0.1, 0.2, 0.5, 1, 2, 5, 10]
const unhex = ink => Float32Array.from({ length: SIDE * SIDE }, (_, i) => parseInt(ink.slice(2 * i, 2 * i + 2), 16) / 255)
const hex = pixels => [...pixels].map(ink => Math.round(255 * ink).toString(16).padStart(2, "0")).join("")

/** Fill a canvas with one pixel per value. The function `rgba` maps a value to `[red, green, blue, alpha]`. */
function fill(canvas, values, rgba, width = SIDE) {
    canvas.width = width
    canvas.height = values.length / width
    const context = canvas.getContext("2d"), image = context.createImageData(width, canvas.height)
    values.forEach((value, i) => image.data.set(rgba(value), 4 * i))
    context.putImageData(image, 0, 0)
}

/** Create the drawing area. It shows the ink of the model and sends the reader's ink, even during a stroke. */
function pad({ get, set, follow, stage }) {
    const paper = element("canvas", { "aria-hidden": "true" }), slope = element("canvas", { "aria-hidden": "true", class: "slope" })
    const pen = element("i", { class: "pen" }), hint = element("span", { class: "hint", "aria-hidden": "true" }, "draw here"), label = "Drawing area of 28 by 28 pixels. The arrow keys move the pen, and together with Shift they draw. Space draws, and Backspace erases."
    const node = element("div", { class: "pad", tabindex: "0", role: "application", "aria-label": label, "data-lm-suppress-shortcuts": "true" }, paper, slope, pen, hint)
    let pixels = unhex(get("ink")), down = false, row = 14, column = 14, sent = 0, later = null, erasing = false

    const show = () => {
        const [ink, white] = [color(stage, "ink"), color(stage, "paper")]
        fill(paper, pixels, value => [...white.map((p, k) => p + value * (ink[k] - p)), 255])
        pen.style.translate = `${100 * column}% ${100 * row}%`
        hint.hidden = pixels.some(value => value > 0)
    }
    const tint = () => {
        const { gradient, most } = get("picture")
        // The derivatives are hidden during a stroke. On empty paper, they would look like a drawing.
        slope.hidden = down || !get("overlay") || !gradient || !most || !hint.hidden
        node.classList.toggle("tinted", !slope.hidden)
        if (slope.hidden) return
        const [below, above] = [color(stage, "label-0"), color(stage, "label-1")]
        fill(slope, [...bytes(gradient)], level => [...(level < 127.5 ? below : above), Math.min(255, 2.2 * Math.abs(level - 127.5))])
    }
    const send = () => {
        clearTimeout(later)
        const rest = sent + 60 - performance.now() // limits how often a stroke is sent while it is being drawn
        if (rest > 0) later = setTimeout(send, rest)
        else {
            sent = performance.now()
            set({ ink: hex(pixels) })
        }
    }
    const dab = (r0, c0, erase) => {
        for (const [r, c, ink] of DAB) {
            const i = (r0 + r) * SIDE + c0 + c
            if (r0 + r >= 0 && r0 + r < SIDE && c0 + c >= 0 && c0 + c < SIDE) pixels[i] = erase ? 0 : Math.max(pixels[i], ink)
        }
    }
    const place = (r, c) => [row, column] = [r, c].map(x => Math.min(SIDE - 1, Math.max(0, x)))
    const at = event => {
        const box = node.getBoundingClientRect()
        return [(event.clientY - box.top) / box.height, (event.clientX - box.left) / box.width].map(t => Math.floor(t * SIDE))
    }
    const stroke = (event, fresh) => {
        const [r, c] = at(event), [r0, c0] = fresh ? [r, c] : [row, column], n = Math.max(1, Math.abs(r - r0), Math.abs(c - c0))
        for (let i = 1; i <= n; i++) dab(Math.round(r0 + (r - r0) * i / n), Math.round(c0 + (c - c0) * i / n), erasing || event.shiftKey)
        place(r, c)
        show()
        send()
    }
    node.addEventListener("pointerdown", event => {
        if (event.button || !event.isPrimary) return
        event.preventDefault()
        node.focus({ preventScroll: true })
        node.setPointerCapture(event.pointerId)
        down = true
        stroke(event, true)
        tint()
    })
    node.addEventListener("pointermove", event => { if (down && event.isPrimary) event.buttons || event.pointerType === "touch" ? stroke(event, false) : end() })
    const end = () => { if (down) { down = false; send(); tint() } }
    for (const name of ["pointerup", "pointercancel"]) node.addEventListener(name, event => { if (event.isPrimary) end() })
    node.addEventListener("keydown", event => {
        if (event.altKey || event.ctrlKey || event.metaKey) return
        const move = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key]
        const draw = event.key === " ", erase = event.key === "Backspace" || event.key === "Delete"
        if (!move && !draw && !erase) return
        event.preventDefault()
        event.stopPropagation()
        if (move) place(row + move[0], column + move[1])
        if (draw || erase || event.shiftKey) { dab(row, column, erase || erasing); send() }
        show()
    })
    follow("ink", () => { if (!down) { pixels = unhex(get("ink")); show(); tint() } })
    follow("picture overlay", tint)
    return { node, repaint: () => { show(); tint() }, erase: on => { erasing = on } }
}

/** Create a bar for each digit. Pressing a bar makes its digit the target. */
function bars({ get, set, follow }) {
    const rows = Array.from({ length: 10 }, (_, digit) => {
        const bar = element("i", {}), share = element("span", { class: "share" })
        return { digit, bar, share, node: button(element("b", {}, String(digit)), () => set({ target: digit }), { class: "digit" }) }
    })
    rows.forEach(row => row.node.append(element("span", { class: "track" }, row.bar), row.share))
    follow("picture target", () => rows.forEach(({ digit, bar, share, node }) => {
        const p = get("picture").probabilities?.[digit] ?? 0, target = digit === get("target")
        bar.style.width = `${100 * p}%`
        share.textContent = p.toFixed(3)
        node.classList.toggle("answer", digit === get("picture").answer)
        change(node, { "aria-pressed": String(target), "aria-label": `${digit}: probability ${p.toFixed(3)}${target ? ", the target" : ""}` })
    }))
    return element("div", { class: "bars", role: "group", "aria-label": "Probability of each digit. Press a digit to make it the target." },
        element("p", { class: "caption" }, "Probability; press a digit to make it the ", element("u", {}, "target")), rows.map(row => row.node))
}

function controls({ get, set, follow, model }, area) {
    const send = what => () => model.send({ do: what })
    const start = slider({ label: "Test digit no.", min: 0, max: 100, step: 1, say: value => value || "none", moved: value => set({ start: value }) })
    follow("start", () => start.show(get("start")))
    const rate = stops("Rate (ink² / cost)", RATES, value => set({ rate: value }))
    follow("rate", () => rate.show(get("rate")))
    const steps = element("output", { class: "steps" }), cost = element("output", {})
    follow("steps picture", () => {
        steps.textContent = get("steps") === 1 ? "1 step" : `${get("steps")} steps`
        cost.textContent = `J = ${get("picture").cost?.toPrecision(3)}, ∂J/∂pixel up to ${get("picture").most?.toPrecision(2)}`
    })
    const play = button("Play", () => set({ playing: !get("playing") }))
    follow("playing", () => { play.textContent = get("playing") ? "Pause" : "Play" })
    const overlay = element("input", { type: "checkbox", onchange: event => set({ overlay: event.target.checked }) })
    follow("overlay", () => { overlay.checked = get("overlay") })
    const eraser = button("Eraser", () => {
        const on = eraser.getAttribute("aria-pressed") !== "true"
        change(eraser, { "aria-pressed": String(on) })
        area.erase(on)
    }, { "aria-pressed": "false" })
    return element("div", { class: "moves" }, start.node,
        element("div", { class: "buttons" }, eraser, button("Clear", send("clear")), button("Reload", send("reload")), button("Centre", send("centre"))),
        element("p", { class: "caption" }, "Move towards the target: x ← x − rate · ∂J/∂x"), rate.node,
        element("div", { class: "buttons" }, button("1 step", send("move"), { class: "first" }), play, steps), cost,
        element("label", { class: "overlay" }, overlay, element("span", {}, "Show ∂J/∂pixel on the drawing: ", element("b", { class: "label-0" }, "more ink"), " or ",
            element("b", { class: "label-1" }, "less ink"), " lowers J")))
}

function drawing(api) {
    const { get, follow, stage } = api, area = pad(api), units = element("canvas", { "aria-hidden": "true" })
    stage.classList.add("drawing")
    stage.append(area.node, element("div", { class: "answers" }, bars(api),
        element("p", { class: "caption" }, "300 hidden activations"), units), controls(api, area))
    const hidden = () => {
        if (!get("picture").activations) return
        const [ink, white] = [color(stage, "ink"), color(stage, "paper")]
        fill(units, [...bytes(get("picture").activations)], level => [...white.map((p, k) => p + Math.max(0, level / 127.5 - 1) * (ink[k] - p)), 255], 30)
    }
    const repaint = () => { area.repaint(); hidden() }
    follow("picture", hidden)
    const watch = new ResizeObserver(repaint), ends = onTheme(repaint) // the colours are known only once the view is part of the page
    watch.observe(area.node)
    return () => { watch.disconnect(); ends() }
}

/** Take one step, or return false if the drawing has reached the target or too many steps have been taken. */
function advance(model) {
    if (model.get("picture").cost < 0.01 || model.get("steps") >= 200) return false
    return new Promise(done => {
        const moved = () => { model.off("change:steps change:playing", moved); done(true) }
        model.on("change:steps change:playing", moved) // if the step is refused, Python only sets `playing` to false
        model.send({ do: "move" })
    })
}

export default { initialize: player(advance, () => 120), render: context => instrument(context, drawing) }
