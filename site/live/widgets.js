// Shows the interactive figures: the front ends of ipywidgets and anywidget, connected to the Python of the page.

import * as base from "@jupyter-widgets/base"
import { ManagerBase } from "@jupyter-widgets/base-manager"
import * as controls from "@jupyter-widgets/controls"
import { Widget } from "@lumino/widgets"
// @ts-ignore: site/bundle.py creates this module
import anywidget from "anywidget"
import { typeset } from "./dom.js"

/** @type {Record<string, any>} */
const MODULES = { "@jupyter-widgets/base": base, "@jupyter-widgets/controls": controls, anywidget: anywidget(base) }

// Widgets typeset formulas through the interface of MathJax 2, but the pages have MathJax 3.
const { MathJax } = /** @type {any} */ (globalThis)
if (MathJax) MathJax.Hub ??= { Queue: (/** @type {[string, any, Element]} */ [, , node]) => typeset(node) }

/** One end of the connection between a widget in Python and its model in the page. */
class Comm {
    /** @param {import("./kernel.js").Kernel} kernel @param {any} opened - the message that opens it */
    constructor(kernel, { comm_id, target_name }) {
        this.kernel = kernel
        /** @type {string} */ this.comm_id = comm_id
        /** @type {string} */ this.target_name = target_name
        /** @type {object[]} */ this.early = []
        /** @type {((message: object) => void)?} */ this.handler = null
        /** Settled when the model has processed all messages. */
        this.settled = Promise.resolve()
    }

    /** Pass on a message, or keep it until the model is there. @param {object} message */
    receive(message) {
        const { handler } = this
        if (!handler) this.early.push(message)
        else this.settled = Promise.all([this.settled, handler(message)]).then(() => {}, console.error)
    }

    /** @param {(message: object) => void} handler */
    on_msg(handler) {
        this.handler = handler
        for (const message of this.early.splice(0)) this.receive(message)
    }

    /** @param {(message: object) => void} handler */
    on_close(handler) {
        this.closed = handler
    }

    /** Send data to Python. The model holds back its next change until it receives the status "idle".
     * @param {object} data @param {any} [callbacks] @param {object} [_] @param {any[]} [buffers] */
    send(data, callbacks, _, buffers = []) {
        const message = { comm_id: this.comm_id, data: JSON.parse(JSON.stringify(data)) }
        const idle = () => callbacks?.iopub?.status?.({ content: { execution_state: "idle" } })
        this.kernel.ask({ do: "comm", message, buffers }).then(idle, idle)
        return this.comm_id
    }

    open() {}
    close() {}
}

class Manager extends ManagerBase {
    /** @param {string} className @param {string} moduleName */
    async loadClass(className, moduleName) {
        const found = MODULES[moduleName]?.[className]
        if (!found) throw new Error(`this page does not have the widget ${className} of ${moduleName}`)
        return found
    }

    /** @returns {Promise<never>} */
    async _create_comm() {
        throw new Error("widgets are created in Python")
    }

    async _get_comm_info() {
        return {}
    }
}

/** The widgets of one Python. */
export class Widgets {
    /** @param {import("./kernel.js").Kernel} kernel */
    constructor(kernel) {
        this.kernel = kernel
        this.manager = new Manager()
        /** @type {Map<string, Comm>} */ this.comms = new Map()
    }

    /** Handle a message of a widget in Python. @param {any} message */
    receive({ type, comm_id, target_name, data, metadata, buffers }) {
        const content = { comm_id, target_name, data }
        const whole = { content, metadata, buffers: buffers.map((/** @type {Uint8Array} */ b) => new DataView(b.buffer)) }
        if (type === "comm_open") {
            const comm = new Comm(this.kernel, { comm_id, target_name })
            this.comms.set(comm_id, comm)
            this.manager.handle_comm_open(/** @type {any} */ (comm), /** @type {any} */ (whole)).catch(console.error)
        } else if (type === "comm_msg") this.comms.get(comm_id)?.receive(whole)
        else {
            this.comms.get(comm_id)?.closed?.(whole)
            this.comms.delete(comm_id)
        }
    }

    /** Show a widget in its current state, and return a function that removes it.
     * @param {string} id @param {HTMLElement} host */
    async show(id, host) {
        const model = /** @type {any} */ (await this.manager.get_model(id))
        await Promise.all([...this.comms.values()].map(comm => comm.settled)) // anywidget delays changes of the model
        const view = await this.manager.create_view(model)
        const remove = () => view.luminoWidget.dispose()
        if (!host.isConnected) remove() // its cell has been run again in the meantime
        else Widget.attach(view.luminoWidget, host)
        return remove
    }
}
