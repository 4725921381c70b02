"""Measure the size of the site, the data transferred on a first visit, and the times to the first outputs.

The outputs are those of cells on the pages of lessons, and the first one of a whole lesson in the lab. Readers often
go on from one lesson to the next, so the times for a second lesson in the same visit are measured as well.

    make site PYODIDE=folder
    .venv/bin/python benchmarks/site.py

The site is served and opened on this machine, so the times do not include any network delays. The amount of data
is measured after compression with gzip.
"""

import gzip
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "build" / "site"
sys.path.insert(0, str(ROOT / "tests"))
from chromium import launched, served  # noqa: E402

RUN = """async () => {
    const {commands, shell} = window.jupyterapp
    await shell.currentWidget.context.ready
    await shell.currentWidget.sessionContext.ready
    await commands.execute('notebook:clear-all-cell-outputs')
    commands.execute('notebook:run-all-cells')
}"""
FIRST = "[...window.jupyterapp.shell.currentWidget.content.model.cells].some(cell => cell.outputs?.length)"
OPEN = "window.jupyterapp?.shell.currentWidget?.content?.model?.cells?.length > 1"
MARKS = {"ready": "NumPy", "picture": "first picture", "widget": "first interactive figure"}
VISITS = [("01_fit_a_line", "02_classify"), ("04_n_layers", "05_check_gradients")]
RUNS = 5
KINDS = {"files and helpers": "/lab/files/", "Pyodide": "/static/pyodide/", "JupyterLab": "/lab/"}


def size(folder):
    """Return the total size of the files in a folder in MB."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def visit(browser, address, act=lambda page, sent: None):
    """Visit a page, and return the compressed MB transferred from each address and the seconds that the visit took."""
    context, sent = browser.new_context(), {}

    def count(response):
        if response.ok and response.url.startswith("http"):
            name = response.url.split("?")[0]
            path = SITE / name.split("/", 3)[3]
            if path.is_file():
                sent[name] = len(gzip.compress(path.read_bytes(), 6)) / 1e6

    context.on("response", count)
    page, start = context.new_page(), time.perf_counter()
    page.set_default_timeout(120_000)
    page.goto(address, wait_until="load")
    act(page, sent)
    seconds = time.perf_counter() - start
    page.wait_for_timeout(500)
    context.close()
    return sent, seconds


def first_output(page, sent):
    """Run the lesson that is open in the lab, and wait for its first output."""
    page.wait_for_function(OPEN)
    page.evaluate(RUN)
    page.wait_for_function(FIRST, polling=50)


def first_figure(page):
    """Start the first interactive figure of a lesson in its page, which runs the cells above it.

    Returns
    -------
    dict of str to float
        Seconds from the click to each of `MARKS`, without a picture if there is none above the figure.
    """
    page.evaluate("performance.clearMarks()")
    page.get_by_role("button", name="Start").first.evaluate("button => { performance.mark('click'); button.click() }")
    page.locator(".live-widget .lesson-widget").first.wait_for()
    first = "Object.fromEntries(performance.getEntriesByType('mark').reverse().map(m => [m.name, m.startTime]))"
    times = page.evaluate(first)
    return {name: (times[f"live-{name}"] - times["click"]) / 1000 for name in MARKS if f"live-{name}" in times}


def two_lessons(browser, root, first, second):
    """Start the first figure of two lessons in one visit.

    Returns
    -------
    megabytes, later : float
        Data transferred until the first figure of the first lesson, and of the editor, which the page loads after that.
    times : list of two dicts
        See `first_figure`.
    """
    times, transferred = [], {}
    editor = f"{root}/_static/live/editor.js"

    def act(page, sent):
        times.append(first_figure(page))
        transferred.update(sent)
        transferred.pop(editor, None)
        page.locator(f".bd-docs-nav a[href='{second}.html']").click()
        page.get_by_role("heading", level=1, name=second[:2]).wait_for()
        times.append(first_figure(page))

    sent, _ = visit(browser, f"{root}/{first}.html", act)
    return sum(transferred.values()), sent[editor], times


def report_visit(browser, root, first, second):
    """Print the data and the times of a visit to two lessons, as the minimum and the median of several visits."""
    runs = [two_lessons(browser, root, first, second) for _ in range(RUNS)]
    megabytes, later, _ = runs[0]
    print(f"{first} in its page: {megabytes:.3f} MB until the first interactive figure, {later:.2f} MB afterwards")
    for number, name in enumerate((first, second)):
        for mark, words in MARKS.items():
            seconds = [times[number][mark] for *_, times in runs if mark in times[number]]
            if seconds:
                least, middle = min(seconds), statistics.median(seconds)
                print(f"  {name}, {words}: {least:.2f} s after the click, median of {RUNS} visits {middle:.2f} s")


def main():
    """Print the size of the site, and the data and the time needed to visit some of its pages."""
    lab = size(SITE / "lab")
    pyodide = size(SITE / "lab" / "static" / "pyodide")
    print(f"site {size(SITE):.1f} MB: book {size(SITE) - lab:.1f}, lab {lab - pyodide:.1f}, Pyodide {pyodide:.1f}")
    with served(SITE) as root, launched() as browser:
        for name in ("index.html", "03_two_layers.html", "08_ten_digits.html"):
            sent, seconds = visit(browser, f"{root}/{name}")
            print(f"{name}: {sum(sent.values()):.2f} MB, loaded in {seconds:.1f} s")
        for first, second in VISITS:
            report_visit(browser, root, first, second)
        for name in ("01_fit_a_line", "08_ten_digits"):
            sent, seconds = visit(browser, f"{root}/lab/notebooks/index.html?path=notebooks/{name}.ipynb", first_output)
            parts = dict.fromkeys(KINDS, 0.0)
            for url, megabytes in sent.items():
                parts[next(kind for kind, mark in KINDS.items() if mark in url)] += megabytes
            by_kind = ", ".join(f"{kind} {megabytes:.1f}" for kind, megabytes in parts.items())
            print(f"lab, {name}: {sum(sent.values()):.1f} MB ({by_kind}), first output after {seconds:.1f} s")


if __name__ == "__main__":
    main()
