"""The book, built once, and a server for it; skipped where the packages that build it are not installed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from chromium import served

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def write_book():
    """Function that runs the command to build the book in a folder and returns the completed process."""
    for name in ("sphinx", "myst_nb", "sphinx_book_theme"):
        pytest.importorskip(name, reason="the book needs more: pip install -r site/requirements.txt")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}

    def run(out, **more):
        command = [sys.executable, str(ROOT / "site" / "book.py"), str(out)]
        return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=environment | more)

    return run


@pytest.fixture(scope="session")
def book(tmp_path_factory, write_book):
    """The folder with the pages of the book."""
    out = tmp_path_factory.mktemp("book") / "pages"
    done = write_book(out)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.fixture(scope="session")
def address(book):
    """The address of the book on this machine."""
    with served(book) as address:
        yield address
