"""Functions of site/chrome.py and others, with which tests open pages in the Chromium installed on this machine.

If Chromium is not installed, the tests that use these functions are skipped.
"""

import contextlib
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

sys.path.append(str(Path(__file__).resolve().parents[1] / "site"))
import chrome
from chrome import NO_OTHER_HOST, served

__all__ = ["NO_OTHER_HOST", "SETTLED", "collect_errors", "is_local", "is_still", "launched", "served", "wait_for"]

# Whether no colour is still on its way to another, as it is for a moment after a change of theme.
SETTLED = "!document.getAnimations().some(animation => animation instanceof CSSTransition)"


def is_local(url):
    """Return whether an address is on this machine, or is a data or blob URL, which does not use the network."""
    parts = urlsplit(url)
    return parts.scheme in ("data", "blob") or parts.hostname == "127.0.0.1"


def collect_errors(page, faults):
    """Append the errors that the scripts of a page do not catch to the list `faults`.

    If a change of size is reported only in the next frame, Chromium calls that an error, too. Nothing is wrong then.
    """
    harmless = "ResizeObserver loop"
    page.on("pageerror", lambda error: None if harmless in str(error) else faults.append(f"error: {error}"))


@contextlib.contextmanager
def launched(*flags):
    """Start a headless Chromium with additional command-line flags, and close it at the end."""
    try:
        chrome.find_chromium()
    except FileNotFoundError as error:
        pytest.skip(str(error))
    with chrome.launched(*flags) as browser:
        yield browser


def wait_for(page, expression, seconds=60):
    """Wait until a JavaScript expression is true.

    Unlike `page.wait_for_function`, this also works in pages whose security policy forbids `eval`.
    """
    end, pause = time.monotonic() + seconds, 0.02
    while not page.evaluate(expression):
        assert time.monotonic() < end, f"never true: {expression}"
        time.sleep(pause)
        pause = min(2 * pause, 0.2)  # asking often takes time from the page


def is_still(picture):
    """Return whether a picture looks the same for a second, in at least three screenshots."""
    picture.scroll_into_view_if_needed()
    picture.screenshot()  # may be taken while the page is still being drawn
    start, shots = time.monotonic(), []
    while len(shots) < 3 or time.monotonic() < start + 1:
        shots.append(picture.screenshot())
    return len(set(shots)) == 1
