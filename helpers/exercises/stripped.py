"""Store exercises without their solutions, as data for a class's copy of the lessons.

Instead of the code of solutions and wrong answers, the file contains their *results* for the cases, which are enough to
judge an answer. The results are sealed so that the file does not reveal the numbers and letters that questions ask for.
For an exercise with varying numbers, the file contains the results for each choice of numbers.
"""

import base64
import copy
import json
import zlib
from pathlib import Path

import numpy as np

from helpers.autograd import network as tape_network
from helpers.backprop import activations
from helpers.exercises import variation
from helpers.exercises.core import Exercise, Key, Wrong

FILE = Path(__file__).with_name("exercises.json")
# Functions that may be arguments of a case, by the names that represent them in the file.
FUNCTIONS = {
    f"{place}.{name}": function
    for place, module, names in (
        ("numpy", np, ("sin", "cos", "exp", "log")),
        ("numpy.linalg", np.linalg, ("norm",)),
        ("activations", activations, ("sigmoid", "sigmoid_prime", "tanh", "tanh_prime", "softmax", "identity")),
        ("tape_network", tape_network, ("gradients",)),
    )
    for name, function in ((name, getattr(module, name)) for name in names)
}
NAMES = {id(function): name for name, function in FUNCTIONS.items()}


def write(path, lessons):
    """Write all exercises to a JSON file, without solutions or explanations."""
    data = {lesson: [_strip(exercise) for exercise in exercises] for lesson, exercises in lessons.items()}
    Path(path).write_text(json.dumps({"sealed": seal(data)}) + "\n", encoding="utf-8")


def read(path=FILE):
    """Read the exercises for each lesson from a file written by `write`."""
    data = unseal(json.loads(Path(path).read_text(encoding="utf-8"))["sealed"])
    return {lesson: [_restore(**exercise) for exercise in exercises] for lesson, exercises in data.items()}


def seal(data):
    """Convert data to text that cannot be read at a glance or searched for words and numbers.

    The text is not encrypted: a learner's machine must be able to compare answers with the data, so a learner
    could write a program that reads the data.
    """
    return base64.b85encode(zlib.compress(json.dumps(data).encode(), 9)).decode()


def unseal(text):
    """Reverse the conversion done by `seal`."""
    return json.loads(zlib.decompress(base64.b85decode(text)))


def _strip(exercise):
    key = variation.committed(exercise).key
    shown = "".join([exercise.prompt, *exercise.hints, *(wrong.hint for wrong in exercise.wrong)])
    variants = [] if exercise.numbers is None else variation.variants(exercise)
    return {
        "name": exercise.name,
        "prompt": exercise.prompt,
        "hints": list(exercise.hints),
        "given": exercise.stub,
        "parts": list(exercise.parts),
        "m": exercise.m,
        "cases": None if exercise.cases is None else encode(exercise.cases()),
        "right": encode(key.right),
        "wrong": [[encode(r), wrong.hint] for (r, _), wrong in zip(key.wrong, exercise.wrong, strict=True)],
        "stub": encode(key.stub),
        "needs": dict(key.needs),
        "also": list(exercise.also),
        "group": variation.group(exercise) if variants else "",
        "variants": [
            [{name: encode(value) for name, value in one.values.items() if f"<{name}>" in shown}, *map(encode, one[1:])]
            for one in variants
        ],
    }


def _restore(name, prompt, hints, given, parts, m, cases, right, wrong, stub, needs, also=(), group="", variants=()):
    right, stub = decode(right), decode(stub)
    wrong = [(decode(results), hint) for results, hint in wrong]
    if cases is None:
        known = [Wrong(results[0], hint, needs.get(hint, "")) for results, hint in wrong]
        numbers = [variation.Variant(one[0], decode(one[1]), decode(one[2])) for one in variants] or None
        options = {"hints": hints, "given": given, "also": also, "numbers": numbers, "group": group}
        return Exercise(name, prompt, "", known, right[0], **options)
    arguments = [tuple(case) for case in decode(cases)]
    known = [Wrong(None, hint) for _, hint in wrong]
    key = Key(right, wrong, stub, needs)
    cases = lambda: copy.deepcopy(arguments)  # noqa: E731
    return Exercise(
        name, prompt, "", known, hints=hints, given=given, cases=cases, parts=tuple(parts), m=m, recorded=key
    )


def encode(value):
    """Convert a value to a form that JSON can represent.

    Arrays, tuples and dictionaries are tagged with their type, and functions are replaced with their names.
    """
    if isinstance(value, np.ndarray):
        return {"array": value.tolist(), "dtype": value.dtype.name}
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, tuple):
        return {"tuple": [encode(item) for item in value]}
    if isinstance(value, list):
        return [encode(item) for item in value]
    if isinstance(value, dict):
        return {"dict": [[key, encode(item)] for key, item in value.items()]}
    return {"function": NAMES[id(value)]} if callable(value) else value


def decode(value):
    """Reverse the conversion done by `encode`."""
    if isinstance(value, list):
        return [decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    ((kind, content),) = [(kind, content) for kind, content in value.items() if kind != "dtype"]
    return {
        "array": lambda: np.array(content, dtype=value["dtype"]),
        "tuple": lambda: tuple(decode(item) for item in content),
        "dict": lambda: {key: decode(item) for key, item in content},
        "function": lambda: FUNCTIONS[content],
    }[kind]()
