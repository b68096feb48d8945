"""Cursors: where the next page begins, and of which answer it is a page."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

from farthing.core.errors import BadParameter, FarthingError, StaleCursor
from farthing.core.windows import Window


@dataclass(frozen=True)
class Cursor:
    """`offset`: rows before the page; `window` and `as_of`: as the first page had them; `question`, `version`: what they were pages of."""

    offset: int
    window: Window
    as_of: datetime
    question: str
    version: str

    def text(self) -> str:
        """As it is given out."""
        start, end = self.window.unix
        parts = [self.offset, start, end, self.as_of.timestamp(), self.question, self.version]
        return base64.urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


def parse_cursor(text: str, question: str) -> Cursor:
    """Raises BadParameter for a text that was never given out, or that belongs to another question."""
    try:
        parts = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        offset, start, end, as_of, asked, version = parts
        found = Cursor(_count(offset), Window(_moment(start), _moment(end)), _moment(as_of), str(asked), str(version))
    except (ValueError, TypeError, binascii.Error, OverflowError, OSError, FarthingError):
        raise BadParameter("cursor is none that was given out", expected="nextCursor of the page before", cure="leave it out") from None
    if found.question != question:
        raise BadParameter("cursor belongs to another question", expected="the parameters of the first page", cure="leave it out")
    return found


def check_version(cursor: Cursor | None, version: str) -> None:
    """Raises StaleCursor when the answer is not the one any more that the cursor is of."""
    if cursor is not None and cursor.version != version:
        raise StaleCursor("the data changed since the first page", expected="pages of one answer", cure="leave the cursor out: begin anew")


def digest(*parts: str) -> str:
    """A short text that stands for `parts`."""
    found = hashlib.blake2b(digest_size=9)
    for part in parts:
        found.update(part.encode("utf-8", "surrogatepass") + b"\0")
    return base64.urlsafe_b64encode(found.digest()).decode()


def _moment(seconds: object) -> datetime:
    if not isinstance(seconds, int | float):
        raise TypeError(seconds)
    return datetime.fromtimestamp(seconds, UTC)


def _count(number: object) -> int:
    if not isinstance(number, int) or number < 0:
        raise TypeError(number)
    return number
