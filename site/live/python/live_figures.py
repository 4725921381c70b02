"""Backend of matplotlib that shows figures below the cell that is running, and then closes them."""

import io

import matplotlib.pyplot as plt
from IPython import get_ipython
from IPython.display import display
from matplotlib._pylab_helpers import Gcf
from matplotlib.backends.backend_agg import FigureCanvasAgg as FigureCanvas  # noqa: F401  matplotlib looks for it
from matplotlib.figure import Figure


def show(*_, **__):
    """Show all open figures."""
    try:
        for manager in Gcf.get_all_fig_managers():
            display(manager.canvas.figure)
    finally:
        plt.close("all")


def _as_png(figure):
    file = io.BytesIO()
    figure.savefig(file, format="png", bbox_inches="tight")
    return file.getvalue()


_png = get_ipython().display_formatter.formatters["image/png"]
if Figure not in _png.functions:
    _png.for_type(Figure, _as_png)
get_ipython().events.register("post_execute", show)
