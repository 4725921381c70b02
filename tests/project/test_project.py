"""README and CONTRIBUTING are accurate: the links, lessons, files and commands that they name exist."""

import ast
import re
from pathlib import Path

import pytest

import helpers

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
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


def imported_folders(code):
    """Names of the folders of `helpers` that a piece of code imports from, inside functions too."""
    names = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name.split(".")[1] for name in names if name.startswith("helpers.")}


@pytest.mark.parametrize(
    ("code", "folders"),
    [
        ("import helpers.training.blocks", {"training"}),
        ("from helpers import plotting, widgets", {"plotting", "widgets"}),
        ("def f():\n    from helpers.backprop.losses import OUTPUTS\n    import numpy", {"backprop"}),
    ],
)
def test_imports_are_found(code, folders):
    assert imported_folders(code) == folders


FOLDERS = re.findall(r"^    (\w+) {2,}\S", helpers.__doc__, re.MULTILINE)


def test_every_folder_of_the_package_is_listed():
    assert sorted(FOLDERS) == sorted(path.parent.name for path in (ROOT / "helpers").glob("*/__init__.py"))
    assert [path.name for path in (ROOT / "helpers").glob("*.py")] == ["__init__.py"]


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_imports_only_from_those_above_it_in_the_list(folder):
    allowed = {*FOLDERS[: FOLDERS.index(folder)], folder}
    for path in (ROOT / "helpers" / folder).rglob("*.py"):
        assert imported_folders(path.read_text(encoding="utf-8")) <= allowed, path.name


def test_nothing_is_unpickled_or_evaluated_in_the_package():
    for path in (ROOT / "helpers").rglob("*.py"):
        code = path.read_text(encoding="utf-8")
        assert not re.search(r"\bimport pickle\b|allow_pickle=True|(?<![\w.])(eval|exec)\(", code), path.name


def test_global_random_state_is_not_used_in_the_package():
    for path in (ROOT / "helpers").rglob("*.py"):
        code = path.read_text(encoding="utf-8")
        assert not re.search(r"np\.random\.(seed|rand|randn|random|shuffle|permutation|choice)\(", code), path.name
