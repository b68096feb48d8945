"""A price book from a file, whatever its form: our YAML, OpenCost's custom pricing JSON, OpenCost's CSV."""

from __future__ import annotations

from pathlib import Path

from farthing.core.errors import BadPriceBook

from .book import PriceBook
from .embedded import embedded_book
from .yaml_book import read_yaml_book

MOST_BYTES = 5_000_000
FORMS = "a price book in YAML, OpenCost's custom pricing JSON, or OpenCost's pricing CSV, as UTF-8 text"


def load_book(path: Path | None) -> PriceBook:
    """The price book in the file at `path`; None: the embedded default book.

    Raises BadPriceBook when the file cannot be read, is too large, is no text, or holds anything that cannot be taken as written.
    """
    if path is None:
        return embedded_book()
    return read_yaml_book(path.name, _read(path), embedded_book())


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise BadPriceBook(
            f"price book {path} cannot be read: {error.strerror or error}", expected=FORMS, cure="check the path and its permissions"
        ) from None
    if len(data) > MOST_BYTES:
        raise BadPriceBook(
            f"price book {path} is larger than {MOST_BYTES // 1_000_000} MB", expected=FORMS, cure="check that it is the right file"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadPriceBook(f"price book {path} is not text: byte {error.start} is not UTF-8", expected=FORMS) from None
    if "\0" in text:
        raise BadPriceBook(f"price book {path} is not text: it has NUL bytes", expected=FORMS)
    if not text.strip():
        raise BadPriceBook(f"price book {path} is empty", expected=FORMS)
    return text
