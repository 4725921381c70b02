"""Detection of files in the learner's folder that hide a module imported by the lessons."""

import sys
from importlib.machinery import BuiltinImporter, FrozenImporter
from pathlib import Path

LIBRARIES = (
    "helpers numpy matplotlib h5py mnist ipywidgets traitlets IPython tqdm threadpoolctl pooch PIL dask distributed"
)


def refuse_shadows():
    """Raise an ImportError if a file in the current folder hides a module of the same name.

    In a notebook, Python searches the notebook's folder before the installed packages. If that folder contains a
    file named `mnist.py`, for example, then `import mnist` runs this file instead of the package.
    """
    try:
        folder = Path.cwd()
    except OSError:  # the current folder has been deleted
        return
    if not {"", str(folder)} & set(sys.path):
        return
    names = sys.stdlib_module_names | set(LIBRARIES.split())
    hiding = sorted(path.name for path in folder.glob("*.py") if path.stem in names and not _is_built_in(path.stem))
    if hiding:
        raise ImportError(
            f"{hiding[0]} in this folder has the same name as a module that the lessons need, so Python imports the "
            f"file instead of the module: rename {hiding[0]} and restart the kernel"
        )


def _is_built_in(name):
    """Return whether a module is built into the interpreter, so that Python does not look for it in any folder."""
    return any(kind.find_spec(name) for kind in (BuiltinImporter, FrozenImporter))
