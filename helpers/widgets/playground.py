"""Interactive figure for lesson 11, a playground in which the reader watches a network train step by step.

The class `playground_network.Playground` contains the network and its data, and `PlaygroundExplorer` displays it. The
data sets are in `playground_data`, and `playground_picture` prepares the data that the front end draws.
"""

import time
from contextlib import suppress
from inspect import signature

import traitlets
from matplotlib.figure import Figure

from helpers.plotting import playground
from helpers.system.arguments import check_names, whole_between
from helpers.system.interrupts import interrupts_wait
from helpers.widgets.explorer import REFUSALS, as_call, refusal
from helpers.widgets.instrument import plain
from helpers.widgets.live import Live
from helpers.widgets.playground_data import DATA_SETS, FEATURES, M, as_points
from helpers.widgets.playground_network import MOST_UPDATES, Playground
from helpers.widgets.playground_picture import frame, samples, scene

__all__ = ["DATA_SETS", "FEATURES", "MOST_UPDATES", "M", "Playground", "PlaygroundExplorer", "describe", "draw", "play"]

SLICE = 0.1  # maximum time spent on training between two pictures, in seconds
OF_STILL = 200  # number of updates in the static figure
UNITS, RIGHT = 8, 0.95  # limits in the challenge: number of hidden units, accuracy on the test spirals


def play(updates=0, **options):
    """Create a `Playground` and train it reproducibly for a number of updates.

    Parameters
    ----------
    updates : int
        Number of updates, from 0 to 20000.
    **options
        Arguments of `Playground`.

    Returns
    -------
    Playground

    Raises
    ------
    TypeError, ValueError
        If an option is unknown or invalid.
    """
    check_names(options, signature(Playground).parameters, "play")
    return Playground(**options).run(whole_between(updates, "updates", 0, MOST_UPDATES))


def draw(state, figure=None):
    """Draw a `Playground`, with its decision boundary, costs, gradient norms, and an image of each hidden unit."""
    return playground.playground(state, figure)


def describe(state):
    """Return a sentence that describes the progress of a `Playground`."""
    costs = [f"{cost:.4f}" if cost < 1e4 else f"{cost:.3g}" for cost in state.costs[-1]]
    right = state.accuracy()
    if not len(state.X_test):
        return (
            f"Update {state.updates}: training cost {costs[0]}; {right[0]:.1%} of your points are classified correctly"
        )
    return (
        f"Update {state.updates}: training cost {costs[0]}, test cost {costs[1]}; "
        f"training accuracy {right[0]:.1%}, test accuracy {right[1]:.1%}"
    )


class PlaygroundExplorer(Live):
    """Interactive figure that shows a `Playground` while it trains, with controls for its options.

    Changing an option restarts the training. The exceptions are the learning rate, the speed and the points that the
    reader adds, which take effect while training continues. The line of code records the updates at which the learning
    rate or the points were changed.
    """

    title = "Playground"
    challenge = "11.playground"
    front = "maps.js playground.js"
    code = "widgets.playground.play("
    figsize = playground.SIZE
    actions = ("step", "reset", "add", "paste")
    arguments = ("data_set", "noise", "width", "activation", "initialization", "optimizer", "batch_size")
    arguments += ("l2", "random_state", "features", "points")

    data_set = traitlets.Unicode("moons").tag(sync=True)
    noise = traitlets.CFloat(0.1).tag(sync=True)
    width = traitlets.List(traitlets.CInt(), [4, 4]).tag(sync=True)
    activation = traitlets.List(traitlets.Unicode(), ["tanh", "tanh"]).tag(sync=True)
    initialization = traitlets.Unicode("glorot").tag(sync=True)
    optimizer = traitlets.Unicode("adam").tag(sync=True)
    learning_rate = traitlets.CFloat(0.01).tag(sync=True)
    batch_size = traitlets.CInt(20).tag(sync=True)
    l2 = traitlets.CFloat(0.0).tag(sync=True)
    random_state = traitlets.CInt(0).tag(sync=True)
    features = traitlets.List(traitlets.Unicode(), ["x1", "x2"]).tag(sync=True)
    points = traitlets.List().tag(sync=True)
    speed = traitlets.CInt(1).tag(sync=True)  # number of updates per picture
    show_test = traitlets.Bool().tag(sync=True)
    scene = traitlets.Dict().tag(sync=True)
    samples = traitlets.Dict().tag(sync=True)

    def __init__(self, **state):
        super().__init__(samples=samples(), **state)
        self.observe(self._change_rate, names="learning_rate")

    def state(self):
        """Return the options for `play` in their shortest form."""
        options = super().state()
        layers = len(options["width"])
        options["activation"] = (options["activation"] + options["activation"][-1:] * layers)[:layers] or ["tanh"]
        for name in ("width", "activation"):
            same = len(set(options[name])) == 1
            options[name] = options[name][0] if same else tuple(options[name])
        if not layers:
            options["width"] = 1
        options["features"], options["points"] = tuple(options["features"]), tuple(map(tuple, options["points"]))
        if options["features"] == ("x1", "x2") or options["data_set"] == "digits":
            del options["features"]
        if not options["points"] or options["data_set"] == "digits":
            del options["points"]
        return {"hidden_layers": layers} | options

    def _refresh(self, change=None):
        """Restart the training after a change, and use all of the reader's points from the beginning."""
        if change is not None and change["name"] != "points":
            self.points = self._from_the_start()
        super()._refresh(change)

    def _from_the_start(self):
        return [[*point[:3]] for point in self.points]

    def compute(self, **options):
        """Return a new `Playground` at update 0. If training was running, it continues with the new one."""
        return Playground(**options, learning_rate=self.learning_rate)

    def _show(self, result, options, flow=False, said=""):
        """Display a state, or keep the last picture and its line of code on the screen if interrupted."""
        sentence, picture = describe(result), plain(frame(result)) | {"flow": flow, "number": self._next_number()}
        new = result is not self.result or len(result.points) != self.scene.get("own", 0)
        background = plain(scene(result)) if new else self.scene
        rates = result.rates if len(result.rates) > 1 else result.learning_rate
        line = as_call(self.code, updates=result.updates, **options, learning_rate=rates)
        if result.updates >= MOST_UPDATES:
            sentence += f". Training stops after {MOST_UPDATES} updates: press Reset to start again"
        with interrupts_wait(), self.hold_sync():
            self.result, self._shown = result, options
            self.sentence, self.scene, self.picture, self.line = sentence, background, picture, line
            self.refusal = said
            self._judge(result)

    def solved(self, result):
        """Return whether the spirals are separated by a few hidden units, with the coordinates as the only features."""
        fits = sum(result.sizes[1:-1]) <= UNITS and result.sizes[0] == 2 and not result.points
        return result.data_set == "spirals" and result.noise >= 0.05 and fits and result.accuracy()[1] >= RIGHT

    def still(self):
        """Return the current state as a static figure, or the result of a separate run if training has not begun."""
        result = self.result
        with suppress(ArithmeticError):
            if not result.updates:
                result = play(**self._shown, learning_rate=result.learning_rate, updates=OF_STILL)
        return draw(result, Figure(figsize=self.figsize))

    def _change_rate(self, change):
        """Continue training with a new learning rate."""
        if self.learning_rate == self.result.learning_rate:
            return
        try:
            self.result.learning_rate = self.learning_rate
            self._show(self.result, self._shown)
        except REFUSALS as error:
            self.refusal = refusal(error)

    def _step(self, content=None):
        """Perform one update, whose forward and backward passes are animated by the front end."""
        self.playing = False
        self._train(1, flow=True)

    def _reset(self, content=None):
        """Return to update 0."""
        with self.hold_trait_notifications():
            self._shown = None
            self.points = self._from_the_start()
        if self._shown is None:
            self._begin(self.state())

    def _add(self, content):
        """Add a point drawn by the reader, without restarting the training."""
        state, x = self.result, [content.get(name) for name in ("x1", "x2", "label")]
        try:
            state.add_point(*x)
        except REFUSALS as error:
            self.refusal = refusal(error)
            return
        points = [[*point[: 3 + (point[3] > 0)]] for point in state.points]
        options = self._shown | {"points": tuple(map(tuple, points))}
        self._show(state, options)
        self.points = points

    def _paste(self, content):
        """Use the points of a pasted table as the entire data set."""
        try:
            points = [[*point[:3]] for point in as_points(str(content.get("text", "")))]
        except REFUSALS as error:
            self.refusal = refusal(error)
            return
        with self.hold_trait_notifications():
            self.data_set, self.points = "own points", points

    def _advance(self):
        return self._train(max(1, self.speed))

    def _train(self, updates, flow=False):
        """Perform updates, but stop early if they take too long, and return whether training can continue."""
        end, said, state = time.perf_counter() + SLICE, "", self.result
        try:
            for _ in range(min(updates, MOST_UPDATES - state.updates)):
                state.run(1)
                if time.perf_counter() > end:
                    break
        except ArithmeticError as error:
            said = refusal(error)
        except KeyboardInterrupt:
            self.playing = False
            self._show(state, self._shown)  # shows the updates completed before the interruption
            raise
        self._show(state, self._shown, flow and not said, said)
        return not said and state.updates < MOST_UPDATES


def explorer():
    """Return the interactive figure."""
    return PlaygroundExplorer()
