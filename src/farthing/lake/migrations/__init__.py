"""Steps from one schema version of a stored table to the next: a file each, `m0002_what_it_does.py`, listed here in order.

A migration is a `Migration`: the table, the version it leads to, and how rows of the version before become rows of it.
`lake/migration.py` runs them. A version of a table grows in `lake/stored.py` or `core/schema`; the migration comes in the same change.
"""

from farthing.lake.migration import Migration

MIGRATIONS: tuple[Migration, ...] = ()
"""All of them. None yet: every table is at its first version."""

__all__ = ["MIGRATIONS"]
