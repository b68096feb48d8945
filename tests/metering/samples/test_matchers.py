"""Matchers as PromQL means them."""

from __future__ import annotations

import polars as pl
import pytest

from farthing.metering import MEASUREMENTS
from farthing.metering.samples.matchers import matcher

PHASES = pl.DataFrame({"phase": ["Succeeded", "Failed", "Running", "", None, "NotFailed"]})


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ('phase="Failed"', ["Failed"]),
        ('phase!=""', ["Succeeded", "Failed", "Running", "NotFailed"]),
        ('phase=""', ["", None]),
        ('phase=~"Succeeded|Failed"', ["Succeeded", "Failed"]),
        ('phase!~"Succeeded|Failed|"', ["Running", "NotFailed"]),
        ('other!=""', []),
        ('other=""', ["Succeeded", "Failed", "Running", "", None, "NotFailed"]),
    ],
)
def test_which_rows_match(text: str, kept: list[str | None]) -> None:
    assert PHASES.filter(matcher(text).holds(PHASES.columns))["phase"].to_list() == kept


def test_every_matcher_of_the_table_is_read() -> None:
    assert {matcher(text).operator for m in MEASUREMENTS for text in m.where} == {"=", "!=", "=~"}


@pytest.mark.parametrize("text", ["phase", "phase=Failed", 'phase>"1"', 'a="b",c="d"'])
def test_what_is_no_matcher(text: str) -> None:
    with pytest.raises(ValueError, match="no matcher"):
        matcher(text)
