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
        this.unfinished = attempt(() => new Set(JSON.parse(sessionStorage.getItem(this.key) ?? "[]")), new Set())
    }

    /** Return the texts that are stored now, because another page may have changed them. */
    latest() {
        return this.cells = texts(read(this.key))
    }

    /** Save a text immediately, or delete it if `text` is null. @param {string} id @param {string?} text */
    keep(id, text) {
        if ((this.latest()[id] ?? null) === text) return true
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

    /** Delete all texts of this lesson, including those of other editions. */
    reset() {
        for (const id of this.unfinished) this.setUnfinished(id, false)
        this.cells = {}
        for (const key of keys().filter(key => key.startsWith(this.prefix))) remove(key)
    }

    /** Return the texts that were typed in other editions, the latest of each cell, unless the reader has already chosen. */
    earlier() {
        const others = keys().filter(key => key.startsWith(this.prefix) && key !== this.key)
        const found = others.map(key => ({ key, kept: read(key) })).filter(({ kept }) => kept?.cells && !("settled" in kept))
        found.sort((a, b) => (a.kept?.saved ?? 0) - (b.kept?.saved ?? 0))
        return found.length ? Object.assign({}, ...found.map(({ kept }) => texts(kept))) : null
    }

    /** Remember that the reader has chosen. The texts of other editions stay in the browser. */
    settle() {
        for (const key of keys().filter(key => key.startsWith(this.prefix) && key !== this.key))
            write(key, { ...read(key), settled: true })
    }
}

/** Return the names of the exercises that have been solved, or none if the record is damaged. @returns {string[]} */
export const readSolved = () =>
    attempt(() => record().done.filter((/** @type {any} */ name) => typeof name === "string"), [])

/** Return the record of exercises as JSON text, without what is damaged. Its entries are those of `record.py`. */
export const readProgress = () => JSON.stringify({ ...rest(record()), done: readSolved() })

/** Add to the record of exercises. If the seed is new, exercises that were solved with other numbers are dropped.
 * @param {string} text - the record of Python, as JSON text @param {string} before - the earlier one
 * @returns {"kept" | "lost" | "other"} whether the browser keeps it, or another seed has been chosen in another tab */
export function saveProgress(text, before) {
    return attempt(() => {
        const now = JSON.parse(text), old = record(), same = seed(now).seed === seed(old).seed
        if (!same && old?.done && seed(now).seed === seed(JSON.parse(before)).seed) return "other"
        /** @type {any} */
        const whole = { ...rest(now), done: [...new Set([...now.done, ...(same ? readSolved() : [])])].sort() }
        if (same && whole.answers) whole.answers = later(rest(old).answers ?? {}, whole.answers)
        unkept = write(PROGRESS, whole) ? null : whole
        return unkept ? "lost" : "kept"
    }, "kept") // it is damaged
}

/** The record, while the browser does not keep it. @type {any} */ let unkept = null
/** @returns {any} */
function record() {
    const stored = attempt(() => JSON.parse(localStorage.getItem(PROGRESS) ?? "{}"), {})
    if (!unkept || seed(stored).seed !== seed(unkept).seed) return unkept ?? stored
    return { ...unkept, done: [...unkept.done, ...attempt(() => [...stored.done], [])] } // another tab may have saved since
}
/** Return the entries of a record beside the solved exercises, without what is damaged: the answers, the seed of the
 * reader's own numbers, the answers with other seeds, and the name under which they were handed in.
 * @param {any} record @returns {Record<string, any>} */
const rest = record => Object.fromEntries(Object.entries(record ?? {}).filter(([key, value]) =>
    ["seed", "handed_in_as"].includes(key) ? typeof value === "string"
        : ["answers", "earlier"].includes(key) && [value, ...Object.values(value ?? {})].every(isObject)))

/** @param {unknown} thing */
const isObject = thing => !!thing && typeof thing === "object"

/** Combine the answers that two tabs have recorded: of each exercise, those after more attempts.
 * @param {Record<string, any>} old @param {Record<string, any>} now */
const later = (old, now) => ({ ...old, ...Object.fromEntries(Object.entries(now).filter(
    ([name, given]) => !(old[name]?.attempts > given.attempts))) })

/** @param {any} record @returns {{seed?: string}} */
const seed = record => typeof record?.seed === "string" ? { seed: record.seed } : {}

/** Call `found` in both tabs when a second tab shows the same lesson, and `lost` when no other tab shows it any more.
 * Return a function that ends the watch.
 * @param {string} lesson @param {() => void} found @param {() => void} lost */
export function watchOtherTabs(lesson, found, lost) {
    const channel = attempt(() => new BroadcastChannel(`live:${lesson}`), null) // Firefox forbids it together with storage
    if (!channel) return () => {}
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
