"""Measure the size of the site, the data transferred on a first visit, and the times to the first outputs.

The outputs are those of cells in the page of a lesson, and that of a whole lesson in the lab.

    make site PYODIDE=folder
    .venv/bin/python benchmarks/site.py

The site is served and opened on this machine, so the times do not include any delays of a network. The amount of data
is measured after compression with gzip.
"""

import gzip
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
LIVE_MARKS = {"live-numpy": "NumPy", "live-picture": "first picture", "live-widget": "first interactive figure"}
KINDS = {"files and helpers": "/lab/files/", "Pyodide": "/static/pyodide/", "JupyterLab": "/lab/"}


def size(folder):
    """Return the total size of the files in a folder in MB."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def visit(browser, address, act=lambda page: None):
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
    act(page)
    seconds = time.perf_counter() - start
    page.wait_for_timeout(500)
    context.close()
    return sent, seconds


def first_output(page):
    """Run the lesson that is open in the lab, and wait for its first output."""
    page.wait_for_function(OPEN)
    page.evaluate(RUN)
    page.wait_for_function(FIRST, polling=50)


def first_figure(page):
    """Start the first interactive figure of a lesson in its page, which runs the cells above it."""
    page.get_by_role("button", name="Start").first.click()
    page.evaluate("performance.mark('click')")
    page.locator(".lesson-widget").first.wait_for()
    times = page.evaluate("Object.fromEntries(performance.getEntriesByType('mark').map(m => [m.name, m.startTime]))")
    for name, words in LIVE_MARKS.items():
        if name in times:  # there is no picture above some figures
            print(f"  {words} {(times[name] - times['click']) / 1000:.1f} s after the click")


def main():
    """Print the size of the site, and the data and the time needed to visit some of its pages."""
    lab = size(SITE / "lab")
    pyodide = size(SITE / "lab" / "static" / "pyodide")
    print(f"site {size(SITE):.1f} MB: book {size(SITE) - lab:.1f}, lab {lab - pyodide:.1f}, Pyodide {pyodide:.1f}")
    with served(SITE) as root, launched() as browser:
        for name in ("index.html", "03_two_layers.html", "08_ten_digits.html"):
            sent, seconds = visit(browser, f"{root}/{name}")
            print(f"{name}: {sum(sent.values()):.2f} MB, loaded in {seconds:.1f} s")
        for name in ("01_fit_a_line", "04_n_layers"):
            sent, _ = visit(browser, f"{root}/{name}.html", first_figure)
            print(f"{name} in its page: {sum(sent.values()):.1f} MB until the first interactive figure")
        for name in ("01_fit_a_line", "08_ten_digits"):
            sent, seconds = visit(browser, f"{root}/lab/lab/index.html?path=notebooks/{name}.ipynb", first_output)
            parts = dict.fromkeys(KINDS, 0.0)
            for url, megabytes in sent.items():
                parts[next(kind for kind, mark in KINDS.items() if mark in url)] += megabytes
            by_kind = ", ".join(f"{kind} {megabytes:.1f}" for kind, megabytes in parts.items())
            print(f"lab, {name}: {sum(sent.values()):.1f} MB ({by_kind}), first output after {seconds:.1f} s")


if __name__ == "__main__":
    main()
