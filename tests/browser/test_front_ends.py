"""The instruments in JupyterLab: by mouse, key and finger, in two views, after a reload, in both themes and all widths.

Screenshots at twice the density, 1280, 800 and 390 pixels wide, are kept in build/screenshots.
"""

import re
import time

import nbformat
import pytest
from moves import WIDGET
from test_lessons import CHANGE_THEME, CONTRAST, FAULTS, LAID_OUT, SHOTS, open_and_run

KERNEL = {"kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}}
HIGHEST = {1280: 640, 800: 760}  # CSS pixels that an instrument may take of a JupyterLab 900 pixels high
WIDTHS = (1280, 800, 390)
# Whether the first drawings of both views are the same, but for the numbers of their clips.
SAME = """() => new Set([...document.querySelectorAll('.instrument')]
    .map(view => view.querySelector('svg').outerHTML.replace(/lesson-clip-\\d+/g, ''))).size === 1"""

# A key that repeats faster than the kernel answers.
THREE_KEYS = """e => [1, 2, 3].forEach(() => e.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowLeft'})))"""


def show(page, lab, name, code=""):
    """A notebook with one instrument, run; the instrument."""
    cell = nbformat.v4.new_code_cell(f"{code}from helpers import widgets\nview = widgets.{name}.explorer()\nview")
    nbformat.write(nbformat.v4.new_notebook(metadata=KERNEL, cells=[cell]), lab.folder / "notebooks" / f"{name}.ipynb")
    open_and_run(page, lab, name)
    assert page.locator(FAULTS).all_inner_texts() == []
    page.locator(".instrument").first.wait_for()
    return page.locator(".instrument").first


def press(instrument, name):
    instrument.get_by_role("button", name=name, exact=True).click()


def says(instrument, pattern):
    """Wait until the sentence of an instrument matches."""
    instrument.locator(".sentence", has_text=re.compile(pattern)).wait_for()


def look_at(page, instrument, name):
    """Screenshots in both themes and all widths; text must stand out and nothing may stick out."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    faults = []
    for theme in ("Light", "Dark"):
        page.evaluate(CHANGE_THEME, f"JupyterLab {theme}")
        page.wait_for_function(f"document.body.dataset.jpThemeLight === '{str(theme == 'Light').lower()}'")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 1900 if width == 390 else 900})
            instrument.evaluate(LAID_OUT)
            where = f"{name}-{theme.lower()}-{width}"
            instrument.screenshot(path=SHOTS / f"{where}.png")
            height = instrument.bounding_box()["height"]
            faults += [f"{where}: {height} pixels high"] if height > HIGHEST.get(width, height) else []
            faults += [f"{where}: contrast {text}" for text in instrument.evaluate(CONTRAST)]
            faults += [f"{where}: wider than the page"] * instrument.evaluate("e => e.scrollWidth > e.clientWidth + 1")
    page.set_viewport_size({"width": 1280, "height": 900})
    return faults


def test_line_and_valley_by_mouse_key_and_finger(sharp_page, lab):
    page = sharp_page
    valley = show(page, lab, "line_and_valley")
    says(valley, r"^Start: w = −1\.00, b = 3\.00")
    press(valley, "Step")
    says(valley, "^After 1 step: ")
    start = time.perf_counter()
    press(valley, "Step")
    says(valley, "^After 2 steps: ")
    print(f"Line and valley: a step takes {time.perf_counter() - start:.3f} s, with the reading of the page")
    picture = valley.get_by_role("application")
    box = picture.bounding_box()
    picture.click(position={"x": box["width"] * 0.8, "y": box["height"] * 0.3})
    says(valley, r"^Start: w = 3\.\d\d, b = 2\.\d\d")  # a click is a new start
    w, b = map(float, re.search(r"w = (\d\.\d\d), b = (\d\.\d\d)", valley.locator(".sentence").inner_text()).groups())
    picture.evaluate(THREE_KEYS)
    says(valley, f"^Start: w = {w - 0.3:.2f}")
    page.keyboard.press("Shift+ArrowUp")
    says(valley, f"^Start: w = {w - 0.3:.2f}, b = {b + 0.5:.2f}")
    rate = valley.get_by_role("slider", name="learning rate α")
    rate.focus()
    page.keyboard.press("End")
    valley.locator("code.line", has_text="learning_rate=1.2").wait_for()
    press(valley, "Play")
    says(valley, "^Gradient descent diverges: ")
    valley.get_by_role("button", name="Play", exact=True).wait_for()  # it stops by itself, lost
    assert valley.get_by_role("button", name="Step", exact=True).get_attribute("aria-disabled") == "true"
    press(valley, "Play")
    says(valley, "^(Start|After)")  # it begins anew
    page.touchscreen.tap(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5)
    says(valley, "^Start: ")
    rate.evaluate("e => { e.value = 0.7; e.dispatchEvent(new Event('input')) }")
    picture.click(position={"x": box["width"] * 0.15, "y": box["height"] * 0.8})
    for steps in range(1, 7):
        press(valley, "Step")
        says(valley, f"^After {steps} step")
    assert look_at(page, valley, "line-and-valley") == []
    assert page.locator(FAULTS).all_inner_texts() == []


def test_a_challenge_that_is_met_says_so_at_once(sharp_page, lab):
    code = "import os\nos.environ['LESSONS_PROGRESS'] = 'progress.json'\n"
    code += "from helpers import widgets\ndisplay(widgets.line_and_valley.explorer())\n"  # a second figure
    valley = show(sharp_page, lab, "line_and_valley", code)
    sharp_page.locator(".instrument").nth(1).wait_for()
    clips = sharp_page.locator(".instrument clipPath").evaluate_all("clips => clips.map(clip => clip.id)")
    assert len(set(clips)) == len(clips) == 4
    picture = valley.get_by_role("application")
    box = picture.bounding_box()
    assert not valley.locator(".met").is_visible()
    picture.click(position={"x": box["width"] * 0.77, "y": box["height"] * 0.32})
    rate = valley.get_by_role("slider", name="learning rate α")
    rate.evaluate("e => { e.value = 0.45; e.dispatchEvent(new Event('input')) }")
    for _ in range(5):
        press(valley, "Step")
    valley.locator(".met", has_text="Challenge met.").wait_for()
    assert "01.line_and_valley" in (lab.folder / "notebooks" / "progress.json").read_text()


def test_the_stepper_by_mouse_and_key(sharp_page, lab):
    page = sharp_page
    stepper = show(page, lab, "stepper")
    says(stepper, "^Step 1 of 15, forward: ")
    back = stepper.get_by_role("button", name="Back", exact=True)
    assert back.get_attribute("aria-disabled") == "true"
    press(stepper, "Next")
    says(stepper, r"^Step 2 of 15, forward: Z\[1\] = 0.500, 0.250")
    assert back.get_attribute("aria-disabled") == "false"
    page.keyboard.press("ArrowRight")  # the button has the focus
    says(stepper, "^Step 3 of 15")
    page.keyboard.press("ArrowLeft")
    says(stepper, "^Step 2 of 15")
    stepper.get_by_role("button", name="dA1 = W[2].T @ dZ2").click()
    says(stepper, r"^Step 10 of 15, backward: dA\[1\]")
    assert stepper.locator(".net .edge.backward").count() == 4  # two errors into each of two units
    assert stepper.locator(".matrix.result td").count() == 2
    faults = look_at(page, stepper, "stepper")
    press(stepper, "Next round")
    says(stepper, "^Step 10 of 15 in round 2")
    for step in range(11, 16):
        press(stepper, "Next")
        says(stepper, f"^Step {step} of 15 in round 2")
    says(stepper, "the update changes the cost from")
    press(stepper, "Next")
    says(stepper, "^Step 1 of 15 in round 3")
    press(stepper, "Back")
    says(stepper, "^Step 15 of 15 in round 2")
    press(stepper, "Play")
    says(stepper, "in round 3")
    press(stepper, "Pause")
    press(stepper, "Start over")
    says(stepper, "^Step 1 of 15, forward: ")
    sizes = stepper.get_by_label("layer sizes, starting with the inputs")
    sizes.fill("3, 4, 2, 1")
    sizes.press("Enter")
    says(stepper, "^Step 1 of 22")
    assert stepper.get_by_label(re.compile("^input ")).count() == 3
    stepper.get_by_role("button", name="dA1 = W[2].T @ dZ2").click()
    says(stepper, "^Step 16 of 22")
    faults += look_at(page, stepper, "stepper-3421")
    sizes.fill("3, nine")
    sizes.press("Enter")
    stepper.locator(".refusal", has_text="is not a list of layer sizes").wait_for()
    says(stepper, "^Step 16 of 22")  # the last result stays
    press(stepper, "Next")
    says(stepper, "^Step 17 of 22")  # and goes on
    rate = stepper.get_by_label("learning rate α")
    rate.fill("")
    rate.blur()
    assert rate.input_value() == "1"
    assert faults == []
    assert page.locator(FAULTS).all_inner_texts() == []


@pytest.mark.parametrize(
    ("name", "move", "words"), [("line_and_valley", "Step", "^After "), ("stepper", "Next", "^Step ")]
)
def test_two_views_and_a_reload_show_the_same(page, lab, name, move, words):
    first = show(page, lab, name)
    for _ in range(3):
        press(first, move)
    says(first, words + ("3 steps" if move == "Step" else "4 of"))
    page.evaluate("() => { window.jupyterapp.commands.execute('notebook:create-output-view') }")
    page.wait_for_function("document.querySelectorAll('.instrument').length === 2")
    second = page.locator(".instrument").nth(1)
    says(second, words + ("3 steps" if move == "Step" else "4 of"))
    press(second, move)  # moved in one view, seen in both
    for view in (first, second):
        says(view, words + ("4 steps" if move == "Step" else "5 of"))
    page.wait_for_function(SAME)  # once both have come to rest
    page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save-all')")
    page.goto(f"{lab.url}/lab/tree/notebooks/{name}.ipynb?token={lab.token}&reset")
    page.locator(".instrument").wait_for()
    again = page.locator(WIDGET).first
    says(again, words + ("4 steps" if move == "Step" else "5 of"))
    press(again, move)  # and it goes on from there
    says(again, words + ("5 steps" if move == "Step" else "6 of"))
    assert page.locator(FAULTS).all_inner_texts() == []


def test_with_less_motion_nothing_flows(page, lab):
    page.emulate_media(reduced_motion="reduce")
    stepper = show(page, lab, "stepper")
    press(stepper, "Next")
    says(stepper, "^Step 2 of 15")
    assert stepper.locator(".net .flow").first.is_hidden()
    assert stepper.evaluate("e => e.getAnimations({subtree: true}).length") == 0
