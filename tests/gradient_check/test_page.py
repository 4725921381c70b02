"""The page of the book on checking one's own gradients: its programs print what stands below them."""

import contextlib
import io
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "site" / "check_your_gradients.md"
EXAMPLES = re.findall(r"```python\n(.*?print.*?)```\n\n```text\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def test_there_are_examples():
    assert len(EXAMPLES) == 2


@pytest.mark.parametrize(("code", "text"), EXAMPLES)
def test_an_example_prints_what_the_page_says(code, text):
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(code, {})
    assert printed.getvalue() == text
