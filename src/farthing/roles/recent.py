"""Costed pieces of the last minutes, so that the next question about the same hours need not ask the server again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Set
from dataclasses import dataclass
from threading import Lock

from farthing.core.ledger import Ledger, Span

KEEP_SECONDS = 300.0  # a closed hour may still be corrected by late samples
KEEP_OPEN_SECONDS = 15.0
KEEP_ROWS = 2_000_000


@dataclass(frozen=True)
class _Kept:
    ledger: Ledger
    needs: Set[str]
    until: float


class Recent:
    """Whole-hour pieces, least recently used out first. Safe among threads."""

    def __init__(self, rows: int = KEEP_ROWS) -> None:
        self._rows = rows
        self._kept: OrderedDict[Span, _Kept] = OrderedDict()
        self._lock = Lock()
        self._needs: Set[str] = frozenset()

    def widened(self, needs: Set[str]) -> Set[str]:
        """needs and whatever else was asked for so far: the next question is likely of the same kind."""
        with self._lock:
            self._needs = self._needs | needs
            return self._needs

    def find(self, span: Span, needs: Set[str], now: float) -> Ledger | None:
        """A piece that covers `span` and has what is needed; None where there is none that is fresh."""
        with self._lock:
            for kept_span, kept in reversed(self._kept.items()):
                if kept_span.start <= span.start and span.end <= kept_span.end and needs <= kept.needs and now < kept.until:
                    self._kept.move_to_end(kept_span)
                    return kept.ledger
        return None

    def keep(self, ledger: Ledger, needs: Set[str], now: float, settled: float) -> None:
        """Remember a piece; `settled` is the time up to which hours are closed."""
        until = now + (KEEP_SECONDS if ledger.span.end <= settled else KEEP_OPEN_SECONDS)
        with self._lock:
            self._kept[ledger.span] = _Kept(ledger, needs, until)
            self._kept.move_to_end(ledger.span)
            while len(self._kept) > 1 and sum(k.ledger.allocation.height for k in self._kept.values()) > self._rows:
                self._kept.popitem(last=False)
