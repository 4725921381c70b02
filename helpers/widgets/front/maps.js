// Code shared by the interactive figures that draw images pixel by pixel: controls, colours, images and curves.

const bytes = view => new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
const floats = view => new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength))
const lowered = text => String(text).replace(/\d+/g, digits => [...digits].map(d => "₀₁₂₃₄₅₆₇₈₉"[d]).join(""))
const short = number => number === undefined ? "" : Math.abs(number) >= 0.005 || number === 0 ? figures(number, 2) : number.toExponential(0).replace(/-/g, "−")

/** Create a labelled menu. `choose` receives the chosen option, and `say` converts an option to its text. */
function chooser(label, options, choose, say = String) {
    const select = element("select", { "aria-label": label, onchange: () => choose(options[select.selectedIndex]) },
        options.map(option => element("option", {}, say(option))))
    const show = value => { select.selectedIndex = options.indexOf(value) }
    return { node: element("label", { class: "choice" }, element("span", {}, label), select), select, show }
}

/** Create a slider whose stops are `values`. A value between them is shown as it is, at the nearest stop on a logarithmic scale. */
function stops(label, values, choose) {
    const nearest = value => values.reduce((best, v, i) => Math.abs(Math.log(v / value)) < Math.abs(Math.log(values[best] / value)) ? i : best, 0)
    const made = slider({ label, min: 0, max: values.length - 1, step: 1, moved: i => choose(values[i]), say: i => values[i] })
    const show = made.show
    made.show = value => {
        show(nearest(value))
        made.node.querySelector("output").textContent = value
    }
    return made
}

/** Return the red, green and blue components of a palette colour, from 0 to 255.
    Until the view is part of the page, the result is black. */
function color(view, name) {
    const probe = element("i", { style: `color: var(--lesson-${name})` })
    view.append(probe)
    const parts = (getComputedStyle(probe).color.match(/[\d.]+/g) ?? [0, 0, 0]).slice(0, 3).map(Number)
    probe.remove()
    return parts
}

const packed = ([r, g, b]) => 255 << 24 | Math.round(b) << 16 | Math.round(g) << 8 | Math.round(r)
const between = (a, b, t) => a.map((x, k) => x + t * (b[k] - x))

/** Return the colours of 256 levels, from the colour of label 0 through the page colour to the colour of label 1.
    `most` is the fraction of the label colours at both ends. */
function diverging(view, most) {
    const [low, paper, high] = ["label-0", "paper", "label-1"].map(name => color(view, name))
    return Uint32Array.from({ length: 256 }, (_, i) => {
        const t = (i - 127.5) / 127.5
        return packed(between(paper, t < 0 ? low : high, most * Math.abs(t) ** 0.8))
    })
}

/** Return the colours of 256 levels, from the page colour to the text colour. */
function inked(view) {
    const [paper, ink] = [color(view, "paper"), color(view, "ink")]
    return Uint32Array.from({ length: 256 }, (_, i) => packed(between(paper, ink, i / 255)))
}

/** Draw levels on a canvas with `width` pixels per row. Row 0 is at the top or, if `upright` is true, at the bottom. */
function paint(canvas, levels, width, colors, upright = false) {
    const height = Math.floor(levels.length / width)
    if (canvas.width !== width) canvas.width = width
    if (canvas.height !== height) canvas.height = height
    const context = canvas.getContext("2d"), image = context.createImageData(width, height)
    const pixels = new Uint32Array(image.data.buffer)
    for (let row = 0; row < height; row++) {
        const from = (upright ? height - 1 - row : row) * width
        for (let i = 0; i < width; i++) pixels[row * width + i] = colors[levels[from + i]]
    }
    context.putImageData(image, 0, 0)
}

/** Call `repaint` whenever the page changes between light and dark, and return a function that stops this. */
function onTheme(repaint) {
    const watch = new MutationObserver(repaint), dark = matchMedia("(prefers-color-scheme: dark)")
    const attributeFilter = ["class", "data-theme", "data-jp-theme-light", "data-jp-theme-name"]
    for (const place of [document.documentElement, document.body]) watch.observe(place, { attributes: true, attributeFilter })
    dark.addEventListener("change", repaint)
    return () => { watch.disconnect(); dark.removeEventListener("change", repaint) }
}

/** Draw curves against the number of updates in an SVG with a width of 260 pixels, with a name at the end of each curve. */
function plot(svg, { title, lines, low, high, marks, height, said, say = mark => String(mark).replace("-", "−") }) {
    const y = scale([low, high], [height - 6, 20]), parts = [shape("text", { x: 0, y: 9 }, title)]
    for (const mark of marks) {
        parts.push(shape("line", { class: "hair", x1: 28, x2: 214, y1: y(mark), y2: y(mark) }),
            shape("text", { class: "muted", x: 24, y: y(mark) + 4, "text-anchor": "end" }, say(mark)))
    }
    let free = 0
    for (const line of [...lines].sort((a, b) => (b.values.at(-1) ?? low) - (a.values.at(-1) ?? low))) {
        const n = line.values.length, x = scale([0, Math.max(1, n - 1)], [28, 214])
        const points = line.values.map((v, i) => `${i ? "L" : "M"}${x(i).toFixed(1)} ${y(v).toFixed(1)}`)
        parts.push(shape("path", { class: line.kind, d: points.join("") }))
        if (!n) continue
        free = Math.max(y(line.values.at(-1)), free + 11)
        parts.push(shape("text", { class: line.kind, x: 218, y: free + 4 }, line.name))
    }
    svg.replaceChildren(...parts)
    change(svg, { viewBox: `0 0 260 ${height}`, role: "img", "aria-label": said })
}
