"""For each lesson, make slides that can be shown without an internet connection.

The command ``python site/slides.py OUT`` writes one HTML page for each lesson to the folder OUT. A slide shows a
heading, the formulas of a derivation, a figure with the first sentence of its caption, or a prediction exercise,
whose answer appears when a key is pressed. The text of the lesson is in the speaker's notes, which the key S opens.
"""

import argparse
import base64
import hashlib
import html
import io
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import folder
import lessons
import nbformat
import reading
from book import ROOT, copy_mathjax
from nbconvert.exporters import SlidesExporter
from nbformat.v4 import new_code_cell, new_markdown_cell
from traitlets.config import Config

from helpers.plotting import style

HERE = Path(__file__).resolve().parent / "slides"
REVEAL = "reveal.js@5.2.1"  # from npm
SHA512 = "r7//6mIM5p34hFiDMvYfXgyjXqGRta+/psd9YtytsgRlrpRzFv4RbH76TXd2qD+7ZPZEbpBDhdRhJaFgfQ7zNQ=="  # of its archive
SHOWN = re.compile(
    r"^(?:dist/(?:reset|reveal)\.(?:css|js)|dist/theme/white\.css|dist/theme/fonts/.*|plugin/notes/.*|LICENSE)$"
)
END = re.compile(r"^## (?:Exercises|You can now)", re.MULTILINE)
FORMULA = re.compile(r"\$\$.+?\$\$", re.DOTALL)


def main():
    """Write the slides to the folder given on the command line."""
    parser = argparse.ArgumentParser(description="Make slides for each lesson.")
    parser.add_argument("out", type=Path, help="folder for the slides; an earlier build in it is replaced")
    out = parser.parse_args().out.resolve()
    try:
        folder.refuse_foreign_files(out)
        with tempfile.TemporaryDirectory() as scratch:
            write(Path(scratch))
            folder.replace(out, Path(scratch))
    except (OSError, ValueError) as error:
        sys.exit(f"The slides were not made: {error}")


def write(out):
    """Write the slides of all lessons, and the files that they load, to the folder `out`."""
    config = Config({"SlidesExporter": {"exclude_input": True, "embed_images": True}})
    exporter = SlidesExporter(config=config, template_name="slides", extra_template_basedirs=[str(HERE.parent)])
    exporter.reveal_url_prefix, exporter.reveal_theme = "reveal", "white"
    exporter.register_filter("escape_html_keep_quotes", lambda text: html.escape(str(text), quote=False))
    titles = {}
    for path in sorted((ROOT / "notebooks").glob("[0-9]*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        titles[path.stem] = re.search(r"^# (.*)", notebook.cells[0].source)[1]
        shown = nbformat.v4.new_notebook(cells=slides(notebook.cells), metadata={"title": titles[path.stem]})
        text, _ = exporter.from_notebook_node(shown, {"metadata": {"name": path.stem}})
        (out / f"{path.stem}.html").write_text(text, encoding="utf-8")
    links = "".join(f'<li><a href="{name}.html">{html.escape(title)}</a></li>' for name, title in titles.items())
    page = f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Slides</title><h1>Slides</h1><ul>{links}</ul>'
    (out / "index.html").write_text(f"{page}<p>Press S to open the speaker's notes.</p></html>", encoding="utf-8")
    shutil.copyfile(HERE / "slides.css", out / "slides.css")
    (out / "palette.css").write_text(style.css_properties(":root", ".dark"), encoding="utf-8")
    shutil.copytree(Path(style.__file__).parent / "fonts", out / "fonts")
    copy_mathjax(out / "mathjax")
    _copy_reveal(out / "reveal")


def slides(cells):
    """Convert the cells of a lesson, up to its exercises, into cells of slides with speaker's notes."""
    made, is_answer = [], False
    for cell, following in zip(cells, [*cells[1:], None], strict=True):
        if cell.cell_type == "markdown":
            text, *rest = END.split(lessons.redirect_links(cell.source, "notebooks", {}), maxsplit=1)
            for part in re.split(r"(?m)^(?=#{1,3} )", text):
                made += _of_text(part.strip())
            is_answer = is_answer or reading.PREDICT in text
            if rest:
                break
        elif cell.outputs:
            made += _of_outputs(cell, following, is_answer)
            is_answer = False
    return made


def _of_text(text):
    """Return a slide with the heading, formulas or question of a part of the text, if it has any of them, and notes."""
    heading = re.match(r"#{1,3} .*", text)
    lines = [heading[0]] if heading else []
    lines += [part for part in text.split("\n\n") if reading.PREDICT in part] or FORMULA.findall(text)
    if heading and heading[0].startswith("# "):
        lines += [part for part in text.split("\n\n") if part.startswith("- **You will")]
    if not text:
        return []
    notes = new_markdown_cell(text, metadata={"slideshow": {"slide_type": "notes"}})
    if not lines:
        return [notes]
    kind = "slide" if heading and not heading[0].startswith("### ") else "subslide"
    return [new_markdown_cell("\n\n".join(lines), metadata={"slideshow": {"slide_type": kind}}), notes]


def _of_outputs(cell, following, is_answer):
    """Return the figures of a cell with the first sentence of the caption, or the whole output if it is an answer."""
    outputs = [
        o for o in cell.outputs if is_answer or "image/svg+xml" in o.get("data", {}) or "image/png" in o.get("data", {})
    ]
    for output in outputs:
        if "image/svg+xml" in output.get("data", {}):
            output["data"] = {"image/svg+xml": output["data"]["image/svg+xml"]}
        elif lessons.WIDGET_VIEW in output.get("data", {}):
            output["data"] = {kind: data for kind, data in output["data"].items() if kind.startswith("image/")}
    outputs = [output for output in outputs if output.get("data", True)]
    if not outputs:
        return []
    kind = {"slideshow": {"slide_type": "fragment" if is_answer else "subslide"}}
    caption = re.match(r"\*\*Figure \d+\.\*\* .*?[.?](?=\s|$)", following.source if following else "")
    made = [new_code_cell("", outputs=outputs, metadata=kind)]
    return made + ([new_markdown_cell(caption[0], metadata={"slideshow": {"slide_type": "-"}})] if caption else [])


def _copy_reveal(target):
    """Copy reveal.js, which is downloaded once and kept in `build`, to the folder `target`.

    Raises
    ------
    ValueError
        If npm is missing or cannot download the package, or if the package has a different checksum.
    """
    kept = ROOT / "build" / f"{REVEAL.replace('@', '-')}.tgz"
    if not kept.is_file():
        npm = shutil.which("npm")
        if npm is None:
            raise ValueError("npm, which provides reveal.js, is missing: install Node.js")
        kept.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as scratch:
            command = [npm, "pack", REVEAL, "--silent", "--pack-destination", scratch]
            done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace")
            if done.returncode:
                raise ValueError(f"npm could not download {REVEAL}: {done.stderr[-300:].strip()}")
            (Path(scratch) / kept.name).replace(kept)
    content = kept.read_bytes()
    if base64.b64encode(hashlib.sha512(content).digest()).decode() != SHA512:
        kept.unlink()
        raise ValueError(f"{kept.name} is damaged or not the published package, and has been deleted: run this again")
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        for member in archive.getmembers():
            name = member.name.removeprefix("package/")
            if SHOWN.match(name) and ".." not in name and member.isfile():
                (target / name).parent.mkdir(parents=True, exist_ok=True)
                (target / name).write_bytes(archive.extractfile(member).read())


if __name__ == "__main__":
    main()
