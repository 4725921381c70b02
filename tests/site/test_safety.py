"""Nothing in a notebook or README runs in the book: each rule is tried on content that keeps it and that breaks it."""

import base64
import hashlib
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
from bs4 import BeautifulSoup
from chromium import NO_OTHER_HOST, launched, served, wait_for

from helpers import plotting

ROOT = Path(__file__).resolve().parents[2]
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{}</svg>'


@pytest.fixture(scope="module")
def safety(site_module):
    """The module site/safety.py."""
    return site_module("safety")


@pytest.fixture(scope="module")
def book_module(site_module):
    """The module site/book.py."""
    pytest.importorskip("sphinx", reason="the book needs more: pip install -r site/requirements.txt")
    return site_module("book")


@pytest.mark.parametrize(
    "text",
    [
        "Where $a < b$ and $W^{[l]}(i)$, see [lesson 03](03_two_layers.ipynb#The-shape-ledger) or [here](#up).",
        "[Nielsen](https://neuralnetworksanddeeplearning.com/chap2.html), `x[1](2)`",
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n---\n\n```\npip install x\n```",
        "$$\\frac{1}{m} \\sum_i {l}$$",
    ],
)
def test_markdown_of_lessons_is_allowed(safety, text):
    assert safety.faults_of_markdown(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "Look: <img src=x onerror=alert(1)>",
        "<IFRAME src=https://example.org>",
        "a <!-- comment -->",
        "<javascript:alert(1)>",
        "[click](javascript:alert(1))",
        "[click](java&#115;cript:alert(1))",
        "[click](\\javascript:alert(1))",
        "[click](data:text/html,hello)",
        "[click](<javascript:alert(1)>)",
        "[click][1]\n\n[1]: javascript:alert(1)",
        "[a\\]b]: http://example.org\n\n[a\\]b]",
        "```{include} /etc/passwd\n```",
        "~~~{raw} html\n~~~",
        "- ```{literalinclude} ../../secret\n  ```",
        "> :::{include} /etc/passwd\n> :::",
        "{download}`/etc/passwd`",
        "[^1]: ```{include} /etc/passwd\n```",
        "[a file](/etc/passwd)",
        "[a file](<../../etc/passwd>)",
        "[a file](../../etc/passwd)",
        "[a file](../x/../../etc/passwd)",
        '[a file](../etc/passwd "with a title")',
        "![key](../../secret.png)",
        "$\\href{javascript:alert(1)}{x}$",
        "---\nmyst:\n  url_schemes: [javascript]\n---\n",
    ],
)
def test_markdown_that_could_run_or_read_is_refused(safety, text):
    assert safety.faults_of_markdown(text)


def test_the_readme_and_the_credits_are_allowed(safety):
    readme, credits = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "data/README.md"))
    assert safety.faults_of_markdown(readme, ("details", "summary", "b"), images=True) == []
    assert safety.faults_of_markdown(credits) == []
    planted = readme.replace("<details>", "<details ontoggle=alert(1)>")
    assert safety.faults_of_markdown(planted, ("details", "summary", "b"), images=True)


@pytest.mark.parametrize(
    ("data", "is_allowed"),
    [
        ({"text/html": '<table style="color: red"><tr><td colspan="2">1 &lt; 2</td></tr></table>'}, True),
        ({"text/html": "<script>alert(1)</script>"}, False),
        ({"text/html": '<td onclick="alert(1)">'}, False),
        ({"text/html": '<a href="javascript:alert(1)">x</a>'}, False),
        ({"text/html": "<!--><script>alert(1)</script>-->"}, False),
        ({"text/html": '<p style="background: url(https://example.org)">'}, False),
        ({"text/html": ["<scr", "ipt>alert(1)</script>"]}, False),
        ({"text/markdown": "**Right.**"}, True),
        ({"text/markdown": "<script>alert(1)</script>"}, False),
        ({"application/javascript": "alert(1)"}, False),
        ({"image/png": base64.b64encode(b"\x89PNG\r\n\x1a\n...").decode()}, True),
        ({"image/png": base64.b64encode(b"<svg onload=alert(1)>").decode()}, False),
        ({"image/png": "a"}, False),
        (
            {"image/svg+xml": SVG.format('<style>*{stroke:red}</style><use xlink:href="#a" style="clip: url(#b)"/>')},
            True,
        ),
        ({"image/svg+xml": SVG.format("<style><script>alert(1)</script></style>")}, False),
        ({"image/svg+xml": SVG.format("<foreignObject/>")}, False),
        ({"image/svg+xml": SVG.format('<g onload="alert(1)"/>')}, False),
        ({"image/svg+xml": SVG.format('<image xlink:href="https://example.org/x.png"/>')}, False),
        ({"image/svg+xml": SVG.format("<style>@import 'x'</style>")}, False),
        ({"image/svg+xml": "<svg><g></svg>"}, False),
        ({"application/vnd.jupyter.widget-view+json": {"model_id": "1"}, "text/plain": "Interactive figure"}, True),
    ],
)
def test_outputs(safety, data, is_allowed):
    faults = safety.faults_of_output({"output_type": "display_data", "data": data})
    assert (faults == []) is is_allowed


def test_figures_of_matplotlib_are_allowed(safety, tmp_path):
    plotting.network([2, 3, 1]).figure.savefig(tmp_path / "network.svg")
    plotting.images(np.zeros((2, 784)), ["a", "b"]).figure.savefig(tmp_path / "images.svg")
    for path in tmp_path.iterdir():
        assert safety.faults_of_svg(path.read_text(encoding="utf-8")) == []


# --- the pages -----------------------------------------------------------------------------------


def test_the_book_is_not_built_from_a_notebook_that_brings_a_script(book_module, tmp_path):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("<script>alert(1)</script>")])
    nbformat.write(notebook, tmp_path / "01_planted.ipynb")
    with pytest.raises(ValueError, match=r"01_planted.ipynb, cell \S+ contains HTML: '<script>"):
        book_module.refuse_active_content([tmp_path / "01_planted.ipynb"], "You can.", [])
    with pytest.raises(ValueError, match=r"README.md contains a directive"):
        book_module.refuse_active_content([], "```{include} /etc/passwd\n```", [])


def test_every_page_allows_its_own_scripts_and_no_others(book):
    pages = sorted(book.rglob("*.html"))
    assert len(pages) > 15
    for path in pages:
        text = path.read_text(encoding="utf-8")
        (policy,) = POLICY.findall(text)
        assert text.index(policy) < text.index("<script"), path.name
        rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split("; ")}
        assert rules["default-src"] == rules["base-uri"] == ["'none'"]
        inline = [tag.string for tag in BeautifulSoup(text, "html.parser").find_all("script") if not tag.get("src")]
        hashes = {base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in inline}
        figures = {"blob:"} if "_static/live/page.js" in text else set()  # scripts of figures, which a cell has made
        assert set(rules["script-src"]) == {"'self'", *(f"'sha256-{digest}'" for digest in hashes)} | figures, path.name


def test_a_page_with_a_foreign_script_is_not_published(book_module, tmp_path):
    page = tmp_path / "page.html"
    for script, is_own in [("DOCUMENTATION_OPTIONS.pagename = 'index';", True), ("alert(1)", False)]:
        page.write_text(f'<meta content="POLICY-OF-THE-PAGE"><script>{script}</script>', encoding="utf-8")
        if is_own:
            book_module.restrict(tmp_path)
            assert "script-src 'self' 'sha256-" in page.read_text(encoding="utf-8")
        else:
            with pytest.raises(
                ValueError, match=r"page.html contains an inline script that does not belong to the book: 'alert"
            ):
                book_module.restrict(tmp_path)
    page.write_text("<p>no place</p>", encoding="utf-8")
    with pytest.raises(ValueError, match="no placeholder for its policy"):
        book_module.restrict(tmp_path)


PLANTED = """<script>ran.push("script")</script><img src="x.png" onerror="ran.push('handler')">
<iframe srcdoc="<script>parent.ran.push('frame')</script>"></iframe>
<a id="planted" href="javascript:void ran.push('link')">x</a>"""


COUNT = """window.ran = []; window.stopped = 0
addEventListener("securitypolicyviolation", event => {
    if (event.effectiveDirective.startsWith("script")) top.stopped++
})"""


@pytest.mark.parametrize(("has_policy", "ran"), [(True, []), (False, ["frame", "handler", "link", "script"])])
def test_what_is_planted_in_a_page_runs_only_without_the_policy(book, tmp_path, has_policy, ran):
    text = (book / "data.html").read_text(encoding="utf-8")
    text = re.sub(r"(<article[^>]*>)", lambda match: match[1] + PLANTED, text, count=1)
    (tmp_path / "data.html").write_text(text if has_policy else POLICY.sub("", text), encoding="utf-8")
    (tmp_path / "_static").symlink_to(book / "_static")
    with served(tmp_path) as address, launched(NO_OTHER_HOST) as browser:
        page = browser.new_page()
        page.add_init_script(COUNT)
        page.goto(f"{address}/data.html", wait_until="load")
        page.locator("#planted").click()
        wait_for(page, "ran.length + stopped >= 4")
        assert (sorted(set(page.evaluate("ran"))), page.evaluate("stopped")) == (ran, 0 if ran else 4)
