"""Settings that ensure that tests and notebooks run under the same conditions on every machine."""

import os
import re
import sys
from pathlib import Path

import pytest
from xdist.scheduler import LoadFileScheduling

sys.path.insert(0, str(Path(__file__).parent / "tests"))
import skips

# The kernels that run the notebooks inherit these variables. BLAS uses one thread, because two threads that compete
# with another process make small products up to twenty times slower. (`NeuralNetwork.fit` still uses all cores, because
# it starts its own threads.) Progress bars are disabled because their text would differ from run to run.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["TQDM_DISABLE"] = "1"
# By default, glibc returns the memory of large arrays to the system and has to request it again, which takes a sixth of
# the time of full-batch training. With these settings it keeps the memory. Other systems ignore these variables.
os.environ["MALLOC_MMAP_THRESHOLD_"] = os.environ["MALLOC_TRIM_THRESHOLD_"] = str(2**30)
# Servers that tests start on this machine are asked without a proxy.
for name in ("NO_PROXY", "no_proxy"):
    os.environ[name] = ",".join(filter(None, (os.environ.get(name), "127.0.0.1,localhost")))
# The results computed in a lesson are compared with the recordings that are shown to readers in a web browser.
os.environ["LESSONS_RECORD"] = "compare"
# The committed outputs of the lessons were obtained without the cat images. Tests that need the images look in the
# folder named by LESSONS_DATA_FOR_TESTS. It is set only once, because the worker processes of pytest-xdist also execute
# this file, and inherit the variables set by the main process.
os.environ.setdefault("LESSONS_DATA_FOR_TESTS", os.environ.get("LESSONS_DATA", ""))
os.environ["LESSONS_DATA"] = os.devnull
# Progress is not saved, because the outputs must not depend on which exercises have been solved.
os.environ["LESSONS_PROGRESS"] = os.devnull


# Files that take a long time, with the approximate number of seconds on one core. They are run first, starting with the
# longest, so that no process has to run a long file alone at the end.
LONG = {
    "tests/live/test_running_pages.py": 980,
    "tests/datasets/test_reproduction.py": 590,
    "tests/browser/test_lessons.py": 460,
    "tests/site/test_in_chromium.py": 400,  # with all other tests in its folder
    "tests/lab/test_opening.py": 350,
    "tests/lab/test_lab.py": 240,
    "tests/lessons/test_rerun.py": 140,
    "tests/browser/test_live.py": 125,
    "tests/exercises/test_handout.py": 110,
    "tests/exercises/test_exercises.py": 100,
    "notebooks/04_n_layers.ipynb": 110,
    "tests/browser/test_front_ends.py": 80,
    "tests/lab/test_class_site.py": 55,
    "tests/cluster/test_cluster.py": 50,
    "notebooks/12_todays_networks.ipynb": 50,
    "tests/widgets/test_widgets.py": 45,
    "notebooks/07_why_depth_is_hard.ipynb": 35,
    "tests/exercises/test_works.py": 25,
    "tests/widgets/test_playground.py": 20,
    "tests/datasets/test_cats.py": 20,
    "notebooks/06_recognise_cats.ipynb": 20,
    "notebooks/08_ten_digits.ipynb": 15,
    "notebooks/10_scale_out.ipynb": 15,
    "tests/plotting/test_sheets.py": 15,
    "tests/exercises/test_handing_in.py": 15,
    "tests/browser/test_figures.py": 15,
    "tests/datasets/test_datasets.py": 10,
}
# Other files that are left out with the option `--quick`.
SLOW = ("notebooks/", "tests/browser/", "tests/lab/", "tests/live/", "tests/site/", "tests/cluster/")
# Each test in these files can run in a different process, because they share nothing that is expensive to create.
APART = ("tests/datasets/test_reproduction.py",)
# All tests in this folder run in the same process, because they share the book, which is expensive to build.
TOGETHER = "tests/site/"


class Scheduling(LoadFileScheduling):
    """Scheduler that runs each test file in one process, as `--dist loadfile` does, except for APART and TOGETHER."""

    def _split_scope(self, nodeid):
        if nodeid.startswith(TOGETHER):
            return TOGETHER
        return nodeid if nodeid.startswith(APART) else super()._split_scope(nodeid)


def pytest_addoption(parser):
    """Add the option `--quick`, which is used by `make check`."""
    parser.addoption("--quick", action="store_true", help="run only style checks, notebook rules and quick unit tests")


def pytest_ignore_collect(collection_path, config):
    """Leave out slow files if the option `--quick` is given."""
    name = Path(os.path.relpath(collection_path, config.rootpath)).as_posix()
    if config.getoption("--quick") and (name in LONG or f"{name}/".startswith(SLOW)):
        return True
    return None  # pytest then decides by its own rules


def pytest_xdist_make_scheduler(config, log):
    """Use the scheduler defined above, which keeps the order set by `pytest_collection_modifyitems`."""
    return Scheduling(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Sort the tests by the time that their files take, and keep the order of the tests in each file.

    Test names must not contain the address of an object. It would be different in each process, and pytest-xdist would
    then not run any tests.
    """
    addresses = [item.nodeid for item in items if re.search(r"\bat 0x[0-9a-f]{6,}", item.nodeid)]
    if addresses:
        raise pytest.UsageError(f"Use ids= to give this test a name without an address: {addresses[0]}")
    items.sort(key=lambda item: -LONG.get(item.nodeid.split("::")[0], 0))  # a stable sort


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """Report a test as failed if it was skipped for a reason that is not accepted."""
    report = yield
    if report.skipped and isinstance(report.longrepr, tuple):
        fault = skips.fault(report.longrepr[2].removeprefix("Skipped: "))
        if fault:
            report.outcome, report.longrepr = "failed", fault
    return report


def pytest_terminal_summary(terminalreporter):
    """Print the time that each notebook took, in descending order."""
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
