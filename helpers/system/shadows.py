"""Detect files of the learner's that hide a module imported by the lessons."""

import sys
from pathlib import Path

LIBRARIES = (
    "helpers numpy matplotlib h5py mnist ipywidgets traitlets IPython tqdm threadpoolctl pooch PIL dask distributed"
)


def refuse_shadows():
    """Raise an ImportError if a file in the current folder hides a module of the same name.

    In a notebook Python looks there first: with a `mnist.py` beside it, `import mnist` runs that file.
    """
    try:
        folder = Path.cwd()
    except OSError:  # the folder has been removed
        return
    if not {"", str(folder)} & set(sys.path):
        return
    names = sys.stdlib_module_names | set(LIBRARIES.split())
    hiding = sorted(path.name for path in folder.glob("*.py") if path.stem in names)
    if hiding:
        raise ImportError(
            f"{hiding[0]} in this folder has the name of a module that the lessons need, and Python finds the file "
            f"instead of the module: rename {hiding[0]} and restart the kernel"
        )
