"""Where the API's ledgers come from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from farthing.core.ledger import Ledger
from farthing.core.windows import Window


class LedgerSource(Protocol):
    """Whoever can give the ledger of a window: live metering and costing, or a warehouse."""

    def pieces(self, window: Window, *, needs: frozenset[str]) -> Iterator[Ledger]:
        """The ledger of `window`, cut to it, in pieces of some hours each, every piece with all clusters of its hours.

        `needs`: what the answer rests on, of `views.NEEDS`; other parts may be left empty. May raise any FarthingError.
        """
        ...

    def now(self) -> datetime:
        """The present, aware."""
        ...
