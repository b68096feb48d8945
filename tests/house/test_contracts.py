"""The rooms' contracts in pyproject.toml hold what docs/architecture.md says of the rooms that exist."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PURE = {"costing", "views"}


def contracts() -> dict[str, dict[str, Any]]:
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    return {contract["name"]: contract for contract in linter["contracts"]}


def rooms() -> set[str]:
    return {path.parent.name for path in (ROOT / "src/farthing").glob("*/__init__.py")}


def test_pure_rooms_are_under_contract() -> None:
    """The linter refuses names of rooms that do not exist yet, so a pure room enters its contract when it comes."""
    listed = set(contracts()["pure rooms do no I/O"]["source_modules"])
    assert listed == {f"farthing.{room}" for room in PURE & rooms()}


def test_every_room_says_what_comes_in_and_goes_out() -> None:
    for room in rooms():
        source = (ROOT / "src/farthing" / room / "__init__.py").read_text()
        docstring = source.split('"""')[1]
        assert len(docstring.strip().splitlines()) >= 3, f"{room}/__init__.py: what for, what comes in, what goes out"
