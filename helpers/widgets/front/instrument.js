// Code shared by all interactive figures. The module of a figure is appended to this file, because a front end must be
// a single file.
//
// A module exports `{ initialize, render }`. Here, `render` is `context => instrument(context, build)`, and the function
// `build` fills the stage and calls `follow` for the traits that it draws. A figure with a Play button also defines
// `initialize = player(advance, pause)`.

/** Create an HTML element with attributes, `on…` listeners, and children that are elements or text. */
function element(tag, attributes = {}, ...children) {
    return furnish(document.createElement(tag), attributes, children)
}

/** Create an SVG element in the same way. */
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

/** Set attributes. The values null, undefined and false remove an attribute, but ARIA attributes keep true and false as text. */
function change(node, attributes) {
    for (const [name, value] of Object.entries(attributes)) {
        if (name.startsWith("aria-") && typeof value === "boolean") node.setAttribute(name, String(value))
        else if (value === null || value === undefined || value === false) node.removeAttribute(name)
        else node.setAttribute(name, value === true ? "" : value)
    }
    return node
}

/** Return a linear scale that maps one interval to another. Its property `back` is the inverse scale. */
function scale([a, b], [c, d]) {
    const there = x => c + (x - a) / (b - a) * (d - c)
    there.back = y => a + (y - c) / (d - c) * (b - a)
    return there
}

/** Return about `count` round numbers from `low` to `high` as ticks for an axis. */
function ticks(low, high, count = 5) {
    const rough = (high - low) / count, power = 10 ** Math.floor(Math.log10(rough))
    const step = [1, 2, 5, 10].map(factor => factor * power).find(step => step >= rough * 0.99)
    const found = []
    for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) found.push(Number((k * step).toPrecision(12)))
    return found
}

/** Format a number with a true minus sign, and avoid a negative zero. */
function figures(number, digits = 2) {
    const text = number.toFixed(digits)
    return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−")
}

function button(label, press, attributes = {}) {
    return element("button", { type: "button", onclick: press, ...attributes }, label)
}

/** Create a labelled slider. `moved` receives its value, and `say` converts the value to the text next to the slider. */
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

/** Return a function that changes the state of a model and sends the changes to Python. */
function setter(model) {
    return changes => {
        for (const [name, value] of Object.entries(changes)) model.set(name, value)
        model.save_changes()
    }
}

const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches

/** Fill a view with the title, the challenge, the stage, the summary sentence and the line of code. */
function instrument({ model, el }, build) {
    const ends = [], words = (tag, attributes) => element(tag, attributes)
    const title = words("b"), task = words("span"), met = words("p", { class: "met", role: "status" })
    const stage = element("div", { class: "stage" })
    const sentence = words("p", { class: "sentence", role: "status" })
    const refusal = words("p", { class: "refusal", role: "alert" }), line = words("code", { class: "line", tabindex: "0" })
    const view = element("section", { class: "instrument" },
        element("header", {}, title, element("p", { class: "task" }, element("i", {}, "Challenge "), task), met),
        stage, sentence, refusal, line)

    /** Call `draw` now and whenever one of these traits changes. */
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
    // While the figure plays, screen readers read out neither the sentence nor the numbers, which change at every step.
    follow("sentence playing", () => {
        sentence.textContent = model.get("sentence")
        change(sentence, { "aria-live": model.get("playing") ? "off" : "polite" })
    })
    view.setAttribute("aria-label", model.get("heading"))
    // Without this attribute on the focused element, JupyterLab would treat the arrow keys and some others as shortcuts.
    view.addEventListener("focusin", event => event.target.setAttribute("data-lm-suppress-shortcuts", "true"))
    const end = build({ model, stage, follow, get: name => model.get(name), set: setter(model) })
    follow("playing", () => {
        const live = model.get("playing") ? "off" : null
        for (const node of stage.querySelectorAll("output, [role=status]")) change(node, { "aria-live": live })
    })
    el.append(view)
    return () => {
        ends.forEach(end => end())
        end?.()
    }
}

/** Return a function for `initialize` that plays a figure, with one clock for all views of a model.
    While the trait `playing` is true, `advance(model)` is called repeatedly, with pauses of `pause(model)` milliseconds.
    `advance` may return a promise, and its result is false at the end. */
function player(advance, pause) {
    return ({ model }) => {
        let running = false, closed = false
        const run = async () => {
            if (running) return
            running = true
            while (model.get("playing") && !closed) {
                if (await advance(model) === false) setter(model)({ playing: false })
                else await new Promise(done => setTimeout(done, pause(model)))
            }
            running = false
        }
        model.on("change:playing", run)
        run()
        return () => {
            closed = true
            model.off("change:playing", run)
        }
    }
}
