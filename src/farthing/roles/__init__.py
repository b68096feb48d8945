"""Loops and sources that put the rooms together: who is asked, in which order, in which pieces.

Comes in: settings. Goes out: pieces of the costed ledger, ready for views.
"""

from .live import LiveLedger
from .recent import Recent

__all__ = ["LiveLedger", "Recent"]
