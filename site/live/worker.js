// The web worker in which the Python of one page runs. It receives one "start", then "begin" for
// each lesson, "run", "needs" and "comm".

/** @typedef {{do: string, [key: string]: any}} Asked */

const ROOT = "/home/lessons"
/** @type {any} */ let kernel
/** @type {any} */ let pyodide

/** Send a message to the page. @param {object} message */
const post = message => self.postMessage(message)
/** Say what the reader is waiting for. @param {string} words */
const say = words => post({ type: "status", words })

/** Load Python and the packages. @param {Asked} request */
async function start({ base, progress }) {
    const here = new URL(".", self.location.href)
    const { core, packages } = await (await fetched(new URL("pyodide.json", here))).json()
    const indexURL = new URL(`${core}/`, here).href
    const files = Promise.all([
        fetched(new URL("lessons.zip", here)).then(answer => answer.arrayBuffer()),
        fetched(new URL("files.json", here)).then(answer => answer.json()),
    ])
    files.catch(() => {}) // it is reported when it is awaited
    say("Loading Python")
    pyodide = await orLost(() => import(`${indexURL}pyodide.mjs`).then(({ loadPyodide }) => loadPyodide({
        indexURL, packages, lockFileURL: new URL("pyodide-lock.json", here).href, packageBaseUrl: here.href,
        checkIntegrity: !!self.crypto.subtle, // exists only on https and on this machine
        stdLibURL: `${indexURL}python_stdlib.zip`,
    })))
    const absent = Object.keys(pyodide.lockfile.packages).find(name => !(name in pyodide.loadedPackages))
    if (absent) throw new Error(`the package ${absent} could not be downloaded`)
    say("Starting NumPy")
    await pyodide.runPythonAsync("import numpy")
    say("Unpacking the lesson")
    const [archive, large] = await files
    pyodide.unpackArchive(archive, "zip", { extractDir: ROOT })
    for (const name of large) lazily(name, new URL(name, base))
    if (progress) pyodide.FS.writeFile(`${ROOT}/progress.json`, progress)
    say("Starting matplotlib and the widgets")
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

/** Fetch a file of the site. @param {URL} url */
async function fetched(url) {
    const answer = await fetch(url).catch(() => null)
    if (!answer?.ok) throw new Error(`the file ${url.pathname.split("/").pop()} could not be downloaded`)
    return answer
}

/** Load Pyodide, and fail where it would wait for ever: it does not handle a failed download of its WebAssembly.
 * @template T @param {() => Promise<T>} load @returns {Promise<T>} */
function orLost(load) {
    const { fetch } = self
    const lost = new Promise((_, reject) => {
        self.fetch = (resource, options) => {
            const answer = fetch(resource, options), fail = () => reject(new TypeError("fetch"))
            if (String(resource).endsWith(".wasm")) answer.then(({ ok }) => ok || fail(), fail)
            return answer
        }
    })
    return Promise.race([load(), lost]).finally(() => (self.fetch = fetch)).catch(error => {
        throw error instanceof TypeError ? new Error("a file of Python could not be downloaded") : error
    })
}

/** Create a file that is downloaded when it is read. @param {string} name @param {URL} url */
function lazily(name, url) {
    const folder = `${ROOT}/${name.slice(0, name.lastIndexOf("/"))}`
    pyodide.FS.mkdirTree(folder)
    pyodide.FS.createLazyFile(folder, name.split("/").pop(), url.href, true, false)
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
