// Functions that create elements of the page.

/** Create an element with attributes, `on…` listeners and children.
 * @param {string} tag @param {Record<string, any>} [attributes] @param {(Node | string)[]} children
 * @returns {HTMLElement} */
export function element(tag, attributes = {}, ...children) {
    const node = document.createElement(tag)
    for (const [name, value] of Object.entries(attributes)) {
        if (name.startsWith("on")) node.addEventListener(name.slice(2), value)
        else if (value !== false) node.setAttribute(name, value === true ? "" : value)
    }
    node.append(...children)
    return node
}

/** Create a button. @param {string} label @param {() => void} press @param {Record<string, any>} [attributes] */
export function button(label, press, attributes = {}) {
    return element("button", { type: "button", onclick: press, ...attributes }, label)
}

/** Move the focus to an element that is not a control, when the one that had it disappears.
 * @param {HTMLElement} node */
export function focusOn(node) {
    node.tabIndex = -1
    node.focus({ preventScroll: true })
}

/** Let the browser save a text as a file. @param {string} name @param {string} text */
export function saveFile(name, text) {
    const href = URL.createObjectURL(new Blob([text], { type: "application/json" }))
    element("a", { href, download: name }).click()
    setTimeout(() => URL.revokeObjectURL(href), 60_000)
}

/** Typeset the formulas of an element, after those that are being typeset. One that cannot be typeset stays as it is. The
 * event tells `formulas.js` that there is something new.
 * @param {Element} node @returns {Promise<void>} */
export function typeset(node) {
    const { MathJax } = /** @type {any} */ (globalThis)
    const shown = () => { document.dispatchEvent(new Event("lesson-shown")) }
    if (!MathJax?.startup) return Promise.resolve().then(shown)
    const typeset = MathJax.startup.promise.then(() => MathJax.typesetPromise([node]))
    return MathJax.startup.promise = typeset.catch(console.error).then(shown)
}
