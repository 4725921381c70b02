"""The figure of the stepper: one step of a forward and backward pass through a small network."""

import numpy as np

from helpers.plotting.style import BACKWARD, FAINT, FORWARD, INK, LIT, MUTED, PAPER, arrow, bare, new_axes

FRAME_SIZE = (7.6, 6.6)
_UNITS = {0: [(0, 0.9), (0, -0.9)], 1: [(2.6, 0.9), (2.6, -0.9)], 2: [(5.2, 0)]}
_COST = (7.4, 0)


def stepper_frame(frame, W, b, listing, ax=None):
    """One step of a pass through a 2 → 2 → 1 network: its picture, symbol, numbers, shape and line of code.

    Parameters
    ----------
    frame : `widgets.stepper.Frame`
    W, b : dicts of ndarrays, the weights and biases
    listing : list of str, one line of code per step
    """
    ax = new_axes(ax, figsize=FRAME_SIZE)
    color = BACKWARD if frame.step.name[0] == "d" else FORWARD
    _draw_pass(frame, W, b, color, ax)
    _draw_words(frame, color, ax)
    for i, line in enumerate(listing):
        now = i == frame.number - 1
        box = {"facecolor": LIT, "edgecolor": color, "boxstyle": "round,pad=0.25"} if now else None
        shade = (BACKWARD if line[0] == "d" else FORWARD) if i < frame.number else FAINT
        place = (4.15, -2.25 - 0.42 * i)
        ax.text(*place, line, family="monospace", fontsize=9, color=shade, va="center", bbox=box)
    bare(ax, (-0.75, 8.1), (-7.6, 1.75))
    return ax


def _draw_pass(frame, W, b, color, ax):
    """Draw the units with activation, bias, z and δ as far as they are known, and highlight what this step uses."""
    kind, layer = frame.step.lit
    back = color == BACKWARD
    for l in (1, 2):
        for k, stop in enumerate(_UNITS[l]):
            for j, start in enumerate(_UNITS[l - 1]):
                _connect(ax, start, stop, color if (kind, layer) == ("edges", l) else FAINT, back)
                _weigh(ax, frame, W, l, k, j, start, stop)
    _connect(ax, _UNITS[2][0], _COST, color if kind == "cost" else FAINT, back)
    for l, units in _UNITS.items():
        for j, place in enumerate(units):
            known = {"b": b.get(l), "z": frame.values.get(f"Z[{l}]"), "δ": frame.values.get(f"dZ[{l}]")}
            notes = {name: array[j, 0] for name, array in known.items() if array is not None}
            activation = frame.values.get(f"A[{l}]")
            value = None if activation is None else activation[j, 0]
            _unit(ax, place, value, color if (kind, layer) == ("units", l) else INK, notes)
    _unit(ax, _COST, frame.values.get("J"), color if kind == "cost" else INK)
    heads = {0: "$x$", 1: "$a^{[1]}$", 2: r"$a^{[2]} = \hat{y}$"}
    for l, head in heads.items():
        ax.text(_UNITS[l][0][0], 1.52, head, ha="center", fontsize=12)
    ax.text(_COST[0], 1.52, f"$J$,  $y = {frame.label}$", ha="center", fontsize=12)


def _connect(ax, start, stop, color, back):
    """Draw an arrow from the edge of one unit to the edge of another: solid forward, dashed backward."""
    start, stop = np.array(start, float), np.array(stop, float)
    rim = 0.46 * (stop - start) / np.linalg.norm(stop - start)
    ends = (stop - rim, start + rim) if back else (start + rim, stop - rim)
    arrow(ax, *ends, color, "--" if back else "-", 1 if color == FAINT else 2.4)


def _weigh(ax, frame, W, l, k, j, start, stop):
    """Write the weight on a connection, with its gradient below it once that is known."""
    part = 0.42 if l == 2 else 0.5 if j == k else 0.3  # clear of one another and of crossing lines
    place = np.array(start) + part * (np.array(stop) - np.array(start))
    box = {"facecolor": PAPER, "edgecolor": "none", "pad": 0.8}
    text = _decimals(W[l][k, j], 1)
    gradient = frame.values.get(f"dW[{l}]")
    ax.text(*place, text, ha="center", va="bottom" if gradient is not None else "center", fontsize=9, bbox=box)
    if gradient is not None:
        text = _decimals(gradient[k, j], 3)
        ax.text(*place, text, ha="center", va="top", fontsize=9, color=BACKWARD, bbox=box)


def _unit(ax, place, value, edge, notes=()):
    """Draw a unit with its value, or a question mark, and one line below it for each note."""
    lit = edge != INK
    face = LIT if lit else PAPER
    look = {"markerfacecolor": face, "markeredgecolor": edge, "markeredgewidth": 3 if lit else 1.5}
    ax.plot(*place, "o", markersize=40, zorder=3, **look)
    text = "?" if value is None else _decimals(np.squeeze(value), 2)
    ax.text(*place, text, ha="center", va="center", fontsize=10.5, zorder=4)
    for i, name in enumerate(notes):
        text, color = f"{name} {_decimals(notes[name], 2)}", BACKWARD if name == "δ" else INK
        ax.text(place[0], place[1] - 0.48 - 0.2 * i, text, ha="center", va="top", fontsize=9, color=color, zorder=4)


def _draw_words(frame, color, ax):
    """Write the symbol, numbers, shape and operation count of the step, below the network on the left."""
    rows = {
        "symbol": f"${frame.step.symbol}$",
        "numbers": "\n".join(frame.working),
        "shape": frame.step.shape,
        "multiplications in the backward pass": f"{frame.kept} so far\n{frame.alone} if only dZ[2] were reused",
    }
    head = f"Step {frame.number}: {frame.step.name}, {'backward' if color == BACKWARD else 'forward'}"
    ax.text(-0.6, -2.32, head, fontsize=12, color=color, weight="bold")
    y = -2.85
    for head, text in rows.items():
        ax.text(-0.6, y, head, fontsize=9, color=MUTED, va="center")
        ax.text(-0.6, y - 0.3, text, fontsize=13 if head == "symbol" else 9.5, va="top", linespacing=1.35)
        y -= 1.0 + 0.3 * text.count("\n")


def _decimals(number, digits):
    """A number with this many decimals, a true minus sign, and no negative zero."""
    return f"{float(number):z.{digits}f}".replace("-", "−")
