"""The book in a real browser: every page in both themes, wide and narrow, and then the interactive parts."""

import re
from pathlib import Path

import pytest
from chromium import NO_OTHER_HOST, SETTLED, collect_errors, is_still, launched, wait_for

ROOT = Path(__file__).resolve().parents[2]
SHOTS = ROOT / "build" / "screenshots" / "book"
WIDTHS = (1280, 800, 380)
# A long page is audited in full at phone width and, in the dark theme at laptop width, by the rules that depend on
# appearance only: full audits everywhere would take minutes. Short pages, which share the navigation, get full audits.
LOOKS = ("color-contrast", "link-in-text-block", "scrollable-region-focusable")
AUDITED = {("light", 380): {}, ("dark", 1280): {"runOnly": LOOKS}}
SHORT = ("index", "data", "notation", "search")
SET = "window.MathJax?.startup?.promise ?? null"  # resolves once formulas are typeset
LEFT_RAW = r"""[...document.querySelectorAll('article')].map(a => {
    const copy = a.cloneNode(true)
    copy.querySelectorAll('pre, code, mjx-container').forEach(e => e.remove())
    return copy.textContent
}).join(' ').match(/\$\$|\\\(|\\\[|\\frac|\\partial/g) ?? []"""
BROKEN = "[...document.images].filter(i => i.complete && !i.naturalWidth).map(i => i.src)"
# formulas on the page, typeset, and with MathML for screen readers
FORMULAS = "['.math', '.math mjx-container', '.math mjx-assistive-mml'].map(s => document.querySelectorAll(s).length)"
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Whether the theme's script has answered to the new size, after 0.3 s: what can be scrolled takes the focus.
ANSWERED = """[...document.querySelectorAll('pre, .cell_output > .output, .pst-scrollable-table-container')]
    .every(e => e.tabIndex === (e.scrollWidth > e.clientWidth || e.scrollHeight > e.clientHeight ? 0 : -1))"""
AUDIT = """options => axe.run(document, {resultTypes: ['violations'], ...options}).then(result => result.violations
    .filter(v => ['serious', 'critical'].includes(v.impact))
    .flatMap(v => v.nodes.map(n => `${v.id}: ${n.target} ${n.html.slice(0, 120)}`)))"""


@pytest.fixture(scope="module")  # not the session: Playwright's event loop must not outlive these tests
def browser():
    with launched(NO_OTHER_HOST) as browser:
        yield browser


def watched(context, address):
    """A page, and the list of everything that goes wrong in it."""
    page, faults = context.new_page(), []
    collect_errors(page, faults)
    page.on("console", lambda line: faults.append(f"console: {line.text}") if line.type == "error" else None)
    page.on("request", lambda r: None if r.url.startswith((address, "data:")) else faults.append(f"asked for {r.url}"))
    page.on("response", lambda r: faults.append(f"{r.status}: {r.url}") if r.status >= 400 else None)
    page.set_default_timeout(90_000)
    return page, faults


@pytest.fixture
def page(browser, address):
    """A page of laptop width; anything that goes wrong in it fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page, faults = watched(context, address)
    yield page
    context.close()
    assert faults == []


def look(page, name, theme, found):
    """Check the page in this theme at each width: its size, and the audit where it applies."""
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    wait_for(page, f"document.documentElement.dataset.theme === '{theme}'")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate(WIDE) > 0:
            found["faults"].append(f"wider than {width}")
        options = {} if name in SHORT and width != 800 else AUDITED.get((theme, width))
        if options is not None and found["audit"] is not None:
            wait_for(page, ANSWERED)
            wait_for(page, SETTLED)
            found["audit"] += [f"{theme} {width} {fault}" for fault in page.evaluate(AUDIT, options)]
        if width != 800:
            page.screenshot(path=SHOTS / f"{name}-{theme}-{width}.png")


def visit(page, name, address, axe):
    """Collect in a single visit everything that the tests below need to know about a page."""
    found = {"faults": [], "audit": [] if axe else None}
    page.goto(f"{address}/{name}.html")
    page.evaluate(SET)
    found["formulas"], found["raw"] = page.evaluate(FORMULAS), page.evaluate(LEFT_RAW)
    found["faults"] += [f"no picture: {source}" for source in page.evaluate(BROKEN)]
    if axe:
        page.evaluate(axe)
    for theme in ("light", "dark"):
        look(page, name, theme, found)
    return found


@pytest.fixture(scope="module")
def visits(browser, book, address, request):
    """The findings for each page, by name; the audit is None where its script is not available."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    try:
        axe = request.getfixturevalue("axe")
    except pytest.skip.Exception:
        axe = None
    context, found = browser.new_context(), {}
    for name in sorted(path.stem for path in book.glob("*.html")):
        page, faults = watched(context, address)
        found[name] = visit(page, name, address, axe)
        found[name]["faults"] += faults
        page.close()
    context.close()
    return found


def test_no_page_has_a_fault_or_asks_another_host(visits):
    assert {name: found["faults"] for name, found in visits.items() if found["faults"]} == {}


def test_formulas_are_typeset(visits):
    for name, found in visits.items():
        assert len(set(found["formulas"])) == 1, name
        assert found["raw"] == [], name
    assert visits["03_two_layers"]["formulas"][0] > 100


def test_no_serious_accessibility_violations(visits, axe):
    assert {name: found["audit"] for name, found in visits.items() if found["audit"]} == {}


def test_search_finds_a_word(page, address):
    page.goto(f"{address}/01_fit_a_line.html")
    page.get_by_role("button", name="Search").first.click()
    page.get_by_role("searchbox").first.fill("jacobian")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=jacobian*")
    page.locator("#search-results li a", has_text="08").first.wait_for()


def test_the_chosen_theme_is_kept(page, address):
    page.emulate_media(color_scheme="light")
    page.goto(f"{address}/00_start_here.html")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Color mode").first.click()
    page.get_by_role("button", name="Dark").first.click()
    wait_for(page, "document.documentElement.dataset.theme === 'dark'")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    page.goto(f"{address}/01_fit_a_line.html")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


@pytest.mark.parametrize("name", ["index", "01_fit_a_line", "03_two_layers", "07_why_depth_is_hard"])
@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_animations_move_at_once_unless_readers_want_less_motion(browser, address, name, motion):
    context = browser.new_context(java_script_enabled=False, reduced_motion=motion)
    page = context.new_page()
    page.goto(f"{address}/{name}.html")
    still = is_still(page.locator("source[media*='reduced-motion'] + img"))
    context.close()
    assert still is (motion == "reduce")


def test_the_map_shows_what_has_been_solved_in_this_browser(page, address):
    page.goto(f"{address}/index.html")
    solved = page.locator(".map .solved")
    assert solved.count() > 12 and not any(mark.is_visible() for mark in solved.all())
    (every,) = page.locator(".map .solved[data-exercises^='01.']").all()
    names = every.get_attribute("data-exercises").split()
    for done, words in ((["01.q1", "01.error", "02.none"], f"2 of {len(names)} solved"), (names, "✓ all solved")):
        page.evaluate("done => localStorage.setItem('live:progress', JSON.stringify({done}))", done)
        page.reload()
        assert solved.locator("visible=true").all_inner_texts() == [words]


def step_of(page):
    """The number of the only visible step."""
    (text,) = page.locator(".stepper li:visible strong").all_inner_texts()
    return int(re.match(r"Step (\d+) of 15", text)[1])


def test_the_stepper_moves_by_button_and_by_key(page, address):
    page.goto(f"{address}/index.html")
    back, forward, play = (page.get_by_role("button", name=name, exact=True) for name in ("Back", "Next", "Play"))
    assert step_of(page) == 1
    back.click(force=True)  # marked as disabled
    assert step_of(page) == 1
    forward.click()
    forward.click()
    assert step_of(page) == 3
    page.keyboard.press("ArrowRight")  # the button has the focus
    assert step_of(page) == 4
    page.keyboard.press("ArrowLeft")
    assert step_of(page) == 3
    slider = page.get_by_role("slider", name="Step")
    slider.focus()
    page.keyboard.press("End")
    assert step_of(page) == 15
    assert "Step 15 of 15" in slider.get_attribute("aria-valuetext")
    page.keyboard.press("ArrowLeft")
    assert step_of(page) == 14
    forward.click()
    assert step_of(page) == 15
    page.keyboard.press("ArrowLeft")  # the button is marked as disabled but keeps the focus
    assert step_of(page) == 14
    shown = page.locator(".stepper li:visible img")
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    assert play.is_visible()


def test_the_stepper_plays_to_its_end_and_pauses(page, address):
    page.clock.install()
    page.goto(f"{address}/index.html")
    page.get_by_role("button", name="Play", exact=True).click()
    page.clock.run_for(5100)
    assert step_of(page) == 3
    page.get_by_role("button", name="Pause", exact=True).click()
    page.clock.run_for(10_000)
    assert step_of(page) == 3
    page.get_by_role("button", name="Play", exact=True).click()
    page.clock.run_for(60_000)
    assert step_of(page) == 15
    assert page.get_by_role("button", name="Play", exact=True).is_visible()


def test_readers_who_want_less_motion_step_by_hand(page, address):
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{address}/index.html")
    assert page.get_by_role("button", name="Play", exact=True).count() == 0
    page.get_by_role("button", name="Next", exact=True).click()
    assert step_of(page) == 2


def test_without_scripts_every_step_can_be_read(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/index.html")
    steps = page.locator(".stepper li")
    assert steps.count() == 15 and all(steps.nth(i).is_visible() for i in range(15))
    assert page.locator(".stepper-controls").is_hidden()
    context.close()
