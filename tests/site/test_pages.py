"""The files of the book: every lesson has its outputs, every link a target, and nothing comes from another host."""

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import nbformat
import pytest
from bs4 import BeautifulSoup
from site_build import run_program

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SERIES = ["index", *(path.stem for path in NOTEBOOKS), "check_your_gradients", "teachers", "look", "data"]
WIDGET = "application/vnd.jupyter.widget-view+json"
# attributes whose targets the browser loads by itself
FETCHED = {"script": "src", "img": "src", "source": "src", "iframe": "src", "link": "href", "image": "href"}
STYLE_URL = re.compile(r"""(?:url\(|@import )\s*["']?((?!data:)[^"')\s]+)""")


@pytest.fixture(scope="module")
def pages(book):
    """The parsed pages, by name."""
    return {path.stem: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser") for path in book.glob("*.html")}


def bare(text):
    """Text without white space, which differs between notebook and page."""
    return re.sub(r"\s+", "", text)


def outputs(path):
    return [o for cell in nbformat.read(path, 4).cells if cell.cell_type == "code" for o in cell.outputs]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_lesson_is_a_page_with_its_outputs(pages, path):
    page, shown = pages[path.stem], outputs(path)
    text = bare(page.find("article").get_text())
    for cell in nbformat.read(path, 4).cells:
        if cell.cell_type == "code":
            assert bare(cell.source) in text, cell.id
    for output in shown:
        data = output.get("data", {})
        if output.output_type == "stream":
            assert bare(output.text) in text
        if "text/markdown" in data and "Not done yet." not in data["text/markdown"]:  # an invitation instead
            assert bare(re.sub(r"[*`|]|---", "", data["text/markdown"])) in text
    pictures = page.select(".cell_output img")
    drawn = [output["data"] for output in shown if {"image/png", "image/svg+xml"} & set(output.get("data", {}))]
    assert len(pictures) == len(drawn)
    moving = [re.search("<title>(.*)</title>", d["image/svg+xml"])[1] for d in drawn if "image/png" not in d]
    assert [p["alt"] for p in pictures if p["alt"] in moving] == moving
    alts = [p["alt"] for p in pictures if p["alt"] not in ("A still of the interactive figure", *moving)]
    assert alts == [f"Figure {n}, described in the text below it" for n in range(1, 1 + len(alts))]
    assert len(pictures) - len(alts) - len(moving) == sum(
        WIDGET in o.data and "image/png" in o.data for o in shown if "data" in o
    )
    notes = [note.get_text() for note in page.select(".widget-note")]
    titles = [re.search(": (.*?)\\. Run", o.data["text/plain"])[1] for o in shown if WIDGET in o.get("data", {})]
    assert len(notes) == len(titles) and all(t in note for t, note in zip(titles, notes, strict=True))
    assert "Interactivefigure:" not in text


def test_a_formula_stays_in_one_line_with_the_punctuation_after_it(pages):
    formulas = pages["01_fit_a_line"].select("span.math.nohighlight")
    followed = [formula for formula in formulas if re.match(r"[.,;:?!)]", str(formula.next_sibling or ""))]
    assert len(followed) > 30 and all(formula.parent["class"] == ["together"] for formula in followed)


def test_the_landing_page_says_where_to_start_and_maps_every_lesson(pages):
    landing = pages["index"]
    assert [link["href"] for link in landing.select("a.go")] == ["01_fit_a_line.html", "11_playground.html"]
    mapped = [link["href"] for link in landing.select(".map a")]
    assert mapped == [f"{path.stem}.html" for path in NOTEBOOKS]
    steps = landing.select(".stepper li")
    assert len(steps) == 15
    assert all(f"Step {n} of 15" in step.get_text() for n, step in enumerate(steps, 1))


def test_the_tables_of_notation_have_a_page(pages):
    tables = [bare(table.get_text()) for table in pages["notation"].select("article table")]
    assert [table.startswith("symbol") for table in tables] == [True, True, False]
    assert "Nielsen" in tables[2]


def test_credits_of_the_data_are_there(pages):
    text = pages["data"].get_text()
    assert "Yann LeCun" in text and "CC BY-SA 3.0" in text and "Stéfan van der Walt" in text


def test_previous_and_next_lead_through_the_whole_series(pages):
    for i, name in enumerate(SERIES):
        ways = [pages[name].select_one(f"a.{way}") for way in ("left-prev", "right-next")]
        there = [way and way["href"] for way in ways]
        around = [SERIES[i - 1] if i else None, SERIES[i + 1] if name != SERIES[-1] else None]
        assert there == [other and f"{other}.html" for other in around], name


def test_every_page_has_a_button_that_opens_its_lesson_in_the_lab(pages):
    for name, page in pages.items():
        (button,) = page.select("a.lab-button")
        wanted = name if (ROOT / "notebooks" / f"{name}.ipynb").is_file() else NOTEBOOKS[0].stem
        assert button["href"] == f"lab/notebooks/index.html?path=notebooks/{wanted}.ipynb"


def faults_of_link(book, anchors, name, target):
    """What is wrong with a link: an empty list, or one sentence."""
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return [] if parts.scheme in ("https", "mailto", "data") else [f"{name}: {target} is neither here nor safe"]
    if parts.path.startswith("lab/"):  # built separately; the notebook must exist
        (notebook,) = parse_qs(parts.query).get("path", [""])
        return [] if (ROOT / notebook).is_file() and notebook else [f"{name}: {target} opens no notebook"]
    file = (book / name).parent / unquote(parts.path) if parts.path else book / name
    if not file.resolve().is_file():
        return [f"{name}: {target} is not there"]
    if parts.fragment and unquote(parts.fragment) not in anchors.get(file.resolve().name, ()):
        return [f"{name}: {target} has no such anchor"]
    return []


def all_targets(page):
    """All addresses in the tags of a page, including srcset and styles."""
    for tag in page.find_all(True):
        yield from (tag[a] for a in ("href", "src", "action", "poster", "data-src", "xlink:href") if tag.get(a))
        yield from (part.split()[0] for part in tag.get("srcset", "").split(",") if part.strip())
        yield from STYLE_URL.findall(tag.get("style", ""))
        yield from STYLE_URL.findall(tag.get_text() if tag.name == "style" else "")


def test_every_link_and_anchor_resolves(book, pages):
    ids = {f"{name}.html": {tag["id"] for tag in page.find_all(id=True)} for name, page in pages.items()}
    faults, count = [], 0
    for name, page in pages.items():
        for target in all_targets(page):
            count += 1
            faults += faults_of_link(book, ids, f"{name}.html", target)
    for sheet in book.rglob("*.css"):
        for target in STYLE_URL.findall(sheet.read_text(encoding="utf-8")):
            count += 1
            faults += faults_of_link(book, ids, str(sheet.relative_to(book)), target)
    assert faults == []
    assert count > 1000


def test_ids_are_unique_on_a_page(pages):
    for name, page in pages.items():
        ids = [tag["id"] for tag in page.find_all(id=True)]
        assert sorted(ids) == sorted(set(ids)), name


def test_nothing_is_fetched_from_another_host(book, pages):
    for name, page in pages.items():
        for tag, attribute in FETCHED.items():
            fetched = [t[attribute] for t in page.find_all(tag) if t.get(attribute) and t.get("rel") != ["canonical"]]
            assert [f for f in fetched if urlsplit(f).netloc] == [], name
    for sheet in book.rglob("*.css"):
        assert [u for u in STYLE_URL.findall(sheet.read_text(encoding="utf-8")) if urlsplit(u).netloc] == [], sheet


def test_pages_name_their_language_title_and_subject(pages):
    for name, page in pages.items():
        assert page.html["lang"] == "en"
        assert page.title.get_text(strip=True)
        assert page.select_one('link[rel="icon"]')
        assert page.select_one('meta[name="description"]') or name in ("search", "genindex"), name


def files_of(folder):
    """The files of a book without those of its lab, by name."""
    files = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in files.items() if name.parts[0] != "lab"}


def test_writing_again_gives_the_same_and_leaves_the_lab_alone(book, tmp_path):
    out = tmp_path / "pages"
    (out / "lab").mkdir(parents=True)
    (out / "lab" / "mine").write_text("kept", encoding="utf-8")
    for part in (book / "lab").glob("*"):
        (out / "lab" / part.name).symlink_to(part)
    done = run_program("book.py", out)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (out / "lab" / "mine").read_text(encoding="utf-8") == "kept"
    first, second = files_of(book), files_of(out)
    assert sorted(first) == sorted(second)
    assert [name for name in first if first[name] != second[name]] == []


def test_a_folder_with_other_files_is_refused(tmp_path):
    (tmp_path / "thesis.tex").write_text("mine", encoding="utf-8")
    done = run_program("book.py", tmp_path)
    assert done.returncode == 1
    assert "contains other files" in done.stderr and "Traceback" not in done.stderr
    assert (tmp_path / "thesis.tex").read_text(encoding="utf-8") == "mine"


def test_without_sphinx_it_says_what_to_install(tmp_path):
    (tmp_path / "sphinx.py").write_text("raise ImportError", encoding="utf-8")
    command = [sys.executable, str(ROOT / "site" / "book.py"), str(tmp_path / "pages")]
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=environment)
    assert done.returncode == 1
    assert "site/requirements.txt" in done.stderr and "Traceback" not in done.stderr


# --- links in the sources, without a build ------------------------------------------------------


@pytest.fixture(scope="module")
def lessons(site_module):
    """The module site/lessons.py."""
    return site_module("lessons")


PAGES = {"notebooks/04_n_layers.ipynb": "04_n_layers.ipynb", "data/README.md": "data.md"}
MENDED = [
    ("[four](04_n_layers.ipynb#The-class)", "[four](04_n_layers.ipynb#the-class)", None),
    ("[data](../data/README.md)", "[data](data.md)", None),
    (
        "[`network`](../helpers/backprop/network.py), ",
        "[`network`](https://host/a/b/blob/HEAD/helpers/backprop/network.py), ",
        "https://host",
    ),
    ("[`network`](../helpers/backprop/network.py), ", "`network`, ", None),
    ("[d2l](https://d2l.ai) [here](#down)", "[d2l](https://d2l.ai) [here](#down)", None),
    ("$W^{[l]}(i)$ and `x[0](1)`", "$W^{[l]}(i)$ and `x[0](1)`", None),
    ("$$a^{[l]}(i)\n[b](c)$$ [data](../data/README.md)", "$$a^{[l]}(i)\n[b](c)$$ [data](data.md)", None),
]


@pytest.mark.parametrize(("text", "mended", "server"), MENDED)
def test_links_lead_to_pages_or_to_the_repository(lessons, monkeypatch, text, mended, server):
    monkeypatch.delenv("GITHUB_SERVER_URL", raising=False)
    monkeypatch.setenv("GITHUB_REPOSITORY", "a/b")
    if server:
        monkeypatch.setenv("GITHUB_SERVER_URL", server)
    assert lessons.redirect_links(text, "notebooks", PAGES) == mended
