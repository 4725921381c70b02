"""Functions that start the Chromium installed on this machine, and a web server for the pages it opens."""

import contextlib
import functools
import http.server
import os
import shutil
import threading

from playwright.sync_api import sync_playwright

QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
# The headless shell of Chromium comes first, because it takes about an eighth less time than the full browser.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
NO_OTHER_HOST = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """Request handler that serves files without logging the requests."""

    def log_message(self, *words):
        pass


@contextlib.contextmanager
def served(folder):
    """Serve the files in `folder` on this machine, and yield the address of the server."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()


def find_chromium():
    """Return the path of the browser named by the environment variable CHROMIUM or found on PATH.

    Raises
    ------
    FileNotFoundError
        If there is no such browser.
    """
    names = [os.environ.get("CHROMIUM"), *BROWSERS]
    path = next((path for path in map(shutil.which, filter(None, names)) if path), None)
    if path is None:
        raise FileNotFoundError("no Chromium found: install chromium, or set the variable CHROMIUM to its path")
    return path


@contextlib.contextmanager
def launched(*flags):
    """Start a headless Chromium with additional command-line flags, and close it at the end.

    Raises
    ------
    FileNotFoundError
        If Chromium is not installed.
    """
    path = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*QUIET, *flags])
        try:
            yield browser
        finally:
            browser.close()
