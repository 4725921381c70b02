"""Small stand-in for IPython in the pages of the book.

Importing IPython itself takes two seconds and 4 MB in a web browser. The lessons, ipywidgets and anywidget use only
the few names defined here. They behave as in IPython, except that there are no magic commands.
"""

from IPython.core.interactiveshell import InteractiveShell, get_ipython
from IPython.display import display

__all__ = ["InteractiveShell", "display", "get_ipython", "version_info"]

version_info = (9, 0, 0)
