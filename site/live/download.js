// Watches what the web worker downloads, because Pyodide waits forever for a file that does not arrive.

const QUIET = 10 // seconds without any data after which a connection counts as broken

/** @typedef {{bytes: number, megabytes: number}} Size - of all files, and when they are compressed */

/** Load files, and report how much of them has arrived. Fail if a file is lost or if no more data arrive.
 * @template T
 * @param {(words: string, part?: string) => void} say
 * @param {(expect: (size: Size?) => void, script: (address: string) => Promise<any>) => Promise<T>} load - uses `fetch`,
 *     and `script` in place of `import`, and calls `expect` with the size, or null if it is not known
 * @returns {Promise<T>} */
export function watched(say, load) {
    const { fetch } = self
    let size = /** @type {Size?} */ (null), arrived = 0, open = 0, quiet = 0
    /** @type {(error: Error) => void} */ let stop = () => {}
    const broken = new Promise((_, reject) => (stop = reject))

    /** @param {string} address @returns {never} */
    function lose(address) {
        const name = new URL(address).pathname.split("/").pop()?.replace(/-\d.*\.whl$/, "")
        const error = new Error(`the file ${name} could not be downloaded`)
        stop(error)
        throw error
    }

    const script = (/** @type {string} */ address) => {
        open++
        return import(address).catch(() => lose(address)).finally(() => open--)
    }

    /** @param {string} resource @param {RequestInit} options */
    async function counted(resource, options) {
        const fail = () => lose(resource)
        open++
        const answer = await fetch(resource, options).catch(fail)
        const reader = answer.ok && answer.body ? answer.body.getReader() : fail()
        const body = new ReadableStream({
            async pull(out) {
                const { done, value } = await reader.read().catch(fail)
                quiet = 0
                if (done) { open--; out.close() } else { arrived += value.length; out.enqueue(value) }
            },
        }, { highWaterMark: Infinity }) // also while nobody reads it
        return new Response(body, answer)
    }

    // The browser may have files of another edition of the site, which are recognised by their checksums. Files without
    // a checksum are compared with those of the server.
    self.fetch = async (resource, { integrity, ...options } = {}) => {
        if (!integrity) return counted(String(resource), { ...options, cache: "no-cache" })
        for (const cache of /** @type {RequestCache[]} */ (["default", "reload"])) {
            const answer = await counted(String(resource), { ...options, cache })
            const bytes = await answer.arrayBuffer() // a browser would check it before it passes anything on
            const digest = new Uint8Array(await self.crypto.subtle.digest("SHA-256", bytes))
            if (integrity === `sha256-${btoa(String.fromCharCode(...digest))}`) return new Response(bytes, answer)
        }
        return lose(String(resource))
    }

    const timer = setInterval(() => {
        const part = size ? `${Math.min(Math.round((100 * arrived) / size.bytes), 100)} %` : `${Math.round(arrived / 1e6)} MB`
        open ? say(size ? `Loading Python, about ${size.megabytes} MB` : "Loading Python", part) : say("Starting Python")
        if (open && ++quiet > QUIET * 2) stop(new Error(`no data has arrived for ${QUIET} seconds`))
    }, 500)

    return Promise.race([load(known => (size = known), script), broken]).finally(() => {
        self.fetch = fetch
        clearInterval(timer)
    })
}
