// All code cells of the page: runs them in order, keeps what is typed, and shows the status of Python.

import { Cell } from "./cell.js"
import { Ended } from "./kernel.js"
import { loadEditor, loadWidgets } from "./load.js"
import { readSolved, Store, watchOtherTabs } from "./store.js"

export class Lesson {
    /** @param {string} name @param {string} edition
     * @param {import("./kernel.js").Kernel} kernel @param {import("./pill.js").Pill} pill */
    constructor(name, edition, kernel, pill) {
        this.name = name
        this.store = new Store(name, edition)
        this.kernel = kernel
        this.pill = pill
        const nodes = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("div.cell:has(.cell_input)"))
        this.cells = [...nodes].map((node, index) => new Cell(node, index + 1, this))
        /** Cells run one after the other. @type {Promise<void>} */
        this.queue = Promise.resolve()
        this.life = 0 // counts the Pythons of this lesson
        /** What the reader has asked for last. @type {() => void} */ this.tryAgain = () => this.kernel.restart()
        this.gone = false
        /** @type {Promise<any>?} */ this.begun = null
        /** @type {Promise<import("./widgets.js").Widgets>?} */ this.widgets = null
        /** Settled when the latest widget is there. @type {Promise<any>?} */ this.showing = null
        this.#restore()
        this.showSolved()
        this.watch()
    }

    /** Tell the reader while another tab shows the same lesson. */
    watch() {
        this.unwatch = watchOtherTabs(this.name, () => this.pill.notice("other-tab",
            "This lesson is also open in another tab. Both tabs keep what you type in the same place, " +
            "so only the last change to a cell is kept."), () => this.pill.withdraw("other-tab"))
    }

    /** Restore the texts that were typed earlier, and ask before restoring those of another edition. */
    #restore() {
        const put = (/** @type {Record<string, string>} */ texts) => {
            for (const cell of this.cells) if (cell.id in texts) cell.setText(texts[cell.id])
        }
        put(this.store.cells)
        for (const cell of this.cells) if (this.store.unfinished.has(cell.id)) cell.outputs.sayStopped()
        const typed = Object.keys(this.store.cells).length > 0
        const solved = readSolved().some(exercise => exercise.startsWith(`${this.name.slice(0, 2)}.`))
        const words = typed
            ? "What you typed here has been restored."
            : "The exercises that you solved are still marked as solved."
        if (typed || solved) this.pill.show({ state: "off", words: `${words} Press Run to start Python.` })
        const earlier = this.store.earlier()
        if (earlier) this.#offerEarlier(earlier, put)
    }

    /** Let the reader choose between the new edition and the texts of earlier ones. They are forgotten only after the
     * browser has kept them in this edition, or after the reader has seen them and closed the notice.
     * @param {Record<string, string>} earlier @param {(texts: Record<string, string>) => void} put */
    #offerEarlier(earlier, put) {
        const settle = () => { if (!this.unkept) this.store.settle() }
        const copy = (/** @type {string} */ words, /** @type {string[]} */ ids) => this.pill.notice("left",
            `${words} Copy what you want to keep.`, { Close: settle }, ids.map(id => earlier[id]).join("\n\n"))
        this.pill.notice("edition", "There is a newer edition of this lesson than the one in which you typed.", {
            "Keep what I typed": () => {
                put({ ...earlier, ...this.store.cells })
                const left = Object.keys(earlier).filter(id => !this.cells.some(cell => cell.id === id))
                if (!left.length) return settle()
                copy("The new edition no longer contains the cells in which you typed the following text.", left)
            },
            "Use the new edition": () => copy("This is what you had typed.", Object.keys(earlier)),
        })
    }

    /** When the reader returns to this page from the browser's cache, show the texts that other pages have saved. */
    resume() {
        const texts = this.store.latest()
        for (const cell of this.unkept ? [] : this.cells) {
            const text = texts[cell.id] ?? cell.original
            if (text.trimEnd() !== cell.text.trimEnd()) cell.setText(text)
        }
        this.showSolved()
        this.pill.withdraw("other-tab")
        this.watch()
    }

    /** Report a failure to save, and mark the solved exercises. @param {string} result - of `saveProgress` */
    progressed(result) {
        if (result === "lost") this.#sayUnkept()
        if (result === "other") this.pill.notice("other-seed",
            "This was not recorded, because different numbers for the exercises have been chosen in another tab. " +
            "Restart Python to use them here, too.")
        this.showSolved()
    }

    /** Mark the solved exercises. */
    showSolved() {
        const done = readSolved()
        for (const { solved, asked } of this.cells)
            if (solved) solved.hidden = !asked.length || !asked.every(name => done.includes(name))
    }

    /** @param {string} id @param {string?} text */
    keep(id, text) {
        if (!this.store.keep(id, text)) this.#sayUnkept()
    }

    #sayUnkept() {
        this.unkept = true
        this.pill.notice("full", "This browser is not saving what you type here or which exercises you have solved. " +
            "Copy your answers before you leave the page.")
    }

    /** Run a cell, after the cells above it that have not run. The cell of an exercise runs alone if it can. A cell that
     * was stopped, and may be endless, runs only when the reader asks for it or has edited it.
     * @param {Cell} cell @param {boolean} [withAll] - also run the cells above it in any case */
    run(cell, withAll = false) {
        this.tryAgain = () => this.run(cell, withAll)
        this.#enqueue(async () => {
            const alone = !withAll && cell.asked.length > 0
            if (alone) await this.#begin()
            const needed = alone && !(await this.kernel.ask({ do: "needs", source: cell.text })) ? [] : this.cells
            const list = [...needed.filter(other => other.number < cell.number && !other.done), cell]
            const stopped = list.find(other => other !== cell && this.store.unfinished.has(other.id))
            if (stopped) return this.#explain(cell, stopped, "was stopped")
            await this.#begin()
            list.forEach(other => other.waits(true))
            for (const [index, other] of list.entries()) {
                const more = index < list.length - 1 ? `, which cell ${cell.number} needs` : ""
                if (!(await this.#runOne(other, `Running cell ${other.number} of ${this.cells.length}${more}`))) {
                    list.forEach(rest => rest.waits(false))
                    if (other !== cell) this.#explain(cell, other, "failed")
                    return
                }
            }
        }, cell)
    }

    /** Show why a cell did not run.
     * @param {Cell} cell @param {Cell} other @param {string} what - what happened to `other` */
    #explain(cell, other, what) {
        const words = `Cell ${other.number} ${what}, so cell ${cell.number} did not run`
        this.pill.show({ state: this.kernel.state, words, failed: true })
    }

    /** Show a hint or the solution below the output of an exercise. @param {Cell} cell @param {string} name */
    ask(cell, name) {
        this.tryAgain = () => this.ask(cell, name)
        this.#enqueue(async () => {
            await this.#begin()
            const source = `__import__("helpers.exercises").exercises.${name}("${cell.exercise}")` // no name of the reader's
            await this.kernel.run(source, 0, message => cell.outputs.add(message))
            this.pill.show({ state: "ready", words: "Python is ready" })
        }, cell)
    }

    /** @param {Cell} cell @param {string} words */
    async #runOne(cell, words) {
        if (this.gone) throw new Ended()
        this.pill.show({ state: "running", words })
        cell.mark("running")
        cell.outputs.begin()
        const { text } = cell
        /** @type {boolean | undefined} */ let well
        this.store.setUnfinished(cell.id, true)
        this.widgets?.catch(() => (this.widgets = null)) // loads them again
        try {
            well = await this.kernel.run(text, cell.number, message => cell.outputs.add(message))
            this.store.setUnfinished(cell.id, false)
        } finally {
            cell.outputs.end()
            if (well === undefined) cell.outputs.sayStopped()
            cell.mark(!well ? "failed" : text === cell.text ? "done" : "")
        }
        this.pill.show({ state: "ready", words: "Python is ready" })
        return well
    }

    /** Start Python, and remove the variables and widgets that an earlier lesson has left in it. */
    async #begin() {
        await this.kernel.start()
        if (this.kernel.waiting.size) this.pill.show({ state: "running", words: "Waiting for Python" }) // a figure is busy
        this.begun ??= this.kernel.ask({ do: "begin" })
        await this.begun
        if (this.gone) throw new Ended()
        performance.mark("live-ready")
    }

    /** @param {() => Promise<void>} work @param {Cell} cell */
    #enqueue(work, cell) {
        cell.waits(true)
        const life = this.life
        this.queue = this.queue.then(() => (life === this.life ? work() : undefined)).catch(error => {
            if (!(error instanceof Ended)) this.kernel.fail(error)
        }).finally(() => cell.waits(false))
        // Once everything is done for which the reader is waiting, cells can be edited even if the connection is lost.
        this.queue.then(() => this.showing).then(loadEditor).catch(() => {})
    }

    /** Pass a message on to the widgets, which are loaded when the first one is created. @param {any} message */
    passOn(message) {
        if (!this.widgets && message.type !== "comm_open") return
        this.widgets ??= loadWidgets().then(({ Widgets }) => new Widgets(this.kernel))
        this.widgets.then(widgets => widgets.receive(message), () => {}) // the figure will report the failure
    }

    /** @param {string} id @param {HTMLElement} host */
    showWidget(id, host) {
        return this.showing = this.#show(id, host)
    }

    /** @param {string} id @param {HTMLElement} host */
    async #show(id, host) {
        const remove = await (await this.widgets)?.show(id, host)
        performance.mark("live-widget")
        return remove
    }

    /** Mark what belonged to a Python that has ended. @param {boolean} ready - whether it had started */
    ended(ready) {
        this.widgets = this.begun = null
        this.life++
        for (const cell of this.cells) {
            cell.mark("")
            cell.outputs.retire(`cell ${cell.number}`, () => this.run(cell))
        }
        const gone = ready ? "Its variables are lost; press" : "Press"
        this.pill.show({ state: "off", words: `Python was stopped. ${gone} Run to start it again.` })
    }

    /** Run all cells that have not run, and the last one in any case. */
    runAll() {
        this.run(this.cells[this.cells.length - 1], true)
    }

    /** End everything that belongs to this lesson, because the page shows another one. Python runs on unless busy. */
    leave() {
        this.gone = true
        this.life++
        this.unwatch?.()
        if (this.kernel.listener) this.kernel.end()
        else if (this.begun) this.kernel.ask({ do: "begin" }).catch(() => {}) // so that no figure goes on playing
        for (const cell of this.cells) cell.outputs.removeWidgets()
    }

    /** Delete the texts typed in this lesson, and show it as it was published. */
    reset() {
        this.store.reset()
        location.reload()
    }
}
