"""Lessons inside a web browser: recordings instead of long computations, within the limits of the browser's Python."""

import contextlib
import re
import shutil
import signal
from pathlib import Path

import nbformat
import numpy as np
import pytest

from helpers import datasets
from helpers.datasets import folder as bundle, recordings
from helpers.datasets.folder import DataFileError
from helpers.system import browser, interrupts
from helpers.training import engine, parallel, storage
from helpers.training.neural_network import NeuralNetwork

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def in_a_browser(monkeypatch):
    """As if this Python ran inside a web browser."""
    monkeypatch.setattr(browser.sys, "platform", "emscripten")


@pytest.fixture
def folder(monkeypatch, tmp_path):
    """An empty folder in place of `data`."""
    (tmp_path / "data").mkdir()
    monkeypatch.setattr(bundle, "DATA", tmp_path / "data")
    return tmp_path / "data"


def test_the_platform_tells(monkeypatch):
    assert not browser.in_browser()
    monkeypatch.setattr(browser.sys, "platform", "emscripten")
    assert browser.in_browser()


RESULTS = {"array": [[1.0, 2.0], [3.0, 4.0]], "dict": {"cost": [0.5, 0.25], "held out": 0.75}}


def same(one, other):
    if isinstance(other, dict):
        return one.keys() == other.keys() and all(np.array_equal(one[key], other[key]) for key in other)
    return isinstance(one, np.ndarray) and np.array_equal(one, other)


@pytest.mark.parametrize("where", ["browser", "slow computer"])
@pytest.mark.parametrize("kind", RESULTS)
def test_a_recording_is_what_was_computed(folder, monkeypatch, capsys, kind, where):
    monkeypatch.setenv(recordings.MODE, "write")
    assert same(recordings.recorded("some", lambda: RESULTS[kind]), RESULTS[kind])
    assert capsys.readouterr().out == ""
    if where == "browser":
        monkeypatch.setattr(browser.sys, "platform", "emscripten")
    else:
        monkeypatch.setenv(recordings.MODE, "read")
    assert same(recordings.recorded("some", lambda: pytest.fail("computed in a browser")), RESULTS[kind])
    assert capsys.readouterr().out == recordings.TOLD + "\n"


def test_what_a_lesson_computes_is_compared_with_its_recording(folder, monkeypatch):
    monkeypatch.setenv(recordings.MODE, "write")
    recordings.recorded("some", lambda: [1.0, 2.0])
    monkeypatch.setenv(recordings.MODE, "compare")
    recordings.recorded("some", lambda: [1.0, 2.01])
    for other in ([1.0, 2.2], [1.0, 2.0, 3.0], [1.0, np.nan]):
        with pytest.raises(ValueError, match=r"lone array\) in some differs from its recording: run `make reproduce`"):
            recordings.recorded("some", lambda other=other: other)
    with pytest.raises(ValueError, match="differs"):
        recordings.recorded("some", lambda: {"cost": [1.0, 2.0]})


def test_a_lesson_neither_writes_nor_compares_by_itself(folder, monkeypatch):
    monkeypatch.delenv(recordings.MODE)
    recordings.recorded("some", lambda: [1.0, 2.0])
    assert not list(folder.iterdir())


def test_a_network_comes_from_the_recorded_runs(in_a_browser):
    network = recordings.recorded("tutorial_196_1", lambda: pytest.fail("trained in a browser"))
    assert isinstance(network, NeuralNetwork) and len(network.cost_history_) == 1000


def test_lessons_and_recordings_belong_together():
    used = set()
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            used |= set(re.findall(r'recordings\.recorded\(\s*"(\w+)"', cell.source))
    there = {path.stem for path in (recordings.DATA / "runs" / "lessons").glob("*.h5")}
    networks = {path.stem for path in (recordings.DATA / "runs").glob("*.h5")}
    assert len(used) > 8 and used <= there | networks and there <= used


def test_what_cannot_be_written_is_left_out_in_a_browser_only(monkeypatch, capsys):
    def write():
        with browser.where_files_can_be_written():
            raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        write()
    monkeypatch.setattr(browser.sys, "platform", "emscripten")
    write()
    assert capsys.readouterr().out == browser.LEFT_OUT + "\n"
    with pytest.raises(ValueError, match="other"), browser.where_files_can_be_written():
        raise ValueError("another fault")


def test_the_digits_are_the_same_in_a_browser_and_nothing_is_kept(monkeypatch, tmp_path):
    here = datasets.load_mnist()
    monkeypatch.setattr(browser.sys, "platform", "emscripten")
    there = datasets.load_mnist(cache=tmp_path / "cache")
    assert all(np.array_equal(one, other) for one, other in zip(here, there, strict=True))
    assert not (tmp_path / "cache").exists()
    assert all(array.flags.writeable for array in (*here, *there))


def test_training_in_a_browser_needs_no_threads_and_shows_no_bar(in_a_browser, monkeypatch):
    def refuse(*arguments, **options):
        pytest.fail("a thread in a browser")

    monkeypatch.setattr(parallel, "ThreadPoolExecutor", refuse)
    monkeypatch.setattr(interrupts, "tqdm", refuse)  # it would start a thread
    monkeypatch.setattr(interrupts, "DELAY", 0)
    monkeypatch.setenv("TQDM_DISABLE", "0")
    X, y = datasets.make_xor(m=3000)
    assert parallel.core_count() == 1
    assert len(NeuralNetwork([3, 1], iterations=5).fit(X, y).cost_history_) == 5


# --- checksums -----------------------------------------------------------------------------------


def test_the_table_lists_every_bundled_file_and_each_is_as_listed():
    there = {path.relative_to(bundle.DATA).as_posix() for glob in bundle.LISTED for path in bundle.DATA.glob(glob)}
    assert bundle.checksums().keys() == there and len(there) > 20
    for name in there:
        assert bundle.read_bundled(name) == (bundle.DATA / name).read_bytes()


def test_a_file_that_was_made_again_is_listed_anew_and_the_others_stay(folder):
    (folder / "runs").mkdir()
    for name in ("runs/a.h5", "runs/b.h5"):
        (folder / name).write_bytes(name.encode())
    bundle.write_checksums()
    (folder / "runs/a.h5").write_bytes(b"new")
    (folder / "runs/b.h5").write_bytes(b"damaged")
    bundle.write_checksums("runs/a.h5")
    assert bundle.read_bundled("runs/a.h5") == b"new"
    with pytest.raises(DataFileError, match=r"^b\.h5 is damaged or is a different file"):
        bundle.read_bundled("runs/b.h5")
    bundle.write_checksums()
    assert bundle.read_bundled("runs/b.h5") == b"damaged"
    (folder / "checksums.txt").write_text("nonsense")
    with pytest.raises(DataFileError, match=r"^checksums\.txt is damaged: restore it with `git checkout"):
        bundle.read_bundled("runs/a.h5")


def test_names_with_spaces_are_read_again_and_hidden_files_are_not_listed(folder):
    (folder / "runs/lessons").mkdir(parents=True)
    names = ("runs/sweep copy.txt", "runs/.DS_Store.txt", "runs/.sweep.txt.0123abcd.partial", "runs/lessons/.a.h5")
    for name in names:
        (folder / name).write_bytes(name.encode())
    bundle.write_checksums()
    assert list(bundle.checksums()) == ["runs/sweep copy.txt"]
    assert bundle.read_bundled("runs/sweep copy.txt") == b"runs/sweep copy.txt"


def test_of_a_file_without_a_checksum_it_is_said_what_to_do(folder):
    (folder / "new.txt").write_bytes(b"new")
    bundle.write_checksums()
    with pytest.raises(
        DataFileError, match=r"^new\.txt is not in checksums\.txt: add it to LISTED in helpers/datasets"
    ):
        bundle.read_bundled("new.txt")


# --- interrupted recording -----------------------------------------------------------------------


def press_and_catch():
    with contextlib.suppress(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_an_interrupted_result_of_a_lesson_is_not_recorded(folder, monkeypatch):
    monkeypatch.setenv(recordings.MODE, "write")
    recordings.recorded("some", lambda: np.ones(3))
    before = (folder / "runs/lessons/some.h5").read_bytes()
    with pytest.raises(KeyboardInterrupt):
        recordings.recorded("some", lambda: press_and_catch() or np.zeros(3))
    assert (folder / "runs/lessons/some.h5").read_bytes() == before


@pytest.mark.filterwarnings("ignore::UserWarning")  # they are errors in the tests, but not for readers
@pytest.mark.parametrize("during", ["the second network", "the sweep", "nothing"])
def test_an_interrupt_leaves_the_recordings_that_are_not_complete_as_they_were(folder, monkeypatch, during):
    X, y = datasets.make_xor(20)

    def score(units):
        if during == "the sweep":
            press_and_catch()
        return {"accuracy": 0.5}

    def train(press):
        network = NeuralNetwork([2, 1], iterations=3)
        if press:
            monkeypatch.setattr(engine.Training, "updates", lambda self: map(signal.raise_signal, [signal.SIGINT]))
        return network.fit(X, y)

    def record():
        yield "first", train(False)
        yield "second", train(during == "the second network")

    sweep_path = folder / "runs/sweep.txt"
    for name, value in (("DATA", folder), ("SWEEP", sweep_path), ("SWEEP_POINTS", [{"units": 1}, {"units": 2}])):
        monkeypatch.setattr(recordings, name, value)
    monkeypatch.setattr(recordings, "_record", record)
    monkeypatch.setattr(recordings, "score_digits", score)
    (folder / "runs").mkdir()
    for name in ("first.h5", "second.h5", "sweep.txt"):
        (folder / "runs" / name).write_bytes(storage.FORMAT.encode())
    if during == "nothing":
        recordings.reproduce()
    else:
        with pytest.raises(UserWarning, match="interrupted after"):
            recordings.reproduce()
    names = ("first.h5", "second.h5", "sweep.txt")
    old = {name for name in names if (folder / "runs" / name).read_bytes() == storage.FORMAT.encode()}
    left = {"the second network": {"second.h5", "sweep.txt"}, "the sweep": {"sweep.txt"}, "nothing": set()}
    assert old == left[during]


READERS = {
    "chelsea.h5": datasets.load_chelsea,
    "runs/tutorial_196_1.h5": lambda: recordings.load_run("tutorial_196_1"),
    "runs/scale_out.txt": recordings.load_scale_out,
    "runs/lessons/07_answer.h5": lambda: recordings._read_arrays("07_answer"),
}


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("damage", ["one byte", "cut short", "another recording", "missing"])
def test_a_damaged_bundled_file_is_named_with_its_cure(folder, monkeypatch, name, damage):
    content = bytearray((datasets.DATA / name).read_bytes())
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(datasets.DATA / "checksums.txt", folder)
    if damage == "one byte":
        content[len(content) // 2] ^= 1
    elif damage == "cut short":
        del content[-1:]
    elif damage == "another recording":
        content = (datasets.DATA / "runs" / "chelsea_7_1.h5").read_bytes()
    if damage != "missing":
        (folder / name).write_bytes(content)
    monkeypatch.setattr(recordings.h5py, "File", lambda *args: pytest.fail("HDF5 was given a damaged file"))
    fault = "is missing" if damage == "missing" else "is damaged or is a different file (its checksum does not match)"
    with pytest.raises(
        DataFileError, match=rf"^{Path(name).name} {re.escape(fault)}: restore it with `git checkout -- data/{name}`"
    ):
        READERS[name]()


@pytest.mark.parametrize("arguments", [("", dict), ("../x", dict), (3, dict), ("some", 3)], ids=str)
def test_what_is_no_recording_is_refused(arguments):
    with pytest.raises((TypeError, ValueError), match=r"^(name is|compute must be)"):
        recordings.recorded(*arguments)
    with pytest.raises(ValueError, match=r"name is .* choose one of tutorial_196_1"):
        recordings.load_run(arguments[0])
