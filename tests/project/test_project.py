"""Tests that the links, lessons, files and commands mentioned in README.md and CONTRIBUTING.md exist."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
UNSAFE = re.compile(r"(pickle|dill|marshal|shelve)(\..*)?|((__)?builtins(__)?\.)?(eval|exec)\(\)|allow_pickle=True")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("text", "least"), [(README, 6), (CONTRIBUTING, 3)], ids=["README", "CONTRIBUTING"])
def test_links_lead_somewhere(text, least):
    targets = [target for target in re.findall(r"\]\(([^)\s]+)\)", text) if not target.startswith("https://")]
    assert len(targets) >= least
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_contributing_names_files_and_lists_that_are_there():
    paths = set(re.findall(r"(?:helpers|tests|data|notebooks|\.github)/[\w./]*\w", CONTRIBUTING))
    assert len(paths) > 12
    assert [path for path in paths if not list(ROOT.glob(path.replace("NN", "01")))] == []
    lists = set(re.findall(r"`([A-Z_]{4,})`", CONTRIBUTING))
    assert len(lists) > 5
    code = "\n".join(
        path.read_text(encoding="utf-8") for path in (*ROOT.glob("helpers/**/*.py"), *ROOT.glob("tests/**/*.py"))
    )
    assert [name for name in lists if not re.search(rf"^{name} \|?= ", code, re.MULTILINE)] == []


def test_the_map_is_the_series():
    assert re.findall(r"notebooks/(\w+\.ipynb)\)", README) == sorted(
        path.name for path in (ROOT / "notebooks").glob("*.ipynb")
    )


def test_commands_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^(\w+):", makefile, re.MULTILINE))
    assert {"lab", "test", "bench", "reproduce"} <= targets
    assert set(re.findall(r"`make (\w+)", README + CONTRIBUTING)) <= targets


def test_nothing_is_unpickled_or_evaluated_in_the_package():
    """Learners' answers are executed by one file alone, which first takes all rights away from its process."""
    worker = ROOT / "helpers" / "exercises" / "worker.py"
    assert "confinement.confine(" in worker.read_text(encoding="utf-8").split("for number, cell")[0]
    for path in {*(ROOT / "helpers").rglob("*.py")} - {worker}:
        assert unsafe(path.read_text(encoding="utf-8")) == [], path.name


def unsafe(code):
    """Return the nodes of a program that unpickle or evaluate."""
    found = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom):
            names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.Call):
            names = [f"{ast.unparse(node.func)}()", *(f"{k.arg}={ast.unparse(k.value)}" for k in node.keywords)]
        else:
            continue
        found += [name for name in names if UNSAFE.fullmatch(name)]
    return found


@pytest.mark.parametrize(
    "code",
    ["import pickle", "from pickle import loads", "builtins.exec('1')", "eval(x)", "np.load(x, allow_pickle=True)"],
)
def test_what_unpickles_or_evaluates_is_found(code):
    assert len(unsafe(code)) >= 1
