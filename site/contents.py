"""Functions that collect the files of the lab: the prepared lessons, the package `helpers` and the data."""

import json
import shutil

import folder
import lessons
import nbformat

CONTENTS = (
    "notebooks/*.ipynb",
    "helpers/**/*.py",
    "helpers/exercises/*.json",  # in a handout
    "helpers/plotting/fonts/*",
    "helpers/widgets/front/*",
    "data/README.md",
    "data/*.h5",
    "data/*.txt",
    "data/mnist/*.gz",
    "data/runs/**/*.h5",
    "data/runs/*.txt",
)
# In the lab, `helpers` is not installed. If a cell with an exercise runs before the set-up cell, its import finds this
# package next to the notebook, and the package then replaces itself with the real one.
FINDER = """import sys

sys.path.insert(0, "..")
del sys.modules["helpers"]
import helpers
"""
# The metadata that the kernel writes into every notebook that it runs. The lessons already contain it, so opening
# them does not change them.
METADATA = {
    "kernelspec": {"name": "python", "display_name": "Python (Pyodide)", "language": "python"},
    "language_info": {
        "codemirror_mode": {"name": "python", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
        "version": "3.8",
    },
}


def write(out):
    """Write the files of the lab to the new folder `out`.

    Returns
    -------
    editions : dict
        Maps the path of each lesson, such as "notebooks/01_fit_a_line.ipynb", to its edition.
    """
    editions = {}
    for pattern in CONTENTS:
        for path in folder.SOURCE.glob(pattern):
            target = out / path.relative_to(folder.SOURCE)
            target.parent.mkdir(parents=True, exist_ok=True)
            if path.suffix == ".ipynb":
                lesson = _as_lesson(nbformat.read(path, as_version=4))
                editions[target.relative_to(out).as_posix()] = lesson.metadata["lesson"]["edition"]
                # JupyterLite expects each text as one string, not as a list of lines.
                target.write_text(json.dumps(lesson), encoding="utf-8")
            else:
                shutil.copyfile(path, target)
    finder = out / "notebooks" / "helpers" / "__init__.py"
    finder.parent.mkdir()
    finder.write_text(FINDER, encoding="utf-8")
    return editions


def _as_lesson(notebook):
    """Return a notebook with the metadata that the kernel would add to it, and with its edition.

    JupyterLab shows animations only in trusted cells. In a trusted cell with a widget, it would show an error instead
    of the widget's static image until the cell has run.
    """
    notebook.metadata = nbformat.from_dict(METADATA | {"lesson": {"edition": lessons.edition(notebook.cells)}})
    for cell in notebook.cells:
        if not any(lessons.WIDGET_VIEW in output.get("data", {}) for output in cell.get("outputs", [])):
            cell.metadata["trusted"] = True
    return notebook
