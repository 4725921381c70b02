"""Files of the learner that hide a module which the lessons import."""

import sys
from pathlib import Path

LIBRARIES = (
    "helpers numpy matplotlib h5py mnist ipywidgets traitlets IPython tqdm threadpoolctl pooch PIL dask distributed"
)


def refuse_shadows():
    """Raise an ImportError if a file in the current folder has the name of a module that Python would then not find.

    Python looks there first if it runs a notebook: with a `mnist.py` beside it, `import mnist` runs that file.
    """
    try:
        folder = Path.cwd()
    except OSError:  # it has been removed
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
