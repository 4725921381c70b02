"""A site for a class, built from a handout: no file of the book or the lab shows a solution."""

import gzip
import html
import io
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from helpers.exercises import handout, stripped
from helpers.exercises.registry import EXERCISES

ROOT = Path(__file__).resolve().parents[2]
# Files of other projects, copied as they are.
FOREIGN = re.compile(r"lab/(build|lab|api|static/pyodide)/|lab/extensions/.*\.(js|json|css)$|_static/mathjax/")
PICTURES = {".h5", ".png", ".woff", ".woff2", ".ttf", ".wasm", ".map"}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder with the site, and the file with the sealed exercises in it."""
    for name in ("jupyterlite_core", "sphinx", "myst_nb", "sphinx_book_theme"):
        pytest.importorskip(name, reason="the book needs more: pip install -r site/requirements.txt")
    folder = tmp_path_factory.mktemp("class")
    handout.write(folder / "handout")
    public = {"GITHUB_SERVER_URL": "https://example.org", "GITHUB_REPOSITORY": "a/with-solutions"}
    environment = os.environ | public | {"LESSONS_SOURCE": str(folder / "handout" / "lessons")}
    for program, out in (("lab.py", folder / "site" / "lab"), ("book.py", folder / "site")):
        subprocess.run([sys.executable, ROOT / "site" / program, out], env=environment, check=True)
    return folder / "site"


def letters(text):
    """The text without tags, escapes, white space and quotes, so that every way to store it looks the same."""
    text = re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), text).replace("\\n", "").replace('\\"', "")
    return re.sub(
        r"""[\s"'`*\\]+""", "", html.unescape(re.sub(r"</?(?:span|code|strong|em|p|wbr|a)\b[^<>]*>", "", text))
    )


def contents(name, data):
    """Pairs (name, text) of a file and, if it is an archive, of everything in it."""
    if name.endswith((".zip", ".whl")):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for inner in archive.namelist():
                yield from contents(f"{name}/{inner}", archive.read(inner))
    elif "ubyte" in name:  # digits
        return
    elif data[:2] == b"\x1f\x8b":
        yield from contents(name.removesuffix(".gz"), gzip.decompress(data))
    elif Path(name).suffix not in PICTURES:
        yield name, letters(data.decode("utf-8", errors="ignore"))


def secrets():
    """Maps everything that would give an answer away to the exercise that it belongs to."""
    general = letters((ROOT / "helpers" / "exercises" / "typed.py").read_text(encoding="utf-8"))  # for any exercise
    found = {}
    for exercise in EXERCISES.values():
        texts = [exercise.reason, *(wrong.hint for wrong in exercise.wrong)]
        if exercise.cases is not None or len(exercise.solution_text) > 25:
            texts.append(exercise.solution_text)
        found |= {letters(text): exercise.name for text in texts}
    return {text: name for text, name in found.items() if len(text) > 12 and text not in general}


def leaks(folder):
    """Names of files, and of the exercises that they give away."""
    hidden = secrets()
    assert len(hidden) > 500
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not FOREIGN.match(path.relative_to(folder).as_posix()):
            for name, text in contents(path.relative_to(folder).as_posix(), path.read_bytes()):
                yield from ((name, exercise) for secret, exercise in hidden.items() if secret in text)


def test_no_file_of_the_site_shows_a_solution(site):
    assert list(leaks(site)) == []


def test_a_solution_in_an_archive_or_a_page_would_be_found(tmp_path):
    exercise = EXERCISES["04.step"]
    with zipfile.ZipFile(tmp_path / "helpers.whl", "w") as archive:
        archive.writestr("lesson.py", exercise.solution_text)
    (tmp_path / "page.html").write_text(f"<p>{exercise.wrong[0].hint.replace(' ', ' <span>', 1)}</span></p>", "utf-8")
    (tmp_path / "words.json").write_bytes(gzip.compress(exercise.reason.encode()))
    assert {name for name, _ in leaks(tmp_path)} == {"helpers.whl/lesson.py", "page.html", "words.json"}


def test_the_lab_judges_with_the_sealed_exercises_only(site):
    files = site / "lab" / "files" / "helpers" / "exercises"
    assert not list(files.glob("lesson_*.py")) and not list(site.rglob("answer_book*"))
    restored = stripped.read(files / "exercises.json")
    assert {exercise.name for exercises in restored.values() for exercise in exercises} == set(EXERCISES)


def test_the_book_does_not_lead_to_the_repository_with_the_solutions(site):
    for page in site.glob("*.html"):
        assert "with-solutions" not in page.read_text(encoding="utf-8"), page.name
