"""Partial answers, refused sizes, values that are no numbers: of servers that behave so."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import polars as pl
import pytest

from farthing.doctor import Severity
from farthing.metering.prometheus import AnyQuestion
from tests.doctor.patient import Client, diagnose, farm, only
from tests.kit.fixtures import Serve

pytestmark = pytest.mark.real


def test_partial_answers(serve: Serve) -> None:
    class Partial(Client):
        """A Thanos with a store that does not answer, and a hint of Prometheus 3."""

        def ask(self, questions: Sequence[AnyQuestion]) -> list[pl.DataFrame]:
            self.asked.warn(["store sidecar-7:10901 failed: deadline exceeded", "PromQL info: metric might not be a counter"])
            return super().ask(questions)

    finding = only(diagnose(serve("prometheus", farm(nodes=1).series()), client=Partial, only="partial answers"))
    assert finding.severity is Severity.ERROR
    assert finding.evidence == ("store sidecar-7:10901 failed: deadline exceeded",)
    assert "partial_response=false" in finding.cure


def test_refused_sizes(serve: Serve) -> None:
    class Small(Client):
        """A server that took one measurement in three parts."""

        def ask(self, questions: Sequence[AnyQuestion]) -> list[pl.DataFrame]:
            for question in questions:
                if question.name in ("cpu used", "beats"):
                    self.asked.count(question.name, splits=2)
            return super().ask(questions)

    finding = only(diagnose(serve("prometheus", farm(nodes=1).series()), client=Small, only="refused sizes"))
    assert (finding.severity, finding.evidence) == (Severity.INFO, ("cpu used: cut 2 times",))


def test_values_that_are_no_numbers(serve: Serve) -> None:  # VictoriaMetrics' import takes none
    series = [
        replace(s, values=[math.inf] * len(s.values))
        if s.metric == "container_memory_working_set_bytes" and s.labels.get("pod") == "web-0" and s.labels.get("container")
        else s
        for s in farm().series()
    ]
    finding = only(diagnose(serve("prometheus", series), only="values that are no numbers"))
    assert finding.severity is Severity.WARNING
    # Three hours are read to measure one: its own, the one before and the one after; one series.
    assert finding.evidence[0] == "memory used: 3 values NaN or infinite"
