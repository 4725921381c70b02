// Makes the cells of a lesson's page run in the page. Before the first click on a button, nothing is downloaded,
// except the editor if the reader has typed something earlier.

import { Kernel } from "./kernel.js"
import { Lesson } from "./lesson.js"
import { Pill } from "./pill.js"
import { followLinks } from "./visit.js"

const root = new URL("../../", import.meta.url) // the site; this file is _static/live/page.js
const kernel = new Kernel(new URL("lab/files/", root).href)
const pill = new Pill({
    stop: () => kernel.end(),
    again: () => lesson.tryAgain(),
    restart: () => kernel.restart(),
    all: () => lesson.runAll(),
    reset: () => lesson.reset(),
})

/** Return the lesson that the page shows now. */
function openLesson() {
    const name = location.pathname.split("/").pop()?.replace(/\.html$/, "") ?? ""
    const edition = document.querySelector('meta[name="lesson-edition"]')?.getAttribute("content") ?? ""
    return new Lesson(name, edition, kernel, pill)
}

/** The widgets read from JupyterLab's attribute whether the page is dark. */
const tellTheme = () => {
    document.body.dataset.jpThemeLight = String(document.documentElement.dataset.theme !== "dark")
}
new MutationObserver(tellTheme).observe(document.documentElement, { attributeFilter: ["data-theme"] })
tellTheme()

let lesson = openLesson()
kernel.addEventListener("status", event => pill.show(/** @type {CustomEvent} */ (event).detail))
kernel.addEventListener("ended", event => lesson.ended(/** @type {CustomEvent} */ (event).detail))
kernel.addEventListener("progress", event => lesson.progressed(/** @type {CustomEvent} */ (event).detail))
kernel.addEventListener("comm", event => lesson.passOn(/** @type {CustomEvent} */ (event).detail))
addEventListener("pagehide", () => lesson.unwatch?.())
addEventListener("pageshow", ({ persisted }) => persisted && lesson.resume()) // the page was kept when the reader left it
followLinks({
    worthwhile: () => Boolean(kernel.started),
    leave: () => lesson.leave(),
    enter: () => {
        lesson = openLesson()
        if (kernel.state === "ready") pill.show({ state: "ready", words: "Python is ready" })
    },
})
