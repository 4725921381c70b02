"""Functions that reduce the outputs of a cell to what must be equal wherever the lesson is run."""

import configparser
import re
from pathlib import Path

from helpers.datasets import recordings
from helpers.system import browser

# What may differ: rounding, as for nbval, and the versions of packages.
NOISE = configparser.RawConfigParser()
NOISE.read(Path(__file__).with_name("nbval_sanitize.cfg"), encoding="utf-8")
NOISE["versions"] = {"regex": r"(?m)^(numpy|matplotlib|h5py|ipywidgets) [\d.+a-z]+$", "replace": r"\1"}
# The h5py of the tests in a browser is built on pyfive, which complains about a file that it could not write, whenever
# Python happens to delete it.
NOISE["h5py"] = {
    "regex": r"(?s)Exception ignored while calling deallocator <function File\.close.*?no attribute '_close'\n",
    "replace": "",
}
NOTICES = (recordings.TOLD, browser.RECORDED)  # lines that only appear in a web browser
NOT_HERE = ("(Skipped, because ", "A browser cannot start processes")  # how a lesson says that it goes on without


def without_noise(text):
    """Replace what may differ in a text by fixed words."""
    for name in NOISE.sections():
        text = re.sub(NOISE[name]["regex"], NOISE[name]["replace"], text)
    return text
