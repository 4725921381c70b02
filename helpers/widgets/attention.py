"""Interactive figure for lesson 12 that shows which letters a letter attends to, depending on what it looks for."""

from typing import NamedTuple

import ipywidgets
import numpy as np

from helpers.autograd.layers import attention, causal_mask
from helpers.autograd.tape import Variable
from helpers.plotting import layers
from helpers.system.arguments import number_between, whole_between
from helpers.system.validation import known_name
from helpers.widgets.explorer import SLOW, Explorer

WORDS = ("hannah", "barbara", "anna", "lillie", "jessie")
CIRCLE = 12  # number of places in one full turn of the circle that encodes them
STRONGEST = 20
MODERATE = 13  # largest sum of the two strengths that the challenge allows


class Head(NamedTuple):
    """One attention head, applied to a word."""

    word: str
    weights: np.ndarray  # shape: (n, n)


def attend(word="hannah", steps_back=1, place=4.0, letter=0.0, causal=True):
    """Compute the weights of a head whose queries look for a place and a letter.

    The key of each letter consists of a point on a circle, which encodes its place, and a one-hot vector, which encodes
    the letter itself. The query combines the point for the place that is `steps_back` places earlier with the vector
    for the same letter.

    Parameters
    ----------
    word : str
        One of `WORDS`.
    steps_back : int
        Number of places by which a letter looks back, from 0 to 6.
    place, letter : float
        Strengths with which the query looks for the place and for the letter, from 0 to 20.
    causal : bool
        Whether the mask excludes later letters.

    Returns
    -------
    Head

    Raises
    ------
    TypeError, ValueError
        If an argument is invalid.
    """
    word = known_name(word, dict.fromkeys(WORDS), "word")
    whole_between(steps_back, "steps_back", 0, 6)
    for name, value in (("place", place), ("letter", letter)):
        number_between(value, name, 0, STRONGEST)
    if not isinstance(causal, bool):
        raise TypeError(f"causal must be True or False, not {causal!r}")
    n, same = len(word), np.eye(26)[[ord(c) - ord("a") for c in word]]

    def vectors(shift):
        turn = 2 * np.pi * (np.arange(n) - shift) / CIRCLE
        return np.column_stack([np.sqrt(place) * np.cos(turn), np.sqrt(place) * np.sin(turn), np.sqrt(letter) * same])

    Q, K = np.sqrt(28) * vectors(steps_back), vectors(0)  # the factor √d cancels the division in `attention`
    _, weights = attention(Variable(Q), Variable(K), Variable(same), causal_mask(n) if causal else 0.0)
    return Head(word, weights.value)


def draw(result, ax=None):
    """Draw the attention weights of a `Head`."""
    return layers.attention_map(result.weights, list(result.word), ax)


def describe(result):
    """Return a sentence about what the last letter in a `Head` attends to."""
    row, word = result.weights[-1], result.word
    most = row.argmax()
    return f"The last letter, {word[-1]}, gives {row[most]:.2f} of its attention to letter {most + 1}, {word[most]}"


def explorer():
    """Return the interactive figure, with controls for the word and for what its letters look for."""
    strength = {"min": 0, "max": STRONGEST, "step": 0.5, **SLOW}
    controls = {
        "word": ipywidgets.Dropdown(options=WORDS, description="word"),
        "steps_back": ipywidgets.IntSlider(1, min=0, max=6, description="steps back"),
        "place": ipywidgets.FloatSlider(4.0, description="strength of place", **strength),
        "letter": ipywidgets.FloatSlider(0.0, description="strength of letter", **strength),
        "causal": ipywidgets.Checkbox(True, description="causal mask"),
    }
    args = (attend, draw, describe, "widgets.attention.attend(")
    return Explorer("What a letter looks at", "12.attention", controls, *args, figsize=(6.0, 3.8), met=is_met)


def is_met(result, state):
    """Return whether, at a moderate strength, the second "a" and "n" in "hannah" attend to the first "a" and "n"."""
    if result.word != "hannah" or not state["causal"] or state["place"] + state["letter"] > MODERATE:
        return False
    return bool(result.weights[4, 1] >= 0.9 and result.weights[3, 2] >= 0.9)
