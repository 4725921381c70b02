"""Tests that every new name in the tables of the changelog can be imported."""

import re
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = re.findall(r"^\| (`.+?) \| (.+) \|$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
NAME = re.compile(r"`(helpers(?:\.\w+)+)")
NEW = sorted({name for _, new in ROWS for name in NAME.findall(new)})


def find(name):
    """Return the module or attribute with a dotted name.

    The longest part of the name that is a module is imported, and the remaining parts are looked up as attributes.
    """
    try:
        return import_module(name)
    except ModuleNotFoundError:
        parent, _, last = name.rpartition(".")
        return getattr(find(parent), last)


def test_the_tables_are_read():
    assert len(ROWS) > 50
    assert len(NEW) > 100


@pytest.mark.parametrize("name", NEW)
def test_a_new_name_can_be_imported(name):
    assert find(name) is not None


@pytest.mark.parametrize("name", ["helpers.no_such_module", "helpers.backprop.network.no_such_function"])
def test_a_missing_name_is_noticed(name):
    with pytest.raises((AttributeError, ModuleNotFoundError)):
        find(name)
