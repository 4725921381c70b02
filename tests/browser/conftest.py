"""A JupyterLab of its own in a folder of its own, and a Chromium to look at it.

Without a Chromium these tests are skipped, and say so. It is looked for on the path, or where the
environment variable CHROMIUM says.
"""

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import NamedTuple

import nbformat
import pytest
from chromium import collect_errors, is_local, launched

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = {
    # every cell in the page, not only those in view
    "notebook-extension/tracker.jupyterlab-settings": '{"windowingMode": "none"}',
    "apputils-extension/notification.jupyterlab-settings": '{"fetchNews": "false", "checkForUpdates": false}',
}


class Lab(NamedTuple):
    """A running JupyterLab: its address, its token, and the folder that it serves."""

    url: str
    token: str
    folder: Path


def _environment(home):
    """Settings, runtime files and history in `home`, so that nothing of the user's is read or written."""
    settings = home / "settings"
    for name, text in SETTINGS.items():
        path = settings / "@jupyterlab" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    places = {"JUPYTERLAB_SETTINGS_DIR": settings}
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_WORKSPACES_DIR", "IPYTHONDIR"):
        places[name] = home / name.lower()
    # Long trainings are shown from their recordings: other tests run every lesson in full.
    rest = {"PYTHONPATH": str(ROOT), "LESSONS_RECORD": "read"}
    return os.environ | {name: str(path) for name, path in places.items()} | rest


def _stop(server):
    """End the server and its kernels, however it stands with them."""
    with contextlib.suppress(ProcessLookupError):
        if os.name == "posix":
            os.killpg(server.pid, signal.SIGTERM)
        else:
            server.terminate()
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL) if os.name == "posix" else server.kill()
        server.wait(20)


def _copy_without_outputs(folder):
    """The lessons as they are before they are run, so that what is seen later was made in the browser."""
    folder.mkdir(parents=True)
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        nbformat.write(notebook, folder / path.name)


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """JupyterLab on this machine only, with a copy of the lessons; ended whatever happens."""
    home = tmp_path_factory.mktemp("lab")
    folder = home / "project"
    _copy_without_outputs(folder / "notebooks")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    options = [f"--ServerApp.root_dir={folder}", "--ip=127.0.0.1", f"--port={port}", "--no-browser", "--allow-root"]
    options += [
        f"--IdentityProvider.token={token}",
        "--LabApp.expose_app_in_browser=True",
        "--ServerApp.port_retries=0",
    ]
    with open(home / "log", "w+", encoding="utf-8") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options],
            env=_environment(home),
            stdout=log,
            stderr=log,
            start_new_session=os.name == "posix",
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_until_it_answers(f"{url}/api/status?token={token}", server, home / "log")
            yield Lab(url, token, folder)
        finally:
            _stop(server)


def _wait_until_it_answers(address, server, log, seconds=240):
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5):
            return
        time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text(encoding='utf-8')[-2000:]}")


@pytest.fixture(scope="module")  # not the session: Playwright's event loop must not outlive these tests
def chromium():
    """A headless Chromium."""
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def context(chromium):
    """What the pages of a module share, so that the browser has the scripts of JupyterLab compiled after the first."""
    with contextlib.closing(chromium.new_context(viewport={"width": 1280, "height": 900})) as context:
        yield context


@pytest.fixture(scope="module")
def sharp_context(chromium):
    """The same for pages on a screen of twice the density, which can be touched."""
    options = {"device_scale_factor": 2, "has_touch": True}
    with contextlib.closing(chromium.new_context(viewport={"width": 1280, "height": 900}, **options)) as context:
        yield context


@pytest.fixture
def page(context, lab):
    """A page as wide as a laptop's; what goes wrong in it, or leaves this machine, fails the test."""
    with _visit(context, lab) as page:
        yield page


@pytest.fixture
def sharp_page(sharp_context, lab):
    """The same on a screen of twice the density, which can be touched."""
    with _visit(sharp_context, lab) as page:
        yield page


@contextlib.contextmanager
def _visit(context, lab):
    page, faults = context.new_page(), []
    collect_errors(page, faults)
    page.on("request", lambda request: None if is_local(request.url) else faults.append(f"asked for {request.url}"))
    page.set_default_timeout(120_000)
    yield page
    for opened in context.pages:
        opened.close()
    for kernel in _ask(lab, "/api/kernels"):
        _ask(lab, f"/api/kernels/{kernel['id']}", "DELETE")
    assert faults == []


def _ask(lab, path, method="GET"):
    """A request to the server's interface: the decoded answer, None where it is empty."""
    request = urllib.request.Request(lab.url + path, method=method, headers={"Authorization": f"token {lab.token}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read() or "null")
