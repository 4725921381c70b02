"""Conditions under which tests and notebooks run, the same on every machine. Set here and nowhere else."""

import os

# Kernels inherit both. One BLAS thread: two that compete with another process slow small products
# down twentyfold (`NeuralNetwork.fit` still uses all cores, by threads of its own). No progress
# bar: its text would differ from run to run.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["TQDM_DISABLE"] = "1"
# What a lesson computes is held against the recording that readers in a web browser see instead.
os.environ["LESSONS_RECORD"] = "compare"
# Lessons are committed as they run without the cat pictures; tests that want them look here.
os.environ["LESSONS_DATA_FOR_TESTS"] = os.environ.get("LESSONS_DATA", "")
os.environ["LESSONS_DATA"] = os.devnull
# Nothing done is remembered: outputs must not depend on who has solved what.
os.environ["LESSONS_PROGRESS"] = os.devnull


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
