"""Interactive figure for lesson 03 that shows the shape of every array, as a table and as a prediction game."""

import html
import re
from functools import partial
from typing import NamedTuple

import ipywidgets
import numpy as np

from helpers import plotting
from helpers.system.interrupts import interrupts_wait
from helpers.system.validation import positive_whole
from helpers.widgets.explorer import (
    REFUSALS,
    SLOW,
    WIDGET,
    Challenge,
    as_html,
    as_sizes,
    beside,
    code_line,
    count_parameters,
    refusal,
    style_sheet,
)

MOST_LAYERS = 5  # limit in the game, so that its rows fit on a page
NUMBER, BETWEEN = "[0-9]{1,12}", r"(\s*[,;xX×*]\s*|\s+)"  # regular expressions for the parts of a typed shape


class Ledger(NamedTuple):
    """All arrays of one forward and backward pass, in order, each as a tuple (name, how it is computed, shape)."""

    layer_sizes: tuple
    rows: list
    parameters: int


def shapes(layer_sizes=(784, 196, 1), m=11272):
    """List the shape of every array in one forward and backward pass.

    Parameters
    ----------
    layer_sizes : sequence of int or str
        Layer sizes n[0], …, n[L], or text such as "784, 196, 1".
    m : int
        Number of examples.

    Returns
    -------
    Ledger

    Raises
    ------
    TypeError, ValueError
        If a size or the number of examples is not a positive integer, or there are fewer than two sizes.
    """
    n = as_sizes(layer_sizes)
    if len(n) < 2:
        raise ValueError(
            "layer_sizes must contain at least two numbers, one for the inputs and one for a layer, for example 784, 1"
        )
    m, L = positive_whole(m, "m"), len(n) - 1
    rows = [("A[0]", "Xᵀ", (n[0], m))]
    for l in range(1, L + 1):
        rows += [(f"W[{l}]", "weights", (n[l], n[l - 1])), (f"b[{l}]", "one bias per unit", (n[l], 1))]
        rows += [(f"Z[{l}]", f"W[{l}] A[{l - 1}] + b[{l}]", (n[l], m)), (f"A[{l}]", f"g(Z[{l}])", (n[l], m))]
    for l in range(L, 0, -1):
        origin = f"(A[{L}] − Y) / m" if l == L else f"dA[{l}] ⊙ g′(Z[{l}])"
        rows += [(f"dZ[{l}]", origin, (n[l], m)), (f"dW[{l}]", f"dZ[{l}] A[{l - 1}]ᵀ", (n[l], n[l - 1]))]
        rows += [(f"db[{l}]", f"sum of the columns of dZ[{l}]", (n[l], 1))]
        if l > 1:
            rows += [(f"dA[{l - 1}]", f"W[{l}]ᵀ dZ[{l}]", (n[l - 1], m))]
    parameters = count_parameters(n)
    return Ledger(tuple(n), rows, parameters)


def draw(result, ax=None):
    """Draw a `Ledger` as a table, with the forward pass in blue and the backward pass in red."""
    return plotting.shape_table(result.rows, ax)


def describe(result):
    """Return a sentence that states the layer sizes and the numbers of arrays and parameters."""
    chain = " → ".join(str(n) for n in result.layer_sizes)
    biases = sum(result.layer_sizes[1:])
    return f"{chain}: {len(result.rows)} arrays, {result.parameters} parameters, {biases} of them biases, one per unit"


def judge(layer_sizes="784, 196, 1", m=11272, guesses=()):
    """Give feedback on predicted shapes.

    Parameters
    ----------
    layer_sizes, m
        See `shapes`.
    guesses : dict
        Maps names of arrays, such as "dW[2]", to predicted shapes. Each shape is a tuple or a string such as "1, 196"
        or "1 × 196".

    Returns
    -------
    dict
        Maps each name to a tuple (whether the shape is right, a sentence of feedback).

    Raises
    ------
    TypeError, ValueError
        If `layer_sizes` or `m` is invalid, or if a name in `guesses` is not an array in the network.
    """
    ledger = shapes(layer_sizes, m)
    right = {name: shape for name, _, shape in ledger.rows}
    unknown = [name for name in dict(guesses) if name not in right]
    if unknown:
        raise ValueError(f"there is no array {unknown[0]} in this network: choose one of {', '.join(right)}")
    telling_m = None if m in ledger.layer_sizes else m  # a hint about m is misleading if a layer has m units
    return {name: _judge(name, guess, right[name], m, telling_m) for name, guess in dict(guesses).items()}


def _judge(name, guess, shape, m, telling_m):
    """Return whether a predicted shape is right, and a sentence of feedback."""
    text = guess if isinstance(guess, str) else ", ".join(map(str, np.ravel(guess)))
    if not re.fullmatch(rf"[\s(\[]*{NUMBER}({BETWEEN}{NUMBER})*[\s,)\]]*", text):
        return False, "type two whole numbers (rows and columns), such as 3, 4"
    numbers, partner = tuple(int(part) for part in re.findall(NUMBER, text)), name.removeprefix("d")
    if numbers == shape:
        return True, f"right, {shape[0]} × {shape[1]}"
    if len(numbers) != 2:
        return False, "a shape needs two numbers, rows and columns; a bias vector is a column vector, with 1 column"
    if numbers == shape[::-1]:
        return False, "you have the right numbers in the wrong order: which of them is the number of rows?"
    if name[0] == "d":
        return False, f"a derivative has the same shape as the array it belongs to: what is the shape of {partner}?"
    if partner[0] in "AZ" and m not in numbers:
        return False, f"every example has its own column, and there are {m} examples"
    if partner[0] in "Wb" and telling_m in numbers:
        return False, f"all {m} examples share this array, so m does not appear in its shape"
    return False, "there is one row per unit in the layer, and the inner dimensions of a matrix product must match"


class Game(ipywidgets.VBox):
    """Interactive figure in which the reader predicts the shape of every array in a network and receives feedback."""

    name = "Shape ledger"

    def __init__(self):
        self.sizes = ipywidgets.Text("784, 196, 1", description="layer sizes n[0], …", **SLOW)
        self.m = ipywidgets.IntText(11272, description="examples m", **SLOW)
        self.reveal = ipywidgets.Button(
            description="Show the rest", tooltip="fill in the shapes that you have not predicted"
        )
        self.message, self.line, self.rows = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.VBox()
        self.guesses, self.verdicts, self._refused = {}, {}, ""
        for control in (self.sizes, self.m):
            control.observe(self._new_network, names="value")
        self.reveal.on_click(self._reveal)
        self._challenge = Challenge(self.name, "03.ledger", lambda: self._is_met())
        self.title = ipywidgets.HTML(self._challenge.heading())
        network, view = (self.sizes, self.m, self.reveal), ipywidgets.VBox([self.message, self.rows])
        self.rows.add_class("lesson-rows")
        super().__init__([self.title, beside(network, view), self.line, style_sheet()])
        self.add_class(WIDGET)
        self._new_network()

    def _new_network(self, change=None):
        """Create empty rows for the current layer sizes, or keep the old rows if the sizes are invalid."""
        try:
            ledger = shapes(self.sizes.value, self.m.value)
            if len(ledger.layer_sizes) > MOST_LAYERS + 1:
                raise ValueError(f"this game allows at most {MOST_LAYERS} layers: type fewer layer sizes")
        except REFUSALS as error:
            self._refused = self.message.value = as_html(refusal(error))
            return
        if change and self._network == (self.sizes.value, self.m.value):  # refused values have been corrected
            self._refused = ""
            self._refresh()
            return
        with interrupts_wait():  # everything changes together or not at all
            old, new = self.rows.children, {name: self._row(name, origin) for name, origin, _ in ledger.rows}
            self._network, self._refused, self._shown = (self.sizes.value, self.m.value), "", set()
            self.guesses = {name: row.children[1] for name, row in new.items()}
            self.verdicts = {name: row.children[2] for name, row in new.items()}
            self._attempts, self._solved = dict.fromkeys(new, 0), set()
            self.rows.children = list(new.values())
            for row in old:
                _close(row)
            self._refresh()

    def _row(self, name, origin):
        """Create the row of one array, with its name and formula, an input field, and room for feedback."""
        color, arrow = (plotting.BACKWARD, "←") if name[0] == "d" else (plotting.FORWARD, "→")
        label = ipywidgets.HTML(
            f'<span style="border-left: 4px solid {color}; padding-left: 6px">{arrow} <b>{name}</b> = {origin}</span>',
            layout={"flex": "1 1 12em", "max_width": "21em"},
        )
        guess = ipywidgets.Text(placeholder="rows, columns", layout={"width": "9em"}, **SLOW)
        guess.tooltip = f"shape of {name}"
        guess.observe(partial(self._guess, name), names="value")
        return ipywidgets.HBox([label, guess, ipywidgets.HTML()], layout={"flex_flow": "row wrap"})

    def _guess(self, name, change):
        if name not in self._solved:  # retyping a shape that was right is not another attempt
            self._attempts[name] += bool(change["new"].strip())
        self._refresh()

    def _refresh(self):
        typed = {name: guess.value for name, guess in self.guesses.items() if guess.value.strip()}
        judged = judge(*self._network, typed)
        for name, verdict in self.verdicts.items():
            right, sentence = judged.get(name, (None, ""))
            sign = {None: "", True: "✓ ", False: "✗ "}[right]
            verdict.value = sign + sentence
        sizes, m = self._network
        self._solved |= {name for name, (is_right, _) in judged.items() if is_right}
        right = [self._attempts[name] for name, (right, _) in judged.items() if right and name not in self._shown]
        self.message.value = (
            f"{self._refused} {html.escape(sizes)} with m = {m}: you predicted {len(right)} of "
            f"{len(self.guesses)} shapes correctly, {right.count(1)} on the first attempt; {len(self._shown)} revealed"
        ).strip()
        self.line.value = code_line("widgets.ledger.judge(", layer_sizes=sizes, m=m, guesses=typed)
        self._first = right.count(1)
        self._challenge.judge()
        self.title.value = self._challenge.heading()

    def _is_met(self):
        """Return whether this is the network from the challenge and every shape was right on the first attempt."""
        return tuple(shapes(*self._network).layer_sizes) == (100, 30, 20, 10) and self._first == len(self.guesses)

    def _reveal(self, button):
        for name, _, (rows, columns) in shapes(*self._network).rows:
            if not self.guesses[name].value.strip():
                self._shown.add(name)
                self.guesses[name].value = f"{rows}, {columns}"

    def __repr__(self):
        return f"Interactive figure: {self.name}. Run this cell to interact with it."


def _close(box):
    """Close a box and its children, including their layout and style models, which ipywidgets would otherwise keep."""
    for widget in (*box.children, box):
        for model in (widget.layout, getattr(widget, "style", None), widget):
            if model is not None:
                model.close()
