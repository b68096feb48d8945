"""/api/v1/allocation/export: every kind of file holds the same rows."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest
from fastapi.testclient import TestClient

from farthing.api import create_app
from farthing.core.errors import Unreachable
from farthing.core.settings import Settings
from farthing.views import OnDemand, Question

from ...views.frames import N1, identity, ledger, row
from ..conftest import BASE, THREE_HOURS, Example, iso

PATH = "/api/v1/allocation/export"


def export(client: TestClient, format: str, **parameters: str) -> bytes:
    answer = client.get(PATH, params={"window": THREE_HOURS, "step": "hour", "format": format} | parameters)
    assert answer.status_code == 200, answer.text
    assert f"farthing-allocation-1970-02-11-1970-02-11.{format if format != 'arrow' else 'arrows'}" in answer.headers["content-disposition"]
    content: bytes = answer.content
    return content


def read(client: TestClient, format: str, **parameters: str) -> pl.DataFrame:
    data = export(client, format, **parameters)
    if format == "csv":
        return pl.read_csv(io.BytesIO(data), infer_schema_length=None)
    if format == "parquet":
        return pl.read_parquet(io.BytesIO(data))
    if format == "arrow":
        return pl.read_ipc_stream(io.BytesIO(data))
    document = json.loads(data)
    return pl.DataFrame(document["rows"], schema=[one["name"] for one in document["columns"]], orient="row", infer_schema_length=None)


@pytest.mark.parametrize("format", ["csv", "json", "parquet", "arrow"])
def test_every_row_of_every_step(client: TestClient, format: str) -> None:
    frame = read(client, format, agg="namespace,pod")
    assert frame.get_column("window_start").to_list() == [iso(h) for h in range(3) for _ in range(5)]
    assert frame.get_column("name").to_list()[:3] == ["__idle__", "shop/web-1", "batch/job-1"]
    assert frame.get_column("total_cost").sum() == pytest.approx(59.1)
    web = frame.row(1, named=True)
    assert (web["namespace"], web["pod"], web["cpu_core_hours_held"], web["network_cost"]) == ("shop", "web-1", 4, None)


def test_a_file_of_the_whole_window(client: TestClient) -> None:
    frame = read(client, "parquet", step="all", agg="namespace", idle="hide", q="SHO")
    assert frame.select("name", "total_cost").rows() == [("shop", pytest.approx(20.7))]


def test_units_stand_in_the_file(client: TestClient) -> None:
    schema = pq.read_schema(io.BytesIO(export(client, "parquet")))
    assert schema.field("ram_gib_hours_held").metadata[b"unit"].decode() == "GiB·h"
    assert json.loads(schema.metadata[b"farthing"])["window"] == {"start": iso(0), "end": iso(3)}


def test_cells_are_no_formulas_and_quotes_hold() -> None:
    names = ["=1+1", "+x", "-y", "@z", 'say "hi", you', "plain"]
    pods = [identity(number, name, f"p{number}") for number, name in enumerate(names)]
    rows = [row("container", cores=9 - number, container="c", identity_id=number, asset_id=N1) for number in range(len(names))]
    client = TestClient(create_app(OnDemand(Example([ledger(rows, identities=pods)])), Settings()), base_url=BASE)
    text = export(client, "csv", agg="namespace", step="all").decode()
    lines = list(csv.DictReader(io.StringIO(text)))
    assert [line["namespace"] for line in lines] == ["'=1+1", "'+x", "'-y", "'@z", 'say "hi", you', "plain"]
    assert text.count("\r\n") == text.count("\n") == len(names) + 1
    assert [float(line["total_cost"]) for line in lines] == [9, 8, 7, 6, 5, 4]  # numbers are whole, negative ones would be numbers


@pytest.mark.parametrize("format", ["csv", "json", "parquet", "arrow"])
def test_nothing_at_all_is_a_file_too(format: str) -> None:
    client = TestClient(create_app(OnDemand(Example([])), Settings()), base_url=BASE)
    assert read(client, format).height == 0


class Failing(OnDemand):
    """Answers for the first hours and then no more."""

    good = 0

    def summaries(self, question: Question, sets: Any) -> Iterator[Any]:
        if self.good <= 0:
            raise Unreachable("the server went away")
        self.good -= 1
        return super().summaries(question, sets)


def test_what_fails_at_once_has_its_status(source: Example) -> None:
    client = TestClient(create_app(Failing(source), Settings()), base_url=BASE, raise_server_exceptions=False)
    for format in ("csv", "json", "parquet", "arrow"):
        assert client.get(PATH, params={"window": THREE_HOURS, "format": format}).status_code == 503


def test_what_fails_midway_is_cut_off(source: Example) -> None:
    failing = Failing(source)
    failing.good = 1
    client = TestClient(create_app(failing, Settings()), base_url=BASE)
    with pytest.raises(RuntimeError) as cut, client.stream("GET", PATH, params={"window": THREE_HOURS, "step": "hour"}) as answer:
        answer.read()
    assert isinstance(cut.value.__cause__, Unreachable)
