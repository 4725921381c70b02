"""The machine's own Chromium, for tests that look at pages; without one they are skipped, and say so."""

import contextlib
import os
import shutil

import pytest
from playwright.sync_api import sync_playwright

QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]


def find_chromium():
    """The browser that CHROMIUM names, or the first on the path, or None."""
    names = [os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"]
    return next((path for path in map(shutil.which, filter(None, names)) if path), None)


@contextlib.contextmanager
def launched(*flags):
    """A headless Chromium, started with these flags beside the usual ones, and ended whatever happens."""
    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium found: install chromium, or name one in the variable CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*QUIET, *flags])
        try:
            yield browser
        finally:
            browser.close()
