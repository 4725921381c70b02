"""Functions that start the Chromium installed on this machine, and a web server for the pages it opens.

If Chromium is not installed, the tests that use these functions are skipped.
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
    """Return whether an address is on this machine, or is a data or blob URL, which does not use the network."""
    parts = urlsplit(url)
    return parts.scheme in ("data", "blob") or parts.hostname == "127.0.0.1"


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """Request handler that serves files without logging the requests."""

    def log_message(self, *words):
        pass


@contextlib.contextmanager
def served(folder):
    """Serve the files in `folder` on this machine, and provide the address of the server."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()


def find_chromium():
    """Return the path of the browser named by the environment variable CHROMIUM or found on PATH, or None."""
    names = [os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"]
    return next((path for path in map(shutil.which, filter(None, names)) if path), None)


@contextlib.contextmanager
def launched(*flags):
    """Start a headless Chromium with additional command-line flags, and close it at the end."""
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
    """Wait until a JavaScript expression is true.

    Unlike `page.wait_for_function`, this also works in pages whose security policy forbids `eval`.
    """
    end = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < end, f"never true: {expression}"
        time.sleep(0.02)
