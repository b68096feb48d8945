"""What docs/lake.md shows works, and its words are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest

from farthing.core.settings import LakeSettings
from farthing.lake import open_lake
from farthing.lake.place import folder_of
from farthing.lake.stored import ALL, FACTS
from tests.lake.facts import CLUSTER, NOW, facts

PAGE = (Path(__file__).parents[2] / "docs/lake.md").read_text(encoding="utf-8")


def test_the_example_adds_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cluster = open_lake(LakeSettings(url=str(tmp_path))).cluster(CLUSTER)
    cluster.commit(facts(hours=3), now=NOW)
    cluster.commit(facts(first=1, seed=2), now=NOW)
    [example] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    told: dict[str, object] = {"folder": str(tmp_path / folder_of(CLUSTER))}
    exec(example, told)
    requested = told["requested"]
    assert isinstance(requested, pl.LazyFrame)
    expected = cluster.read(facts(hours=3).span).usage["cpu_requested"].sum() / 3600
    assert requested.collect().rows() == [("shop", pytest.approx(float(expected), rel=1e-12))]


def test_every_table_is_told() -> None:
    assert [table.name for table in ALL if f"{table.name}/" not in PAGE] == []


def test_every_other_name_of_a_column_is_told() -> None:
    for table in FACTS.values():
        for column in table.ledger.columns:
            coding = table.coding(column.name)
            if coding.suffix:
                assert coding.stored_name(column.name) in PAGE or f"…{coding.suffix}" in PAGE, column.name
                assert f"`{column.name}`" in PAGE
