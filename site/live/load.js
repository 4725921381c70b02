// Loads the scripts and the style sheet that a page does not need at once.

import { element } from "./dom.js"

/** @type {Record<string, Promise<any>>} */
const scripts = {}

/** Load a script once, or try it again after a failure. @param {string} name @returns {Promise<any>} */
function load(name) {
    return scripts[name] ??= fetchAndImport(name).catch(error => { delete scripts[name]; throw error })
}

/** Import a script. It is fetched first, because browsers may remember forever that an import has failed.
 * @param {string} name */
async function fetchAndImport(name) {
    const { href } = new URL(`./${name}`, import.meta.url)
    const answer = await fetch(href, { cache: "no-cache" }).catch(() => null) // an old one may name files that are gone
    if (!answer?.ok) throw lost(name)
    await answer.arrayBuffer()
    return import(href)
}

/** @param {string} name */
const lost = name => new Error(`the file ${name} could not be downloaded`)

/** @returns {Promise<typeof import("./editor.js")>} */
export const loadEditor = () => load("editor.js")

/** @returns {Promise<typeof import("./widgets.js")>} */
export const loadWidgets = () => loadStyle("widgets.css").then(() => load("widgets.js"))

/** @param {string} name @returns {Promise<void>} */
function loadStyle(name) {
    const { href } = new URL(`./${name}`, import.meta.url)
    if (document.querySelector(`link[href="${href}"]`)) return Promise.resolve()
    return new Promise((onload, fail) => {
        const onerror = () => { link.remove(); fail(lost(name)) }
        const link = element("link", { rel: "stylesheet", href, onload, onerror })
        document.head.append(link)
    })
}
