"""What every committed notebook must be; nbval then executes it and compares the outputs.

Each rule is a function from a notebook to a list of faults. Each is tried on the real notebooks,
where it must find nothing, and on a notebook with that very fault planted, where it must find it.
"""

import ast
import copy
import importlib.util
import re
from pathlib import Path

import nbformat
import pytest
from nbval.plugin import get_sanitize_patterns

ROOT = Path(__file__).resolve().parents[2]
PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LESSONS = [path for path in PATHS if re.match(r"0[1-9]|1", path.name)]  # 00 is the map, errata and notation are lists

# Cells whose output nbval does not compare: a time. Each stands beside an assertion on what matters.
IGNORED = {"05_check_gradients.ipynb": 1, "10_scale_out.ipynb": 1}
MOST_LINES = 15
MOST_BYTES = 1_500_000  # of a notebook with its figures
SILENT = re.compile(r"plotting\.use_style\(\)|Network\.\w+(, Network\.\w+)* = ")
ABSOLUTE = re.compile(r"(?<![\w.:/])/(home|root|Users|tmp|usr|opt|var|mnt|etc|work|private)/|\b[A-Za-z]:\\|file://")


WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"

_SPEC = importlib.util.spec_from_file_location("site_safety", ROOT / "site" / "safety.py")
safety = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(safety)


def read(path):
    return nbformat.read(path, as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def speaks(source):
    """Whether running these lines shows something: a print, a figure, a check, or a value at the end."""
    body = ast.parse(source).body
    outside = [
        node for node in body if not isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom))
    ]
    calls = {ast.unparse(node.func) for top in outside for node in ast.walk(top) if isinstance(node, ast.Call)}
    if calls & {"print", "plt.show", "check", "quiz", "keep", "progress"}:
        return True
    return isinstance(body[-1], ast.Expr) and not SILENT.match(ast.unparse(body[-1]))


def outputs_are_there(name, notebook):
    return [f"cell {c.id} has no output" for c in code_cells(notebook) if speaks(c.source) and not c.outputs]


def counts_are_sequential(name, notebook):
    counts = [cell.execution_count for cell in code_cells(notebook)]
    return [] if counts == list(range(1, len(counts) + 1)) else [f"execution counts are {counts}"]


def nothing_went_wrong(name, notebook):
    faults = [(c.id, o) for c in code_cells(notebook) for o in c.outputs]
    return [f"{i}: error or stderr" for i, o in faults if o.output_type == "error" or o.get("name") == "stderr"]


def tags_are_listed(name, notebook):
    tagged = [cell for cell in notebook.cells if cell.metadata.get("tags")]
    faults = [f"cell {c.id} has tags {c.metadata.tags}" for c in tagged if c.metadata.tags != ["nbval-ignore-output"]]
    faults += [f"cell {c.id} is ignored without an assertion" for c in tagged if "assert" not in c.source]
    faults += [f"cell {c.id} has a marker" for c in code_cells(notebook) if re.search("nbval", c.source, re.IGNORECASE)]
    if len(tagged) != IGNORED.get(name, 0):
        faults.append(f"{len(tagged)} cells are tagged, {IGNORED.get(name, 0)} are listed")
    return faults


def cells_are_short(name, notebook):
    lines = {c.id: len([line for line in c.source.splitlines() if line.strip()]) for c in code_cells(notebook)}
    return [f"cell {i} has {n} lines" for i, n in lines.items() if not 0 < n <= MOST_LINES]


def paths_are_relative(name, notebook):
    texts = [(cell.id, cell.source) for cell in notebook.cells]
    for cell in code_cells(notebook):
        for output in cell.outputs:
            texts += [(cell.id, output.get("text", "")), (cell.id, str(output.get("data", {}).get("text/plain", "")))]
            texts += [(cell.id, str(output.get("data", {}).get("text/html", "")))]
    return [f"cell {i}: {ABSOLUTE.search(text)[0]}" for i, text in texts if ABSOLUTE.search(text)]


def figures_have_captions(name, notebook):
    faults, number = [], 0
    for cell, following in zip(notebook.cells, [*notebook.cells[1:], None], strict=True):
        shown = [o.get("data", {}) for o in cell.get("outputs", [])]
        if any("image/png" in data and WIDGET_VIEW not in data for data in shown):  # a widget brings its still along
            number += 1
            text = following.source if following and following.cell_type == "markdown" else ""
            if not re.match(rf"\*\*Figure {number}\.\*\* .{{60,}}", text):
                faults.append(f"cell {cell.id}: the next cell is not the caption of Figure {number}")
    return faults


def links_lead_somewhere(name, notebook):
    faults = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            prose = re.sub(r"\$\$.*?\$\$|\$.*?\$", "", cell.source, flags=re.DOTALL)  # [l](i) in a formula is no link
            for target in re.findall(r"\]\(([^)\s]+)\)", prose):
                if not target.startswith("https://") and not (ROOT / "notebooks" / target.split("#")[0]).is_file():
                    faults.append(f"cell {cell.id}: {target} is not there")
    return faults


def nothing_is_said_twice(name, notebook):
    faults = []
    for cell in notebook.cells:
        sentences = re.split(r"(?<=[.!?])\s+", cell.source) if cell.cell_type == "markdown" else []
        said = {sentence for sentence in sentences if len(sentence) > 25 and sentences.count(sentence) > 1}
        faults += [f"cell {cell.id} says twice: {sentence}" for sentence in said]
    return faults


def prose_stands_before_code(name, notebook):
    pairs = zip(notebook.cells, notebook.cells[1:], strict=False)
    return [f"cell {b.id} follows code" for a, b in pairs if a.cell_type == b.cell_type == "code"]


def anatomy_is_that_of_a_lesson(name, notebook):
    first, text = notebook.cells[0].source, "\n".join(cell.source for cell in notebook.cells)
    if name in ("errata.ipynb", "notation.ipynb"):
        return [] if re.match(r"# .*Reading time", first, re.DOTALL) else ["the first cell has no title or no time"]
    wanted = ["**You will build**", "**You will learn**", "**You need**", "Reading time"]
    faults = [f"the first cell lacks {words!r}" for words in wanted if words not in first]
    wanted = ["## You can now", "### Quick questions", "### Sources"]
    faults += [f"{words!r} is missing" for words in wanted if words not in text]
    places = [text.find(words) for words in wanted]
    faults += [] if places == sorted(places) else [f"the order is not {wanted}"]
    return faults + ([] if first.startswith("# ") else ["the first cell has no title"])


def format_is_clean(name, notebook):
    faults = [] if (notebook.nbformat, notebook.nbformat_minor) == (4, 5) else ["the format is not 4.5"]
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    if notebook.metadata != {"kernelspec": kernel, "language_info": {"name": "python"}}:
        faults.append("the metadata holds more or less than kernelspec and language_info.name")
    ids = [cell.id for cell in notebook.cells]
    faults += [] if len(ids) == len(set(ids)) else ["cell ids repeat"]
    return faults + [
        f"cell {c.id} has metadata {dict(c.metadata)}" for c in notebook.cells if set(c.metadata) - {"tags"}
    ]


def stub_is_untouched(name, notebook):
    checks = [c for c in code_cells(notebook) if re.search(r"^(check|quiz|keep)\(", c.source, re.MULTILINE)]
    return [
        f"cell {c.id} is answered" for c in checks if not str(c.outputs).count("Not done yet") or "✓" in str(c.outputs)
    ]


def it_is_not_too_large(name, notebook):
    size = len(nbformat.writes(notebook).encode())
    return [] if size <= MOST_BYTES else [f"the notebook has {size} bytes"]


def nothing_runs_on_the_site(name, notebook):
    return safety.faults_of_notebook(notebook)


RULES = [
    outputs_are_there,
    counts_are_sequential,
    nothing_went_wrong,
    tags_are_listed,
    cells_are_short,
    paths_are_relative,
    figures_have_captions,
    links_lead_somewhere,
    prose_stands_before_code,
    nothing_is_said_twice,
    anatomy_is_that_of_a_lesson,
    format_is_clean,
    stub_is_untouched,
    it_is_not_too_large,
    nothing_runs_on_the_site,
]


def test_the_series_is_complete():
    assert [path.name[:2] for path in PATHS] == [
        "00",
        "01",
        "02",
        "03",
        "04",
        "05",
        "06",
        "07",
        "08",
        "09",
        "10",
        "11",
        "12",
        "er",
        "no",
    ]


def test_the_map_gives_the_reading_time_of_each_lesson():
    the_map = "\n".join(cell.source for cell in read(ROOT / "notebooks" / "00_start_here.ipynb").cells)
    rows = dict(re.findall(r"^\| \[\d\d [^\]]+\]\((\w+\.ipynb)\) \| .* \| (\d+) \|$", the_map, re.MULTILINE))
    assert rows == {path.name: re.search(r"Reading time (\d+) min", read(path).cells[0].source)[1] for path in LESSONS}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_notebook_keeps_the_rule(path, rule):
    assert rule(path.name, read(path)) == []


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_lesson_shows_its_check_and_moves(path):
    notebook = read(path)
    shown = "".join(o.get("text", "") for cell in code_cells(notebook) for o in cell.outputs)
    errors = re.findall(r"relative error (?:<|below )?(\S+?e-\d\d)", shown)
    assert errors and min(map(float, errors)) < 1e-7
    if path.stem < "05":  # lesson 05 shows wrong gradients on purpose
        assert max(map(float, errors)) < 1e-7
    assert any("widget-view" in str(o.get("data", {}).keys()) for cell in code_cells(notebook) for o in cell.outputs)
    done = ["Not done yet" in str(cell.outputs) for cell in code_cells(notebook)]
    assert sum(done) >= 4  # three exercises, questions
    assert "Predict, then run" in str(notebook)


def test_each_mistake_of_the_sources_has_its_proof_and_its_lesson():
    cells = read(ROOT / "notebooks" / "errata.ipynb").cells
    entries = [(i, cell) for i, cell in enumerate(cells) if re.search(r"^### \d+\. ", cell.source, re.MULTILINE)]
    numbers = [int(re.search(r"^### (\d+)\. ", cell.source, re.MULTILINE)[1]) for _, cell in entries]
    assert numbers == list(range(1, 34))
    for i, cell in entries:
        assert "**Correct:**" in cell.source or "**Answer:**" in cell.source
        assert re.search(r"\bassert\b|AssertionError", cells[i + 1].source), cell.source
        targets = re.findall(r"\[lesson \d\d\]\((\w+\.ipynb)\)((?:(?:,| and) \*[^*]+\*)*)", cell.source)
        assert targets, cell.source
        for name, sections in targets:
            text = "\n".join(other.source for other in read(ROOT / "notebooks" / name).cells)
            for section in re.findall(r"\*([^*]+)\*", sections):
                assert re.search(rf"^#+ {re.escape(section)}$", text, re.MULTILINE), (name, section)


# --- each rule finds its fault -------------------------------------------------------------------


def first(notebook, kind=lambda cell: True):
    return next(cell for cell in notebook.cells if kind(cell))


def printing(cell):
    return cell.cell_type == "code" and "print(" in cell.source and bool(cell.outputs)


def drawing(cell):
    shown = [o.get("data", {}) for o in cell.get("outputs", [])]
    return any("image/png" in data and WIDGET_VIEW not in data for data in shown)


def no_outputs(n):
    first(n, printing).outputs = []


def no_figure(n):
    first(n, drawing).outputs = []


def wrong_count(n):
    first(n, printing).execution_count = 99


def error_output(n):
    first(n, printing).outputs.append(nbformat.v4.new_output("error", ename="E", evalue="", traceback=[]))


def stderr_output(n):
    first(n, printing).outputs.append(nbformat.v4.new_output("stream", name="stderr", text="warning"))


def unlisted_ignore(n):
    first(n, printing).metadata["tags"] = ["nbval-ignore-output"]


def skip(n):
    first(n, printing).metadata["tags"] = ["nbval-skip"]


def marker(n):
    first(n, printing).source += "\n# NBVAL_IGNORE_OUTPUT"


def long_cell(n):
    first(n, printing).source += "\nx = 1" * 15


def absolute_source(n):
    first(n, printing).source += '\nopen("/home/me/data.csv")'


def absolute_windows(n):
    first(n, printing).source += '\nopen(r"C:\\data.csv")'


def absolute_output(n):
    first(n, printing).outputs[0].text = "/tmp/ipykernel_1/2.py:1: UserWarning"


def caption_gone(n):
    n.cells.insert(n.cells.index(first(n, drawing)) + 1, nbformat.v4.new_markdown_cell("Look."))


def caption_misnumbered(n):
    cell = n.cells[n.cells.index(first(n, drawing)) + 1]
    cell.source = cell.source.replace("Figure 1", "Figure 2")


def dead_link(n):
    n.cells[0].source += "[next](99_nowhere.ipynb)"


def code_after_code(n):
    cell = nbformat.v4.new_code_cell("y = 2")
    n.cells.insert(n.cells.index(first(n, printing)) + 1, cell)


def doubled_paragraph(n):
    first(n, lambda cell: cell.cell_type == "markdown").source *= 2


def promise_gone(n):
    n.cells[0].source = n.cells[0].source.replace("**You will learn**", "")


def widget_state(n):
    n.metadata["widgets"] = {}


def repeated_id(n):
    n.cells[2].id = n.cells[1].id


def solved(n):
    cell = first(n, lambda cell: cell.cell_type == "code" and "check(" in cell.source and "answer" in cell.source)
    cell.outputs[0].data = {"text/plain": "✓ Right.", "text/markdown": "✓ **Right.**"}


def one_question_answered(n):
    cell = first(n, lambda cell: cell.cell_type == "code" and "quiz(" in cell.source)
    cell.outputs[0].data["text/plain"] = "○ q1: Not done yet.\n✓ q2: Right."


def huge_figure(n):
    first(n, drawing).outputs[0].data["image/png"] = "A" * MOST_BYTES


def script_in_prose(n):
    n.cells[0].source += "\n\n<script>alert(1)</script>"


def handler_in_prose(n):
    n.cells[0].source += "\n\n<img src=x onerror=alert(1)>"


def javascript_link(n):
    n.cells[0].source += "[go](javascript:alert(1))"


def included_file(n):
    n.cells[0].source += "\n\n```{include} /etc/passwd\n```"


def raw_cell(n):
    n.cells.append(nbformat.v4.new_raw_cell("<script>alert(1)</script>"))


def attached_file(n):
    n.cells[0]["attachments"] = {"a.svg": {"image/svg+xml": "PHN2Zz4="}}


def javascript_output(n):
    first(n, printing).outputs.append(nbformat.v4.new_output("display_data", {"application/javascript": "alert(1)"}))


def script_output(n):
    first(n, printing).outputs.append(nbformat.v4.new_output("display_data", {"text/html": "<script>1</script>"}))


def handler_output(n):
    first(n, printing).outputs.append(nbformat.v4.new_output("display_data", {"text/html": "<p onclick='x()'>"}))


def script_in_drawing(n):
    drawing = "<svg><script>alert(1)</script></svg>"
    first(n, printing).outputs.append(nbformat.v4.new_output("display_data", {"image/svg+xml": drawing}))


def executed_by_the_build(n):
    n.metadata["mystnb"] = {"execution_mode": "force"}


PLANTED = [
    (no_outputs, outputs_are_there),
    (no_figure, outputs_are_there),
    (wrong_count, counts_are_sequential),
    (error_output, nothing_went_wrong),
    (stderr_output, nothing_went_wrong),
    (unlisted_ignore, tags_are_listed),
    (skip, tags_are_listed),
    (marker, tags_are_listed),
    (long_cell, cells_are_short),
    (absolute_source, paths_are_relative),
    (absolute_windows, paths_are_relative),
    (absolute_output, paths_are_relative),
    (caption_gone, figures_have_captions),
    (caption_misnumbered, figures_have_captions),
    (dead_link, links_lead_somewhere),
    (code_after_code, prose_stands_before_code),
    (doubled_paragraph, nothing_is_said_twice),
    (promise_gone, anatomy_is_that_of_a_lesson),
    (widget_state, format_is_clean),
    (repeated_id, format_is_clean),
    (solved, stub_is_untouched),
    (one_question_answered, stub_is_untouched),
    (huge_figure, it_is_not_too_large),
    (script_in_prose, nothing_runs_on_the_site),
    (handler_in_prose, nothing_runs_on_the_site),
    (javascript_link, nothing_runs_on_the_site),
    (included_file, nothing_runs_on_the_site),
    (raw_cell, nothing_runs_on_the_site),
    (attached_file, nothing_runs_on_the_site),
    (javascript_output, nothing_runs_on_the_site),
    (script_output, nothing_runs_on_the_site),
    (handler_output, nothing_runs_on_the_site),
    (script_in_drawing, nothing_runs_on_the_site),
    (executed_by_the_build, nothing_runs_on_the_site),
]


def test_every_rule_is_tried():
    assert {rule for _, rule in PLANTED} == set(RULES)


@pytest.mark.parametrize(("plant", "rule"), PLANTED, ids=lambda item: item.__name__)
def test_a_planted_fault_is_found(plant, rule):
    path = LESSONS[0]
    notebook = copy.deepcopy(read(path))
    plant(notebook)
    assert rule(path.name, notebook)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("dW: relative error 3e-11", True),
        ("dW: relative error 2e-08", True),
        ("dW: relative error 3e-07", False),
        ("dW: relative error 2e-01", False),
        ("cost 3e-11", False),
    ],
)
def test_the_one_number_that_is_compared_loosely_is_a_small_relative_error(text, same):
    """The other rule, for drawings, is tried in tests/plotting/test_look.py."""
    rules = get_sanitize_patterns((ROOT / "tests" / "nbval_sanitize.cfg").read_text(encoding="utf-8"))
    assert len(rules) == 2
    for pattern, replacement in rules:
        text = re.sub(pattern, replacement, text)
    assert ("BELOW-1e-7" in text) is same
