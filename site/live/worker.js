// The web worker in which the Python of one page runs. It receives one "start", then "begin" for
// each lesson, "run", "needs" and "comm".

import { watched } from "./download.js"

/** @typedef {{do: string, [key: string]: any}} Asked */

const ROOT = "/home/lessons"
/** @type {any} */ let kernel
/** @type {any} */ let pyodide

/** Send a message to the page. @param {object} message */
const post = message => self.postMessage(message)
/** Report what the reader is waiting for. @param {string} words @param {string} [part] - how much of it is done */
const say = (words, part) => post({ type: "status", words, part })

/** Start Python with the packages and the files of the lessons. @param {Asked} request */
async function start({ base, progress }) {
    const here = new URL(".", self.location.href).href
    const [archive, large] = await watched(say, async (expect, script) => {
        const get = (/** @type {string} */ name) => fetch(new URL(name, here))
        const { core, library, packages, size } = await (await get("pyodide.json")).json()
        expect(size)
        const indexURL = new URL(`${core}/`, here).href
        const files = Promise.all([
            get("lessons.zip").then(answer => answer.arrayBuffer()),
            get("files.json").then(answer => answer.json()),
        ])
        files.catch(() => {}) // it is reported when it is awaited
        script(`${indexURL}pyodide.asm.mjs`).catch(() => {}) // Pyodide imports it, too, but unwatched
        const { loadPyodide } = await script(`${indexURL}pyodide.mjs`)
        pyodide = await loadPyodide({
            indexURL, packages, lockFileURL: `${here}pyodide-lock.json`, packageBaseUrl: here,
            stdLibURL: new URL(library, here).href,
            checkIntegrity: !!self.crypto.subtle, // exists only over https and on localhost
        })
        return files
    })
    const absent = Object.keys(pyodide.lockfile.packages).find(name => !(name in pyodide.loadedPackages))
    if (absent) throw new Error(`the package ${absent} could not be unpacked`)
    say("Starting NumPy")
    await pyodide.runPythonAsync("import numpy")
    say("Unpacking the lesson")
    pyodide.unpackArchive(archive, "zip", { extractDir: ROOT })
    for (const name of large) lazily(name, new URL(name, base))
    if (progress) pyodide.FS.writeFile(`${ROOT}/progress.json`, progress)
    await pyodide.runPythonAsync(`import sys; sys.path.insert(0, "${ROOT}")`)
    kernel = pyodide.pyimport("live_kernel")
    kernel.start((/** @type {string} */ text, /** @type {any} */ buffers) => {
        const parts = buffers.toJs({ create_pyproxies: false }).map(copied)
        buffers.destroy?.()
        post({ ...JSON.parse(text), buffers: parts })
    }, ROOT)
}

/** Copy a buffer out of Python's memory. @param {any} part */
const copied = part => (part instanceof Uint8Array ? part.slice() : new Uint8Array(part.toJs().slice()))

/** Create a file that is downloaded when it is read. If the download fails, reading it raises an OSError; with
 * Emscripten's own lazy files, it would end Python. @param {string} name @param {URL} url */
function lazily(name, url) {
    const { FS } = pyodide, folder = `${ROOT}/${name.slice(0, name.lastIndexOf("/"))}`
    FS.mkdirTree(folder)
    const file = FS.createFile(folder, name.split("/").pop(), {}, true, false)
    const get = () => {
        const bytes = download(url)
        if (!bytes) throw new FS.ErrnoError(40) // ENETUNREACH, which live_kernel.py explains
        Object.defineProperty(file, "usedBytes", { value: bytes.length, writable: true })
        file.contents = bytes
        return bytes.length
    }
    Object.defineProperty(file, "usedBytes", { get, configurable: true })
}

/** Return the contents of a file, or null if it cannot be downloaded. @param {URL} url */
function download(url) {
    const request = new XMLHttpRequest() // Python waits
    request.open("GET", url, false)
    request.responseType = "arraybuffer"
    try {
        request.send()
    } catch {
        return null // there is no connection
    }
    return request.status === 200 ? new Uint8Array(request.response) : null
}

/** @type {Record<string, (request: Asked) => any>} */
const actions = {
    start,
    begin: () => kernel.begin(),
    run: ({ source, cell }) => kernel.run(source, cell),
    needs: ({ source }) => kernel.needs_earlier_cells(source),
    comm: ({ message, buffers }) => kernel.receive(JSON.stringify(message), pyodide.toPy(buffers)),
}

self.onmessage = async ({ data }) => {
    try {
        post({ type: "done", number: data.number, value: await actions[data.do](data) })
    } catch (error) {
        post({ type: "failed", number: data.number, message: error instanceof Error ? error.message : String(error) })
    }
}
