"""What dollars depend on beside the facts: the price book as it stands in its file, recorded in the lake whenever it changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from farthing.lake import Lake
from farthing.pricing import PriceBook, parse_book, read_book

COSTING = 1  # grows when costing itself makes something else of the same facts and prices


@dataclass(frozen=True)
class Rules:
    """A price book, with the name and the text that it was read from."""

    name: str
    text: str
    book: PriceBook

    @classmethod
    def of(cls, name: str, text: str) -> Rules:
        """From a text. Raises BadPriceBook."""
        return cls(name, text, parse_book(name, text))

    @classmethod
    def read(cls, path: Path | None) -> Rules:
        """From the file at `path`; None: the default book. Raises BadPriceBook."""
        return cls.of(*read_book(path))

    @property
    def written(self) -> str:
        """As one text, which changes whenever the same facts may cost something else; `read_again` is the way back."""
        return f"{COSTING}\n{self.name}\n{self.text}"

    @classmethod
    def read_again(cls, written: str) -> Rules:
        """What `written` was made of. Raises BadPriceBook."""
        _, name, text = written.split("\n", 2)
        return cls.of(name, text)

    def record(self, lake: Lake, now: datetime) -> None:
        """Have the lake remember that these rules hold from now on; nothing where it knows."""
        latest = lake.books.latest()
        if latest is None or (latest.name, latest.text) != (self.name, self.text):
            lake.books.append(self.name, self.text, now=now)


def rules_as_of(lake: Lake, when: datetime, present: Callable[[], Rules]) -> Rules:
    """The rules that held at `when`; before the first that was recorded, the first; of a lake without any, the present ones."""
    version = lake.books.as_of(when) or lake.books.first()
    return Rules.of(version.name, version.text) if version else present()
