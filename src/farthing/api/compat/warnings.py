"""What a reader of the compatible API must be told beside the numbers, as one text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from farthing.core.ledger import Note
from farthing.views import AssetTable, Guess, SummaryTable, Unpriced

MOST_REASONS = 5
ZERO = "without a price, which counts as 0 here"


def allocation_warning(tables: Iterable[SummaryTable]) -> str:
    """Unpriced things (their cost is 0 in this API), guesses with the money that rests on them, and notes; empty where all is known."""
    found = list(tables)
    partial = sum(int(table.rows.get_column("partial").sum()) for table in found)
    unpriced = [f"{partial} rows hold something {ZERO}: {_reasons(u for t in found for u in t.unpriced)}"] if partial else []
    total = sum(table.total for table in found)
    guesses = _guesses((guess for table in found for guess in table.guesses), total)
    return "; ".join([*unpriced, *guesses, *_notes(note for table in found for note in table.notes)])


def asset_warning(tables: Iterable[AssetTable]) -> str:
    """Unpriced assets (their cost is 0 in this API) and notes."""
    found = list(tables)
    partial = sum(int(table.rows.get_column("partial").sum()) for table in found if table.rows.height)
    unpriced = [f"{partial} assets have something {ZERO}: {_reasons(u for t in found for u in t.unpriced)}"] if partial else []
    return "; ".join([*unpriced, *_notes(note for table in found for note in table.notes)])


def _guesses(guesses: Iterable[Guess], total: float) -> Iterator[str]:
    money: dict[str, float] = {}
    words: dict[str, str] = {}
    for guess in guesses:
        money[guess.name] = money.get(guess.name, 0.0) + guess.money
        words[guess.name] = guess.doc + _cure(guess.cure)
    for name, amount in money.items():
        yield f"{amount:.2f} of {total:.2f} rest on a guess, {name}: {words[name]}"


def _reasons(things: Iterable[Unpriced]) -> str:
    lines = list(dict.fromkeys(f"{thing.resource}: {thing.reason}{_cure(thing.cure)}" for thing in things))
    more = f" and {len(lines) - MOST_REASONS} more reasons" if len(lines) > MOST_REASONS else ""
    return ", ".join(lines[:MOST_REASONS]) + more or "no reason was recorded"


def _cure(text: str) -> str:
    return f" (to do: {text})" if text else ""


def _notes(notes: Iterable[Note]) -> list[str]:
    texts = [f"{note.cluster}: {note.text}" if note.cluster else note.text for note in notes if note.level == "warning"]
    return list(dict.fromkeys(texts))
