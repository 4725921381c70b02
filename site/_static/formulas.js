// A formula or a figure wider than its box scrolls inside it, and must be reachable with the Tab key then, and only then.
"use strict"

const watcher = new ResizeObserver(entries => {
    for (const { target } of entries) {
        if (target.scrollWidth > target.clientWidth) target.tabIndex = 0
        else target.removeAttribute("tabindex")
    }
})
// A formula within a sentence that is wider than the text gets a line of its own.
const measure = () => {
    const formulas = [...document.querySelectorAll("article mjx-container:not([display])")].filter(one => !one.closest("table"))
    const room = formulas.map(one => one.closest("p, li, article").clientWidth - one.firstElementChild.getBoundingClientRect().width)
    formulas.forEach((one, index) => one.classList.toggle("wide", room[index] < 0))
}
const watch = () => {
    measure()
    for (const box of document.querySelectorAll("div.cell_output, mjx-container:is([display], .wide)")) watcher.observe(box)
}
window.addEventListener("load", () => { watch(); window.MathJax?.startup?.promise.then(watch) })
document.addEventListener("lesson-shown", watch) // there is another lesson, or more of it
let width = innerWidth
window.addEventListener("resize", () => {
    if (innerWidth === width) return // only the height has changed, as while a phone's page is scrolled
    width = innerWidth
    watch()
})

// Paper is white: a page is printed in its light colours. The style sheet for paper opens all folds.
const root = document.documentElement
let theme = root.dataset.theme
window.addEventListener("beforeprint", () => { theme = root.dataset.theme; root.dataset.theme = "light" })
window.addEventListener("afterprint", () => { root.dataset.theme = theme })
