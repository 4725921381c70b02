"""Functions that prepare the cells of a notebook for reading rather than running.

The outputs of "Predict, then run" are hidden until the reader asks for them, set-up cells are folded, and exercises
invite the reader to answer instead of reporting that nothing has been answered yet. The folds are those of myst-nb.
"""

import ast
import re

import nbformat

PREDICT = "**Predict, then run:**"
ANSWER = "Show the answer", "Hide the answer"
SETUP = "Set-up", "Hide the set-up"
SETUP_CALLS = {"sys.path.insert", "plotting.use_style"}
QUESTION = re.compile(r"^(?:check|quiz)\(", re.MULTILINE)
OPEN = re.compile(r"○ \*\*(?:Not done yet|q\d+: Not done yet)\.\*\*")
INVITATION = (
    '<p class="invite"><b>Your turn.</b> <span class="on-screen">Answer in this cell '
    '<a href="{address}">in the lab</a>, which marks your answer immediately and has hints.</span></p>'
)


def prepare(cells, address):
    """Fold and mark the cells of a lesson, which are modified in place.

    Parameters
    ----------
    cells : list of nbformat.NotebookNode
        All cells of the notebook, in order.
    address : str
        Address of the lesson in the lab, relative to the page.
    """
    for cell in cells:
        if cell.cell_type == "code":
            if is_setup(cell):
                _fold(cell, "hide-input", SETUP)
            if QUESTION.search(cell.source):
                _invite(cell, address)
    for place, cell in enumerate(cells):
        if cell.cell_type == "markdown" and PREDICT in cell.source:
            _hide_answer(cells[place + 1 :])


def is_setup(cell):
    """Return whether a code cell contains nothing but imports and calls in `SETUP_CALLS`, and has no output."""
    statements = ast.parse(cell.source).body
    calls = [n.value for n in statements if isinstance(n, ast.Expr) and isinstance(n.value, ast.Call)]
    imports = [n for n in statements if isinstance(n, ast.Import | ast.ImportFrom)]
    known = {ast.unparse(call.func) for call in calls} <= SETUP_CALLS
    return bool(imports) and known and len(imports) + len(calls) == len(statements) and not cell.outputs


def _fold(cell, tag, prompts):
    """Fold the source or output of a cell behind a button, whose text is `prompts[0]` if closed, else `prompts[1]`."""
    cell.metadata.setdefault("tags", []).append(tag)
    show, hide = prompts
    cell.metadata.setdefault("mystnb", {}).update(code_prompt_show=show, code_prompt_hide=hide)


def _invite(cell, address):
    """Mark a cell as an exercise, and replace the output of an unanswered exercise with an invitation."""
    cell.metadata.setdefault("tags", []).append("exercise")
    invitation = nbformat.v4.new_output("display_data", {"text/html": INVITATION.format(address=address)})
    replaced = [invitation if OPEN.match(o.get("data", {}).get("text/markdown", "")) else o for o in cell.outputs]
    cell.outputs = [o for place, o in enumerate(replaced) if o not in replaced[:place]]


def _hide_answer(cells):
    """Hide the next output, and the caption and the paragraph after it, which reveal the answer."""
    for cell, following in zip(cells, [*cells[1:], None], strict=True):
        if cell.cell_type == "code" and cell.outputs:
            _fold(cell, "hide-output", ANSWER)
            if following is not None and following.cell_type == "markdown":
                following.source = mark_answer(following.source)
            return


def mark_answer(text):
    """Enclose a text's first paragraph, or its caption and the next paragraph, in an element of class `answer`.

    The style sheet hides this element while the output before it is folded. The element ends at a heading.
    """
    paragraphs = re.split(r"\n{2,}(?!\s)", text.strip())
    count = 2 if paragraphs[0].startswith("**Figure") else 1
    heading = next((place for place, part in enumerate(paragraphs) if part.startswith("#")), count)
    answer, rest = paragraphs[: min(count, heading)], paragraphs[min(count, heading) :]
    marked = ['<div class="answer">', *answer, "</div>"] if answer else []
    return "\n\n".join(marked + rest)
