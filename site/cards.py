"""Write the quick questions and the symbols as a text file that Anki and other flashcard programs can import.

Each card has an id that stays the same when its text changes, so that a later import updates the card and keeps the
learner's progress. The lines at the beginning are explained in the Anki manual, under "Text Files".
"""

import html
import re

import numpy as np

HEAD = "#separator:tab\n#html:true\n#notetype:Basic\n#deck:Backpropagation\n#guid column:1\n#tags column:4\n"
SYMBOL_ROW = re.compile(r"^\| (\$[^|]*)\|([^|]*)\|([^|]*)\|([^|]*)\|$", re.MULTILINE)


def deck(lessons, notation, with_answers=True):
    """Return the text of the file, and the numbers of questions and symbols in it.

    Parameters
    ----------
    lessons : dict
        Maps the number of each lesson to its list of exercises.
    notation : str
        Markdown text with the table of symbols.
    with_answers : bool
        Whether the file contains the quick questions, whose answers are on the backs of the cards.
    """
    asked = [e for exercises in lessons.values() for e in exercises if e.is_question] if with_answers else []
    cards = [(e.name, e.prompt, f"**{answer(e.right)}.** {e.reason}", f"lesson{e.lesson}") for e in asked]
    symbols = [[part.strip() for part in row] for row in SYMBOL_ROW.findall(notation)]
    for symbol, code, shape, meaning in symbols:
        shape = f"shape {shape}" if shape.startswith("$") else shape
        detail = "; ".join(part for part in (f"in code {code}", shape) if part)
        cards.append((f"symbol {code.replace('`', '')}", f"What is {symbol}?", f"{meaning} ({detail})", "notation"))
    rows = [
        "\t".join((f"backpropagation {name}", as_html(front), as_html(back), tag)) for name, front, back, tag in cards
    ]
    return HEAD + "\n".join(rows) + "\n", len(asked), len(symbols)


def answer(right):
    """Format the right answer to a question as a reader would write it."""
    if isinstance(right, str):
        return right
    return f"{right:.6g}" if np.ndim(right) == 0 else f"({', '.join(f'{number:.6g}' for number in np.ravel(right))})"


def as_html(text):
    """Convert a line of Markdown to HTML whose formulas Anki typesets."""
    text = html.escape(text, quote=False).replace("\t", " ").replace("\n", "<br>")
    text = re.sub(r"\$\$(.+?)\$\$", r"\\[\1\\]", text)
    text = re.sub(r"\$(.+?)\$", r"\\(\1\\)", text)
    text = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", text)
    return re.sub(r"`(.+?)`", r"<code>\1</code>", text)
