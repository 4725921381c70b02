"""The book, and a server for it; skipped where the packages that build it are not installed."""

import pytest
from chromium import served
from site_build import book_folder


@pytest.fixture(scope="session")
def book(tmp_path_factory):
    """The folder with the pages of the book, which must not be changed."""
    return book_folder(tmp_path_factory, with_lab=False)


@pytest.fixture(scope="session")
def address(book):
    """The address of the book on this machine."""
    with served(book) as address:
        yield address
