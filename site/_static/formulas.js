// A formula or a figure wider than its box scrolls inside it, and must be reachable with the Tab key then, and only then.
"use strict"

const watcher = new ResizeObserver(entries => {
    for (const { target } of entries) {
        if (target.scrollWidth > target.clientWidth) target.tabIndex = 0
        else target.removeAttribute("tabindex")
    }
})
window.addEventListener("load", () => {
    for (const box of document.querySelectorAll("div.cell_output")) watcher.observe(box)
})
window.addEventListener("load", () => window.MathJax?.startup?.promise.then(() => {
    for (const box of document.querySelectorAll("mjx-container[display]")) watcher.observe(box)
}))
