"""The JSON document, CSV and Parquet."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import polars as pl
import pytest

from farthing.cli.exports import FIELDS, as_csv, as_json, as_parquet
from farthing.cli.rows import choose, parse_order
from farthing.views import IdleBy, Sharing

from .reports import report


def document(by: str = "namespace", limit: int | None = None, filter: str = "") -> dict[str, Any]:
    found = report(by, filter)
    parsed: dict[str, Any] = json.loads(as_json(found, choose(found.table.rows, parse_order("total"), limit)))
    return parsed


def test_the_document_says_what_it_is() -> None:
    found = document()
    assert (found["kind"], found["version"]) == ("farthing.report", 1)
    assert found["window"] == {
        "start": "1970-02-11T16:00:00Z",
        "end": "1970-02-11T17:00:00Z",
        "zone": "UTC",
        "hours": 1.0,
        "observed_hours": 1.0,
    }
    assert (found["by"], found["filter"], found["idle"], found["clusters"]) == (["namespace"], "", "separate", ["east", "west"])
    assert set(found) == {
        "kind", "version", "farthing", "window", "by", "filter", "idle", "idle_by", "sharing", "clusters", "currency", "prices", "rows",
        "left_out",
        "totals", "shown", "closing", "guesses", "unpriced", "notes", "asked",
    }  # fmt: skip


def test_what_is_shared_and_over_whom_idle_is() -> None:
    assert (document()["idle_by"], document()["sharing"]) == ("node", None)
    sharing = Sharing(namespaces=("batch",), labels=(("app", ("x",)),), monthly=730.0)
    found = report("namespace", idle="share", idle_by=IdleBy.CLUSTER, sharing=sharing)
    told = json.loads(as_json(found, choose(found.table.rows, parse_order("shared"), None)))
    assert told["idle_by"] == "cluster"
    # $1 an hour; batch's $2.40; of the east's idle $6.00 cpu and $3.40 ram batch had 2 of 6 and .4 of 1.4, which it passes on
    assert told["sharing"] == {
        "namespaces": ["batch"], "labels": {"app": ["x"]}, "monthly": 730.0, "split": "weighted", "management": False,
        "load_balancers": False, "given": pytest.approx(2.4), "stayed": 0.0, "overhead": pytest.approx(1.0), "overhead_lost": 0.0,
    }  # fmt: skip
    assert [row["name"] for row in told["rows"]] == ["shop"]
    assert told["rows"][0]["shared_cost"] == pytest.approx(2.4 + 1 + 2 + 3.4 * 0.4 / 1.4)
    assert told["shown"]["whole"] == pytest.approx(20.7)


def test_rows_have_full_doubles_and_nulls() -> None:
    shop, batch, idle = document()["rows"]
    assert (shop["name"], shop["namespace"], batch["name"], idle["special"]) == ("shop", "shop", "batch", "idle")
    assert shop["total_cost"] == pytest.approx(6.9, rel=1e-12)
    assert shop["cpu_core_hours_held"] == 5  # 3 + 1 + 1
    assert shop["ram_gib_hours_held"] == 14  # 8 + 2 + 4
    assert shop["storage_gib_hours_held"] == 12  # 10 mounted, 2 not
    assert shop["network_cost"] is None
    assert batch["bytes_out"] is None
    assert batch["monthly_cost"] == pytest.approx(2.4 * 730)
    assert set(shop) == {"name", "special", "namespace", *(field.name for field in FIELDS), "monthly_cost"}


def test_sums_agree() -> None:
    found = document(limit=1)
    closing = found["closing"]
    assert closing.pop("closes") is True
    assets = closing.pop("assets")
    assert sum(closing.values()) == pytest.approx(assets, rel=1e-9)
    rows = sum(row["total_cost"] for row in found["rows"]) + found["left_out"]["total_cost"]
    assert rows == pytest.approx(found["totals"]["total_cost"]) == pytest.approx(found["shown"]["whole"])
    assert found["left_out"]["rows"] == 1


def test_what_it_rests_on() -> None:
    (guess,) = document()["guesses"]
    assert guess["name"] == "default node price"
    assert guess["cost"] == pytest.approx(3.8)
    assert guess["cure"]
    assert document()["prices"]["cost_at_default_rates"] == pytest.approx(3.8)


def test_statistics_are_always_there() -> None:
    asked = document()["asked"]
    assert asked["wall_seconds"] == 2.5
    assert {"queries", "retries", "splits", "series", "points", "samples", "bytes", "seconds", "warnings", "measurements"} <= set(asked)


def test_csv_and_parquet_hold_the_same_rows() -> None:
    found = report("cluster,namespace")
    choice = choose(found.table.rows, parse_order("name"), None)
    table = pl.read_parquet(io.BytesIO(as_parquet(found, choice)))
    lines = list(csv.DictReader(io.StringIO(as_csv(found, choice).decode())))
    assert [line["name"] for line in lines] == table["name"].to_list() == ["east/batch", "east/shop", "west/shop", "__idle__"]
    assert [line["cluster"] for line in lines][:2] == ["east", "east"]
    assert [float(line["total_cost"]) for line in lines] == table["total_cost"].to_list()
    assert lines[0]["network_cost"] == ""
    assert table["network_cost"].to_list()[0] is None


def test_an_empty_answer_has_no_rows() -> None:
    found = document(filter='namespace:"nowhere"')
    assert found["rows"] == []
    assert found["totals"]["efficiency"] is None
    assert found["shown"]["filtered_out"] == pytest.approx(19.7)
