"""Conditions under which tests and notebooks run, the same on every machine. Set here and nowhere else."""

import os
import re
import sys
from pathlib import Path

import pytest
from xdist.scheduler import LoadFileScheduling

sys.path.insert(0, str(Path(__file__).parent / "tests"))
import skips

# Kernels inherit both. One BLAS thread: two that compete with another process slow small products
# down twentyfold (`NeuralNetwork.fit` still uses all cores, by threads of its own). No progress
# bar: its text would differ from run to run.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["TQDM_DISABLE"] = "1"
# glibc hands large arrays back to the system when they are freed, and gets them again page by page:
# a sixth of a training in full batches. Kept, they cost memory alone. Other systems ignore the names.
os.environ["MALLOC_MMAP_THRESHOLD_"] = os.environ["MALLOC_TRIM_THRESHOLD_"] = str(2**30)
# What a lesson computes is held against the recording that readers in a web browser see instead.
os.environ["LESSONS_RECORD"] = "compare"
# Lessons are committed as they run without the cat pictures; tests that want them look here. The processes
# of pytest-xdist read this file too, and inherit what the first one has set: it is set once.
os.environ.setdefault("LESSONS_DATA_FOR_TESTS", os.environ.get("LESSONS_DATA", ""))
os.environ["LESSONS_DATA"] = os.devnull
# Nothing done is remembered: outputs must not depend on who has solved what.
os.environ["LESSONS_PROGRESS"] = os.devnull


# The files that take long, with about how many seconds of one core. They come first, the longest at the
# head, so that no process is left alone with a long file at the end.
LONG = {
    "tests/datasets/test_reproduction.py": 600,
    "tests/lab/test_lab.py": 300,
    "tests/browser/test_lessons.py": 190,
    "tests/site/test_in_chromium.py": 90,
    "tests/datasets/test_cats.py": 65,
    "notebooks/04_n_layers.ipynb": 90,
    "tests/widgets/test_widgets.py": 50,
    "notebooks/07_why_depth_is_hard.ipynb": 43,
    "tests/cluster/test_cluster.py": 43,
    "tests/exercises/test_exercises.py": 24,
    "tests/widgets/test_playground.py": 20,
    "tests/exercises/test_handout.py": 17,
    "tests/datasets/test_datasets.py": 12,
}
# What `--quick` leaves out besides.
SLOW = ("notebooks/", "tests/browser/", "tests/lab/", "tests/site/", "tests/cluster/")
# Each test of these goes to the next process that is free: they share nothing that is expensive to make.
APART = ("tests/datasets/test_reproduction.py",)
# Files of a folder that share what is expensive to make, the book, go to one process.
TOGETHER = "tests/site/"


class Scheduling(LoadFileScheduling):
    """A file of tests goes to one process, as with `--dist loadfile`, but for those in APART and TOGETHER."""

    def _split_scope(self, nodeid):
        if nodeid.startswith(TOGETHER):
            return TOGETHER
        return nodeid if nodeid.startswith(APART) else super()._split_scope(nodeid)


def pytest_addoption(parser):
    """The option of `make check`."""
    parser.addoption("--quick", action="store_true", help="style, rules and unit tests, without what takes long")


def pytest_ignore_collect(collection_path, config):
    """Whether `--quick` leaves out this file."""
    name = Path(os.path.relpath(collection_path, config.rootpath)).as_posix()
    if config.getoption("--quick") and (name in LONG or f"{name}/".startswith(SLOW)):
        return True
    return None  # let pytest decide


def pytest_xdist_make_scheduler(config, log):
    """Let pytest-xdist deal the tests in the order of `pytest_collection_modifyitems`."""
    return Scheduling(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Sort tests by how long their file takes; within a file their order stays.

    A name with the address of an object differs between the processes, and pytest-xdist then runs nothing.
    """
    addresses = [item.nodeid for item in items if re.search(r"\bat 0x[0-9a-f]{6,}", item.nodeid)]
    if addresses:
        raise pytest.UsageError(f"Give this test a name without an address, with ids=: {addresses[0]}")
    items.sort(key=lambda item: -LONG.get(item.nodeid.split("::")[0], 0))  # stable


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """Let a test fail whose skip is not in order."""
    report = yield
    if report.skipped and isinstance(report.longrepr, tuple):
        fault = skips.fault(report.longrepr[2].removeprefix("Skipped: "))
        if fault:
            report.outcome, report.longrepr = "failed", fault
    return report


def pytest_terminal_summary(terminalreporter):
    """Print how long each notebook took, the slowest first."""
    seconds = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            name = getattr(report, "nodeid", "").split("::")[0]
            if name.endswith(".ipynb"):
                seconds[name] = seconds.get(name, 0) + getattr(report, "duration", 0)
    if seconds:
        terminalreporter.section("time of each notebook")
        for name in sorted(seconds, key=seconds.get, reverse=True):
            terminalreporter.line(f"{seconds[name]:6.1f} s  {name}")
