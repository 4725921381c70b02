"""Every lesson in a real browser: run all cells, move every widget, and look at it in both themes.

Screenshots of each widget, in pages 1280, 800 and 390 pixels wide, light and dark, are kept in build/screenshots. The
time in which each answers a move is printed: see it with -s.
"""

import re
import time
from pathlib import Path

import nbformat
import pytest
from moves import MOVES, READY, WIDGET, answer_time, seen, time_next_move, wait_for_change, watch_for
from playwright.sync_api import TimeoutError

ROOT = Path(__file__).resolve().parents[2]
SHOTS = ROOT / "build" / "screenshots"
LESSONS = sorted(path.stem for path in (ROOT / "notebooks").glob("[0-9]*.ipynb"))  # the others have no widgets
FAULTS = '[data-mime-type="application/vnd.jupyter.error"], [data-mime-type="application/vnd.jupyter.stderr"]'
# Scripts of the page. Those that start something return nothing: what they start is waited for by its effect.
# Whether a notebook has run: every cell has its number, or one has failed and the rest are left.
RAN = f"""[...document.querySelectorAll('.jp-CodeCell .jp-InputArea-prompt')]
    .every(prompt => /\\[\\d+\\]/.test(prompt.textContent)) || document.querySelector('{FAULTS}') !== null"""
WAITING = ".jp-CodeCell:has(.jp-InputPrompt:text-is('[*]:')) .jp-InputArea-editor"
CHANGE_THEME = "theme => { window.jupyterapp.commands.execute('apputils:change-theme', {theme}) }"
# The rest of a lesson, which need not be laid out and drawn anew for every look at a widget.
OUT_OF_SIGHT = ".jp-Cell:not(:has(.lesson-widget)) { content-visibility: auto; contain-intrinsic-size: auto 200px; }"


def open_and_run(page, lab, name):
    """Open a notebook and run it from the top, to its end or to its first fault."""
    page.goto(f"{lab.url}/lab/tree/notebooks/{name}.ipynb?token={lab.token}&reset")
    page.wait_for_selector(".jp-NotebookPanel .jp-Cell")
    page.wait_for_function(READY, polling=200)
    page.evaluate("() => { window.jupyterapp.shell.collapseLeft() }")
    page.add_style_tag(content=OUT_OF_SIGHT)
    page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }")
    try:
        page.wait_for_function(RAN, timeout=300_000, polling=200)  # not at every frame, which would have to be drawn
    except TimeoutError as error:
        raise AssertionError(f"still running: {page.locator(WAITING).first.inner_text()}") from error


# The contrast of every text in a widget with what lies behind it, as WCAG defines it.
CONTRAST = """widget => {
    const parse = color => (color.match(/[\\d.]+/g) || [0, 0, 0, 0]).map(Number)
    const light = ([r, g, b]) => [r, g, b].map(c => c / 255)
        .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0)
    const behind = element => {
        for (let e = element; e; e = e.parentElement) {
            const color = parse(getComputedStyle(e).backgroundColor)
            if (color.length < 4 || color[3] > 0.9) return color
        }
        return [255, 255, 255]
    }
    const faint = []
    for (const e of widget.querySelectorAll('*')) {
        const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())
        if (!own || ['STYLE', 'OPTION', 'title'].includes(e.tagName) || !e.getClientRects().length) continue
        const drawn = getComputedStyle(e)[e.ownerSVGElement ? 'fill' : 'color'] // text in a drawing has a fill
        const [a, b] = [light(parse(drawn)), light(behind(e))].sort((x, y) => y - x)
        const ratio = (a + 0.05) / (b + 0.05)
        if (ratio < 4.5) faint.push(ratio.toFixed(1) + ' ' + e.textContent.trim().slice(0, 60))
    }
    return faint
}"""


# Until the size of a widget is the same in five pictures of the page in a row: it has been laid out.
LAID_OUT = """widget => new Promise(done => {
    let last = '', same = 0
    const look = () => {
        const {x, y, width, height} = widget.getBoundingClientRect(), now = `${x} ${y} ${width} ${height}`
        same = now === last ? same + 1 : 0
        last = now
        same < 5 ? requestAnimationFrame(look) : done()
    }
    look()
})"""


# The height of a widget, and how its controls lie to its picture; nothing for widgets of another build.
ARRANGED = """widget => {
    const [controls, view] = ['.lesson-controls', '.lesson-view'].map(name => widget.querySelector(name))
    if (!controls) return null
    const [a, b] = [controls, view].map(element => element.getBoundingClientRect())
    const way = b.left >= a.right - 1 ? 'beside' : b.top >= a.bottom - 1 ? 'above' : 'over'
    return [widget.getBoundingClientRect().height, way]
}"""
# Whether each picture of a widget has been drawn for the width that the page gives it. The size of a drawing is in
# points, and an image has two pixels for each of the page.
FITTED = """widget => [...widget.querySelectorAll('.lesson-picture')].every(picture => {
    const svg = picture.querySelector('svg'), img = picture.querySelector('img')
    const inches = svg ? svg.viewBox.baseVal.width / 72 : img.naturalWidth / 192
    return (inches < 4) === (picture.clientWidth < 400)
})"""
WIDTHS = {1280: "beside", 800: "beside", 390: "above"}  # where the controls are
HIGHEST = 640  # pixels: what a JupyterLab of 1280 × 900 shows at once


def misplaced(widget, width):
    """What is wrong with the size and the arrangement of a widget in a page of this width."""
    height, way = widget.evaluate(ARRANGED) or (0, WIDTHS[width])
    faults = [] if way == WIDTHS[width] else [f"controls {way} the picture"]
    return faults + ([f"{height:.0f} pixels high"] if width == 1280 and height > HIGHEST else [])


def look_at(page, widgets):
    """Screenshots of all widgets, by name, in both themes and all widths; text must stand out, nothing stick out.

    Each change of theme or width lays out the whole lesson again, and some widgets draw their picture anew for a narrow
    page. So all widgets are looked at before the next change, and the dark theme begins where the light one has ended.
    """
    faults = []
    for theme, widths in (("Light", list(WIDTHS)), ("Dark", list(WIDTHS)[::-1])):
        page.evaluate(CHANGE_THEME, f"JupyterLab {theme}")
        page.wait_for_function(f"document.body.dataset.jpThemeLight === '{str(theme == 'Light').lower()}'")
        for width in widths:
            page.set_viewport_size({"width": width, "height": 1800})  # each widget whole
            for name, widget in widgets.items():
                page.wait_for_function(FITTED, arg=widget.element_handle())
                widget.evaluate(LAID_OUT)
                where = f"{name}-{theme.lower()}-{width}"
                widget.screenshot(path=SHOTS / f"{where}.png")
                faults += [f"{where}: contrast {text}" for text in widget.evaluate(CONTRAST)]
                faults += [f"{where}: {fault}" for fault in misplaced(widget, width)]
                if widget.evaluate("e => e.scrollWidth > e.clientWidth + 1"):
                    faults.append(f"{where}: wider than the page")
    return faults


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_runs_and_its_widgets_move(page, lab, name):
    SHOTS.mkdir(parents=True, exist_ok=True)
    open_and_run(page, lab, name)
    assert page.locator(FAULTS).all_inner_texts() == []
    code = [c for c in nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", 4).cells if c.cell_type == "code"]
    expected = sum(
        "Interactive figure" in output.get("data", {}).get("text/plain", "") for c in code for output in c.outputs
    )
    widgets = page.locator(WIDGET)
    page.wait_for_function(f"document.querySelectorAll('{WIDGET}').length === {expected}")
    assert expected >= 1
    moved = {}
    for i in range(expected):
        widget = widgets.nth(i)
        title = widget.locator("b").first.inner_text()
        widget.scroll_into_view_if_needed()
        before = seen(widget)
        time_next_move(widget)
        MOVES[title](widget)
        wait_for_change(page, widget, before)
        print(f"{name}, {title}: answers a move in {answer_time(page, widget):.2f} s")
        moved[f"{name}-{i + 1}-" + re.sub(r"\W+", "-", title).lower()] = widget
    faults = look_at(page, moved) if moved else []
    assert faults == [], "\n".join(faults)
    assert page.locator(FAULTS).all_inner_texts() == []


SLOW = """\
import time
from helpers.widgets.explorer import Explorer
import ipywidgets
asked = []
def compute(x):
    time.sleep(0.5)
    asked.append(x)
    return x
control = {"x": ipywidgets.IntSlider(0, min=0, max=30, description="x")}
draw = lambda result, ax: ax.plot([0, result])
Explorer("Slow", "wait.", control, compute, draw, lambda x: f"x is {x}, asked {len(asked)} times", "f(")
"""


def test_stale_moves_do_not_queue_up(page, lab):
    kernel = {"kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}}
    notebook = nbformat.v4.new_notebook(metadata=kernel, cells=[nbformat.v4.new_code_cell(SLOW)])
    nbformat.write(notebook, lab.folder / "notebooks" / "slow.ipynb")
    open_and_run(page, lab, "slow")
    widget = page.locator(WIDGET)
    handle = widget.locator(".noUi-handle")
    handle.focus()
    wait_for_notice = watch_for(widget, ":scope:has(.lesson-wait) .lesson-picture")  # the last result stays
    start = time.monotonic()
    for _ in range(20):
        handle.press("ArrowRight")
    pressing = time.monotonic() - start
    wait_for_notice()
    widget.get_by_role("status").filter(has_text="x is 20").wait_for()  # a screen reader announces it
    asked = int(re.search(r"asked (\d+) times", widget.inner_text())[1])
    assert asked <= 4 + pressing / 0.5  # the first state, and a few of twenty moves: never all of them
