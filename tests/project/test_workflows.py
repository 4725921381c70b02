"""Tests that the GitHub workflows run the commands in the README, pin their actions and have minimal permissions."""

import re
import shutil
import subprocess
import sysconfig
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
FORMS = sorted(path for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml") if path.stem != "config")
RIGHTS = {"contents": "read", "pages": "write", "id-token": "write"}  # the largest permissions that a job may have
PUBLISHES = {"pages", "id-token"}  # a job with these permissions must not run any code of the project
# These commands are not in the README, which uses `py` and only the pinned versions. .ci/run ends with `make test`.
OWN_STEPS = {
    "bash .ci/run",
    "python -m venv .venv",
    '.venv/bin/python -m pip install --upgrade -r "$VERSIONS"',
    r".venv\Scripts\python -m pip install --upgrade -r $env:VERSIONS",
}


def load(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def jobs(workflow):
    return workflow["jobs"].values()


def steps(workflow):
    return [step for job in jobs(workflow) for step in job.get("steps", [])]


def actions_are_pinned(text):
    """Check that every action is pinned to the 40-digit hash of a commit, with its version in a comment."""
    used = re.findall(r"uses: *(.*)", text)
    # Workflows of this repository do not need to be pinned.
    pinned = r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+|\./\.github/workflows/\w+\.yml( #.*)?"
    return [f"{use!r} is not pinned" for use in used if not re.fullmatch(pinned, use)]


def an_action_has_one_version(text):
    pins = set(re.findall(r"uses: *([\w./-]+)@(\S+)", text))
    return [f"{name} has two versions" for name, _ in pins if sum(name == other for other, _ in pins) > 1]


def permissions_are_minimal(text):
    workflow = yaml.safe_load(text)
    faults = [] if workflow.get("permissions") == {} else ["the workflow itself has permissions"]
    for job in jobs(workflow):
        rights = job.get("permissions", {})
        faults += [
            f"{name}: {right} is more than needed" for name, right in rights.items() if RIGHTS.get(name) != right
        ]
        if PUBLISHES & set(rights) and any(
            "run" in step or "checkout" in step["uses"] for step in job.get("steps", [{"run": "another workflow"}])
        ):
            faults.append("a job that may publish runs code")
    return faults


def no_token_is_kept(text):
    checkouts = [step for step in steps(yaml.safe_load(text)) if "checkout" in step.get("uses", "")]
    return [
        "the checkout keeps its token" for step in checkouts if step.get("with", {}).get("persist-credentials", True)
    ]


def time_is_limited(text):
    own = [job for job in jobs(yaml.safe_load(text)) if "uses" not in job]  # a called workflow sets its own limits
    return ["a job has no time limit" for job in own if "timeout-minutes" not in job]


def nothing_is_published_before_the_tests(text):
    """Check that a job with permission to publish only runs if the test workflow has succeeded on the same commit."""
    workflow = yaml.safe_load(text)
    tests = {name for name, job in workflow["jobs"].items() if job.get("uses") == "./.github/workflows/test.yml"}
    faults = []
    for name, job in workflow["jobs"].items():
        if PUBLISHES & set(job.get("permissions", {})):
            needs = job.get("needs", [])
            if not tests & set([needs] if isinstance(needs, str) else needs):
                faults.append(f"{name} does not wait for the tests")
            if re.search(r"always|failure|cancelled|!", str(job.get("if", ""))):
                faults.append(f"{name} may run although the tests failed")
    return faults + [f"{name} may fail unnoticed" for name in tests if "continue-on-error" in workflow["jobs"][name]]


def no_address_is_fixed(text):
    return re.findall(r"https?://\S+|\b[\w-]+\.github\.io\b|\b[\w.-]+\.(?:com|org|net)\b", text)


def lines_are_in_the_readme(text):
    """Check that every shell command is in the README, apart from an option for nbval, or is listed in OWN_STEPS.

    Commands that run a target of the Makefile are also allowed.
    """
    readme, makefile = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "Makefile"))
    lines = "\n".join(step["run"] for step in steps(yaml.safe_load(text)) if "run" in step).strip().split("\n")
    known = OWN_STEPS | set(readme.split("\n")) | {f"make {name}" for name in re.findall(r"^(\w+):", makefile, re.M)}
    return [f"{line!r} is not known" for line in lines if re.sub(r" (ARGS=)?--nbval-lax$", "", line) not in known]


RULES = [
    actions_are_pinned,
    an_action_has_one_version,
    permissions_are_minimal,
    no_token_is_kept,
    time_is_limited,
    nothing_is_published_before_the_tests,
    no_address_is_fixed,
    lines_are_in_the_readme,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_keeps_the_rule(path, rule):
    assert rule(path.read_text(encoding="utf-8")) == []


def test_an_action_has_the_same_version_everywhere():
    assert an_action_has_one_version("\n".join(path.read_text(encoding="utf-8") for path in WORKFLOWS)) == []


PLANTED = [
    (actions_are_pinned, "test", r"@[0-9a-f]{40} # v", "@v"),
    (actions_are_pinned, "test", r" # v7.0.1", ""),
    (an_action_has_one_version, "test", r"(checkout@)\w", r"\g<1>f"),
    (permissions_are_minimal, "test", r"permissions: {}", "permissions: write-all"),
    (permissions_are_minimal, "test", r"permissions: {}", ""),
    (permissions_are_minimal, "test", r"contents: read", "contents: write"),
    (permissions_are_minimal, "site", r"contents: read", "pages: write"),
    (no_token_is_kept, "test", r"persist-credentials: false", "fetch-depth: 1"),
    (time_is_limited, "test", r"timeout-minutes: 90", ""),
    (actions_are_pinned, "site", r"\./\.github/workflows/test\.yml", "someone/else/.github/workflows/test.yml@main"),
    (nothing_is_published_before_the_tests, "site", r"\[test, build\]", "build"),
    (nothing_is_published_before_the_tests, "site", r"\./\.github/workflows/test\.yml", "./.github/workflows/site.yml"),
    (nothing_is_published_before_the_tests, "site", r"if: github.ref ==", "if: always() && github.ref =="),
    (no_address_is_fixed, "site", r"make site", "make site URL=https://someone.github.io/lessons"),
    (lines_are_in_the_readme, "test", r"make test ARGS", "make tests ARGS"),
    (lines_are_in_the_readme, "test", r"-m pytest", "-m unittest"),
    (lines_are_in_the_readme, "test", r"-r requirements.txt -e \.", "-r requirements.txt"),
]


def test_every_rule_is_tried():
    assert {rule for rule, *_ in PLANTED} == set(RULES)


@pytest.mark.parametrize(("rule", "name", "old", "new"), PLANTED)
def test_a_planted_fault_is_found(rule, name, old, new):
    text = (ROOT / ".github" / "workflows" / f"{name}.yml").read_text(encoding="utf-8")
    assert rule(re.sub(old, new, text, count=1))


def test_a_push_to_main_is_tested_by_the_workflow_that_publishes():
    site, test = (load(ROOT / ".github" / "workflows" / f"{name}.yml") for name in ("site", "test"))
    assert site[True]["push"] == {"branches": ["main"]}  # YAML reads the key `on` as true
    assert "workflow_call" in test[True] and "push" not in test[True]  # so that the tests do not run twice
    assert "pull_request" in test[True]
    assert site["jobs"]["test"]["if"] == "github.event_name != 'pull_request'"
    assert site["jobs"]["publish"]["if"] == "github.ref == 'refs/heads/main'"


def test_the_script_of_ci_calls_the_command_of_the_readme():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert "make test" in script


def test_the_parts_of_the_strict_job_are_the_whole():
    """Each test file and each notebook belongs to exactly one part."""
    parts = [entry["tests"].split() for entry in strict()["strategy"]["matrix"]["include"]]
    ignored = [word.removeprefix("--ignore=") for part in parts for word in part if word.startswith("--ignore=")]
    named = [word for part in parts for word in part if not word.startswith("--ignore=")]
    assert sorted(named) == sorted([*ignored, "tests", "notebooks"])
    assert [name for name in named if not (ROOT / name).exists()] == []
    assert [step["env"] for step in strict()["steps"] if step.get("run") == "bash .ci/run"] == [
        {"ARGS": "${{ matrix.tests }}"}
    ]


def strict():
    """Return the job that compares the outputs of the notebooks."""
    return load(ROOT / ".github" / "workflows" / "test.yml")["jobs"]["strict"]


def test_ci_covers_three_systems_and_the_oldest_and_newest_python():
    matrix = load(ROOT / ".github" / "workflows" / "test.yml")["jobs"]["executed"]["strategy"]["matrix"]
    assert {name.split("-")[0] for name in matrix["os"]} == {"ubuntu", "macos", "windows"}
    pythons = {entry["versions"]: entry["python"] for entry in matrix["include"]}
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.search(r"Python (3\.\d+) to (3\.\d+)", readme).groups() == (pythons["oldest"], pythons["newest"])
    for versions in matrix["versions"]:
        assert (ROOT / ".github" / f"{versions}.txt").is_file()


def test_the_oldest_versions_are_older_than_the_pinned_ones():
    read = {}
    for path in (ROOT / "requirements.txt", ROOT / ".github" / "oldest.txt"):
        found = re.findall(r"^([\w-]+)==([\d.]+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        read[path.name] = {name: tuple(map(int, version.split("."))) for name, version in found}
    assert {"numpy", "matplotlib"} <= set(read["oldest.txt"])
    assert all(version < read["requirements.txt"][name] for name, version in read["oldest.txt"].items())


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_asks_in_full(path):
    form = load(path)
    assert form["name"] and form["description"]
    for field in form["body"]:
        assert field["type"] in {"input", "textarea", "dropdown"}
        assert field["attributes"]["label"].endswith("?")
    assert len({field["id"] for field in form["body"]}) == len(form["body"])


def test_what_a_form_asks_readers_to_run_prints_their_versions(capsys):
    """The code is between backticks in a description."""
    text = "\n".join(field["attributes"].get("description", "") for path in FORMS for field in load(path)["body"])
    (code,) = re.findall("`([^`]+)`", text)
    exec(code, {})  # our own text
    printed = capsys.readouterr().out
    assert all(f"{name} {version(name)}" in printed for name in ("numpy", "matplotlib", "ipywidgets", "h5py"))


@pytest.mark.parametrize("command", [("actionlint",), ("zizmor", "--offline", "--persona=pedantic", ".github")])
def test_the_linters_of_workflows_find_nothing(command):
    program = shutil.which(command[0], path=sysconfig.get_path("scripts")) or shutil.which(command[0])
    if not program:
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run([program, *command[1:]], cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
