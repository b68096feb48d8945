"""The default book that comes with the program."""

from __future__ import annotations

from functools import cache
from importlib import resources

from .book import PriceBook
from .yaml_book import read_yaml_book

EMBEDDED_FILE = "default_book.yaml"


@cache
def embedded_book() -> PriceBook:
    """The default book; every rate in it is marked as a default."""
    return read_yaml_book(EMBEDDED_FILE, embedded_text(), None, is_default=True)


@cache
def embedded_text() -> str:
    """Its text."""
    return resources.files(__package__).joinpath(EMBEDDED_FILE).read_text(encoding="utf-8")
