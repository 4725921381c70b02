"""Display an explorer's picture as HTML, and report whether the page has room for it at full width."""

import base64
import gc
import html
import io
from contextlib import contextmanager

import anywidget
import traitlets

from helpers.plotting import output

NARROW = 400  # a picture that is narrower than this, in CSS pixels, is drawn at a smaller size

SCRIPT = """
function render({ model, el }) {
    const write = () => { el.innerHTML = model.get("value") }
    const helpScreenReaders = () => {
        const widget = el.closest(".lesson-widget")
        widget?.querySelector(".lesson-body + .widget-html")?.setAttribute("role", "status")  // announces the message
        for (const row of widget?.querySelectorAll(".widget-slider") ?? []) {  // labels are not associated with sliders
            const label = row.querySelector(".widget-label")?.textContent
            for (const handle of row.querySelectorAll(".noUi-handle")) handle.setAttribute("aria-label", label)
        }
    }
    let seen = 0 // only the width matters: a picture drawn for another view can change the height
    const measure = new ResizeObserver(() => {
        helpScreenReaders()
        const width = el.clientWidth, narrow = width < LIMIT
        if (!width || width === seen) return
        seen = width
        if (narrow === model.get("narrow")) return
        model.set("narrow", narrow)
        model.save_changes()
    })
    model.on("change:value", write)
    measure.observe(el)
    write()
    return () => { measure.disconnect(); model.off("change:value", write) }
}
export default { render }
"""


class View(anywidget.AnyWidget):
    """Widget that displays a picture and reports whether the page is narrow, as it is on a phone.

    Attributes
    ----------
    value : str
        The picture as HTML.
    narrow : bool
        Whether the picture is less than `NARROW` pixels wide. It is set by the page.
    """

    _esm = SCRIPT.replace("LIMIT", str(NARROW))
    value = traitlets.Unicode().tag(sync=True)
    narrow = traitlets.Bool().tag(sync=True)


def narrowed(figsize):
    """Return the size, in inches, of a figure that fits on a phone and has labels as large as on a wide page."""
    return 3.5, min(max(figsize[1], 2.7), 3.5)


def as_picture(figure):
    """Convert a figure to HTML, as an SVG in the colours of the widget or, if it has many marks, as a sharp PNG."""
    if output.count_marks(figure) <= output.MOST_MARKS:
        return output.as_svg(figure, alone=False)
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=96 * output.DENSITY, pil_kwargs={"compress_level": 1})  # favours speed
    return f'<img alt="" src="data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}">'


@contextmanager
def garbage_waits():
    """Keep Python's garbage collector from delaying a block of code, and collect the block's garbage at the end.

    A figure consists of thousands of objects that refer to each other. While one is being drawn, the collector would
    run several times, and from time to time it would examine every object in the kernel, which takes longer
    than drawing.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
        gc.collect(0)  # the new objects only


def described(picture, alt):
    """Wrap a picture in an HTML element with alternative text for screen readers."""
    return f'<div class="lesson-picture" role="img" tabindex="0" aria-label="{html.escape(alt)}">{picture}</div>'
