"""Use the reader's own versions of forward, backward and update everywhere in `helpers`.

Only functions that pass all checks are accepted, and no file is written. Other lessons run in other kernels, so they
read the functions from `my_network.py`, a file that the reader keeps next to the notebooks.
"""

import importlib.util
import inspect
from importlib.machinery import SourceFileLoader
from pathlib import Path

import numpy as np

from helpers.backprop import network, optimizers
from helpers.backprop.activations import ACTIVATIONS
from helpers.backprop.losses import OUTPUTS
from helpers.exercises import limits
from helpers.exercises.errors import about_error
from helpers.exercises.judging import SECONDS, judge
from helpers.exercises.message import Message
from helpers.exercises.registry import EXERCISES
from helpers.gradient_check import check_gradients
from helpers.training import blocks

FILE = "my_network.py"
EXERCISE_OF = {"forward": "04.forward", "backward": "04.backward", "update": "04.update"}
_ours = {
    "forward": blocks.forward,
    "backward": blocks.backward,
    "update": optimizers.OPTIMIZERS["gradient_descent"],
}
_kept = {}
_source = {"modified": None}  # modification time of the file that the functions were read from, or None


class _FreshLoader(SourceFileLoader):
    """A loader that compiles the file each time, because cached bytecode may miss an edit within the same second."""

    def get_code(self, fullname):
        return self.source_to_code(self.get_data(self.path), self.path)


def keep(forward=None, backward=None, update=None):
    """Check the reader's functions and keep them for `use_my_code`.

    The functions are kept only if all of them pass.

    Parameters
    ----------
    forward : callable, optional
        Takes (X, W, b, g, g_out) and returns (Z, A), as in exercise 04.forward.
    backward : callable, optional
        Takes (Y, W, Z, A, g_prime) and returns (dW, db), as in exercise 04.backward.
    update : callable, optional
        Takes (parameter, gradient, learning_rate) and returns the new parameter, as in exercise 04.update.
    """
    given = {"forward": forward, "backward": backward, "update": update}
    given = {name: function for name, function in given.items() if function is not None}
    refusal = _refuse(given)
    if refusal is None:
        _kept.update(given)
        _source["modified"] = None
        words = f"{_listed(given)} passed every check. Call `use_my_code()` to run the network with your code."
        refusal = Message("✓", "Kept.", words)
    elif _kept:
        refusal.words += " The functions that you kept earlier are still available."
    refusal.show()


def use_my_code():
    """Run the network in `helpers` with the functions kept by `keep`, or with those in `my_network.py`.

    `NeuralNetwork` and everything that trains it then call the reader's functions until `use_our_code()` is called. If
    `keep` has not been called, the functions are imported from `my_network.py` in the current folder, which means that
    the code in that file is run. They are checked as in `keep`. If the file has changed since it was last read, it is
    read again.
    """
    if not _kept or (_source["modified"] and _modified() not in (None, _source["modified"])):
        refusal = _read_file()
        if refusal is not None:
            refusal.words += " The functions that you kept earlier are still available." if _kept else ""
            refusal.show()
            return
    for name, function in _ours.items():
        _install(name, _WRAPPERS[name](_kept[name]) if name in _kept else function)
    names = _listed([name for name in _ours if name in _kept])
    where = " (for gradient_descent)" if "update" in _kept else ""
    words = f"The network in `helpers` now uses your {names}{where}. Call `use_our_code()` to go back."
    Message("✓", "Your code.", words).show()


def use_our_code():
    """Run the network with the functions in `helpers` again. The reader's functions are kept."""
    _install_ours()
    Message("✓", "Our code.", "The network in `helpers` now uses its own functions.").show()


def forget():
    """Go back to running the network with the functions in `helpers`, and forget the reader's functions."""
    _kept.clear()
    _source["modified"] = None
    _install_ours()


def _install_ours():
    for name, function in _ours.items():
        _install(name, function)


def _install(name, function):
    if name == "update":
        optimizers.OPTIMIZERS["gradient_descent"] = function
    else:
        setattr(blocks, name, function)


def _forward_of(mine):
    def forward(X, W, b, hidden_activation="sigmoid", output="sigmoid", slopes=None):
        Z, A = mine(X, W, b, ACTIVATIONS[hidden_activation].g, OUTPUTS[output].g)
        return {l: np.asarray(Z[l]) for l in W}, {
            l: np.asarray(A[l]) for l in (0, *W)
        }  # the reader's function may return lists

    return forward


def _backward_of(mine):
    def backward(Y, W, Z, A, hidden_activation="sigmoid", output="sigmoid", share=1.0, out=None, slopes=None):
        gradients = mine(Y, W, Z, A, ACTIVATIONS[hidden_activation].g_prime)
        scaled = tuple({l: share * np.asarray(gradient[l]) for l in W} for gradient in gradients)
        for place, values in zip(out or (), scaled, strict=bool(out)):
            for l in W:
                place[l][...] = values[l]
        return out or scaled

    return backward


def _update_of(mine):
    def step(theta, gradient, memory, t, learning_rate):
        theta[...] = mine(theta, gradient, learning_rate)

    return optimizers.Optimizer(step, 0)


_WRAPPERS = {"forward": _forward_of, "backward": _backward_of, "update": _update_of}


def _refuse(given):
    """Return a message if one of the functions is wrong, or None if all of them are correct."""
    if not given:
        return Message("○", "Not done yet.", "Pass at least one function, as in `keep(forward=forward)`.")
    for name, function in given.items():
        verdict = judge(EXERCISES[EXERCISE_OF[name]], function)
        if verdict.kind == "open":
            return Message("○", verdict.label, f"`{name}` has not been written yet. {verdict.words}")
        if verdict.kind == "wrong":
            return Message("✗", "Not kept.", f"`{name}`: {verdict.words}", _report(name, function))
    report = _report("backward", given["backward"]) if "backward" in given else ""
    return Message("✗", "Not kept.", "`backward` fails the gradient check.", report) if report else None


def _report(name, function):
    """Run the gradient check on `backward` for several networks and return the first report of a mistake, or ""."""
    if name != "backward":
        return ""
    printed = limits.Printed()
    try:
        with limits.quarantine(2 * SECONDS, printed):
            for m, sizes, hidden, output in ((6, [3, 1], "sigmoid", "sigmoid"), (5, [2, 4, 3, 2], "tanh", "identity")):
                report = _examine(function, m, sizes, hidden, output)
                if not report.right:
                    return str(report)
    except KeyboardInterrupt:
        raise
    except BaseException:  # the verdict has already described the problem
        return ""
    return ""


def _examine(function, m, sizes, hidden, output):
    rng = np.random.default_rng(11)
    W, b = network.initialize_parameters(sizes, random_state=rng)
    X, Y = rng.standard_normal((m, sizes[0])), rng.integers(0, 2, (sizes[-1], m)).astype(float)
    mine = _backward_of(function)

    def gradients(X, Y, W, b):
        return mine(Y, W, *_ours["forward"](X, W, b, hidden, output), hidden, output)

    return check_gradients(X, Y, W, b, hidden, output, gradients)


def _modified():
    """Return the modification time of the reader's file, or None if it does not exist."""
    path = Path.cwd() / FILE
    return path.stat().st_mtime_ns if path.is_file() else None


def _read_file():
    """Import `my_network.py` and keep its functions. Return None, or a message if that is not possible."""
    path, modified = Path.cwd() / FILE, _modified()
    if modified is None:
        words = (
            f"You have not kept any functions in this notebook, and there is no {FILE} in its folder. "
            f"Put forward, backward and update in that file, or call `keep` first."
        )
        return Message("○", "Not done yet.", words)
    spec = importlib.util.spec_from_file_location(path.stem, path, loader=_FreshLoader(path.stem, str(path)))
    module, printed = importlib.util.module_from_spec(spec), limits.Printed()
    try:
        with limits.quarantine(SECONDS, printed):
            spec.loader.exec_module(module)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return Message("✗", "Not kept.", about_error(FILE, error), str(printed))
    given = {name: vars(module).get(name) for name in EXERCISE_OF if inspect.isfunction(vars(module).get(name))}
    if not given:
        return Message("✗", "Not kept.", f"{FILE} defines none of {_listed(EXERCISE_OF)}.")
    refusal = _refuse(given)
    if refusal is None:
        _kept.clear()
        _kept.update(given)
        _source["modified"] = modified
    return refusal


def _listed(names):
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"
