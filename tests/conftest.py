"""Unit tests draw without a window. Set in this process only: kernels of the notebooks keep their own backend."""

import importlib.util
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import pytest
from hypothesis import settings

matplotlib.use("Agg")
# No time limit for an example: machines differ. The same examples in every run: a failure stays.
settings.register_profile("lessons", deadline=None, derandomize=True)
settings.load_profile("lessons")


@pytest.fixture(autouse=True)
def no_figure_left_open():
    """Each test starts and ends without figures."""
    yield
    plt.close("all")


@pytest.fixture(scope="session")
def site_module():
    """Function from a name to the module site/NAME.py, which is in no package."""

    def load(name):
        place = Path(__file__).resolve().parents[1] / "site"
        spec = importlib.util.spec_from_file_location(f"site_{name}", place / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        with pytest.MonkeyPatch.context() as patch:
            patch.syspath_prepend(place)  # for what it imports from beside it
            spec.loader.exec_module(module)
        return module

    return load
