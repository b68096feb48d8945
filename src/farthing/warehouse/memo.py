"""Answers that were given already: while nothing new is known, a question that comes again is not worked out again."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Hashable

import polars as pl
from cachetools import LRUCache, cached

from farthing.views import Question, SummaryTable

MOST_BYTES = 64 * 2**20
LEAST_BYTES = 16 * 2**10  # what a small answer takes besides its columns, at least


class Memo:
    """The answers that were asked for last, MOST_BYTES of them. Safe among threads: who asks what another is being told waits for that."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        kept: LRUCache[Hashable, SummaryTable] = LRUCache(most_bytes, getsizeof=_bytes_of)

        @cached(kept, key=lambda key, _: key, condition=threading.Condition())
        def answer(key: Hashable, make: Callable[[], SummaryTable]) -> SummaryTable:
            del key
            return make()

        self._answer = answer

    def answer(self, question: Question, told_by: Hashable, make: Callable[[], SummaryTable]) -> SummaryTable:
        """What `make` makes of `question`, or made of it before. `told_by`: everything else that the answer follows from."""
        if question.detail or question.parts:  # asked of one thing by one who looks at it: each is large, and seldom asked again
            return make()
        return self._answer((question, told_by), make)


def _bytes_of(table: SummaryTable) -> int:
    values = (getattr(table, field.name) for field in dataclasses.fields(table))
    return LEAST_BYTES + sum(int(value.estimated_size()) for value in values if isinstance(value, pl.DataFrame))
