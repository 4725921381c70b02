"""Each layer of protection holds on its own."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TRIES = """
import json, os, socket, sys
sys.path.insert(0, {root!r})
from helpers.system import confinement
os.chdir({folder!r})

def tried(function):
    try:
        return f"done: {{function()}}"
    except BaseException as error:
        return f"{{type(error).__name__}}: {{error}}"

{before}
tries = dict(
    write=lambda: open("new.txt", "w"),
    append=lambda: open("secret.txt", "a"),
    read=lambda: open("secret.txt").read(),
    read_allowed=lambda: open(os.path.abspath("allowed/text.txt")).read(),
    write_allowed=lambda: open(os.path.abspath("allowed/text.txt"), "r+"),
    climb=lambda: open("allowed/../secret.txt").read(),
    remove=lambda: os.remove("secret.txt"),
    rename=lambda: os.rename("secret.txt", "other.txt"),
    folder=lambda: os.mkdir("new"),
    link=lambda: os.symlink("secret.txt", "new"),
    program=lambda: os.execv("/bin/true", ["true"]),
    network=lambda: socket.create_connection(("127.0.0.1", {port}), timeout=5),
    parent=lambda: os.kill({parent}, 0),
    memory=lambda: len(bytearray(3 * 2**30)) if 'limits' in kept else 0,
)
print(json.dumps([kept, {{name: tried(one) for name, one in tries.items()}}]))
"""
KERNEL = """
confinement._hook = lambda *_: lambda *_: None
kept = confinement.confine([os.path.abspath("allowed")], 9, 2**31)
"""
HOOK = "sys.addaudithook(confinement._hook((os.path.abspath('allowed'),)))\nkept = []"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "allowed").mkdir()
    (tmp_path / "allowed" / "text.txt").write_text("public")
    return tmp_path


@pytest.fixture
def tried(folder):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def run(before):
            code = TRIES.format(
                root=str(ROOT), folder=str(folder), before=before, port=server.getsockname()[1], parent=os.getpid()
            )
            done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
            assert done.returncode == 0, done.stderr
            return json.loads(done.stdout)

        yield run
    assert sorted(path.name for path in folder.iterdir()) == ["allowed", "secret.txt"]
    assert (folder / "secret.txt").read_text() == "secret"


def test_the_kernel_holds_without_the_hook(tried):
    kept, said = tried(KERNEL)
    assert kept[-1] == "audit hook"
    if "files (kernel)" in kept:  # Linux with Landlock
        assert said["read_allowed"] == "done: public"
        for name in (
            "write_allowed",
            "write",
            "append",
            "read",
            "climb",
            "remove",
            "rename",
            "folder",
            "link",
            "program",
        ):
            assert said[name].startswith("PermissionError"), name
    if "no network" in kept:
        assert "Error" in said["network"] and "Error" in said["parent"]
    if "limits" in kept and sys.platform.startswith("linux"):
        assert said["memory"].startswith("MemoryError")


def test_the_hook_holds_without_the_kernel(tried):
    _, said = tried(HOOK)
    assert said["read_allowed"] == "done: public"
    del said["read_allowed"], said["memory"]
    assert all("not allowed here" in text for text in said.values()), said
