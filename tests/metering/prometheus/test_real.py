"""The client against real servers, where they are installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from farthing.core.errors import Refused
from farthing.core.settings import PrometheusSettings
from farthing.metering.prometheus import InstantQuestion, PrometheusClient, RangeQuestion, SeriesQuestion
from tests.kit.scrape import Series
from tests.kit.servers import serving

START = 1_700_000_000 // 3600 * 3600
TIMES = [START + 60.0 * i for i in range(181)]  # three hours, both edges
SERIES = [Series("farthing_x", {"pod": f"p{n}", "namespace": "ns"}, TIMES, [float(n * 1000 + i) for i in range(181)]) for n in range(3)]


@pytest.mark.real
@pytest.mark.slow
@pytest.mark.parametrize("kind", ["prometheus", "victoria"])
def test_a_real_server(kind: str, tmp_path: Path) -> None:
    with serving(kind, SERIES, tmp_path, external_labels={"cluster": "c1"}) as url, PrometheusClient(PrometheusSettings(url=url)) as client:
        window = RangeQuestion("x", "last_over_time(farthing_x[1h])", ("pod", "node"), START + 3600, START + 10_800, 3600)
        raw = InstantQuestion("raw", 'farthing_x{pod="p1"}[10m]', ("pod",), START + 599)
        long = RangeQuestion("long", 'farthing_x{pod="p0"}', ("pod",), START, START + 43_199, 1)  # more than one answer may hold
        series = SeriesQuestion("s", ("farthing_x",), START, START + 10_800)
        values, samples, fine, found = client.ask([window, raw, long, series])

        # the value at minute m of series n is 1000 n + m
        hours = [(START + 3600.0 * h, 60.0 * h) for h in (1, 2, 3)]
        assert values.sort("pod", "t").rows() == [(f"p{n}", None, t, 1000.0 * n + v) for n in range(3) for t, v in hours]
        assert samples.rows() == [("p1", START + 60.0 * m, 1000.0 + m) for m in range(10)]
        assert fine["v"].max() == 180.0
        assert fine["t"].is_sorted()
        assert client.asked.measurements["long"].splits == 3  # 43,200 points are four times at most 11,000
        assert found.select("__name__", "namespace", "pod").sort("pod").rows() == [("farthing_x", "ns", f"p{n}") for n in range(3)]

        assert client.label_values("pod", ["farthing_x"], START, START + 10_800) == ["p0", "p1", "p2"]
        assert client.label_names(["farthing_x"], START, START + 10_800) >= {"pod", "namespace"}
        assert client.server_time() is not None
        assert client.build_info() is not None
        assert client.external_labels() == ({"cluster": "c1"} if kind == "prometheus" else {})
        assert client.targets() in ([], None)
        if kind == "prometheus":
            assert client.asked.samples > 0
        with pytest.raises(Refused, match="query: sum\\("):
            client.ask([RangeQuestion("bad", "sum(", (), START, START, 1)])
