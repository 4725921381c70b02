"""Scripts of the pages, run in Node.js: what the browser keeps, how Python fails, and what is downloaded."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

LIVE = Path(__file__).resolve().parents[2] / "site" / "live"
STORAGE = """
globalThis.kept = {}
globalThis.localStorage = {
    getItem: key => kept[key] ?? null,
    setItem: (key, text) => { if (globalThis.full) throw new Error("full"); kept[key] = text },
}
"""
WORKER = """
globalThis.Worker = class {
    constructor() { globalThis.worker = this }
    postMessage(asked) { globalThis.asked = asked }
    terminate() {}
}
"""


def run(name, code):
    """Import a script as `it`, run code, and return what it passes to `say`."""
    if not shutil.which("node"):
        pytest.skip("npm is not installed: Node.js runs the scripts")
    start = "const said = [], say = thing => said.push(thing); "
    start += f"const it = await import({json.dumps((LIVE / name).as_uri())});"
    program = f"{STORAGE}{WORKER}{start}{code}; process.stdout.write(JSON.stringify(said)); process.exit()"
    command = ["node", "--input-type=module", "--eval", program]
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


ADA, NONE = '{"done": ["01.error"], "seed": "ada"}', '{"done": []}'


@pytest.mark.parametrize(
    ("text", "before", "result", "kept"),
    [
        ('{"done": ["01.q1"]}', NONE, "other", json.loads(ADA)),  # of a Python that was started before
        ('{"done": ["01.q1"], "seed": "bob"}', NONE, "kept", {"done": ["01.q1"], "seed": "bob"}),
        ('{"done": ["01.q1"]}', ADA, "kept", {"done": ["01.q1"]}),
        ('{"done": ["01.q1"], "seed": "ada"}', ADA, "kept", {"done": ["01.error", "01.q1"], "seed": "ada"}),
    ],
)
def test_only_who_chooses_other_numbers_replaces_those_of_another_tab(text, before, result, kept):
    code = f"kept['live:progress'] = {ADA!r}; say(it.saveProgress({text!r}, {before!r})); say(kept['live:progress'])"
    said, record = run("store.js", code)
    assert (said, json.loads(record)) == (result, kept)


@pytest.mark.parametrize("record", ["null", "{", "7"])
def test_a_damaged_record_is_replaced(record):
    text = json.dumps('{"done": ["01.q1"]}')
    code = f"kept['live:progress'] = {record!r}; it.saveProgress({text}, '{{}}'); say(it.readSolved())"
    assert run("store.js", code) == [["01.q1"]]


def test_what_the_browser_does_not_keep_stays_until_the_page_is_left():
    code = f"""
        globalThis.full = true
        say(it.saveProgress({ADA!r}, {NONE!r}))
        say(it.readSolved())
        say(it.readProgress())
        globalThis.full = false
        say(it.saveProgress('{{"done": ["01.q1"], "seed": "ada"}}', {ADA!r}))
        say(kept["live:progress"])"""
    lost, solved, progress, saved, record = run("store.js", code)
    assert (lost, solved, json.loads(progress), saved) == ("lost", ["01.error"], json.loads(ADA), "kept")
    assert json.loads(record) == {"done": ["01.error", "01.q1"], "seed": "ada"}


def test_what_another_tab_has_recorded_stays_after_the_storage_was_full():
    code = f"""
        globalThis.full = true
        it.saveProgress({ADA!r}, {NONE!r})
        globalThis.full = false
        kept["live:progress"] = '{{"done": ["05.error"], "seed": "ada"}}'
        it.saveProgress('{{"done": ["01.q1"], "seed": "ada"}}', {ADA!r})
        say(kept["live:progress"])"""
    assert json.loads(run("store.js", code)[0])["done"] == ["01.error", "01.q1", "05.error"]


def test_answers_are_kept_and_those_of_two_tabs_combined():
    def given(attempts, text):
        return {"attempts": attempts, "right": False, "answer": text, "value": None, "mistake": ""}

    def recorded(**answers):
        return {"done": [], "answers": answers, "seed": "ada", "earlier": {"": {}}, "handed_in_as": "Ada"}

    first, second = recorded(a=given(3, "mine"), b=given(1, "b")), recorded(a=given(2, "older"), c=given(1, "c"))
    texts = [json.dumps(json.dumps(one)) for one in (first, second, recorded())]
    code = f"it.saveProgress({texts[0]}, {texts[2]}); it.saveProgress({texts[1]}, {texts[2]}); say(it.readProgress())"
    assert json.loads(run("store.js", code)[0]) == recorded(**first["answers"], c=second["answers"]["c"])


def test_damaged_answers_are_left_out():
    code = """kept["live:progress"] = '{"done": ["01.q1"], "answers": {"a": 7}, "seed": 8, "earlier": 9}'
        say(it.readProgress())"""
    assert json.loads(run("store.js", code)[0]) == {"done": ["01.q1"]}


def test_texts_of_all_earlier_editions_are_offered():
    code = """
        const start = { "live:L:2": { saved: 2, cells: { b: "second" } },
                        "live:L:1": { saved: 1, cells: { a: "first", b: "old" } },
                        "live:L:0": { saved: 0, settled: true, cells: { c: "" } } }
        const methods = { getItem(key) { return this[key] ?? null }, setItem(key, text) { this[key] = text } }
        globalThis.localStorage = Object.create(methods)
        for (const key of Object.keys(start)) localStorage[key] = JSON.stringify(start[key])
        const store = new it.Store("L", "3")
        say(store.earlier())
        store.settle()
        say(store.earlier())
        say(JSON.parse(localStorage["live:L:1"]).cells.a)"""
    assert run("store.js", code) == [{"a": "first", "b": "second"}, None, "first"]


@pytest.mark.parametrize("online", [True, False])
def test_why_python_could_not_be_started(online):
    code = f"""
        Object.defineProperty(globalThis, "navigator", {{ value: {{ onLine: {json.dumps(online)} }} }})
        const kernel = new it.Kernel("")
        kernel.addEventListener("status", event => say(event.detail.words))
        const started = kernel.start()
        worker.onmessage({{ data: {{ type: "failed", number: asked.number, message: "no memory" }} }})
        await started.catch(() => {{}})"""
    more = "" if online else "; this device is offline"
    assert run("kernel.js", code)[-1] == f"Python could not be started: no memory{more}."


DOWNLOAD = """
const asked = []
globalThis.self = globalThis
globalThis.fetch = async (name, { cache }) => {
    asked.push(`${name} ${cache}`)
    return new Response(cache === "reload" ? "new" : OLD)
}
const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode("new")))
const integrity = `sha256-${btoa(String.fromCharCode(...digest))}`
const load = async () => {
    const answers = [await fetch("http://a/a.json"), await fetch("http://a/b.whl", { integrity })]
    return Promise.all(answers.map(answer => answer.text()))
}
say(await it.watched(() => {}, load).catch(error => error.message))
say(asked)
"""


@pytest.mark.parametrize("old", ["old", "new"])
def test_an_old_file_in_the_cache_of_the_browser_is_replaced(old):
    texts, asked = run("download.js", DOWNLOAD.replace("OLD", json.dumps(old)))
    assert texts == [old, "new"]
    assert (
        asked
        == ["http://a/a.json no-cache", "http://a/b.whl default", "http://a/b.whl reload"][: 3 if old == "old" else 2]
    )


def test_a_file_with_another_checksum_is_refused():
    said, _ = run("download.js", DOWNLOAD.replace('cache === "reload" ? "new" : OLD', '"old"'))
    assert said == "the file b.whl could not be downloaded"
