"""Warehouse: costed hours in one DuckDB file, ready to be added up in any window, by any names.

Comes in: costed whole hours of a cluster. Goes out: tables for the views, in milliseconds. Derived: it can be deleted and built again.
"""

from .ingest import Taken
from .warehouse import Warehouse

__all__ = ["Taken", "Warehouse"]
