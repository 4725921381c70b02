"""The clocks of the front ends, run in Node.js without a page."""

import json
import shutil
import subprocess

import pytest

from helpers.widgets.drawing import Drawing
from helpers.widgets.instrument import _script
from helpers.widgets.line_and_valley import LineAndValley

# A model without a kernel. Pauses end when the code calls `tick`, which also lets the promises settle.
MODEL = """
const state = {}, listeners = [], sent = [], said = [], say = thing => said.push(thing), pauses = []
globalThis.setTimeout = end => pauses.push(end)
const model = {
    get: name => state[name],
    set: (name, value) => {
        if (state[name] === value) return
        state[name] = value
        for (const [names, call] of [...listeners]) if (names.split(" ").includes(`change:${name}`)) call()
    },
    save_changes: () => {},
    on: (names, call) => listeners.push([names, call]),
    off: (names, call) => listeners.splice(listeners.findIndex(([n, c]) => n === names && c === call), 1),
    send: content => sent.push(content.do),
}
const tick = () => { pauses.splice(0).forEach(end => end()); return new Promise(setImmediate) }
"""


def run(kind, tmp_path, code):
    """Initialize the front end of a figure, run code, and return what it passes to `say`."""
    if not shutil.which("node"):
        pytest.skip("npm is not installed: Node.js runs the scripts")
    (tmp_path / "front.mjs").write_text(_script(kind.front), encoding="utf-8")
    start = f"const front = await import({json.dumps((tmp_path / 'front.mjs').as_uri())});"
    program = f"{start}{MODEL}{code}; process.stdout.write(JSON.stringify(said)); process.exit()"
    command = ["node", "--input-type=module", "--eval", program]
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_play_works_again_after_a_step_that_was_refused(tmp_path):
    code = """
        Object.assign(state, { picture: { cost: 1 }, steps: 0, playing: true })
        front.default.initialize({ model })
        await tick()
        model.set("playing", false) // Python has refused the step
        await tick()
        await tick()
        model.set("playing", true)
        await tick()
        say(sent)
    """
    assert run(Drawing, tmp_path, code) == [["move", "move"]]


def test_a_figure_that_is_closed_stops_playing(tmp_path):
    code = """
        const picture = { path: [0, 0, 0, 0, 0], costs: [5, 4, 3, 2, 1], least: 0 }
        Object.assign(state, { picture, steps: 0, playing: true })
        const close = front.default.initialize({ model })
        await tick()
        say(state.steps)
        close()
        await tick()
        await tick()
        say(state.steps)
    """
    before, after = run(LineAndValley, tmp_path, code)
    assert before == after > 0
