"""The scripts of the pages agree with the types in their comments, and with those of the packages that they use."""

import json
import subprocess
from pathlib import Path

import pytest

LIVE = Path(__file__).resolve().parents[2] / "site" / "live"
# One mistake in each line after the first two, and what is said about it.
WRONG = f"""import {{ EditorView }} from "@codemirror/view"
import {{ button }} from {json.dumps((LIVE / "dom.js").as_posix())}
button(3, () => {{}})
EditorView.lines()
export const f = x => x
"""
COMPLAINTS = [
    "Argument of type 'number' is not assignable to parameter of type 'string'.",
    "Property 'lines' does not exist on type 'typeof EditorView'.",
    "Parameter 'x' implicitly has an 'any' type.",
]


@pytest.fixture
def check(tmp_path, site_module, typescript):
    """Function that returns the complaints about the scripts in a folder."""
    packages = site_module("bundle")._packages()

    def run(folder):
        options = {"extends": str(LIVE / "tsconfig.json"), "include": [f"{folder.as_posix()}/*.js"]}
        options["compilerOptions"] = {"paths": {"*": [f"{packages.as_posix()}/*"]}}
        (tmp_path / "tsconfig.json").write_text(json.dumps(options), encoding="utf-8")
        command = ["node", typescript, "--project", tmp_path, "--pretty", "false"]
        return subprocess.run(command, capture_output=True, encoding="utf-8").stdout.splitlines()

    return run


def test_the_scripts_have_no_faults_of_type(check):
    assert check(LIVE) == []


def test_faults_of_type_are_found(check, tmp_path):
    (tmp_path / "wrong.js").write_text(WRONG, encoding="utf-8")
    found = [line.partition(": error ")[2].partition(": ")[2] for line in check(tmp_path)]
    assert found == COMPLAINTS
