"""The machine's own Chromium, for tests that look at pages, and a server of files for it.

Without a Chromium these tests are skipped, and say so.
"""

import contextlib
import functools
import http.server
import os
import shutil
import threading
import time
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]

NO_OTHER_HOST = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"


def is_local(url):
    """Whether an address is on this machine, or no address of a host at all."""
    parts = urlsplit(url)
    return parts.scheme in ("data", "blob") or parts.hostname == "127.0.0.1"


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and says nothing of it."""

    def log_message(self, *words):
        pass


@contextlib.contextmanager
def served(folder):
    """The address at which the files of `folder` can be visited on this machine meanwhile."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()


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


def wait_for(page, expression, seconds=30):
    """Wait until an expression is true, in a page whose policy forbids the `eval` of `page.wait_for_function`."""
    end = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < end, f"never true: {expression}"
        time.sleep(0.02)
