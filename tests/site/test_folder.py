"""Output folders of the site: no other folder is touched, and an output folder is complete at all times."""

from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def folder(site_module):
    """The module site/folder.py."""
    return site_module("folder")


@pytest.fixture
def new(tmp_path):
    """A new build of two files."""
    (tmp_path / "scratch" / "static").mkdir(parents=True)
    for name in ("index.html", "static/script.js"):
        (tmp_path / "scratch" / name).write_text("new", encoding="utf-8")
    return tmp_path / "scratch"


def contents(out):
    return {
        path.relative_to(out).as_posix(): path.read_text(encoding="utf-8") for path in out.rglob("*") if path.is_file()
    }


def test_a_build_replaces_the_previous_one_and_keeps_the_files_of_other_programs(folder, new, tmp_path):
    out = tmp_path / "there" / "site"
    folder.refuse_foreign_files(out, keep=("lab",))
    folder.replace(out, new, keep=("lab",))
    (out / "old.html").write_text("old", encoding="utf-8")
    for name in ("lab/page.html", ".git/config.txt"):
        (out / name).parent.mkdir()
        (out / name).write_text("kept", encoding="utf-8")
    folder.refuse_foreign_files(out, keep=("lab",))
    folder.replace(out, new, keep=("lab",))
    there = contents(out)
    assert there.pop(folder.MARK)
    kept = {"lab/page.html": "kept", ".git/config.txt": "kept"}
    assert there == {"index.html": "new", "static/script.js": "new"} | kept
    assert [path.name for path in out.parent.iterdir()] == ["site"]


def test_a_folder_with_other_files_is_refused(folder, tmp_path):
    (tmp_path / "searchindex.js").write_text("of another book", encoding="utf-8")
    with pytest.raises(ValueError, match="contains other files: choose a folder that is empty"):
        folder.refuse_foreign_files(tmp_path, keep=("lab",))
    with pytest.raises(ValueError, match=r"searchindex.js is a file: choose a folder"):
        folder.refuse_foreign_files(tmp_path / "searchindex.js")


def test_a_folder_to_publish_from_keeps_its_history_and_domain_name(folder, new, tmp_path):
    out = tmp_path / "site"
    (out / ".git").mkdir(parents=True)
    (out / "CNAME").write_text("kept", encoding="utf-8")
    folder.refuse_foreign_files(out)
    folder.replace(out, new)
    assert contents(out)["CNAME"] == "kept" and (out / ".git").is_dir()


def test_a_full_disk_leaves_the_old_build(folder, new, tmp_path, monkeypatch):
    out = tmp_path / "site"
    folder.replace(out, new)
    before = contents(out)

    def refuse(source, target):
        target.mkdir()
        (target / "half.txt").write_text("half", encoding="utf-8")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder, "copytree", refuse)
    with pytest.raises(OSError, match="No space left"):
        folder.replace(out, new)
    assert contents(out) == before
    assert {path.name for path in tmp_path.iterdir()} == {"site", "scratch"}


def test_a_move_that_fails_loses_nothing(folder, new, tmp_path, monkeypatch):
    out, rename = tmp_path / "site", Path.rename
    folder.replace(out, new, keep=("lab",))
    for name in ("lab/page.html", ".git/config.txt"):
        (out / name).parent.mkdir()
        (out / name).write_text("kept", encoding="utf-8")
    before = contents(out)
    (new / "index.html").write_text("newer", encoding="utf-8")

    def fail(path, target):
        if path.name == "new":
            raise OSError(5, "Input/output error")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(OSError, match="Input/output error"):
        folder.replace(out, new, keep=("lab",))
    assert contents(out) == before
    assert {path.name for path in tmp_path.iterdir()} == {"site", "scratch"}
