"""Show the messages of exercises, as Markdown in a notebook and as plain text elsewhere."""

import re
import sys

from IPython.display import display

# Replacements for characters that some consoles cannot show.
PLAIN = {"✓": "+", "✗": "x", "○": "o", "→": "->", "…": "...", "−": "-", "·": "*", "×": "x", "½": "1/2", "¼": "1/4"}
PLAIN |= {"σ": "sigma", "′": "'", "α": "alpha", "β": "beta", "ε": "epsilon", "δ": "delta", "θ": "theta", "∂": "d"}
PLAIN |= {"²": "^2", "√": "root ", "ᵀ": "^T", "Σ": "sum", "≈": "~", "⊙": "*", "←": "<-"}


class Message:
    """A message with a mark, a label in bold, sentences and, optionally, a block of text or code.

    Parameters
    ----------
    mark : str
        One character: "✓", "✗", "○", "?" or "→".
    label, words : str
        The label and the sentences.
    block : str
        Text or code to show verbatim in a monospaced font.
    language : str
        The language of the block, for syntax highlighting.
    question : str
        The question in Markdown, if the reader has their own numbers. It is not escaped, so it must come from a
        trusted source.
    """

    def __init__(self, mark, label, words="", block="", language="text", question=""):
        self.mark, self.label, self.words, self.block, self.language = mark, label, words, block, language
        self.question = f" Your question: {question}" if question else ""

    def __repr__(self):
        line = f"{self.mark} {self.label} {self.words}".rstrip() + self.question
        return f"{line}\n{self.block}" if self.block else line

    def _repr_markdown_(self):
        line = f"{self.mark} **{escape(self.label)}** {escape(self.words)}".rstrip() + self.question
        if not self.block:
            return line
        fence = "`" * max(3, 1 + max(map(len, re.findall("`+", self.block)), default=0))
        return f"{line}\n\n{fence}{self.language}\n{self.block}\n{fence}"

    def show(self):
        """Show the message below the cell, or print it outside a notebook."""
        _show(self)

    @staticmethod
    def show_all(messages):
        """Show several messages as one output."""
        _show(_Text("\n".join(map(repr, messages)), "\n\n".join(m._repr_markdown_() for m in messages)))

    @staticmethod
    def show_table(header, rows, note=""):
        """Show a table of text with a note below it."""
        widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
        lines = ["  ".join(f"{cell:{w}}" for cell, w in zip(row, widths, strict=True)) for row in (header, *rows)]
        table = [f"| {' | '.join(row)} |" for row in (header, ["---"] * len(header), *rows)]
        plain = "\n".join(line.rstrip() for line in lines)
        _show(_Text(plain + (f"\n{note}" if note else ""), "\n".join(table) + (f"\n\n{escape(note)}" if note else "")))


class _Text:
    def __init__(self, plain, markdown):
        self.plain, self.markdown = plain, markdown

    def __repr__(self):
        return self.plain

    def _repr_markdown_(self):
        return self.markdown


def _show(thing):
    """Display an object, replacing characters that the console cannot print with similar ones."""
    try:
        display(thing)
    except UnicodeEncodeError:
        text = repr(thing).translate(str.maketrans(PLAIN))
        encoding = getattr(sys.stdout, "encoding", None) or "ascii"
        print(text.encode(encoding, "replace").decode(encoding))


def escape(words):
    """Escape text for Markdown, so that nothing outside code is read as emphasis, a link, HTML or a formula.

    Code is anything between two single backticks on one line. Any other backtick is treated as an ordinary character.
    """
    pieces = re.split(r"(?<!`)(`[^`\n]+`)(?!`)", words.replace("\n", " "))
    for i in range(0, len(pieces), 2):
        pieces[i] = re.sub(r"([\\*_<\[$~|`])", r"\\\1", pieces[i])
    return "".join(pieces)
