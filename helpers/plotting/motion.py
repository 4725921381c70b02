"""Short animations in SVG and CSS, which play in the book and in saved notebooks without scripts or a kernel.

`one_pass` and `fading` take computed values and return a `Motion`. Each cycle of an animation lasts `seconds` seconds,
including a pause at the end. In print, and for readers who prefer reduced motion, only the final state is shown.
"""

from html import escape

import numpy as np

from helpers.plotting.style import PALETTE, decimals

REST = 0.25  # length of the pause at the end, as a fraction of one cycle
FONT = "Inter, system-ui, 'Segoe UI', Roboto, Arial, sans-serif"


class Motion:
    """Animation as an SVG image.

    Parameters
    ----------
    body, style : str
        SVG elements, and CSS rules with their keyframes.
    size : tuple of (int, int)
        Width and height in CSS pixels.
    words : str
        Description for readers who cannot see the animation.
    """

    def __init__(self, body, style, size, words):
        self.words, (width, height) = words, size
        light, dark = (" ".join(f"--{name}: {pair[i]};" for name, pair in PALETTE.items()) for i in (0, 1))
        # The browser chooses the theme of an image to match the page; see `helpers.plotting.output`.
        colors = f"svg {{ {light} }} @media (prefers-color-scheme: dark) {{ svg {{ {dark} }} }}"
        calm = "@media (prefers-reduced-motion: reduce), print { * { animation: none !important } }"
        type_ = f"text {{ font: 13px {FONT}; fill: var(--ink) }} .small {{ font-size: 12px; fill: var(--muted) }}"
        self._svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
            f"<title>{escape(words, quote=False)}</title><style>{colors} {type_} {style} {calm}</style>{body}</svg>"
        )

    def _repr_svg_(self):
        return self._svg

    def __repr__(self):
        return f"Animation: {self.words}"


def keyframes(name, moments, seconds, easing="ease-in-out"):
    """Return CSS rules that animate the class `name` through a sequence of states, with a pause after the last one.

    Parameters
    ----------
    moments : sequence of tuple
        Pairs (time from 0 to 1, CSS declarations). The last pair also gives the state shown without animation.
    seconds : float
        Duration of one cycle.
    easing : str
        CSS timing function between successive states.
    """
    frames = " ".join(f"{100 * time:.2f}% {{ {what} }}" for time, what in moments)
    return (
        f".{name} {{ {moments[-1][1]}; animation: {name} {seconds:g}s {easing} infinite }} "
        f"@keyframes {name} {{ {frames} 100% {{ {moments[-1][1]} }} }} "
    )


def appears(name, start, seconds, what="opacity"):
    """Return CSS rules for an element that appears at fraction `start` of an animation."""
    moments = [(0, f"{what}: 0"), (start, f"{what}: 0"), (min(start + 0.02, 0.99), f"{what}: 1")]
    return keyframes(name, moments, seconds, "linear")


def passes(name, start, stop, seconds):
    """Return CSS rules for an element that is visible only from fraction `start` to fraction `stop` of an animation."""
    edge = 0.004
    moments = [(0, "opacity: 0"), (start, "opacity: 0"), (start + edge, "opacity: 1"), (stop, "opacity: 1")]
    return keyframes(name, [*moments, (min(stop + edge, 0.999), "opacity: 0")], seconds, "linear")


def scale(interval, pixels):
    """Return the linear map from an interval of numbers to an interval of pixels."""
    (a, b), (c, d) = interval, pixels
    return lambda value: c + (np.asarray(value, float) - a) / (b - a) * (d - c)


def one_pass(frame, seconds=12):
    """Animate the forward pass, the backward pass and the update of a network for one example.

    Parameters
    ----------
    frame : widgets.stepper.Frame
        The frame of the last step.
    """
    sizes, L = frame.sizes, len(frame.sizes) - 1
    beats = np.linspace(0, 1 - REST, 2 * (L + 1) + 1)  # the forward and backward passes
    places = [
        [(70 + l * 600 / (L + 0.65), 170 + 110 * (j - (n - 1) / 2)) for j in range(n)] for l, n in enumerate(sizes)
    ]
    places.append([(740, 170)])
    body, style = "", _PASS_STYLE
    for l in range(1, L + 2):
        back = 2 * (L + 1) - l
        for name, start, ahead in (("forward", beats[l - 1], True), ("backward", beats[back], False)):
            body += f'<g class="{name}{l}">{_connections(places[l - 1], places[l], name, ahead)}</g>'
            style += passes(f"{name}{l}", start, start + beats[1], seconds)
        body = _connections(places[l - 1], places[l], "edge", True) + body
        style += appears(f"value{l}", beats[l], seconds)
        style += appears(f"error{l - 1}", beats[back + 1], seconds) if l > 1 else ""
    body += "".join(_units(frame, l, places[l]) for l in range(L + 1)) + _cost(frame, places[-1][0], L)
    style += appears("after", 1 - REST, seconds)
    before, after = frame.costs[-2:]
    words = (
        f"In the forward pass, shown in blue, values move through a {' → '.join(map(str, sizes))} network to the cost "
        f"{before:.2f}. In the backward pass, shown in dashed red, an error arrives at every unit. "
        f"After the update, the cost is {after:.2f}."
    )
    return Motion(body, style, (806, 330), words)


_PASS_STYLE = (
    ".edge { stroke: var(--hairline); stroke-width: 1.5 } text { text-anchor: middle } "
    ".forward { stroke: var(--forward); stroke-width: 2.5 } "
    ".backward { stroke: var(--backward); stroke-width: 2.5; stroke-dasharray: 7 5; "
    "animation: flow 0.6s linear infinite } @keyframes flow { to { stroke-dashoffset: -12 } } "
    ".dots { stroke: var(--forward); stroke-width: 8; stroke-linecap: round; stroke-dasharray: 0.1 49.9; "
    "animation: dots 0.8s linear infinite } @keyframes dots { to { stroke-dashoffset: -50 } } "
    ".unit { fill: var(--paper); stroke: var(--ink); stroke-width: 1.4 } "
    ".red { fill: var(--backward) } .good { fill: var(--right); font-weight: 600 } "
)


def _connections(starts, stops, name, ahead):
    lines = ""
    for start in starts:
        for stop in stops:
            a, b = (np.array(start), np.array(stop)) if ahead else (np.array(stop), np.array(start))
            rim = 28 * (b - a) / np.linalg.norm(b - a)
            (x1, y1), (x2, y2) = a + rim, b - rim
            line = f'd="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"/>'
            lines += f'<path class="{name}" {line}'
            lines += f'<path class="dots" {line}' if name == "forward" else ""
    return lines


def _units(frame, l, places):
    drawn = ""
    for j, (x, y) in enumerate(places):
        drawn += f'<circle class="unit" cx="{x:.1f}" cy="{y:.1f}" r="26"/>'
        value = f'<text x="{x:.1f}" y="{y + 4.5:.1f}">{decimals(frame.everything[f"A[{l}]"][j, 0])}</text>'
        drawn += value if l == 0 else f'<g class="value{l}">{value}</g>'
        if l > 0:
            error = decimals(frame.everything[f"dZ[{l}]"][j, 0])
            drawn += f'<g class="error{l}"><text class="red" x="{x:.1f}" y="{y + 43:.1f}">δ {error}</text></g>'
    raised = f'a<tspan dy="-5" font-size="10">[{l}]</tspan>'
    head = "x" if l == 0 else raised + '<tspan dy="5"> = ŷ</tspan>' * (l == len(frame.sizes) - 1)
    return drawn + f'<text x="{places[0][0]:.1f}" y="{places[0][1] - 38:.1f}">{head}</text>'


def _cost(frame, place, L):
    x, y = place
    before, after = frame.costs[-2:]
    return (
        f'<circle class="unit" cx="{x}" cy="{y}" r="26"/><text x="{x}" y="{y - 38}">cost J</text>'
        f'<g class="value{L + 1}"><text x="{x}" y="{y + 4.5}">{decimals(before)}</text></g>'
        f'<g class="after"><text class="good" x="{x}" y="{y + 46}">after the</text>'
        f'<text class="good" x="{x}" y="{y + 63}">update {decimals(after)}</text></g>'
    )


def fading(lanes, seconds=12):
    """Animate signals on their way through deep networks, with a blue disc going forward and a red disc going back.

    Parameters
    ----------
    lanes : dict of str to tuple
        Maps the name of each network to a pair (differences, errors): the sizes of the differences between examples
        and the sizes of the errors, in hidden layers 1, 2, …. The areas of the discs are proportional to these sizes.
    """
    height, body, style = 124, "", _FADING_STYLE
    for i, (name, (spreads, errors)) in enumerate(lanes.items()):
        x, y = scale((1, len(errors)), (200, 760))(np.arange(1, len(errors) + 1)), 66 + height * i
        body += f'<text x="16" y="{y + 4}">{escape(name, quote=False)}</text><path class="rail" d="M200 {y}H760"/>'
        body += f'<text class="small" x="110" y="{y + 48}">hidden layer</text>'
        body += "".join(f'<text class="small here" x="{a:.1f}" y="{y + 48}">{l}</text>' for l, a in enumerate(x, 1))
        ways = (("forward", spreads, x[: len(spreads)], 0.0), ("backward", errors[::-1], x[::-1], (1 - REST) / 2))
        for kind, sizes, places, start in ways:
            drawn, rules = _traveller(f"{kind}-{i}", kind, np.divide(sizes, sizes[0]), places, y, start, seconds)
            body, style = body + drawn, style + rules
    parts = (f"{name}: forward {_left(s[-1] / s[0])}, backward {_left(e[0] / e[-1])}" for name, (s, e) in lanes.items())
    words = f"How much of a signal is left at the far end of a deep network. {'; '.join(parts)}."
    return Motion(body, style, (806, height * len(lanes) + 4), words)


_FADING_STYLE = (
    ".forward { fill: var(--forward) } .rail { stroke: var(--hairline) } .here { text-anchor: middle } "
    ".backward { fill: var(--backward-soft); stroke: var(--backward); stroke-width: 2; stroke-dasharray: 5 3; "
    "vector-effect: non-scaling-stroke } .told { font-weight: 600 } "
    ".told-forward { fill: var(--forward); text-anchor: end } .told-backward { fill: var(--backward) } "
)


def _traveller(name, kind, shares, places, y, start, seconds):
    """Return a disc that moves from place to place, and a label that shows how much of the signal is left."""
    times = start + (1 - REST) / 2 * np.linspace(0, 0.96, len(shares))
    moments = [
        (time, f"transform: translate({a:.1f}px, {y}px) scale({max(np.sqrt(share), 1e-4):.4f})")
        for time, a, share in zip(times, places, shares, strict=True)
    ]
    end, text = places[-1] + (26 if kind == "forward" else -26), f"{kind}: {_left(shares[-1])}"
    body = (
        f'<g class="shown-{name}"><g class="{name}"><circle class="{kind}" r="26"/></g></g><g class="said-{name}">'
        f'<text class="told told-{kind}" x="{end:.1f}" y="{y - 36}">{text}</text></g>'
    )
    style = keyframes(name, [(0.0, moments[0][1]), *moments] if start else moments, seconds, "linear")
    style += appears(f"shown-{name}", start, seconds) if start else ""
    return body, style + appears(f"said-{name}", times[-1], seconds)


def _left(share):
    """Describe the share that is left, either as a percentage or as "1 part in …", without powers of ten."""
    return f"{share:.0%} left" if share >= 0.01 else f"1 part in {float(f'{1 / share:.1g}'):,.0f} left"
