"""Slides of each lesson: figures, formulas, pauses before answers and notes, and nothing from another host."""

import io
import re
import tarfile
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from chromium import NO_OTHER_HOST, collect_errors, launched, served, wait_for
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

ROOT = Path(__file__).resolve().parents[2]
SHOW = "fragment => { const at = Reveal.getIndices(fragment.closest('section')); Reveal.slide(at.h, at.v, -1) }"
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))


@pytest.fixture(scope="module")
def slides(site_module):
    """The module site/slides.py."""
    pytest.importorskip("sphinx", reason="the book needs more: pip install -r site/requirements.txt")
    return site_module("slides")


@pytest.fixture(scope="module")
def folder(slides, tmp_path_factory):
    """The folder with the slides."""
    out = tmp_path_factory.mktemp("slides")
    try:
        slides.write(out)
    except ValueError as error:
        if not str(error).startswith("npm"):
            raise
        pytest.skip(f"npm is not installed, or not reached: {error}")
    return out


def test_a_download_that_is_interrupted_is_not_kept(slides, tmp_path, monkeypatch):
    def run(command, **_):
        (Path(command[-1]) / f"{slides.REVEAL.replace('@', '-')}.tgz").write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(slides, "ROOT", tmp_path)
    monkeypatch.setattr(slides.shutil, "which", lambda name: name)
    monkeypatch.setattr(slides.subprocess, "run", run)
    with pytest.raises(KeyboardInterrupt):
        slides._copy_reveal(tmp_path / "reveal")
    assert list((tmp_path / "build").iterdir()) == []


def test_another_archive_is_refused_and_deleted(slides, tmp_path, monkeypatch):
    monkeypatch.setattr(slides, "ROOT", tmp_path)
    kept = tmp_path / "build" / "reveal.js-5.2.1.tgz"
    kept.parent.mkdir()
    with tarfile.open(kept, "w:gz") as archive:
        archive.addfile(tarfile.TarInfo("package/dist/reveal.js"), io.BytesIO())
    with pytest.raises(ValueError, match="is damaged or not the published package, and has been deleted"):
        slides._copy_reveal(tmp_path / "reveal")
    assert not kept.exists() and not (tmp_path / "reveal").exists()


def kinds(cells):
    return [cell.metadata.slideshow.slide_type for cell in cells]


def test_a_question_waits_for_its_answer(slides):
    output = [new_output("stream", text="4\n")]
    cells = [new_markdown_cell("**Predict, then run:** how many?"), new_code_cell("print(4)", outputs=output)]
    made = slides.slides([*cells, new_markdown_cell("Four."), new_code_cell("print(5)", outputs=output)])
    assert kinds(made) == ["subslide", "notes", "fragment", "notes"]


def test_formulas_are_shown_and_the_rest_is_in_the_notes(slides):
    text = "## The slope\n\nSo we need\n\n$$dw = dz\\,x$$\n\nand no more.\n\n## Exercises\n\n**1.** Now you."
    shown, notes = slides.slides([new_markdown_cell(text), new_code_cell("check()")])
    assert shown.source == "## The slope\n\n$$dw = dz\\,x$$"
    assert notes.source.endswith("and no more.") and kinds([notes]) == ["notes"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_slides_of_a_lesson(folder, path):
    text = (folder / f"{path.stem}.html").read_text(encoding="utf-8")
    page, cells = BeautifulSoup(text, "html.parser"), nbformat.read(path, 4).cells
    before = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown").partition("## Exercises")[0]
    asked = before.count("**Predict, then run:**")
    assert len(page.select(".fragment")) == asked
    assert page.select("aside.notes") and len(page.select(".slides img, .slides svg")) >= 3
    fetched = [tag.get("src") or tag.get("href") for tag in page.select("script[src], link[href], img[src]")]
    assert [address for address in fetched if re.match("(https?:)?//", address)] == []
    for address in fetched:
        assert address.startswith("data:") or (folder / address).is_file(), address
    assert "hint(" not in page.select_one(".slides").get_text()


def test_the_slides_work_without_another_host(folder):
    faults = []
    with served(folder) as address, launched(NO_OTHER_HOST) as browser:
        page = browser.new_page(viewport={"width": 1100, "height": 700})
        collect_errors(page, faults)
        page.on("requestfailed", lambda request: faults.append(request.url))
        page.on("response", lambda response: faults.append(response.url) if response.status >= 400 else None)
        page.goto(f"{address}/03_two_layers.html")
        page.evaluate("MathJax.startup.promise")
        wait_for(page, "Reveal.isReady()")
        assert page.evaluate("Reveal.getTotalSlides()") > 20
        answer = page.locator(".fragment", has_text="sum digit: 51.5% right")
        page.evaluate(SHOW, answer.element_handle())
        assert answer.evaluate("fragment => getComputedStyle(fragment).visibility") == "hidden"
        page.evaluate("Reveal.next()")
        wait_for(page, "Reveal.getCurrentSlide().querySelector('.fragment.visible') !== null")
        assert "which of the two can it answer?" in page.evaluate("Reveal.getCurrentSlide().textContent")
    assert faults == []
