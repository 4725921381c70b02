// Shows the next lesson of a visit on the current page, so that Python, once started, keeps running.

import { typeset } from "./dom.js"

/** The parts in which the pages of two lessons differ. */
const PARTS = ["title", 'meta[name="description"]', 'meta[name="lesson-edition"]', "article", ".bd-docs-nav",
    "#pst-page-toc-nav", ".prev-next-footer", ".lab-button", "#jb-print-docs-body"]

/** Follow links between lessons, and the buttons Back and Forward, without loading a new page.
 * @param {{worthwhile: () => boolean, leave: () => void, enter: () => void}} page - whether it has something to keep,
 *     and what to do before and after it shows another lesson */
export function followLinks(page) {
    globalThis.navigation?.addEventListener("navigate", event => {
        const { destination, navigationType: kind } = event, url = new URL(destination.url)
        if (!event.canIntercept || event.hashChange || event.downloadRequest || kind === "reload") return
        if (destination.sameDocument || (page.worthwhile() && isLesson(url)))
            event.intercept({ handler: () => show(url, event.signal, page) })
    })
}

/** Return whether a page is a lesson with cells that run. @param {URL} url */
function isLesson(url) {
    const names = document.querySelector('meta[name="live-lessons"]')?.getAttribute("content") ?? ""
    return names.split(" ").some(name => new URL(`${name}.html`, location.href).pathname === url.pathname)
}

/** @param {URL} url @param {AbortSignal} signal @param {{leave: () => void, enter: () => void}} page */
async function show(url, signal, { leave, enter }) {
    const text = await fetch(url, { signal }).then(answer => answer.text()).catch(() => "")
    signal.throwIfAborted()
    const other = new DOMParser().parseFromString(text, "text/html")
    const pairs = PARTS.map(part => [document.querySelector(part), other.querySelector(part)])
    if (!pairs.every(([, there]) => there)) return location.reload() // it could not be fetched
    leave()
    for (const dialog of document.querySelectorAll("dialog[open]")) /** @type {HTMLDialogElement} */ (dialog).close()
    for (const [here, there] of pairs) here?.replaceWith(/** @type {Element} */ (there))
    followSections()
    enter()
    typeset(/** @type {Element} */ (document.querySelector("article")))
}

/** Mark the section in view in the list of sections. The theme does that only for the page that it has loaded. */
function followSections() {
    const nav = /** @type {Element} */ (document.querySelector("#pst-page-toc-nav"))
    const links = [...nav.querySelectorAll("a")]
    const headings = links.map(link => document.getElementById(link.hash.slice(1))?.querySelector("h2, h3") ?? null)
    const entries = new Map(headings.map((heading, index) => [heading, links[index]]))
    const observer = new IntersectionObserver(changes => {
        const current = entries.get(changes.filter(change => change.isIntersecting).pop()?.target ?? null)
        if (!current) return
        nav.querySelector("[aria-current]")?.removeAttribute("aria-current")
        current.setAttribute("aria-current", "true")
        for (const node of nav.querySelectorAll("a, li")) node.classList.toggle("active", node.contains(current))
    }, { rootMargin: "0px 0px -70% 0px" })
    for (const heading of headings) if (heading) observer.observe(heading)
}
