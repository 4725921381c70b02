"""Tests of the structure of `helpers`.

They check which folder may import from which others, and limit the length of files and functions. A folder is called
a room here, and may import only from rooms on lower floors.
"""

import ast
from fnmatch import fnmatch
from pathlib import Path

import pytest

HELPERS = Path(__file__).resolve().parents[2] / "helpers"
FLOORS = (
    ("system",),
    ("backprop",),
    ("gradient_check", "training"),
    ("autograd", "cluster"),
    ("exercises",),  # those of lesson 09 use the engine of automatic differentiation
    ("datasets", "plotting"),
    ("widgets",),
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
LONGEST_FILE, LONGEST_FUNCTION = 300, 25
# These files may be longer, for the reasons given.
LONG = {
    "exercises/lesson_*.py": "a catalogue of exercises with their common mistakes",
    "gradient_check/bug_zoo.py": "a catalogue of bugs, each of which is a complete backward pass",
    "gradient_check/mistakes.py": "a catalogue of about 400 mistakes that are looked up one at a time",
    "training/neural_network.py": "a single class, most of which is the documentation of its options",
}
# These files may contain longer functions.
LONG_FUNCTIONS = {"gradient_check/mistakes.py": "a table with one mistake on each line"}


def uses(source):
    """Yield pairs of a room from which a file imports and the line number of the import."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.level:
            yield "a relative import, whose room cannot be seen", node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module == "helpers":
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("helpers."):
            yield node.module.split(".")[1], node.lineno
        elif isinstance(node, ast.Import):
            yield from ((a.name.split(".")[1], node.lineno) for a in node.names if a.name.startswith("helpers."))


def climbing(room, source):
    """Return the imports of a file in `room` that are not from a lower floor."""
    return [(used, line) for used, line in uses(source) if used != room and FLOOR.get(used, 99) >= FLOOR[room]]


def functions_too_long(source):
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
            if node.end_lineno - first.lineno + 1 > LONGEST_FUNCTION:
                found.append((node.name, node.end_lineno - first.lineno + 1))
    return found


FILES = sorted(path.relative_to(HELPERS).as_posix() for path in HELPERS.rglob("*.py") if path.parent != HELPERS)


def test_every_folder_has_its_floor():
    assert {name.split("/")[0] for name in FILES} == set(FLOOR)
    assert [path.name for path in HELPERS.glob("*.py")] == ["__init__.py"]


@pytest.mark.parametrize("name", FILES)
def test_a_room_uses_lower_floors_alone(name):
    assert climbing(name.split("/")[0], (HELPERS / name).read_text("utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "from helpers import widgets",
        "from helpers.plotting.style import INK",
        "import helpers.training.blocks",
        "from ..widgets import playground",
    ],
)
def test_an_import_that_climbs_is_found(source):
    assert len(climbing("gradient_check", source)) == 1


@pytest.mark.parametrize("name", FILES)
def test_files_and_functions_are_read_in_one_sitting(name):
    source = (HELPERS / name).read_text("utf-8")
    lines = len(source.splitlines())
    assert lines <= LONGEST_FILE or any(fnmatch(name, pattern) for pattern in LONG), f"{name}: {lines} lines"
    assert bool(functions_too_long(source)) == (name in LONG_FUNCTIONS), functions_too_long(source)


@pytest.mark.parametrize("path", sorted((HELPERS.parent / "site").rglob("*.py")), ids=lambda path: path.name)
def test_so_are_those_of_the_site(path):
    source = path.read_text("utf-8")
    assert len(source.splitlines()) <= LONGEST_FILE and functions_too_long(source) == []


@pytest.mark.parametrize("pattern", LONG)
def test_what_may_be_long_is_long(pattern):
    """Files that have become short enough are removed from the list of exceptions."""
    lengths = [len(path.read_text("utf-8").splitlines()) for path in HELPERS.glob(pattern)]
    assert max(lengths, default=0) > LONGEST_FILE


def test_a_long_function_is_found():
    body = "\n".join(["    x = 1"] * 26)
    assert functions_too_long(f'def f():\n    """Say."""\n{body}') == [("f", 26)]


@pytest.mark.parametrize("room", sorted(FLOOR))  # the order of a set differs between processes
def test_each_folder_says_what_it_is_for_and_in_which_order_to_read_it(room):
    """The docstring of a folder's `__init__.py` mentions every module in the folder."""
    doc = ast.get_docstring(ast.parse((HELPERS / room / "__init__.py").read_text("utf-8")))
    assert "read" in doc.lower() or room in ("exercises", "widgets")
    modules = {path.stem for path in (HELPERS / room).glob("*.py")} - {"__init__", "__main__"}
    missing = {name for name in modules if f"`{name}`" not in doc} if room not in ("exercises", "widgets") else set()
    assert missing == set()


def test_no_two_files_of_tests_have_the_same_name():
    names = [path.name for path in (HELPERS.parent / "tests").rglob("test_*.py")]
    assert sorted(names) == sorted(set(names))  # pytest imports them by their names alone
