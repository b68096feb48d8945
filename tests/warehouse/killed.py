"""A process that takes a lake into a warehouse, rolls it up or costs it again: `python -m tests.warehouse.killed LAKE WAREHOUSE BOOK ACT`.

With FARTHING_FAULT_AT it kills itself on the way.
"""

from __future__ import annotations

import sys
from pathlib import Path

from farthing.core.settings import LakeSettings
from farthing.lake import open_lake
from farthing.roles import Aggregator, Rules
from farthing.warehouse import Warehouse

from ..roles.lakes import NOW


def main(lake: str, path: str, book: str, act: str) -> None:
    """Bring the warehouse up to the lake, and with `act` = again to the book."""
    rules = Rules.read(Path(book))
    warehouse = Warehouse(Path(path), now=lambda: NOW)
    aggregator = Aggregator(open_lake(LakeSettings(url=lake)), warehouse, lambda: rules, now=lambda: NOW)
    aggregator.catch_up()
    warehouse.roll_up()
    if act == "again":
        aggregator.cost_again()
    warehouse.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
