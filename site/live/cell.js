// One code cell of a lesson: its text, its editor, its buttons and its outputs.

import { button, element } from "./dom.js"
import { loadEditor } from "./load.js"
import { Outputs } from "./outputs.js"

/** @typedef {import("./lesson.js").Lesson} Lesson */

const IDENTIFIER = /(?:^| )tag_cell-(\S+)/

export class Cell {
    /** @param {HTMLElement} node @param {number} number @param {Lesson} lesson */
    constructor(node, number, lesson) {
        this.node = node
        this.number = number
        this.lesson = lesson
        this.id = IDENTIFIER.exec(node.className)?.[1] ?? String(number)
        this.input = /** @type {HTMLElement} */ (node.querySelector(".cell_input"))
        this.still = /** @type {HTMLElement} */ (this.input.querySelector(".highlight"))
        /** The text in the committed lesson. */
        this.original = (this.still.textContent ?? "").trimEnd()
        this.text = this.original
        this.outputs = new Outputs(node, (id, host) => lesson.showWidget(id, host))
        /** @type {Promise<any>?} */ this.editor = null
        this.done = false
        this.exercise = /^check\("([\w.]+)"/m.exec(this.original)?.[1]
        const quiz = /^quiz\("(\d+)"/m.exec(this.original)?.[1]
        const questions = quiz ? this.original.match(/\bq\d+(?==)/g) ?? [] : []
        /** The names of the exercise or of the questions. */
        this.asked = this.exercise ? [this.exercise] : questions.map(question => `${quiz}.${question}`)
        this.#furnish()
    }

    /** Add the buttons. */
    #furnish() {
        const run = () => this.lesson.run(this), where = `cell ${this.number}`
        this.node.classList.add("live-cell")
        this.undo = button("Undo edits", () => this.restore(), { class: "live-quiet live-undo", hidden: true })
        this.edited = element("span", { class: "live-mark", hidden: true }, "edited")
        this.solved = element("span", { class: "live-mark live-solved", hidden: true }, "✓ solved")
        this.edit = button("Edit", () => this.open(), { class: "live-quiet", "aria-label": `Edit ${where}` })
        const answers = this.asked.length > 0
        if (answers) this.outputs.host.setAttribute("aria-live", "polite") // for screen readers: the verdict
        const title = "Shift+Enter"
        this.runner = answers
            ? button("Check", run, { class: "live-main", title, "aria-label": `Check the answer in ${where}` })
            : button("Run", run, { class: "live-run", title, "aria-label": `Run ${where}` })
        this.bar = element("div", { class: answers ? "live-bar live-answers" : "live-bar" },
            this.edited, this.undo, this.edit, this.runner, this.solved)
        if (this.exercise)
            for (const name of ["Hint", "Solution"])
                this.bar.append(button(name, () => this.lesson.ask(this, name.toLowerCase()), { "aria-label": `${name} for ${where}` }))
        this.input.append(this.bar)
        const invitation = this.node.querySelector(".invite .on-screen")
        if (invitation) invitation.textContent = "Answer in this cell, then press Check."
        this.still.addEventListener("click", event => this.#clicked(event))
        const note = /** @type {HTMLElement?} */ (this.node.querySelector(".widget-note"))
        if (note) this.#offerFigure(note, run)
    }

    /** Put a button in the place of the note that sends readers to the lab. @param {HTMLElement} note @param {() => void} run */
    #offerFigure(note, run) {
        const name = note.querySelector("b")?.textContent ?? "this figure"
        note.replaceChildren(
            button("Start", run, { class: "live-main", "aria-label": `Start the interactive figure ${name}` }),
            element("span", {}, "Interactive figure: ", element("b", {}, name)))
        note.classList.add("live-offer")
        this.node.querySelector(".cell_output img")?.addEventListener("click", run)
    }

    /** Open the editor where the reader has clicked with a mouse. On a touch screen, the button opens it.
     * @param {MouseEvent} event */
    #clicked(event) {
        const touch = event instanceof PointerEvent && event.pointerType === "touch"
        if (!touch && !String(getSelection())) this.open({ x: event.clientX, y: event.clientY })
    }

    /** Open the editor. @param {{x: number, y: number}} [at] @param {boolean} [focus] */
    async open(at, focus = true) {
        this.editor ??= this.#createEditor(at)
        const view = await this.editor.catch(() => {
            this.editor = null
            const code = this.still.querySelector("pre")
            if (code) code.textContent = this.text // this text still runs without an editor
            const words = "The editor could not be loaded. Press Edit again when there is a connection."
            this.lesson.pill.show({ state: this.lesson.kernel.state, words, failed: true })
        })
        if (focus) view?.focus()
    }

    /** @param {{x: number, y: number}} [at] */
    async #createEditor(at) {
        const { createEditor } = await loadEditor()
        const parent = element("div", { class: "highlight live-editor" })
        this.still.before(parent)
        this.still.hidden = true
        this.edit?.setAttribute("hidden", "")
        return createEditor({
            parent, at, text: this.text, label: `Code of cell ${this.number}. Press Escape to leave the editor.`,
            changed: text => this.#changed(text),
            run: () => this.lesson.run(this),
            leave: () => this.runner?.focus(),
        })
    }

    /** @param {string} text */
    #changed(text) {
        this.text = text
        this.done = false
        this.node.classList.remove("live-done")
        const edited = text.trimEnd() !== this.original
        this.node.classList.toggle("live-edited", edited)
        if (this.undo) this.undo.hidden = !edited
        if (this.edited) this.edited.hidden = !edited
        this.lesson.keep(this.id, edited ? text : null)
    }

    /** Replace the text of the cell in its editor. @param {string} text */
    async setText(text) {
        this.#changed(text)
        const known = this.editor
        await this.open(undefined, false)
        if (known) (await loadEditor()).setText(await known, text)
    }

    /** Give the cell its original text again. */
    restore() {
        this.setText(this.original)
        this.runner?.focus()
    }

    /** Mark whether the cell is waiting for something to run, and leave its other marks as they are.
     * @param {boolean} yes */
    waits(yes) {
        this.node.classList.toggle("live-waiting", yes)
    }

    /** Mark the cell as running, done, failed or, with "", none of these. @param {string} state */
    mark(state) {
        this.waits(false)
        for (const name of ["running", "done", "failed"]) this.node.classList.toggle(`live-${name}`, name === state)
        this.done = state === "done"
        this.node.setAttribute("aria-busy", String(state === "running"))
    }
}
