"""The function `run`, which executes a notebook both in the tests and before it is committed."""

from nbclient import NotebookClient


def run(notebook, folder, timeout=120):
    """Execute a notebook in a fresh kernel, and store the outputs in the notebook.

    All text that a cell prints is stored as a single output, even if a busy kernel sends it in several pieces.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        The notebook, which is modified in place.
    folder : path-like
        Working directory of the kernel.
    timeout : int
        Maximum time in seconds for each cell.
    """
    NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=timeout,
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(folder)}},
    ).execute()
