"""The ledger's tables as Arrow schemas, a doc line and a unit per column.

Facts (what was held, used and offered): `usage`, `capacity`, `flow`, `identity`, `price`.
Derived (what it costs): `allocation`, `asset`, `share`. Charges and adjustments join them with the bill readers.
"""

from .allocation import ALLOCATION, COST_COLUMNS, RowKind
from .asset import ASSET
from .capacity import CAPACITY
from .flow import FLOW
from .identity import IDENTITY
from .marks import MARKS, Mark, MarkDoc
from .price import PRICE
from .share import SHARE
from .table import Column, Table
from .usage import POD_ROW, USAGE

TABLES = (USAGE, CAPACITY, FLOW, IDENTITY, PRICE, ALLOCATION, ASSET, SHARE)

__all__ = [
    "ALLOCATION",
    "ASSET",
    "CAPACITY",
    "COST_COLUMNS",
    "FLOW",
    "IDENTITY",
    "MARKS",
    "POD_ROW",
    "PRICE",
    "SHARE",
    "TABLES",
    "USAGE",
    "Column",
    "Mark",
    "MarkDoc",
    "RowKind",
    "Table",
]
