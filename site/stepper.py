"""Functions that turn the stepper of lesson 03 into static images and text, so that it works without a kernel."""

import html

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from helpers import plotting, widgets
from helpers.plotting.output import as_svg
from helpers.plotting.stepper import FRAME_SIZE
from helpers.widgets.stepper import STEPS

WIDTH, HEIGHT = (round(96 * inches) for inches in FRAME_SIZE)

CONTROLS = (
    '<div class="stepper-controls" hidden>'
    '<button type="button" data-move="-1">Back</button>'
    f'<input type="range" min="1" max="{len(STEPS)}" value="1" aria-label="Step">'
    '<button type="button" data-move="1">Next</button>'
    '<button type="button" data-play>Play</button>'
    '<span class="visually-hidden" role="status"></span></div>'
)


def draw_steps(folder):
    """Draw every step, and save the images in `folder` as 01.svg, 02.svg and so on."""
    folder.mkdir(parents=True)
    for number in range(1, len(STEPS) + 1):
        with plt.rc_context(plotting.STYLE):
            figure = Figure(figsize=FRAME_SIZE, layout="constrained")
            widgets.stepper.draw(widgets.stepper.frame(number), figure.add_subplot())
            (folder / f"{number:02d}.svg").write_text(as_svg(figure), encoding="utf-8")


def as_html(address):
    """Return the steps as an HTML list of figures.

    The list can be read without scripts. If scripts are enabled, `stepper.js` turns it into one interactive figure.

    Parameters
    ----------
    address : str
        Address of the folder that contains the images, relative to the page.
    """
    steps = "".join(_step(widgets.stepper.frame(number), address) for number in range(1, len(STEPS) + 1))
    label = "A pass through a small network, step by step"
    return (
        f'<section class="stepper" aria-label="{label}"><ol tabindex="0" aria-label="Steps">{steps}</ol>'
        f"{CONTROLS}</section>"
    )


def _step(frame, address):
    """Return one list item with the image of a step and a caption that describes the step in words."""
    source = f'src="{address}/{frame.number:02d}.svg" width="{WIDTH}" height="{HEIGHT}"'
    lazy = ' loading="lazy"' * (frame.number > 1)
    alt = f"The network at step {frame.number}, described in the text below it"
    words = [
        f"<strong>{html.escape(widgets.stepper.describe(frame))}.</strong>",
        f"<code>{html.escape(frame.step.code)}</code> · shape: {html.escape(frame.step.shape)}",
        html.escape("; ".join(frame.working)),
    ]
    return f'<li><figure><img {source}{lazy} alt="{alt}"><figcaption>{"<br>".join(words)}</figcaption></figure></li>'
