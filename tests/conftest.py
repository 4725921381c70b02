"""Settings and fixtures for the unit tests.

Figures are drawn without a window. This only affects the test process, because the kernels that run the notebooks
use their own backend.
"""

import importlib.util
import shutil
import subprocess
import tarfile
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import pytest
from hypothesis import settings

AXE = "axe-core@4.14.1"  # accessibility rules, from npm

matplotlib.use("Agg")
# Examples have no time limit, because some machines are slow. Every run uses the same examples, so that failures can be
# reproduced.
settings.register_profile("lessons", deadline=None, derandomize=True)
settings.load_profile("lessons")


@pytest.fixture(autouse=True)
def no_figure_left_open():
    """Close all figures after each test."""
    yield
    plt.close("all")


@pytest.fixture(scope="session")
def site_module():
    """Return a function that imports the module site/NAME.py, given its name, because `site` is not a package."""

    def load(name):
        place = Path(__file__).resolve().parents[1] / "site"
        spec = importlib.util.spec_from_file_location(f"site_{name}", place / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        with pytest.MonkeyPatch.context() as patch:
            patch.syspath_prepend(place)  # so that it can import other modules in the same folder
            spec.loader.exec_module(module)
        return module

    return load


@pytest.fixture(scope="session")
def axe():
    """The script of axe-core, downloaded once and kept in build/."""
    kept = Path(__file__).resolve().parents[1] / "build" / f"{AXE}.js"
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
