"""Frames of assets for tests, and the prices that come back for them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from farthing.core.schema import CAPACITY
from farthing.pricing import ASSET_COLUMNS, PriceBook, load_book, price_assets

RECORDED_AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
_AMOUNTS = {"cores": pl.Float64(), "gib": pl.Float64(), "cards": pl.Float64()}
ASSET_SCHEMA = {name: _AMOUNTS.get(name) or CAPACITY.polars[name] for name in ASSET_COLUMNS}


def node(asset_id: int = 1, **told: Any) -> dict[str, Any]:
    """A node of 4 cores and 16 GiB, on demand, without cards; `told` overrides. `labels` may be a dict."""
    labels = told.pop("labels", {})
    asset = {"cluster": "prod", "kind": "node", "name": "n1", "provider_id": "", "pricing": "node", "lifecycle": "on_demand"}
    return asset | {"asset_id": asset_id, "cores": 4.0, "gib": 16.0, "cards": 0.0} | told | {"labels": _pairs(labels)}


def disk(asset_id: int = 2, **told: Any) -> dict[str, Any]:
    """A disk of 100 GiB."""
    asset = {"cluster": "prod", "kind": "disk", "name": "pv1", "provider_id": "", "pricing": "node", "gib": 100.0}
    return asset | {"asset_id": asset_id} | told


def load_balancer(asset_id: int = 3, **told: Any) -> dict[str, Any]:
    """A load balancer of the service web/front."""
    asset = {"cluster": "prod", "kind": "load_balancer", "name": "web/front", "provider_id": "", "pricing": "node"}
    return asset | {"asset_id": asset_id} | told


def _pairs(labels: dict[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in labels.items()]


def frame(*assets: dict[str, Any]) -> pl.DataFrame:
    """Assets as the frame that is priced; what an asset does not tell is NULL."""
    return pl.DataFrame([{name: asset.get(name) for name in ASSET_SCHEMA} for asset in assets], schema=ASSET_SCHEMA)


def book_of(folder: Path, text: str, name: str = "prices.yaml") -> PriceBook:
    """The book that a file with `text` gives."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return load_book(path)


def rows_of(book: PriceBook, *assets: dict[str, Any]) -> dict[tuple[int, str], dict[str, Any]]:
    """Price rows by asset id and resource."""
    rows = price_assets(book, frame(*assets), RECORDED_AT).rows(named=True)
    return {(row["asset_id"], row["resource"]): row for row in rows}


def prices_of(book: PriceBook, asset: dict[str, Any]) -> dict[str, float | None]:
    """The prices of one asset by resource."""
    return {resource: row["price"] for (_, resource), row in rows_of(book, asset).items()}
