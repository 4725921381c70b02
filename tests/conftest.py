"""Settings and fixtures for the unit tests.

Figures are drawn without a window. This only affects the test process, because the kernels that run the notebooks
use their own backend.
"""

import contextlib
import importlib.util
import shutil
import signal
import subprocess
import tarfile
import tempfile
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import pytest
from hypothesis import settings

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


@pytest.fixture(autouse=True)
def stop_button():
    """Enable the stop button, which is ignored where tests run in the background."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


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


def _from_npm(package):
    """Return the folder of a package from npm, which is downloaded once and kept in build/."""
    folder = Path(__file__).resolve().parents[1] / "build" / package
    if not folder.is_dir():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip(f"npm is not installed: it provides {package}")
        folder.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
            command = [npm, "pack", package, "--silent", "--pack-destination", scratch]
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode:
                pytest.skip(f"npm could not fetch {package}: {done.stderr[-300:]}")
            with tarfile.open(next(Path(scratch).glob("*.tgz"))) as files:
                files.extractall(scratch, filter="data")
            with contextlib.suppress(OSError):  # another process may have been faster
                (Path(scratch) / "package").rename(folder)
    return folder


@pytest.fixture(scope="session")
def axe():
    """Provide the script of axe-core, which checks the accessibility of a page."""
    return (_from_npm("axe-core@4.14.1") / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def typescript():
    """Provide the path of TypeScript's type checker, which is a script for Node.js in versions below 7."""
    if not shutil.which("node"):
        pytest.skip("npm is not installed: Node.js runs the type checker")
    return _from_npm("typescript@6.0.3") / "lib" / "tsc.js"
