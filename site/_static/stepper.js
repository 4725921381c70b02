// Turns the list of steps into one figure, operated with buttons, a slider or keys, or played automatically.
"use strict"

for (const stepper of document.querySelectorAll(".stepper")) {
    const steps = [...stepper.querySelectorAll("li")]
    const [controls, slider, play, status] = [".stepper-controls", "input", "[data-play]", "[role=status]"]
        .map(selector => stepper.querySelector(selector))
    const moves = [...stepper.querySelectorAll("[data-move]")]
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)")
    let current = 0, timer = null

    function show(number) {
        current = Math.min(Math.max(number, 0), steps.length - 1)
        steps.forEach((step, i) => { step.hidden = i !== current })
        slider.value = current + 1
        const sentence = steps[current].querySelector("strong").textContent
        slider.setAttribute("aria-valuetext", sentence)
        if (timer === null) status.textContent = sentence
        for (const move of moves) { // a disabled button would lose the focus, and keys would stop working
            move.setAttribute("aria-disabled", !steps[current + Number(move.dataset.move)])
        }
        steps[current + 1]?.querySelector("img").setAttribute("loading", "eager") // so that Next responds at once
    }

    function pause() {
        clearInterval(timer)
        timer = null
        play.textContent = "Play"
        status.textContent = steps[current].querySelector("strong").textContent
    }

    function start() {
        if (current === steps.length - 1) show(0)
        timer = setInterval(() => {
            show(current + 1)
            if (current === steps.length - 1) pause()
        }, 2500)
        play.textContent = "Pause"
    }

    for (const move of moves) {
        move.addEventListener("click", () => { pause(); show(current + Number(move.dataset.move)) })
    }
    slider.addEventListener("input", () => { pause(); show(slider.value - 1) })
    play.addEventListener("click", () => timer === null ? start() : pause())
    stepper.addEventListener("keydown", event => {
        const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
        if (!by || event.target === slider || event.altKey || event.ctrlKey || event.metaKey) return
        event.preventDefault()
        pause()
        show(current + by)
    })
    // No automatic play for readers who asked their system for less motion.
    const respect = () => { pause(); play.hidden = calm.matches }
    calm.addEventListener("change", respect)
    respect()
    stepper.classList.add("moving")
    controls.hidden = false
    show(0)
}
