"""How a notebook is run from top to bottom, for tests and for what is committed."""

from nbclient import NotebookClient


def run(notebook, folder, timeout=120):
    """Execute a notebook in a fresh kernel in `folder`, and put the outputs into it.

    What a cell prints becomes one output, though a busy kernel sends it in pieces, and may split a line.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
    folder : path-like, where its kernel works
    timeout : int, seconds that a cell may take
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
