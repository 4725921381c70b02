// The status of Python in a corner of the page, its buttons, and notices at the top of the lesson.

import { button, element, focusOn } from "./dom.js"

const SLOW = 3 // seconds after which the status shows how long the reader has been waiting
const CALM = 4000 // milliseconds after which "ready" shrinks to its dot

export class Pill {
    /** @param {Record<"stop" | "again" | "restart" | "all" | "reset", () => void>} actions */
    constructor(actions) {
        this.words = element("span", { role: "status" })
        this.time = element("span", { class: "live-time", "aria-hidden": "true" })
        this.stop = button("Stop", actions.stop)
        this.again = button("Try again", actions.again)
        this.menu = element("div", { class: "live-menu", hidden: true },
            button("Run all cells", () => { this.#close(); actions.all() }),
            button("Restart Python", () => { this.#close(); actions.restart() }),
            button("Reset this lesson …", () => { this.#sure() }))
        this.sure = element("div", { class: "live-menu", hidden: true },
            element("p", {}, "Everything you typed in this lesson will be deleted. Solved exercises stay solved."),
            button("Reset this lesson", actions.reset), button("Cancel", () => this.#close()))
        this.more = button("⋯", () => this.#toggle(), { "aria-label": "More", "aria-expanded": "false" })
        this.node = element("div", { class: "live-pill", hidden: true, "data-state": "off" },
            this.menu, this.sure, element("span", { class: "live-dot" }), this.words, this.time, this.stop, this.again, this.more)
        document.addEventListener("keydown", event => event.key === "Escape" && this.#isOpen() && this.#close())
        document.addEventListener("pointerdown", ({ target }) =>
            this.#isOpen() && !this.node.contains(/** @type {Node} */ (target)) && this.#close(false))
        document.body.append(this.node)
        this.start = 0
        this.part = ""
        setInterval(() => this.#tick(), 500)
    }

    /** @param {{state: string, words: string, part?: string, failed?: boolean, again?: boolean}} status - `part` is how much
     *     of the work is done, and `again` shows the button "Try again" */
    show({ state, words, part = "", failed = false, again = false }) {
        const focused = /** @type {HTMLElement?} */ (document.activeElement)
        if (state !== this.node.dataset.state) this.start = performance.now()
        this.node.hidden = false
        this.node.dataset.state = failed ? "failed" : state
        if (this.words.textContent !== words) this.words.textContent = words
        this.part = part
        this.stop.hidden = state !== "running" && state !== "starting"
        this.again.hidden = !again
        if (focused?.hidden && this.node.contains(focused)) this.more.focus()
        clearTimeout(this.calm)
        this.node.classList.remove("live-calm")
        if (this.stop.hidden && !failed) this.calm = setTimeout(() => this.node.classList.add("live-calm"), CALM)
        this.#tick()
    }

    /** Show a notice at the top of the lesson, once, with buttons that close it.
     * @param {string} name @param {string} words @param {Record<string, () => void>} [choices]
     * @param {string} [text] - to be copied */
    notice(name, words, choices = { Close: () => {} }, text) {
        if (document.querySelector(`.live-notice[data-name="${name}"]`)) return
        const article = /** @type {HTMLElement} */ (document.querySelector("article"))
        const close = () => { box.remove(); focusOn(article) }
        const box = element("div", { class: "live-notice", role: "status", "data-name": name }, element("p", {}, words))
        if (text) box.append(element("pre", { tabindex: 0 }, text))
        for (const [label, act] of Object.entries(choices)) box.append(button(label, () => { close(); act() }))
        article.prepend(box)
    }

    /** Remove a notice whose reason is gone. @param {string} name */
    withdraw(name) {
        const box = document.querySelector(`.live-notice[data-name="${name}"]`)
        if (box?.contains(document.activeElement)) focusOn(/** @type {HTMLElement} */ (box.closest("article")))
        box?.remove()
    }

    #tick() {
        const seconds = Math.floor((performance.now() - this.start) / 1000)
        const parts = this.stop.hidden ? [] : [this.part, seconds >= SLOW ? `${seconds} s` : ""]
        this.time.textContent = parts.filter(Boolean).join(" · ")
    }

    #toggle() {
        const open = !this.#isOpen()
        this.#close()
        this.menu.hidden = !open
        this.more.setAttribute("aria-expanded", String(open))
        if (open) this.menu.querySelector("button")?.focus()
    }

    #sure() {
        this.menu.hidden = true
        this.sure.hidden = false
        this.sure.querySelectorAll("button")[1].focus()
    }

    #isOpen() {
        return !(this.menu.hidden && this.sure.hidden)
    }

    /** Close the menu. @param {boolean} [focus] - whether the focus returns to its button */
    #close(focus = true) {
        this.menu.hidden = this.sure.hidden = true
        this.more.setAttribute("aria-expanded", "false")
        if (focus) this.more.focus()
    }
}
