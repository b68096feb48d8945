"""Quantities × prices: who pays for what, and what nobody held.

Comes in: `Facts` (whole hours of quantities) and PRICE rows. Goes out: a `Ledger` of allocations and assets that closes.
Pure functions, no I/O: the ledger's rules live here.
"""

from .cut import cut
from .ledger import cost

__all__ = ["cost", "cut"]
