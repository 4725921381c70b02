"""The book, built once, and a server for it; skipped where the packages that build it are not installed."""

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from chromium import served

ROOT = Path(__file__).resolve().parents[2]
AXE = "axe-core@4.14.1"  # accessibility rules, from npm


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


@pytest.fixture(scope="session")
def axe():
    """The script of axe-core, downloaded once and kept in build/."""
    kept = ROOT / "build" / f"{AXE}.js"
    if not kept.is_file():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip(f"npm is not installed: it brings {AXE}")
        kept.parent.mkdir(exist_ok=True)
        done = subprocess.run(
            [npm, "pack", AXE, "--silent", "--pack-destination", str(kept.parent)], capture_output=True, text=True
        )
        if done.returncode:
            pytest.skip(f"npm could not fetch {AXE}: {done.stderr[-300:]}")
        archive = kept.parent / f"{AXE.replace('@', '-')}.tgz"
        with tarfile.open(archive) as files:
            kept.write_bytes(files.extractfile("package/axe.min.js").read())
        archive.unlink()
    return kept.read_text(encoding="utf-8")
