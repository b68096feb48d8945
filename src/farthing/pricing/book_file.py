"""A price book from a file, whatever its form: our YAML, OpenCost's custom pricing JSON, OpenCost's CSV."""

from __future__ import annotations

from pathlib import Path

from farthing.core.errors import BadPriceBook

from .book import PriceBook
from .embedded import EMBEDDED_FILE, embedded_book, embedded_text
from .opencost_csv import is_opencost_csv, read_opencost_csv
from .opencost_json import is_opencost_json, read_opencost_json
from .yaml_book import is_own_json, read_yaml_book

MOST_BYTES = 5_000_000
OWN_SUFFIXES = (".yaml", ".yml", ".json")
FORMS = "a price book in YAML, OpenCost's custom pricing JSON, or OpenCost's pricing CSV, as UTF-8 text"


def load_book(path: Path | None) -> PriceBook:
    """The price book in the file at `path`; None: the embedded default book.

    `.csv` is OpenCost's CSV, as is text that begins with its header; a JSON object with OpenCost's keys is its custom pricing;
    all else is our own YAML.
    Raises BadPriceBook when the file cannot be read, is too large, is no text, or holds anything that cannot be taken as written.
    """
    return parse_book(*read_book(path))


def read_book(path: Path | None) -> tuple[str, str]:
    """Name and text of the price book at `path`; None: of the embedded default book. Raises BadPriceBook when it cannot be read."""
    return (EMBEDDED_FILE, embedded_text()) if path is None else (path.name, _read(path))


def parse_book(name: str, text: str) -> PriceBook:
    """The price book that `text` is, which a file of this name holds: see `load_book`. Raises BadPriceBook."""
    if name == EMBEDDED_FILE and text == embedded_text():
        return embedded_book()
    suffix = Path(name).suffix.lower()
    if suffix == ".csv" or (suffix not in OWN_SUFFIXES and is_opencost_csv(text)):
        return read_opencost_csv(name, text)
    if not is_own_json(text) and (suffix == ".json" or is_opencost_json(text)):
        return read_opencost_json(name, text)
    return read_yaml_book(name, text, embedded_book())


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
