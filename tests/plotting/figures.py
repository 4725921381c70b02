"""What every drawing function is held to."""

import matplotlib.pyplot as plt


def assert_axes_in_axes_out(draw):
    """Whether `draw(ax)` draws into the axes that it is given, or into new ones, and leaves the style alone."""
    style = dict(plt.rcParams)
    _, given = plt.subplots()
    assert draw(given) is given
    own = draw(None)
    assert own is not given
    own.figure.canvas.draw()  # a layout that does not fit would raise a warning, which fails the test
    assert dict(plt.rcParams) == style
