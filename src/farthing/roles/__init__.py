"""Loops and sources that put the rooms together: who is asked, in which order, in which pieces.

Comes in: settings. Goes out: pieces of the costed ledger, ready for views.
"""

from .live import LiveLedger

__all__ = ["LiveLedger"]
