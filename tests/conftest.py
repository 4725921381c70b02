"""Unit tests draw without a window. Set in this process only: kernels of the notebooks keep their own backend."""

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
