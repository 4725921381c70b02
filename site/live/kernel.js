// The page's side of the Python in the web worker: starts it, asks it to run cells, and ends it.

import { saveFile } from "./dom.js"
import { readProgress, saveProgress } from "./store.js"

/** @typedef {{type: string, [key: string]: any}} Message */
/** @typedef {"off" | "starting" | "ready"} State */

export class Kernel extends EventTarget {
    /** @param {string} files - address of the folder with the lessons' large files */
    constructor(files) {
        super()
        this.files = files
        /** @type {State} */ this.state = "off"
        /** @type {Worker?} */ this.worker = null
        /** @type {Promise<any>?} */ this.started = null
        /** @type {Map<number, {resolve: (value: any) => void, reject: (error: Error) => void}>} */
        this.waiting = new Map()
        this.number = 0
        /** Receives outputs of the cell that is running. @type {((message: Message) => void)?} */
        this.listener = null
        /** Receives what the callbacks of a figure print and display. @type {((message: Message) => void)?} */
        this.figure = null
    }

    /** Start Python unless it has been started. */
    start() {
        this.started ??= this.#start()
        return this.started
    }

    async #start() {
        this.#tell("starting", "Loading Python")
        const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" })
        this.worker = worker
        worker.onmessage = ({ data }) => this.#receive(data)
        worker.onerror = event =>
            this.#reject(new Error(event.message || "the script of the Python worker could not be loaded"))
        try {
            await this.ask({ do: "start", base: this.files, progress: readProgress() })
            this.#tell("ready", "Python is ready")
        } catch (error) {
            if (error instanceof Ended) throw error // the reader has stopped it
            this.end()
            const offline = navigator.onLine ? "" : "; this device is offline"
            this.#tell("off", `Python could not be started: ${message(error)}${offline}.`, { failed: true, again: true })
            throw new Ended()
        }
    }

    /** Send a request to the worker and return its answer.
     * @param {{do: string, [key: string]: any}} request @returns {Promise<any>} */
    ask(request) {
        return new Promise((resolve, reject) => {
            if (!this.worker) return reject(new Ended())
            this.waiting.set(++this.number, { resolve, reject })
            this.worker.postMessage({ ...request, number: this.number })
        })
    }

    /** Run code of a cell. @param {string} source @param {number} cell - its number on the page, for tracebacks
     * @param {(message: Message) => void} listener
     * @returns {Promise<boolean>} whether it ran without an error */
    async run(source, cell, listener) {
        await this.start()
        this.listener = listener
        try {
            return await this.ask({ do: "run", source, cell })
        } finally {
            this.listener = null
        }
    }

    /** End Python, and report whether it had variables. The next request starts it again. */
    end() {
        const detail = this.state === "ready"
        this.worker?.terminate()
        this.worker = this.started = this.figure = null
        this.state = "off"
        this.dispatchEvent(new CustomEvent("ended", { detail }))
        this.#reject(new Ended())
    }

    /** End Python because Python itself has failed, not the code of a cell. @param {unknown} error */
    fail(error) {
        console.error(error)
        this.end()
        const cause = message(error)
        this.#tell("off", `Python has failed${cause && `: ${cause}`}. Press Run to start it again.`, { failed: true })
    }

    /** Restart Python, without any variables. */
    restart() {
        this.end()
        this.start().catch(() => {})
    }

    /** @param {Message} data */
    #receive(data) {
        const show = this.listener ?? this.figure
        if (data.type === "done" || data.type === "failed") {
            const asked = this.waiting.get(data.number)
            this.waiting.delete(data.number)
            data.type === "done" ? asked?.resolve(data.value) : asked?.reject(new Error(data.message))
        } else if (data.type === "status") this.#tell(this.state, data.words, { part: data.part })
        else if (data.type === "progress") {
            this.dispatchEvent(new CustomEvent("progress", { detail: saveProgress(data.text, data.before) }))
        } else if (data.type === "file") saveFile(data.name, data.text)
        else if (data.type.startsWith("comm_")) {
            if (data.type === "comm_open") this.figure = this.listener ?? this.figure
            this.dispatchEvent(new CustomEvent("comm", { detail: data }))
        } else if (show) show(data)
        else if (data.type === "error") this.#tell(this.state, `${data.ename}: ${data.evalue}`, { failed: true })
    }

    /** Reject all requests that have no answer yet. @param {Error} error */
    #reject(error) {
        const waiting = [...this.waiting.values()]
        this.waiting.clear()
        for (const { reject } of waiting) reject(error)
    }

    /** @param {State} state @param {string} words @param {object} [more] - further options of the pill */
    #tell(state, words, more) {
        this.state = state
        this.dispatchEvent(new CustomEvent("status", { detail: { state, words, ...more } }))
    }
}

/** The error with which requests are rejected when Python is ended. */
export class Ended extends Error {
    constructor() {
        super("Python was stopped")
    }
}

/** Return the last line, in which a traceback of Python has its message. @param {unknown} error */
function message(error) {
    const text = error instanceof Error ? error.message : String(error)
    return text.trim().split("\n").pop()?.replace(/\.$/, "")
}
