// What the reader has typed, kept in this browser for each lesson and edition, and the record of exercises.

/** @typedef {{saved: number, cells: Record<string, string>}} Kept */

const PROGRESS = "live:progress"

/** The texts that differ from those of the page, for one lesson in one edition. */
export class Store {
    /** @param {string} lesson @param {string} edition */
    constructor(lesson, edition) {
        this.prefix = `live:${lesson}:`
        this.key = this.prefix + edition
        /** @type {Record<string, string>} */
        this.cells = texts(read(this.key))
        /** The cells that have been started in this tab, also before a reload, but have not finished: they were stopped.
         * @type {Set<string>} */
        this.unfinished = new Set(attempt(() => JSON.parse(sessionStorage.getItem(this.key) ?? "[]"), []))
    }

    /** Keep a text at once. null forgets it. @param {string} id @param {string?} text */
    keep(id, text) {
        this.cells = texts(read(this.key)) // another tab may have written
        if ((this.cells[id] ?? null) === text) return true
        this.setUnfinished(id, false)
        if (text === null) delete this.cells[id]
        else this.cells[id] = text
        return Object.keys(this.cells).length ? write(this.key, { saved: Date.now(), cells: this.cells }) : remove(this.key)
    }

    /** Remember that a cell has been started, or that it has finished or been edited. @param {string} id @param {boolean} yes */
    setUnfinished(id, yes) {
        yes ? this.unfinished.add(id) : this.unfinished.delete(id)
        attempt(() => sessionStorage.setItem(this.key, JSON.stringify([...this.unfinished])), undefined)
    }

    /** Forget all texts of this edition. */
    reset() {
        for (const id of this.unfinished) this.setUnfinished(id, false)
        this.cells = {}
        remove(this.key)
    }

    /** Return the texts that were typed in the latest other edition, unless the reader has already chosen. */
    earlier() {
        const others = keys().filter(key => key.startsWith(this.prefix) && key !== this.key)
        const found = others.map(key => ({ key, kept: read(key) })).filter(({ kept }) => kept && !("settled" in kept))
        found.sort((a, b) => (b.kept?.saved ?? 0) - (a.kept?.saved ?? 0))
        return found.length ? texts(found[0].kept) : null
    }

    /** Remember that the reader has chosen. The texts of other editions stay in the browser. */
    settle() {
        for (const key of keys().filter(key => key.startsWith(this.prefix) && key !== this.key))
            write(key, { ...read(key), settled: true })
    }
}

/** Return the names of the exercises that have been solved, or none if the record is damaged. @returns {string[]} */
export const readSolved = () =>
    attempt(() => JSON.parse(localStorage.getItem(PROGRESS) ?? "{}").done.filter((/** @type {any} */ name) => typeof name === "string"), [])

/** Return the record of exercises as JSON text. */
export const readProgress = () => JSON.stringify({ done: readSolved() })

/** Add to the record of exercises. @param {string} text - JSON text of a list of names under "done" */
export function saveProgress(text) {
    attempt(() => {
        const done = [...JSON.parse(text).done, ...readSolved()]
        localStorage.setItem(PROGRESS, JSON.stringify({ done: [...new Set(done)].sort() }))
    }, undefined)
}

/** Call functions when another tab shows the same lesson, in both tabs, and when no other tab shows it any more. Return
 * a function that ends this.
 * @param {string} lesson @param {() => void} found @param {() => void} lost */
export function watchOtherTabs(lesson, found, lost) {
    const channel = new BroadcastChannel(`live:${lesson}`)
    channel.onmessage = ({ data }) => {
        data === "bye" ? lost() : found()
        if (data !== "here") channel.postMessage("here") // also after "bye", as there may be a third tab
    }
    channel.postMessage("hello")
    return () => { channel.postMessage("bye"); channel.close() }
}

/** Return the texts of cells, without what is damaged. @param {Kept?} kept @returns {Record<string, string>} */
const texts = kept => Object.fromEntries(Object.entries(kept?.cells ?? {}).filter(([, text]) => typeof text === "string"))

/** Use the browser's storage, which may be full, damaged or forbidden.
 * @template T @param {() => T} action @param {T} otherwise @returns {T} */
function attempt(action, otherwise) {
    try {
        return action()
    } catch {
        return otherwise
    }
}

/** @param {string} key @returns {Kept?} */
const read = key => attempt(() => JSON.parse(localStorage.getItem(key) ?? "null"), null)
/** Return whether the browser keeps it. @param {string} key @param {object} value */
const write = (key, value) => attempt(() => (localStorage.setItem(key, JSON.stringify(value)), true), false)
/** @param {string} key */
const remove = key => attempt(() => (localStorage.removeItem(key), true), false)
/** @returns {string[]} */
const keys = () => attempt(() => Object.keys(localStorage), [])
