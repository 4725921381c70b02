// Shows on the landing page how many exercises of each lesson have been solved in this browser; see live/store.js.
"use strict"

function show() {
    let done = []
    try {
        const kept = JSON.parse(localStorage.getItem("live:progress"))?.done
        if (Array.isArray(kept)) done = kept
    } catch { /* the storage is blocked or damaged */ }
    for (const mark of document.querySelectorAll(".solved")) {
        const names = mark.dataset.exercises.split(" ")
        const count = names.filter(name => done.includes(name)).length
        mark.textContent = count < names.length ? `${count} of ${names.length} solved` : "✓ all solved"
        mark.hidden = !count
    }
}

window.addEventListener("pageshow", show) // also when the reader comes back
