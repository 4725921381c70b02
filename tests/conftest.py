"""Unit tests draw without a window. Set in this process only: kernels of the notebooks keep their own backend."""

import matplotlib
import matplotlib.pyplot as plt
import pytest

matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def no_figure_left_open():
    """Each test starts and ends without figures."""
    yield
    plt.close("all")
