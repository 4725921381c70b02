// A plug-in for the lab: a link back to the book, links between lessons, and notices while Python is starting or when
// a lesson has changed. It has the form that JupyterLab expects of a built extension, so it needs no build.

/** The address of the lab, such as https://example.org/lab/. */
const LAB = new URL("../", location.href).href
/** The published editions of the lessons, by path. @returns {Record<string, string>} */
const editions = () =>
    JSON.parse(document.getElementById("jupyter-config-data")?.textContent ?? "{}").lessonEditions ?? {}

/** @typedef {{contents: any, path: string, panel: any, published: string}} Opened */

/** Add the plug-in to the application. @param {any} app @param {any} Widget - the class of Lumino */
async function activate(app, Widget) {
    keepOriginals(app.serviceManager.contents)
    addWayBack(app, Widget)
    for (const kind of ["pointerover", "focusin", "click"]) document.addEventListener(kind, mendLink, true)
    await app.restored
    const panel = await shown(app)
    if (!panel) return
    document.addEventListener("click", event => follow(event, panel.context), true)
    sayThatPythonStarts(panel.sessionContext)
    const { path } = panel.context
    const published = editions()[path]
    const opened = { contents: app.serviceManager.contents, path, panel, published }
    if (published && stamp(opened).edition !== published) offerNewEdition(opened)
}

/** Return the notebook that the page shows, or null if it shows none. @param {any} app */
async function shown(app) {
    if (!new URLSearchParams(location.search).get("path")?.endsWith(".ipynb")) return null
    while (!app.shell.currentWidget?.context?.isReady) await new Promise(done => setTimeout(done, 50))
    return app.shell.currentWidget
}

/** Copy a lesson to the browser's storage when it is first saved, and not when it is opened, so that readers who have
 * not changed anything always see the latest edition. @param {any} contents */
function keepOriginals(contents) {
    const [create, save] = [contents.createCheckpoint.bind(contents), contents.save.bind(contents)]
    /** @type {Set<string>} */
    const [waiting, seen] = [new Set(), new Set()]
    contents.createCheckpoint = async (/** @type {string} */ path) => {
        if (seen.has(path)) return create(path)
        seen.add(path)
        waiting.add(path)
        return { id: "0", last_modified: new Date().toISOString() }
    }
    contents.save = async (/** @type {string} */ path, /** @type {any} */ options) => {
        seen.add(path)
        if (waiting.delete(path)) await create(path)
        return save(path, options)
    }
}

/** Add a link to the page of the book to the menu bar. @param {any} app @param {any} Widget */
function addWayBack(app, Widget) {
    const path = new URLSearchParams(location.search).get("path") ?? ""
    const name = editions()[path] ? path.replace(/^notebooks\/|\.ipynb$/g, "") : "index"
    const link = element("a", { href: `${LAB}../${name}.html`, target: "_self" }, "Back to the book") // see `follow`
    const node = element("div", { id: "lesson-book" }, link)
    const area = document.body.dataset.notebook === "lab" ? "top" : "menu" // JupyterLab puts nothing beside its menu
    app.shell.add(new Widget({ node }), area, { rank: 1000 })
}

/** Let a link to a lesson open it in the lab instead of downloading its file. @param {Event} event */
function mendLink(event) {
    const link = event.target instanceof Element ? event.target.closest("a") : null
    const files = `${LAB}files/`, address = link?.href.split(/[?#]/)[0] ?? ""
    if (!link || !address.startsWith(files) || !address.endsWith(".ipynb")) return
    link.href = `${LAB}notebooks/index.html?path=${address.slice(files.length)}${link.hash}`
    link.target = "_self"
}

/** Save before a link is followed. If that fails, JupyterLab says why, and the browser asks before anything is lost.
 * @param {MouseEvent} event @param {any} context */
async function follow(event, context) {
    const link = event.target instanceof Element ? event.target.closest("a") : null
    if (link?.target !== "_self" || !context.model.dirty || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    event.stopPropagation()
    await context.save().catch((/** @type {unknown} */ error) => console.error(error))
    location.assign(link.href)
}

const LATE = "Python has not started yet. On a slow connection, this can take minutes; otherwise, reload the page."

/** Tell the reader that Python is starting until it is ready. @param {any} session */
function sayThatPythonStarts(session) {
    const words = "Python is starting. This takes about 15 seconds, or longer on the first visit. " +
        "You can start reading the lesson in the meantime."
    const notice = show(words)
    const patience = setTimeout(() => { notice.textContent = LATE }, 90_000)
    const look = () => {
        if (session.session?.kernel?.status !== "idle") return
        clearTimeout(patience)
        notice.remove()
        session.statusChanged.disconnect(look)
    }
    session.statusChanged.connect(look)
    look()
}

/** Return the metadata that the lab has written into a lesson: its edition. @param {Opened} opened */
const stamp = ({ panel }) => panel.context.model.getMetadata("lesson") ?? {}

/** Return a path for a copy of an edition at which there is no file yet. @param {Opened} opened */
async function unusedPath(opened) {
    const { contents, path } = opened, edition = stamp(opened).edition ?? "earlier"
    for (let number = 1; ; number++) {
        const name = path.replace(".ipynb", `-${edition}${number > 1 ? `-${number}` : ""}.ipynb`)
        const exists = await contents.get(name, { content: false }).then(() => true, () => false)
        if (!exists) return name
    }
}

/** Let the reader choose between the copy in this browser and the published lesson. @param {Opened} opened */
async function offerNewEdition(opened) {
    const { contents, path, panel, published } = opened
    const earlier = await unusedPath(opened)
    const notice = show("There is a newer edition of this lesson than the one in which you typed.", {
        "Keep what I typed": async () => {
            panel.context.model.setMetadata("lesson", { ...stamp(opened), edition: published })
            await panel.context.save()
            notice.remove()
        },
        "Use the new edition": async () => {
            await panel.context.save()
            await contents.save(earlier, await contents.get(path, { content: true }))
            const answer = await fetch(`${LAB}files/${path}`, { cache: "reload" })
            if (!answer.ok) throw new Error(`the server responded with status ${answer.status}`)
            await contents.delete(path) // only the copy in this browser
            location.reload()
        },
    })
    notice.append(element("p", {}, `If you use the new edition, your copy stays in the lab as ${earlier}.`))
}

const CURE = "Nothing is lost. Check your connection and whether this browser has free storage, and try again."

/** Show a sentence at the bottom of the page, with buttons. @param {string} words @param {Record<string, () => Promise<void>>} choices */
function show(words, choices = {}) {
    const failure = element("p", {})
    /** @type {HTMLButtonElement[]} */
    const buttons = Object.entries(choices).map(([name, action]) => {
        const button = /** @type {HTMLButtonElement} */ (element("button", { type: "button", class: "jp-mod-styled jp-mod-accept" }, name))
        const fail = (/** @type {Error} */ error) => { failure.textContent = `This failed: ${error.message}. ${CURE}` }
        button.onclick = () => {
            buttons.forEach(one => { one.disabled = true })
            action().catch(fail).finally(() => buttons.forEach(one => { one.disabled = false }))
        }
        return button
    })
    if (!document.getElementById("lesson-notices")) document.body.append(element("div", { id: "lesson-notices", role: "status" }))
    const notice = element("div", { class: "lesson-notice" }, element("p", {}, words), ...buttons, failure)
    document.getElementById("lesson-notices")?.append(notice)
    return notice
}

/** Make an element. @param {string} tag @param {Record<string, string>} attributes @param {(Node | string)[]} children */
function element(tag, attributes, ...children) {
    const made = document.createElement(tag)
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
    made.append(...children)
    return made
}

const STYLE = `
#lesson-book { display: flex; align-items: center; padding: 0 12px; }
#lesson-book a { color: var(--jp-content-link-color); white-space: nowrap; }
#lesson-notices { position: fixed; left: 0; right: 0; bottom: 0; z-index: 1000; }
.lesson-notice { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 12px; padding: 8px 16px;
    color: var(--jp-ui-font-color1); background: var(--jp-layout-color1); border-top: 1px solid var(--jp-border-color1);
    font: var(--jp-ui-font-size1) / 1.4 var(--jp-ui-font-family); }
.lesson-notice p { margin: 0; }`

/** @type {any} */
let shared // the modules of JupyterLab
window._JUPYTERLAB = window._JUPYTERLAB ?? {}
window._JUPYTERLAB.lessons = {
    init: async (/** @type {any} */ scope) => { shared = scope },
    get: async () => {
        document.head.append(element("style", {}, STYLE))
        const [{ get }] = Object.values(shared["@lumino/widgets"])
        const { Widget } = (await get())()
        const plugin = { id: "lessons:lab", autoStart: true, activate: (/** @type {any} */ app) => { activate(app, Widget) } }
        return () => ({ __esModule: true, default: plugin })
    },
}
