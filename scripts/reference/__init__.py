"""Pages of docs/reference that are written from the code: `make reference` writes them, a test fails when one is stale.

A page is a row of `PAGES` in `pages.py`: a file name and a function that gives its Markdown.
"""

from .pages import FOLDER, PAGES, Page

__all__ = ["FOLDER", "PAGES", "Page"]
