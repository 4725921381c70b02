// The editor of a cell, and the highlighting of Python, with the class names that the style sheets of the book use.

import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete"
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands"
import { pythonLanguage } from "@codemirror/lang-python"
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language"
import { EditorState } from "@codemirror/state"
import { EditorView, keymap } from "@codemirror/view"
import { highlightCode, tagHighlighter, tags as t } from "@lezer/highlight"

const PYGMENTS = tagHighlighter([
    { tag: [t.keyword, t.controlKeyword, t.definitionKeyword], class: "k" },
    { tag: t.moduleKeyword, class: "kn" },
    { tag: t.operatorKeyword, class: "ow" },
    { tag: [t.bool, t.null], class: "kc" },
    { tag: [t.string, t.special(t.string)], class: "s2" },
    { tag: t.number, class: "mi" },
    { tag: t.comment, class: "c1" },
    { tag: t.function(t.definition(t.variableName)), class: "nf" },
    { tag: t.definition(t.className), class: "nc" },
    { tag: t.meta, class: "nd" },
    { tag: t.operator, class: "o" },
    { tag: t.punctuation, class: "p" },
    { tag: [t.variableName, t.propertyName], class: "n" },
])

/** Create an editor.
 * @param {{parent: HTMLElement, text: string, label: string, at?: {x: number, y: number},
 *          changed: (text: string) => void, run: () => void, leave: () => void}} options */
export function createEditor({ parent, text, label, at, changed, run, leave }) {
    const does = (/** @type {() => void} */ action) => () => (action(), true)
    const view = new EditorView({
        parent,
        state: EditorState.create({
            doc: text,
            extensions: [
                keymap.of([
                    { key: "Shift-Enter", run: does(run) },
                    { key: "Mod-Enter", run: does(run) },
                    { key: "Escape", run: does(leave) },
                    ...closeBracketsKeymap, indentWithTab, ...defaultKeymap, ...historyKeymap,
                ]),
                history(), closeBrackets(), bracketMatching(), indentOnInput(), indentUnit.of("    "),
                pythonLanguage, syntaxHighlighting(PYGMENTS), EditorView.lineWrapping,
                EditorView.contentAttributes.of({ "aria-label": label, autocapitalize: "off", spellcheck: "false" }),
                EditorView.updateListener.of(update => update.docChanged && changed(update.state.doc.toString())),
            ],
        }),
    })
    if (at) view.dispatch({ selection: { anchor: view.posAtCoords(at, false) } })
    return view
}

/** Replace the text of an editor. @param {EditorView} view @param {string} text */
export function setText(view, text) {
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } })
}

/** Fill an element with highlighted Python. @param {HTMLElement} host @param {string} code */
export function highlight(host, code) {
    host.textContent = ""
    const put = (/** @type {string} */ text, /** @type {string} */ names) => {
        const span = document.createElement("span")
        span.className = names
        span.textContent = text
        host.append(names ? span : text)
    }
    highlightCode(code, pythonLanguage.parser.parse(code), PYGMENTS, put, () => host.append("\n"))
}
