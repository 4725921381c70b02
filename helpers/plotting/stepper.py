"""Figure for the stepper, showing one step of a forward pass, a backward pass and an update in a small network."""

import numpy as np

from helpers.plotting.style import (
    BACKWARD,
    BOLD,
    FAINT,
    FORWARD,
    INK,
    LIT,
    MATH,
    MUTED,
    PAPER,
    SMALL,
    THIN,
    WIDTH,
    arrow,
    bare,
    decimals,
    new_axes,
)

FRAME_SIZE = (WIDTH, 6.6)
WAYS = {"forward": FORWARD, "backward": BACKWARD, "update": INK}
GAP, RIM = 1.8, 0.31  # vertical distance between the units of a layer; radius of a unit


def stepper_frame(frame, ax=None):
    """Draw one step in the training of a small network, with its symbol, numbers, shape and line of code.

    Parameters
    ----------
    frame : widgets.stepper.Frame
        The step to draw.
    """
    ax = new_axes(ax, figsize=FRAME_SIZE)
    color = WAYS[frame.step.way]
    places = _places(frame.sizes)
    floor = -0.9 * max(frame.sizes) - 0.45
    _draw_pass(frame, places, color, ax)
    _draw_words(frame, color, floor, ax)
    height = min(0.42, 5.4 / len(frame.steps))
    for i, step in enumerate(frame.steps):
        now = i == frame.number - 1
        box = {"facecolor": LIT, "edgecolor": color, "boxstyle": "round,pad=0.25"} if now else None
        shade = WAYS[step.way] if i < frame.number else FAINT
        place = (4.15, floor - height * i)
        ax.text(*place, step.code, family="monospace", fontsize=SMALL, color=shade, va="center", bbox=box)
    bare(ax, (-0.75, 8.1), (floor - 5.5, 0.9 * max(frame.sizes) + 0.1))
    return ax


def _places(sizes):
    """Return a dict with the positions of the units of each layer, and of the cost node under the key "cost"."""
    step = 7.4 / len(sizes)
    places = {l: [(step * l, GAP * ((n - 1) / 2 - j)) for j in range(n)] for l, n in enumerate(sizes)}
    return places | {"cost": [(7.4, 0)]}


def _draw_pass(frame, places, color, ax):
    """Draw the network and highlight what the current step uses.

    Each unit shows its activation, bias, z and δ as soon as they are known.
    """
    kind, layer = frame.step.lit
    back, L = frame.step.way == "backward", len(frame.sizes) - 1
    for l in range(1, L + 1):
        for k, stop in enumerate(places[l]):
            for j, start in enumerate(places[l - 1]):
                _connect(ax, start, stop, color if (kind, layer) == ("edges", l) else FAINT, back)
                if frame.sizes[l] * frame.sizes[l - 1] <= 4:  # the numbers of a larger layer would overlap
                    _weigh(ax, frame, l, k, j, start, stop)
    for unit in places[L]:
        _connect(ax, unit, places["cost"][0], color if kind == "cost" else FAINT, back)
    for l in range(L + 1):
        for j, place in enumerate(places[l]):
            known = {"b": frame.b.get(l), "z": frame.values.get(f"Z[{l}]"), "δ": frame.values.get(f"dZ[{l}]")}
            notes = {name: array[j, 0] for name, array in known.items() if array is not None}
            activation = frame.values.get(f"A[{l}]")
            value = None if activation is None else activation[j, 0]
            _unit(ax, place, value, color if (kind, layer) == ("units", l) else INK, notes)
        head = "$x$" if l == 0 else f"$a^{{[{l}]}}$" if l < L else f"$a^{{[{l}]}} = \\hat{{y}}$"
        ax.text(places[l][0][0], places[l][0][1] + 0.62, head, ha="center", fontsize=MATH)
    _unit(ax, places["cost"][0], frame.values.get("J"), color if kind == "cost" else INK)
    target = ", ".join(f"{y:g}" for y in frame.target.flat)
    target = f"({target})" if frame.target.size > 1 else target
    ax.text(7.4, 0.62, f"$J$,  $y = {target}$", ha="center", fontsize=MATH)


def _connect(ax, start, stop, color, back):
    """Draw an arrow from the rim of one unit to the rim of another.

    The arrow is solid if it points forward and dashed if it points backward.
    """
    start, stop = np.array(start, float), np.array(stop, float)
    rim = RIM * (stop - start) / np.linalg.norm(stop - start)
    ends = (stop - rim, start + rim) if back else (start + rim, stop - rim)
    arrow(ax, *ends, color, "--" if back else "-", THIN if color == FAINT else BOLD)


def _weigh(ax, frame, l, k, j, start, stop):
    """Write the weight on a connection and, if it is known, the gradient below the weight.

    After the update, the new weight is written instead of the old one. While an error is passed back along the
    connection, the gradient is left out, because the step does not use it.
    """
    level = start[1] == stop[1]
    part = 0.42 if len({start[1], stop[1], 0.0}) == 3 and 1 in frame.sizes[l - 1 : l + 1] else 0.5 if level else 0.36
    x, y = np.array(start) + part * (np.array(stop) - np.array(start))
    new, gradient = frame.values.get(f"W[{l}]"), frame.values.get(f"dW[{l}]")
    text = decimals((frame.W[l] if new is None else new)[k, j], 1 if new is None and len(frame.costs) == 2 else 2)
    slope = "" if gradient is None or frame.step.name == f"dA[{l - 1}]" else f"dw {decimals(gradient[k, j], 3)}"
    look = {"ha": "center", "fontsize": SMALL}
    if level:  # above and below the arrow
        ax.text(x, y + 0.07, text, va="bottom", **look)
        ax.text(x, y - 0.07, slope, va="top", color=BACKWARD, **look)
    else:  # on the arrow; both texts are two lines high, so that one box fits both
        box = {"facecolor": PAPER, "edgecolor": "none", "pad": 0.8}
        ax.text(x, y, f" \n{slope}" if slope else text, va="center", color=BACKWARD if slope else INK, bbox=box, **look)
        ax.text(x, y, f"{text}\n " if slope else "", va="center", **look)


def _unit(ax, place, value, edge, notes=()):
    """Draw a unit with its value or a question mark inside, and one line of text below it for each note."""
    lit = edge != INK
    look = {"markerfacecolor": LIT if lit else PAPER, "markeredgecolor": edge, "markeredgewidth": BOLD if lit else 1.2}
    ax.plot(*place, "o", markersize=36, zorder=3, **look)
    text = "?" if value is None else decimals(np.squeeze(value), 2)
    ax.text(*place, text, ha="center", va="center", zorder=4)
    for i, name in enumerate(notes):
        text, color = f"{name} {decimals(notes[name], 2)}", BACKWARD if name == "δ" else INK
        spot = (place[0], place[1] - 0.48 - 0.2 * i)
        ax.text(*spot, text, ha="center", va="top", fontsize=SMALL, color=color, zorder=4)


def _draw_words(frame, color, floor, ax):
    """Below the network, on the left, write the symbol, numbers, shape and operation count of the current step."""
    lines = frame.working[:6] + ["…"] * (len(frame.working) > 6)
    rows = {
        "symbol": f"${frame.step.symbol}$",
        "numbers": "\n".join(lines),
        "shape": frame.step.shape,
    }
    if frame.step.way == "backward":
        rows["multiplications in the backward pass so far"] = str(frame.multiplications)
    ax.text(
        -0.6,
        floor,
        f"Step {frame.number}: {frame.step.name}, {frame.step.way}",
        fontsize=MATH,
        color=color,
    )
    y = floor - 0.5
    for head, text in rows.items():
        ax.text(-0.6, y, head, fontsize=SMALL, color=MUTED, va="center")
        ax.text(-0.6, y - 0.25, text, fontsize=MATH if head == "symbol" else SMALL, va="top", linespacing=1.35)
        y -= 0.9 + 0.27 * text.count("\n")
