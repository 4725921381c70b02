// What all instruments share; the module of each one is appended to this text, since a front end loads it as one file.
//
// An instrument exports `{ initialize, render }`: `render = context => instrument(context, build)`, where `build` fills
// the stage and says with `follow` which traits it draws; and, to play, `initialize = player(advance, pause)`.

/** An HTML element with attributes, `on…` listeners and children, which are elements or text. */
function element(tag, attributes = {}, ...children) {
    return furnish(document.createElement(tag), attributes, children)
}

/** The same for SVG. */
function shape(tag, attributes = {}, ...children) {
    return furnish(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children)
}

function furnish(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
        if (name.startsWith("on")) node.addEventListener(name.slice(2), value)
        else change(node, { [name]: value })
    }
    node.append(...children.flat().filter(child => child !== null && child !== undefined))
    return node
}

/** Set attributes; null and false remove one. */
function change(node, attributes) {
    for (const [name, value] of Object.entries(attributes)) {
        if (value === null || value === undefined || value === false) node.removeAttribute(name)
        else node.setAttribute(name, value === true ? "" : value)
    }
    return node
}

/** A linear scale from an interval to another; `scale.back` is its inverse. */
function scale([a, b], [c, d]) {
    const there = x => c + (x - a) / (b - a) * (d - c)
    there.back = y => a + (y - c) / (d - c) * (b - a)
    return there
}

/** Round numbers between two, about `count` of them, for the ticks of an axis. */
function ticks(low, high, count = 5) {
    const rough = (high - low) / count, power = 10 ** Math.floor(Math.log10(rough))
    const step = [1, 2, 5, 10].map(factor => factor * power).find(step => step >= rough * 0.99)
    const found = []
    for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) found.push(Number((k * step).toPrecision(12)))
    return found
}

/** A number with a true minus sign and no negative zero. */
function figures(number, digits = 2) {
    const text = number.toFixed(digits)
    return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−")
}

function button(label, press, attributes = {}) {
    return element("button", { type: "button", onclick: press, ...attributes }, label)
}

/** A labelled slider; `moved` gets its value, `say` turns it into the words beside it. */
function slider({ label, min, max, step, moved, say = String }) {
    const input = element("input", { type: "range", min, max, step, "aria-label": label })
    const output = element("output", {})
    const show = value => {
        input.value = value
        output.textContent = say(Number(value))
        input.setAttribute("aria-valuetext", output.textContent)
    }
    input.addEventListener("input", () => { show(input.value); moved(Number(input.value)) })
    return { node: element("label", { class: "control" }, element("span", {}, label), input, output), input, show }
}

/** The function that asks a model for changes of its state, and sends them. */
function setter(model) {
    return changes => {
        for (const [name, value] of Object.entries(changes)) model.set(name, value)
        model.save_changes()
    }
}

const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches

/** Fill a view: title, challenge, stage, sentence and line of code. */
function instrument({ model, el }, build) {
    const ends = [], words = (tag, attributes) => element(tag, attributes)
    const title = words("b"), task = words("span"), met = words("p", { class: "met", role: "status" })
    const stage = element("div", { class: "stage" })
    const sentence = words("p", { class: "sentence", role: "status" })
    const refusal = words("p", { class: "refusal", role: "alert" }), line = words("code", { class: "line" })
    const view = element("section", { class: "instrument" },
        element("header", {}, title, element("p", { class: "task" }, element("i", {}, "Challenge "), task), met),
        stage, sentence, refusal, line)

    /** Call `draw` now, and whenever one of these traits changes. */
    const follow = (names, draw) => {
        const event = names.split(" ").map(name => `change:${name}`).join(" ")
        model.on(event, draw)
        ends.push(() => model.off(event, draw))
        draw()
    }
    const write = (node, name) => follow(name, () => {
        node.textContent = model.get(name)
        node.hidden = !model.get(name)
    })
    write(title, "heading")
    write(task, "task")
    write(met, "met")
    write(refusal, "refusal")
    write(line, "line")
    // A sentence for each step of a play would be read out without end: only the last one is.
    follow("sentence playing", () => {
        sentence.textContent = model.get("sentence")
        change(sentence, { "aria-live": model.get("playing") ? "off" : "polite" })
    })
    view.setAttribute("aria-label", model.get("heading"))
    // JupyterLab gives its shortcuts (arrows among them) to whatever has the focus and does not carry this mark itself.
    view.addEventListener("focusin", event => event.target.setAttribute("data-lm-suppress-shortcuts", "true"))
    const end = build({ model, stage, follow, get: name => model.get(name), set: setter(model) })
    el.append(view)
    return () => {
        ends.forEach(end => end())
        end?.()
    }
}

/** For `initialize`: while the trait `playing` is true, call `advance(model)`, which may return a promise, with a pause
    of `pause(model)` milliseconds between; it returns false at the end. One clock for all views of a model. */
function player(advance, pause) {
    return ({ model }) => {
        let running = false
        const run = async () => {
            if (running) return
            running = true
            while (model.get("playing")) {
                if (await advance(model) === false) setter(model)({ playing: false })
                else await new Promise(done => setTimeout(done, pause(model)))
            }
            running = false
        }
        model.on("change:playing", run)
        run()
        return () => model.off("change:playing", run)
    }
}
