"""Playground, drawing pad and your network in JupyterLab: by mouse, key and finger, in two views, after a reload.

The pictures a second that each reaches while it trains are printed: see them with -s.
"""

import re

import pytest
from moves import pictures_a_second, stroke, watch_for
from test_front_ends import look_at, press, says, show
from test_lessons import FAULTS

# The cells with ink of a pad, as the numbers that the kernel has: read from its canvas, darker than half.
INKED = """pad => {
    const canvas = pad.querySelector('canvas'), data = canvas.getContext('2d').getImageData(0, 0, 28, 28).data
    const away = i => Math.abs(data[4 * i] - data[0])
    const most = Math.max(60, ...Array.from({length: 784}, (_, i) => away(i)))
    return Array.from({length: 784}, (_, i) => i).filter(i => away(i) > most / 2)
}"""
SAME = """() => {
    const drawn = view => [...view.querySelectorAll('canvas')].map(canvas => canvas.toDataURL()).join(' ')
    const [first, second] = [...document.querySelectorAll('.instrument')].map(drawn)
    return first === second && first.length > 100
}"""


def line(instrument, text):
    """Wait until the line of code holds a text."""
    instrument.locator("code.line", has_text=text).wait_for()


def test_the_playground_by_mouse_key_and_finger(sharp_page, lab):
    page = sharp_page
    playground = show(page, lab, "playground")
    says(playground, "^Update 0: ")
    waits = [watch_for(playground, f".flowing path.{way}") for way in ("forward", "backward")]
    press(playground, "Step")
    for wait in waits:
        wait()
    playground.locator(".detail", has_text="Update: the optimizer has used the gradient").wait_for()
    assert playground.locator(".flowing").count() == 0
    press(playground, "Train")
    says(playground, r"^Update \d\d+: ")
    print(f"Playground: {pictures_a_second(page, playground):.1f} pictures a second")
    rate = playground.get_by_role("slider", name="Learning rate α")
    rate.focus()
    page.keyboard.press("ArrowRight")
    line(playground, re.compile(r"learning_rate=\{0: 0.01, \d+: 0.03\}"))
    press(playground, "Pause")
    playground.get_by_role("button", name="unit 2 of layer 1", exact=True).hover()
    playground.locator(
        ".detail", has_text=re.compile(r"Layer 1, unit 2: a = tanh\(.* x₁ .* x₂ .*∂J/∂w = \(")
    ).wait_for()
    playground.locator(".caption", has_text="Activation of unit 2 in layer 1").first.wait_for()
    playground.get_by_role("button", name="output unit").focus()
    playground.locator(".detail", has_text=re.compile(r"Output: a = σ\(.* a₁ .* a₄ ")).wait_for()
    press(playground, "Reset")
    says(playground, "^Update 0: ")
    line(playground, "learning_rate=0.03)")
    square = playground.get_by_role("button", name="input x₁²")
    assert square.get_attribute("aria-pressed") == "false"
    square.click()
    line(playground, "features=('x1', 'x2', 'x1²')")
    assert square.get_attribute("aria-pressed") == "true"
    playground.get_by_role("button", name="remove a unit from layer 2").focus()
    for left in (3, 2):  # the focus stays where it is, also when the units have been drawn anew
        page.keyboard.press("Enter")
        line(playground, f"width=(4, {left})")
        playground.get_by_role("button", name=f"unit {left + 1} of layer 2", exact=True).wait_for(state="detached")
    press(playground, "add a unit to layer 2")
    line(playground, "width=(4, 3)")
    press(playground, "add a hidden layer")
    line(playground, "hidden_layers=3, data_set='moons', noise=0.1, width=(4, 3, 3)")
    playground.get_by_label("activation of layer 2").select_option("relu")
    line(playground, "activation=('tanh', 'relu', 'tanh')")
    plane = playground.get_by_role("application")
    box = plane.bounding_box()
    plane.click(position={"x": box["width"] * 0.25, "y": box["height"] * 0.75})
    line(playground, re.compile(r"points=\(\(-?[\d.]+, -?[\d.]+, 1\),\)"))
    page.keyboard.press("Control+0")  # a shortcut of the browser, not the label 0
    assert playground.get_by_role("button", name="▲ 1").get_attribute("aria-pressed") == "true"
    page.keyboard.press("0")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    line(playground, re.compile(r", 1\), \(-?[\d.]+, -?[\d.]+, 0\)\)"))
    page.touchscreen.tap(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.9)
    line(playground, re.compile(r"points=\(\([^()]*\), \([^()]*\), \([^()]*\)\)"))
    press(playground, "Paste…")
    playground.get_by_label("points to paste").fill("x1,x2,label\n0.5,0.5,cat\n-0.5,-0.5,dog")
    press(playground, "Use these points")
    line(playground, "data_set='own points'")
    says(playground, "of your points")
    fold = playground.get_by_role("button", name="Paste…")
    assert fold.evaluate("e => e === document.activeElement")
    press(playground, "Paste…")
    page.keyboard.press("Escape")
    assert not playground.locator(".paste").is_visible() and fold.evaluate("e => e === document.activeElement")
    press(playground, "Paste…")
    playground.get_by_label("points to paste").fill("1, 2")
    press(playground, "Use these points")
    playground.locator(".refusal", has_text="two numbers and a label").wait_for()
    press(playground, "Clear")
    line(playground, "data_set='moons'")
    press(playground, "Step")
    says(playground, "^Update 1: ")
    assert look_at(page, playground, "playground") == []
    playground.get_by_label("test points", exact=True).check()
    press(playground, "digits")
    line(playground, "data_set='digits'")
    playground.locator(".sheet figure").nth(23).wait_for()
    assert not playground.get_by_role("button", name="Paste…").is_visible()  # points of one's own are not digits
    assert look_at(page, playground, "playground-digits") == []
    assert page.locator(FAULTS).all_inner_texts() == []


def test_your_network_by_mouse_and_key(sharp_page, lab):
    page = sharp_page
    network = show(page, lab, "your_network")
    says(network, "^After 1 iteration: 15721 parameters")
    press(network, "Step")
    says(network, "^After 2 iterations: ")
    press(network, "Train")
    says(network, r"^After \d\d+ iterations: ")
    for counter in (".update", ".detail p"):  # a screen reader would never come to an end
        assert network.locator(counter).get_attribute("aria-live") == "off"
    print(f"Your network: {pictures_a_second(page, network):.1f} pictures a second")
    press(network, "Pause")
    network.locator(".update:not([aria-live])").wait_for()
    unit = network.get_by_role("button", name="unit 3 of layer 1", exact=True)
    unit.hover()
    network.locator(".detail", has_text="Its weights lie between").wait_for()
    assert look_at(page, network, "your-network") == []
    sizes = network.get_by_label("layer sizes")
    sizes.fill("30, 12, 1")
    sizes.press("Enter")
    says(network, "^After 1 iteration: 23935 parameters")
    network.get_by_role("button", name="unit 12 of layer 2", exact=True).focus()
    network.locator(".detail", has_text="∂z/∂pixel").wait_for()
    assert look_at(page, network, "your-network-deep") == []
    sizes.fill("30, 3")
    sizes.press("Enter")
    network.locator(".refusal", has_text="it must be 1").wait_for()
    says(network, "^After 1 iteration: 23935 parameters")  # the last result stays
    assert page.locator(FAULTS).all_inner_texts() == []


def test_draw_a_digit_by_mouse_key_and_finger(sharp_page, lab):
    page = sharp_page
    page.emulate_media(forced_colors="active")  # the ink can be seen in these colours, too
    drawing = show(page, lab, "drawing")
    says(drawing, "^You have not drawn anything yet")
    stroke(drawing, ((5, 5), (5, 15), (10, 15)))
    says(drawing, "^The network says")
    pad = drawing.locator(".pad")
    assert {28 * 5 + 5, 28 * 5 + 10, 28 * 5 + 15, 28 * 8 + 15, 28 * 10 + 15} <= set(pad.evaluate(INKED))
    page.emulate_media(forced_colors="none")
    for key in ("ArrowDown", "ArrowDown", "Space"):  # the pad has the focus, and the pen is where the mouse left it
        page.keyboard.press(key)
    assert 28 * 12 + 15 in pad.evaluate(INKED)
    page.keyboard.press("Backspace")
    assert 28 * 12 + 15 not in pad.evaluate(INKED)
    box = pad.bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] * 20.5 / 28, box["y"] + box["height"] * 20.5 / 28)
    assert 28 * 20 + 20 in pad.evaluate(INKED)
    before = pad.evaluate(INKED)
    page.mouse.move(box["x"] + 30, box["y"] + 30)
    page.mouse.down(button="right")
    page.mouse.move(box["x"] + 90, box["y"] + 30, steps=4)
    page.mouse.up(button="right")
    page.keyboard.press("Escape")  # the menu of the page
    pad.evaluate("e => e.dispatchEvent(new PointerEvent('pointerdown', {clientX: 400, clientY: 400}))")
    assert pad.evaluate(INKED) == before  # neither another button than the first nor a second finger draws
    press(drawing, "Clear")
    says(drawing, "^You have not drawn anything yet")
    assert pad.evaluate(INKED) == []
    start = drawing.get_by_role("slider", name=re.compile("^Test digit no"))
    start.evaluate("e => { e.value = 1; e.dispatchEvent(new Event('input')) }")
    says(drawing, "^The network says 7: probability 0.99")
    drawing.get_by_role("button", name=re.compile("^3: probability")).click()
    says(drawing, "for the target 3$")
    rate = drawing.get_by_role("slider", name=re.compile("^Rate"))
    rate.evaluate("e => { e.value = 2; e.dispatchEvent(new Event('input')) }")
    press(drawing, "1 step")
    drawing.locator(".steps", has_text="1 step").wait_for()
    press(drawing, "Play")
    says(drawing, "^The network says 3: ")
    drawing.locator(".met", has_text="Challenge met.").wait_for()
    drawing.get_by_role("button", name="Play", exact=True).wait_for()  # it stops by itself
    assert look_at(page, drawing, "drawing") == []
    assert page.locator(FAULTS).all_inner_texts() == []


def test_ink_is_in_every_view_and_survives_a_reload(page, lab):
    first = show(page, lab, "drawing")
    stroke(first, ((5, 5), (5, 9)))
    drawn = first.locator(".pad").evaluate(INKED)
    says(first, "^The network says")
    page.evaluate("() => { window.jupyterapp.commands.execute('notebook:create-output-view') }")
    page.wait_for_function("document.querySelectorAll('.pad').length === 2")
    second = page.locator(".instrument").nth(1)
    page.wait_for_function(SAME)
    assert second.locator(".pad").evaluate(INKED) == drawn
    press(second, "Clear")
    says(first, "^You have not drawn anything yet")
    stroke(second, ((5, 5), (5, 9)))  # drawn in one view, seen in both
    says(first, "^The network says")
    page.wait_for_function(SAME)
    page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save-all')")
    page.goto(f"{lab.url}/lab/tree/notebooks/drawing.ipynb?token={lab.token}&reset")
    page.locator(".instrument").wait_for()
    again = page.locator(".instrument").first
    says(again, "^The network says")
    assert again.locator(".pad").evaluate(INKED) == drawn
    stroke(again, ((20, 5), (20, 5)))  # and it goes on from there
    assert set(drawn) < set(again.locator(".pad").evaluate(INKED))
    assert page.locator(FAULTS).all_inner_texts() == []


@pytest.mark.parametrize(
    ("name", "words"), [("playground", "^Update {}: "), ("your_network", "^After {} iterations?: ")]
)
def test_two_views_and_a_reload_show_the_same(page, lab, name, words):
    page.emulate_media(reduced_motion="reduce")
    first = show(page, lab, name)
    at = 0 if name == "playground" else 1
    press(first, "Step")
    says(first, words.format(at + 1))
    page.evaluate("() => { window.jupyterapp.commands.execute('notebook:create-output-view') }")
    page.wait_for_function("document.querySelectorAll('.instrument').length === 2")
    second = page.locator(".instrument").nth(1)
    says(second, words.format(at + 1))
    press(second, "Step")  # moved in one view, seen in both
    for view in (first, second):
        says(view, words.format(at + 2))
    page.wait_for_function("() => [...document.querySelectorAll('.instrument canvas')].every(c => c.width > 0)")
    page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save-all')")
    page.goto(f"{lab.url}/lab/tree/notebooks/{name}.ipynb?token={lab.token}&reset")
    page.locator(".instrument").wait_for()
    again = page.locator(".instrument").first
    says(again, words.format(at + 2))
    press(again, "Train")  # in the middle of a training
    says(again, words.format(r"\d\d+"))
    page.goto(f"{lab.url}/lab/tree/notebooks/{name}.ipynb?token={lab.token}&reset")
    page.locator(".instrument").wait_for()
    again = page.locator(".instrument").first
    again.get_by_role("button", name="Pause", exact=True).click()  # it goes on meanwhile, and can be paused
    again.get_by_role("button", name="Train", exact=True).wait_for()
    press(again, "Reset")
    says(again, words.format(at))
    assert page.locator(FAULTS).all_inner_texts() == []


def test_an_instrument_lives_in_jupyter_notebook_too(page, lab):
    """Jupyter Notebook 7, which shows a single document, with the outputs that JupyterLab has saved."""
    network = show(page, lab, "your_network")
    press(network, "Step")
    says(network, "^After 2 iterations: ")
    page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save-all')")
    other = page.context.new_page()  # not `page`: its own plug-ins complain of settings that only JupyterLab has
    other.goto(f"{lab.url}/notebooks/notebooks/your_network.ipynb?token={lab.token}")
    other.locator("#menu-panel").wait_for()  # the menu of Jupyter Notebook
    network = other.locator(".instrument").first
    says(network, "^After 2 iterations: ")
    press(network, "Step")
    says(network, "^After 3 iterations: ")
    assert other.locator(FAULTS).all_inner_texts() == []


def test_a_screen_reader_finds_names_roles_and_values(page, lab):
    """The tree that Chromium hands to a screen reader."""
    network = show(page, lab, "your_network")
    tree = network.aria_snapshot()
    for part in ('button "Step"', 'button "Train"', "slider", "status", "img "):
        assert part in tree, tree
    assert not re.search(r"- (button|slider|textbox|combobox|img)(?!.*[\"\w]{3})", tree), tree  # nothing without a name
