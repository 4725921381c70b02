"""Functions that wait until a lesson is ready, operate each of its widgets, and check that the widget responds."""

import re
import time

from playwright.sync_api import TimeoutError

WIDGET = ".lesson-widget"
# A JavaScript expression that is true if a lesson is open in JupyterLab and its kernel is idle.
READY = """(() => {
    const session = window.jupyterapp?.shell.currentWidget?.sessionContext
    return session?.isReady && session.session?.kernel?.status === 'idle'
})()"""
PATIENCE = 20_000  # milliseconds to wait for a response, which usually takes less than a second


def slide(widget):
    """Move the first slider by one step with the keyboard."""
    handle = widget.locator(".noUi-handle").first
    handle.focus()
    at_end = handle.get_attribute("aria-valuenow") == handle.get_attribute("aria-valuemax")
    handle.press("ArrowLeft" if at_end else "ArrowRight")


def pictures_a_second(page, instrument, count=60):
    """How many pictures an instrument that trains draws in a second."""
    stage = instrument.locator(".stage")
    first, start = stage.evaluate("e => Number(e.dataset.frames)"), time.perf_counter()
    drawn = "([e, count]) => Number(e.dataset.frames) >= count"
    page.wait_for_function(drawn, arg=[stage.element_handle(), first + count])
    return count / (time.perf_counter() - start)


def type_text(widget, text, nth=0):
    field = widget.locator(".widget-text input[type=text]").nth(nth)
    field.fill(text)
    field.press("Enter")


def resize(widget, sizes):
    field = widget.get_by_label("layer sizes")
    field.fill(sizes)
    field.press("Enter")


def accuse(widget):
    """Choose another bug of the zoo, and guess what is wrong."""
    widget.locator("select").first.select_option(index=4)
    widget.locator("select").nth(1).select_option(index=3)


def train_a_moment(widget):
    widget.get_by_role("button", name="Train", exact=True).click()
    widget.get_by_text(re.compile(r"^Update [1-9]\d+: ")).wait_for()
    widget.get_by_role("button", name="Pause", exact=True).click()


def stroke(widget, points=((8, 8), (20, 20))):
    """Draw a line with the mouse through the given points, which are (row, column) pairs of the drawing area."""
    pad, mouse = widget.locator(".pad"), widget.page.mouse
    pad.hover(trial=True)  # wait until it stays where it is
    box = pad.bounding_box()
    spots = [(box["x"] + (c + 0.5) * box["width"] / 28, box["y"] + (r + 0.5) * box["height"] / 28) for r, c in points]
    mouse.move(*spots[0])
    mouse.down()
    for spot in spots[1:]:
        mouse.move(*spot, steps=4)
    mouse.up()


# Maps the title of each widget to a function that operates it. The test fails for a widget that is not listed.
MOVES = {
    "Line and valley": lambda widget: widget.get_by_role("button", name="Step", exact=True).click(),
    "Stepper": lambda widget: widget.get_by_role("button", name="Next", exact=True).click(),
    "Your network": lambda widget: resize(widget, "9, 1"),
    "Shape ledger": lambda widget: type_text(widget, "784, 11272", nth=1),
    "The bug zoo": accuse,
    "Playground": train_a_moment,
    "Draw a digit": stroke,
}
SLIDERS = {"Boundary and threshold", "What keeping the errors saves"}
SLIDERS |= {
    "Size of the nudge",
    "Pictures",
    "Signals through depth",
    "Optimizer race",
    "The tape",
    "A step on many workers",
    "A filter on a digit",
    "What a letter looks at",
}
MOVES |= dict.fromkeys(SLIDERS, slide)


SEEN = """widget => {
    const all = (kind, read) => [...widget.querySelectorAll(kind)].map(read)
    const drawn = picture => picture.toDataURL?.() ?? picture.getAttribute('src') ?? picture.outerHTML
    const pictures = all('img, .lesson-picture svg, .instrument svg, .instrument canvas', drawn)
    return [widget.innerText, JSON.stringify(pictures.length ? pictures : all('.widget-html', html => html.innerHTML))]
}"""
CHANGED = f"""([widget, text, picture]) => {{
    const now = ({SEEN})(widget)
    return now[0] !== text && now[1] !== picture && !now[0].includes('computing, the last result') && now
}}"""


# Measures how long a widget takes from a reader's key, click or choice until its text and its picture have changed.
TIMED = f"""widget => {{
    const before = ({SEEN})(widget)
    let moved = performance.now()
    for (const kind of ['keydown', 'click', 'change'])
        widget.addEventListener(kind, () => {{ moved = performance.now() }}, true)
    const watch = new MutationObserver(() => {{
        const now = ({SEEN})(widget)
        if (now[0] === before[0] || now[1] === before[1]) return
        watch.disconnect()
        const asked = moved
        requestAnimationFrame(() => {{ widget.dataset.answer = performance.now() - asked }})
    }})
    watch.observe(widget, {{ subtree: true, childList: true, attributes: true, characterData: true }})
}}"""


# Notes whether an element ever contains what matches a selector, if only for a moment.
WATCH = """(element, selector) => {
    const seen = { it: element.querySelector(selector) !== null }
    const watch = new MutationObserver(() => { seen.it ||= element.querySelector(selector) !== null })
    watch.observe(element, { subtree: true, childList: true, attributes: true })
    return seen
}"""


def watch_for(widget, selector):
    """Return a function that waits until the widget has contained what matches the selector, if only for a moment."""
    seen = widget.evaluate_handle(WATCH, selector)
    return lambda: widget.page.wait_for_function("seen => seen.it", arg=seen)


def time_next_move(widget):
    """Start to measure the time that a widget takes to answer its next move; `answer_time` returns it."""
    widget.evaluate(TIMED)


def answer_time(page, widget):
    """Return the seconds from the last event of a move until the changed picture was about to be painted."""
    answered = page.wait_for_function("widget => widget.dataset.answer", arg=widget.element_handle(), timeout=PATIENCE)
    return float(answered.json_value()) / 1000


def seen(widget):
    """Return all the text of a widget, and a string that identifies its picture or, without one, its HTML output."""
    return widget.evaluate(SEEN)


def wait_for_change(page, widget, before, patience=PATIENCE):
    """Wait until both the text and the picture of a widget differ from those in `before`, and return the new ones."""
    try:
        now = page.wait_for_function(CHANGED, arg=[widget.element_handle(), *before], timeout=patience, polling=100)
    except TimeoutError as error:
        raise AssertionError(f"nothing changed: {before[0][:300]}") from error
    return now.json_value()
