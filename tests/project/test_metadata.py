"""Tests of two files that are read by other programs, the citation file and the settings of the dev container."""

import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTAINER = (ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8")


def test_the_citation_is_complete_and_agrees_with_the_package():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {"cff-version", "message", "title", "authors"} <= set(citation)  # the format requires these fields
    assert citation["cff-version"] == "1.2.0"
    assert citation["type"] in {"software", "dataset"}
    assert citation["authors"] and all(
        author.get("name") or author.get("family-names") for author in citation["authors"]
    )
    assert (citation["version"], citation["license"]) == (project["version"], project["license"])
    assert README.startswith(f"# {citation['title']}\n")
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert all(author["name"] in licence for author in citation["authors"])


def container():
    return json.loads(re.sub(r"^\s*//.*$", "", CONTAINER, flags=re.MULTILINE))


def test_the_container_has_a_supported_python():
    minor = int(re.search(r"python:3\.(\d+)", container()["image"])[1])
    first, last = map(int, re.search(r"Python 3\.(\d+) to 3\.(\d+)", README).groups())
    assert first <= minor <= last


def test_the_container_runs_commands_of_the_makefile():
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    commands = [value for key, value in container().items() if key.endswith("Command")]
    called = [re.match(r"make (\w+)", command)[1] for command in commands]
    assert called == ["setup", "lab"]
    assert set(called) <= targets


@pytest.mark.parametrize("stale", [True, False])
def test_an_environment_of_another_system_is_made_anew(tmp_path, stale):
    if not shutil.which("make") or os.name == "nt":
        pytest.skip("this system has no make that runs scripts")
    for name in ("requirements.txt", "pyproject.toml", ".venv/bin/pip", ".venv/ready"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"#!{tmp_path / 'gone' if stale else '/bin/sh'}\n", encoding="utf-8")
    (tmp_path / ".venv" / "bin" / "pip").chmod(0o755)
    plan = ["make", "-n", "-f", ROOT / "Makefile", "setup"]
    done = subprocess.run(plan, cwd=tmp_path, capture_output=True, encoding="utf-8", check=True)
    assert ("-m venv --clear .venv" in done.stdout) == stale
    assert ("-m venv" in done.stdout) == stale


def test_the_container_forwards_the_port_of_the_lab_and_lets_no_other_page_in():
    settings = container()
    (port,) = settings["forwardPorts"]
    assert set(settings["portsAttributes"]) == {str(port)}
    assert f"port {port}" in README
    assert "port_retries=0" in settings["postAttachCommand"]  # so that it fails rather than using another port
    assert settings["postAttachCommand"].endswith("|| .venv/bin/jupyter server list")  # the address of the first one
    (origin,) = re.findall(r"allow_origin=(\S+)", settings["postAttachCommand"])
    assert origin.startswith(f"https://$CODESPACE_NAME-{port}.") and "*" not in origin
