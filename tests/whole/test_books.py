"""Dollars over HTTP are those of the books, for every namespace and pod; from a folder and from an object store."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from farthing.core.ledger import Span
from farthing.core.settings import LakeSettings
from farthing.simulator import books, organisation_of
from tests.kit.seaweed import seaweed

from .installation import END, close, column, installation

pytestmark = pytest.mark.slow
LAST_DAY = Span(END.timestamp() - 86_400, END.timestamp())
# An hour's use is kept to half a core-microsecond and half a KiB-second: at the dearest 0.05 $ a core-hour and GiB-hour that is below
# 1e-11 $ for each container and hour, and some 8,000 of them are asked for here.
ROUNDED = 8_000 * 1e-11


def test_every_namespace_and_pod(tmp_path: Path) -> None:
    check(tmp_path, None, requests_only=True, pod=1e-9)


def test_with_use_only_what_the_lake_rounds_is_lost(tmp_path: Path) -> None:
    check(tmp_path, None, requests_only=False, pod=ROUNDED)


@pytest.mark.real
def test_from_an_object_store(tmp_path: Path) -> None:
    with seaweed(tmp_path / "weed") as server:
        check(tmp_path, server.fresh(), requests_only=True, pod=1e-9)


def check(folder: Path, lake: LakeSettings | None, *, requests_only: bool, pod: float) -> None:
    organisation = organisation_of(60, 11, clusters=2, requests_only=requests_only)
    made = installation(folder, organisation, LAST_DAY, lake_settings=lake)
    true = books(organisation, LAST_DAY)
    assert true.rows.height < 8_000
    window = {"window": "2026-11-02,2026-11-03"}
    for names in (("cluster", "namespace"), ("cluster", "namespace", "pod"), ("cluster", "namespace", "pod", "container")):
        view = made.view(**window, agg=",".join(names))
        kinds = list(zip(*(column(view, one) for one in names), strict=True))
        found = dict(zip(kinds, column(view, "total_cost"), strict=True))
        wanted = {(*key,): cost for *key, cost in true.rows.group_by(names).agg(pl.col("cost").sum()).iter_rows()}
        unmounted = pl.concat([true.volumes, true.balancers], how="diagonal").with_columns(pl.col("unmounted_cost").fill_null(0.0))
        assert sum(found.values()) == close(sum(wanted.values()) + unmounted["unmounted_cost"].sum())
        if "pod" in names:
            missing = [key for key, cost in wanted.items() if abs(found.get(key, 0.0) - cost) > pod]
            assert not missing
        else:
            mine = dict(wanted)
            nobody = {
                (c, n or "__unmounted__"): u
                for c, n, u in unmounted.group_by("cluster", "namespace").agg(pl.col("unmounted_cost").sum()).iter_rows()
            }
            for key, cost in nobody.items():
                mine[key] = mine.get(key, 0.0) + cost
            assert {key: cost for key, cost in found.items() if cost} == {
                key: pytest.approx(cost, abs=pod) for key, cost in mine.items() if cost
            }
    whole = made.view(**window)
    assert whole["whole"] == close(true.total)
    assert sum(column(whole, "total_cost", "idleRows")) == close(float(true.nodes["idle_cost"].sum()), 1e-9 if requests_only else 1e-8)
    made.warehouse.close()
