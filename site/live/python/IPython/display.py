"""Functions and classes that display rich output, a subset of those in IPython."""

from IPython.core.interactiveshell import get_ipython


def display(*objects, metadata=None, **_):
    """Display objects below the cell that is running."""
    shell = get_ipython()
    for thing in objects:
        data, more = shell.display_formatter.format(thing)
        shell.display_pub.publish(data, more | (metadata or {}))


def clear_output(wait=False):
    """Remove the output of the cell that is running."""
    get_ipython().display_pub.clear_output(wait)


class DisplayObject:
    """Data of the type `mime`."""

    mime = "text/plain"

    def __init__(self, data=None, **_):
        self.data = data

    def _repr_mimebundle_(self, **_):
        return {"text/plain": f"<{type(self).__name__} object>", self.mime: self.data}


class HTML(DisplayObject):
    """Text in HTML."""

    mime = "text/html"


class Markdown(DisplayObject):
    """Text in Markdown."""

    mime = "text/markdown"


class Latex(DisplayObject):
    """Text with formulas between dollar signs."""

    mime = "text/latex"


class Math(Latex):
    """A formula without dollar signs."""

    def __init__(self, data=None, **_):
        super().__init__(f"$\\displaystyle {data.strip('$')}$")


class SVG(DisplayObject):
    """An SVG image."""

    mime = "image/svg+xml"


class Image(DisplayObject):
    """A PNG image, given as bytes."""

    mime = "image/png"
