"""Visits to the lab by readers who have never been there. They are skipped without Chromium."""

import pytest
from chromium import NO_OTHER_HOST, collect_errors, is_local, launched, served
from site_build import lab_folder

PYTHON = "**/static/pyodide/**"


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The address of a site that consists of the lab, in `lab`, and a page in place of one of the book's."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "lab").symlink_to(lab_folder(tmp_path_factory))
    page = '<link rel="icon" href="data:,"><title>The book</title>'
    (folder / "01_fit_a_line.html").write_text(page, encoding="utf-8")
    with served(folder) as root:
        yield root


@pytest.fixture(scope="module")  # not the session: Playwright's event loop must not outlive these tests
def browser():
    with launched(NO_OTHER_HOST) as browser:
        yield browser


@pytest.fixture(scope="module")
def without_python(browser):
    """A visitor whose Python goes on starting for as long as a page is open. Tests may use it that store nothing."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.route(PYTHON, lambda route: None)
    yield context
    context.close()


@pytest.fixture
def visit(browser, site):
    """Function that opens a lesson in the lab. Anything that goes wrong in a page, or leaves this machine, fails."""
    contexts, faults = [], []

    def open_lesson(name, context=None, app="notebooks", python=True, **options):
        if context is None:
            context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}} | options)
            contexts.append(context)
            if not python:
                context.route(PYTHON, lambda route: None)
        page = context.new_page()
        page.set_default_timeout(120_000)  # a busy machine
        collect_errors(page, faults)
        page.on("request", lambda request: None if is_local(request.url) else faults.append(request.url))
        page.on("response", lambda answer: _is_answered(answer) or faults.append(f"{answer.status} {answer.url}"))
        page.goto(f"{site}/lab/{app}/index.html?path=notebooks/{name}.ipynb", wait_until="commit")
        return page

    yield open_lesson
    for context in contexts:
        context.close()
    assert faults == []


def _is_answered(answer):
    """JupyterLab asks its server whether a word in an output, such as a lone /, is a file; here is no server."""
    return answer.status < 400 or "/api/resolvePath?" in answer.url
