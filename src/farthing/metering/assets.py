"""Names of assets: one id per thing, stable wherever and whenever it is computed."""

from __future__ import annotations

import hashlib

import polars as pl


def stable_id(*parts: object) -> int:
    """64 bits of BLAKE2b over the parts; the same on every machine and in every version."""
    text = "\x1f".join("" if p is None else str(p) for p in parts)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def with_ids(frame: pl.DataFrame, columns: list[str], name: str, *prefix: str) -> pl.DataFrame:
    """frame + column `name` (UInt64): the stable id of the prefix and the named columns."""
    ids = [stable_id(*prefix, *row) for row in frame.select(columns).iter_rows()]
    return frame.with_columns(pl.Series(name, ids, dtype=pl.UInt64))
