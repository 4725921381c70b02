"""The README keeps its word: its links lead somewhere, its lessons are those that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_links_lead_somewhere():
    targets = [target for target in re.findall(r"\]\(([^)\s]+)\)", README) if not target.startswith("https://")]
    assert len(targets) > 5
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_the_map_is_the_series():
    assert re.findall(r"notebooks/(\w+\.ipynb)\)", README) == sorted(
        path.name for path in (ROOT / "notebooks").glob("*.ipynb")
    )


def test_commands_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^(\w+):", makefile, re.MULTILINE))
    assert {"lab", "test", "bench", "reproduce"} <= targets
    assert set(re.findall(r"`make (\w+)`", README)) <= targets


def test_nothing_is_unpickled_or_evaluated_in_the_package():
    for path in (ROOT / "helpers").rglob("*.py"):
        code = path.read_text(encoding="utf-8")
        assert not re.search(r"\bimport pickle\b|allow_pickle=True|(?<![\w.])(eval|exec)\(", code), path.name


def test_global_random_state_is_not_used_in_the_package():
    for path in (ROOT / "helpers").rglob("*.py"):
        code = path.read_text(encoding="utf-8")
        assert not re.search(r"np\.random\.(seed|rand|randn|random|shuffle|permutation|choice)\(", code), path.name
