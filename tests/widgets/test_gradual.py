"""An explorer that shows the parts of its result while it computes the others, driven in an event loop."""

import asyncio

import numpy as np
import pytest
from test_widgets import screen

from helpers import widgets
from helpers.training.engine import DivergedError

CURVES = {"gradient_descent": np.linspace(2, 1.5, 136), "momentum": np.linspace(2, 1, 136), "adam": np.full(136, 1.2)}


@pytest.fixture
def trained(monkeypatch):
    """The settings with which a network has been trained, one after another; no real one is."""
    asked = []

    def train(optimizer, learning_rate, batch_size):
        asked.append((optimizer, learning_rate, batch_size))
        if learning_rate > 5:
            raise DivergedError("training diverged")
        return CURVES[optimizer] / batch_size**0.1, 1 - learning_rate

    monkeypatch.setattr(widgets.race, "TRAINED", {})
    monkeypatch.setattr(widgets.race, "_train", train)
    return asked


async def settled(explorer):
    while explorer._task and not explorer._task.done():
        await explorer._task


def test_the_finished_networks_are_shown_while_the_others_are_trained(trained):
    explorer = widgets.race.explorer()
    del trained[:]
    messages, pictures, notes = [], [], []
    explorer.message.observe(lambda change: messages.append(change.new), names="value")
    explorer.title.observe(lambda change: notes.append("the last result is still shown" in change.new), names="value")
    explorer.picture.observe(lambda change: pictures.append(change.new), names="value")

    async def move():
        explorer.controls["batch_size"].value = 50
        assert not trained  # the kernel is not kept from its next message
        await settled(explorer)

    asyncio.run(move())
    assert trained == [("gradient_descent", 0.1, 50), ("momentum", 0.02, 50), ("adam", 0.003, 50)]
    assert messages[:2] == [
        "Still training: momentum, Adam. Held-out accuracy so far: gradient descent 0.900",
        "Still training: Adam. Held-out accuracy so far: gradient descent 0.900, momentum 0.980",
    ]
    assert messages[2].startswith("Lowest cost: momentum.") and len(messages) == len(set(pictures)) == 3
    assert notes == [True, False]  # not beside an incomplete result
    assert "batch_size=50)" in explorer.line.value
    at_once = widgets.race.explorer()
    at_once.controls["batch_size"].value = 50  # without an event loop
    assert screen(at_once) == screen(explorer)
    assert len(trained) == 3  # both explorers know the networks of either


def test_a_new_rate_is_shown_at_once_with_the_networks_that_are_known(trained, monkeypatch):
    explorer = widgets.race.explorer()
    draw, drawn = explorer._draw, []
    explorer._draw = lambda result, ax: drawn.append(len(result.scores)) or draw(result, ax)
    train, notes = widgets.race._train, []
    monkeypatch.setattr(widgets.race, "_train", lambda *a: notes.append(explorer.title.value[-40:]) or train(*a))

    async def move():
        for value in (0.5, 0.1):
            explorer.controls["gradient_descent"].value = value
            await settled(explorer)

    asyncio.run(move())
    assert drawn == [3, 3]
    assert ["still shown" in note for note in notes] == [True]  # back at the first rate, nothing is trained
    assert "still shown" not in explorer.title.value


def test_the_next_move_ends_a_computation(trained):
    explorer = widgets.race.explorer()
    del trained[:]

    async def move():
        explorer.controls["batch_size"].value = 50
        while not explorer.message.value.startswith("Still training: momentum, Adam"):
            await asyncio.sleep(0)
        explorer.controls["batch_size"].value = 40
        first = explorer._task
        explorer.controls["batch_size"].value = 30
        await settled(explorer)
        await first

    asyncio.run(move())
    assert [batch_size for _, _, batch_size in trained] == [50, 30, 30, 30]
    assert "batch_size=30)" in explorer.line.value and explorer.message.value.startswith("Lowest cost: ")


def test_a_move_back_leaves_what_is_on_the_screen(trained):
    explorer = widgets.race.explorer()
    before = screen(explorer)
    del trained[:]

    async def move():
        explorer.controls["batch_size"].value = 50
        task = explorer._task
        explorer.controls["batch_size"].value = 32
        await task

    asyncio.run(move())
    assert screen(explorer) == before and not trained and "computing" not in explorer.title.value


def test_a_picture_that_is_resized_meanwhile_is_complete(trained):
    explorer = widgets.race.explorer()

    async def move():
        explorer.controls["batch_size"].value = 50
        task = explorer._task
        while not explorer.message.value.startswith("Still training"):
            await asyncio.sleep(0)
        explorer.picture.narrow = True
        assert explorer.message.value.startswith("Lowest cost: ")
        await task

    asyncio.run(move())
    assert "batch_size=50)" in explorer.line.value


def test_a_training_that_diverges_is_refused_as_without_parts(trained):
    explorer = widgets.race.explorer()
    before = explorer.picture.value

    async def move():
        explorer.controls["batch_size"].value = 50
        explorer.controls["gradient_descent"].value = 10.0
        await settled(explorer)

    asyncio.run(move())
    assert explorer.message.value == "<b>Not possible:</b> training diverged."
    assert explorer.picture.value == before and "computing" not in explorer.title.value


def test_a_challenge_is_not_judged_by_a_part(trained):
    explorer = widgets.race.explorer()
    explorer._challenge._judge = lambda result, state: len(result.scores) == 3 or pytest.fail("judged too early")

    async def move():
        explorer.controls["batch_size"].value = 50
        await settled(explorer)

    asyncio.run(move())
    assert "✓ Challenge met" in explorer.title.value
