// Shows what a cell prints, displays and returns, in the same elements as the committed outputs of the page.

import { marked } from "marked"
import { button, element, focusOn, typeset } from "./dom.js"
import { loadEditor } from "./load.js"

marked.use({ extensions: [{ // formulas, between dollar signs
    name: "formula",
    level: "inline",
    start: text => text.indexOf("$"),
    tokenizer(text) {
        const [raw, formula] = /^\$([^\s$](?:[^$]*[^\s$])?)\$(?!\d)/.exec(text) ?? []
        return raw ? { type: "formula", raw, formula } : undefined
    },
    renderer: ({ formula }) => element("span", { class: "math" }, `\\(${formula}\\)`).outerHTML,
}] })

/** @typedef {import("./kernel.js").Message} Message */
/** @typedef {(id: string, host: HTMLElement) => Promise<(() => void) | undefined>} ShowWidget */

const VIEW = "application/vnd.jupyter.widget-view+json"
const SCRIPTED = "script, style, link, form, button, input, select, textarea, img:not([src])"
const FORMULA = /\$\$[^]*?\$\$|\$([^$]+)\$/g
const COLOURS = /\x1b\[[\d;]*m/g
const LONG = 1500 // characters beyond which a text may be taller than its box

export class Outputs {
    /** @param {HTMLElement} cell - the element of the cell @param {ShowWidget} showWidget */
    constructor(cell, showWidget) {
        this.host = /** @type {HTMLElement} */ (cell.querySelector(".cell_output")
            ?? element("div", { class: "cell_output docutils container" }))
        this.cell = cell
        this.showWidget = showWidget
        /** @type {string[]} */
        this.descriptions = [...this.host.querySelectorAll("img")].map(image => image.alt)
        this.pending = false // the next output replaces the current ones
        this.earlier = false // the current ones belong to an earlier run
        /** @type {(() => void)[]} */ this.removers = []
    }

    /** Let the next output replace the current ones, which stay until then so that the page does not jump. */
    begin() {
        this.pending = this.earlier = true
        this.host.style.minHeight = `${this.host.offsetHeight}px`
    }

    /** End the output of a run. */
    end() {
        if (this.earlier) this.clear()
        this.pending = false
        this.host.style.minHeight = ""
    }

    clear() {
        this.pending = this.earlier = false
        this.host.closest("details")?.setAttribute("open", "") // anyone who runs a cell wants to see its output
        this.removeWidgets()
        this.host.replaceChildren()
        this.#attach()
    }

    /** Put the box of the outputs into the page. If it is wide, `formulas.js` makes it reachable with the keyboard. */
    #attach() {
        if (this.host.isConnected) return
        this.cell.append(this.host)
        document.dispatchEvent(new Event("lesson-shown"))
    }

    /** Show one output. @param {Message} message */
    add(message) {
        if (message.type === "clear_output") {
            message.wait ? (this.pending = true) : this.clear()
            return
        }
        const focused = this.pending && this.host.contains(document.activeElement) // for example, on a Start button
        if (this.pending || !this.host.isConnected) this.clear()
        if (message.type === "stream") this.#print(message)
        else if (message.type === "error") this.#block("traceback", message.traceback)
        else if (message.type === "display_data") this.#display(message)
        if (focused) focusOn(/** @type {HTMLElement} */ (this.host.lastElementChild))
    }

    /** @param {Message} message */
    #print({ name, text }) {
        const last = this.host.lastElementChild
        const kind = name === "stderr" ? "stderr" : "stream"
        const pre = last?.classList.contains(kind) ? last.querySelector("pre") : null
        const whole = (pre?.textContent ?? "") + text
        const shown = whole.replace(/[^\n]*\r(?=[^\n\r])/g, "") // a carriage return overwrites its line
        if (pre) fill(pre, shown)
        else this.#block(kind, shown)
    }

    /** @param {string} kind @param {string} text */
    #block(kind, text) {
        const box = element("div", { class: "highlight" }, fill(element("pre"), text))
        this.#put(`${kind} highlight-myst-ansi notranslate`).append(box)
    }

    /** @param {Message} message */
    #display({ data, metadata }) {
        if (data[VIEW]) this.#widget(data[VIEW].model_id)
        else if (data["text/html"]) this.#html(data["text/html"])
        else if (data["text/markdown"]) this.#markdown(data["text/markdown"])
        else if (data["image/svg+xml"])
            this.#image(`data:image/svg+xml,${encodeURIComponent(calmed(data["image/svg+xml"]))}`, {})
        else if (data["image/png"]) this.#image(`data:image/png;base64,${data["image/png"]}`, metadata["image/png"] ?? {})
        else if (data["text/latex"]) this.#latex(data["text/latex"])
        else this.#block("text_plain", data["text/plain"])
    }

    /** Show HTML. If it contains a script, which the page does not run, show the rest of it without the elements that
     * need the script, such as the buttons of matplotlib's player, and tell the reader where to see all of it.
     * @param {string} html */
    #html(html) {
        const { content } = Object.assign(document.createElement("template"), { innerHTML: html })
        const script = content.querySelector("script")
        if (script) for (const node of content.querySelectorAll(SCRIPTED)) node.remove()
        if (!script || content.textContent?.trim()) this.#put("text_html").append(content)
        const href = document.querySelector(".lab-button")?.getAttribute("href")
        if (script) this.#put("text_markdown").append(
            "This output contains a script, which a page of the book does not run. ",
            element("a", { href }, "Open this lesson in the lab"), " to see all of it.")
    }

    /** @param {string} source @param {{width?: number}} size */
    #image(source, { width }) {
        const alt = this.descriptions[this.host.querySelectorAll("img").length] ?? "A figure"
        this.host.append(element("img", { src: source, alt, style: width ? `max-width: ${width}px` : "" }))
        performance.mark("live-picture")
    }

    /** @param {string} text */
    #markdown(text) {
        const box = this.#put("text_markdown")
        box.innerHTML = marked.parse(text, { async: false })
        if (box.querySelector(".math")) typeset(box)
        const blocks = [...box.querySelectorAll("pre code")]
        for (const block of blocks) block.parentElement?.classList.add("live-block")
        const code = blocks.filter(block => block.classList.contains("language-python"))
        if (!code.length) return
        loadEditor().then(({ highlight }) => code.forEach(block => {
            block.closest("pre")?.classList.add("highlight")
            highlight(/** @type {HTMLElement} */ (block), block.textContent?.trimEnd() ?? "")
        }), () => {}) // without a connection, the code is plain
    }

    /** @param {string} text */
    #latex(text) {
        const box = this.#put("text_latex output_area")
        // MathJax does not look for formulas between single dollar signs.
        box.textContent = text.replace(FORMULA, (whole, inline) => (inline ? `\\(${inline}\\)` : whole))
        typeset(box)
    }

    /** @param {string} id */
    #widget(id) {
        const box = this.#put("live-widget")
        this.showWidget(id, box).then(
            remove => remove && this.removers.push(remove),
            error => (box.textContent = `This figure cannot be shown: ${error.message}.`))
    }

    /** Say that the cell was stopped. */
    sayStopped() {
        const words = "This cell was stopped before it finished. The cells below do not run until you run it again or edit it."
        this.#block("traceback", words)
    }

    /** Say that the widgets belong to a Python that has ended. @param {string} cell @param {() => void} run */
    retire(cell, run) {
        const boxes = [...this.host.querySelectorAll(".live-widget:not([inert])")]
        if (!boxes.length) return
        for (const box of boxes) box.setAttribute("inert", "")
        this.host.prepend(element("div", { class: "live-offer" },
            button("Start again", run, { class: "live-main", "aria-label": `Start again: figure of ${cell}` }),
            "This figure no longer responds, because Python was stopped."))
    }

    /** End the widgets, which may be moving. */
    removeWidgets() {
        for (const remove of this.removers.splice(0)) remove()
    }

    /** @param {string} kind */
    #put(kind) {
        const box = element("div", { class: `output ${kind}` })
        this.#attach()
        this.host.append(box)
        return box
    }
}

/** Show text in a box, which scrolls, also with the keyboard, if the text is long.
 * @template {HTMLElement} T @param {T} box @param {string} text */
function fill(box, text) {
    box.textContent = text.replace(COLOURS, "")
    if (text.length > LONG) box.tabIndex = 0
    return box
}

/** Stop the animations of an image for readers who prefer less motion, because browsers do not pass this preference
 * on to images.
 * @param {string} svg */
function calmed(svg) {
    const { matches } = matchMedia("(prefers-reduced-motion: reduce)")
    return matches ? svg.replace(/<\/svg>\s*$/, "<style>* { animation: none !important }</style></svg>") : svg
}
