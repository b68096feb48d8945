"""The words every room uses: windows, units, errors, settings and the ledger's tables.

Comes in: nothing. Goes out: types and constants. Knows no other room.
"""
