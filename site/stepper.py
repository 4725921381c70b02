"""Functions that turn the stepper of lesson 03 into static images and text, so that it works without a kernel."""

import html
import re

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from helpers import plotting, widgets
from helpers.plotting.output import as_svg
from helpers.plotting.stepper import FRAME_SIZE
from helpers.widgets.stepper import STEPS

NARROW = (4.1, 2.6)  # inches; at this size, the labels are as large on a phone as the text around them
(WIDTH, HEIGHT), (NARROW_WIDTH, NARROW_HEIGHT) = ((round(96 * s) for s in size) for size in (FRAME_SIZE, NARROW))

CONTROLS = (
    '<div class="stepper-controls" hidden>'
    '<button type="button" data-move="-1">Back</button>'
    f'<input type="range" min="1" max="{len(STEPS)}" value="1" aria-label="Step">'
    '<button type="button" data-move="1">Next</button>'
    '<button type="button" data-play>Play</button>'
    '<span class="visually-hidden" role="status"></span></div>'
)


def draw_steps(folder):
    """Draw every step, and save the images in `folder` as 01.svg, 02.svg and so on.

    The images 01-narrow.svg and so on are for phones and for paper. They show only the network, because the caption
    of a step contains the words and numbers that would be below the network.
    """
    folder.mkdir(parents=True)
    for number in range(1, len(STEPS) + 1):
        for suffix, size in (("", FRAME_SIZE), ("-narrow", NARROW)):
            with plt.rc_context(plotting.STYLE):
                figure = Figure(figsize=size, layout="constrained")
                axes = widgets.stepper.draw(widgets.stepper.frame(number), figure.add_subplot())
                if suffix:
                    _keep_network(axes)
                (folder / f"{number:02d}{suffix}.svg").write_text(as_svg(figure), encoding="utf-8")


def _keep_network(axes):
    """Remove the text below the network, fit the axes to what is left, and make room between the units."""
    axes.set_ylim(-2.1, axes.get_ylim()[1])
    for text in list(axes.texts):
        text.set_text(text.get_text().replace("dw ", ""))  # red, below the weight
        if text.get_position()[1] < axes.get_ylim()[0]:
            text.remove()
    for unit in axes.lines:
        unit.set_markersize(30)


def draw_motion(path):
    """Save the animation of one pass as an SVG image, and return its size and its description.

    Returns
    -------
    parts : dict
        The entries "width" and "height" are in pixels, and "words" describes the image for those who cannot see it.
    """
    motion = plotting.motion.one_pass(widgets.stepper.frame(len(STEPS), y=(1, 0), sizes=(2, 2, 2)))
    path.write_text(motion._repr_svg_(), encoding="utf-8")
    width, height = (re.search(rf'{side}="(\d+)"', motion._repr_svg_())[1] for side in ("width", "height"))
    return {"width": width, "height": height, "words": html.escape(motion.words, quote=True)}


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
    name = f"{address}/{frame.number:02d}"
    source = f'src="{name}.svg" width="{WIDTH}" height="{HEIGHT}"'
    narrow = f'<source media="(max-width: 600px), print" srcset="{name}-narrow.svg" width="{NARROW_WIDTH}" '
    narrow += f'height="{NARROW_HEIGHT}">'
    lazy = ' loading="lazy"' * (frame.number > 1)
    alt = f"The network at step {frame.number}, described in the text below it"
    words = [
        f"<strong>{html.escape(widgets.stepper.describe(frame))}.</strong>",
        f"<code>{html.escape(frame.step.code)}</code> · shape: {html.escape(frame.step.shape)}",
        html.escape("; ".join(frame.working)),
    ]
    picture = f'<picture>{narrow}<img {source}{lazy} alt="{alt}"></picture>'
    return f"<li><figure>{picture}<figcaption>{'<br>'.join(words)}</figcaption></figure></li>"
