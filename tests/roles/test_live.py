"""The ledger straight from a server: pieces, edges, empty days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import polars as pl
import pytest

from farthing.core.errors import NoData
from farthing.core.schema import Mark
from farthing.core.settings import MeteringSettings, PrometheusSettings, Settings
from farthing.core.windows import Window
from farthing.metering.prometheus import PrometheusClient
from farthing.pricing import load_book
from farthing.roles import LiveLedger, Recent
from farthing.views import check_closes, summarise
from tests.kit.cluster import Cluster
from tests.kit.pods import Container
from tests.kit.servers import serving

pytestmark = pytest.mark.real
DAY = datetime(2026, 3, 2, tzinfo=UTC)
HOUR = 3600


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    start = DAY.timestamp()
    made = Cluster(start - 900, start + 30 * HOUR + 900, name="c", scrape=120)
    made.node("n1", cores=4, gib=16)
    made.pod("app", "web", node="n1", containers=[Container("c", cpu=1, ram_gib=2, uses_cpu=0.5, uses_ram_gib=1)])
    with serving("prometheus", made.series(), tmp_path_factory.mktemp("live")) as address:
        yield address


def live(client: PrometheusClient, url: str, *, recent: Recent | None = None, rows: int = 150_000) -> LiveLedger:
    settings = Settings(prometheus=PrometheusSettings(url=url), metering=MeteringSettings(rows_at_once=rows))
    return LiveLedger(client, load_book(None), settings, now=lambda: datetime(2026, 3, 9, tzinfo=UTC), recent=recent)


def window(first: float, last: float) -> Window:
    at = DAY.timestamp()
    return Window(datetime.fromtimestamp(at + first * HOUR, UTC), datetime.fromtimestamp(at + last * HOUR, UTC))


def test_pieces_of_any_size_give_the_same_sums(url: str) -> None:
    # The node costs 4 · 0.031611 + 16 · 0.004237 = $0.194236 an hour, the pod 1 · 0.031611 + 2 · 0.004237 = $0.040085.
    with PrometheusClient(PrometheusSettings(url=url)) as client:
        for rows in (150_000, 1000):
            pieces = list(live(client, url, rows=rows).pieces(window(0.5, 27.25)))
            for piece in pieces:
                check_closes(piece)
            table = summarise(pieces, "namespace")
            assert table.total == pytest.approx(26.75 * 0.194236)
            assert table.rows.filter(pl.col("name") == "app")["total_cost"].item() == pytest.approx(26.75 * 0.040085)


def test_days_without_data_are_absent_and_said(url: str) -> None:
    with PrometheusClient(PrometheusSettings(url=url)) as client:
        pieces = list(live(client, url).pieces(window(-72, 24)))
        notes = [note.text for piece in pieces for note in piece.notes]
        # the data begin a quarter of an hour before the day, with the scrape at 23:46:07
        assert summarise(pieces, "namespace").total == pytest.approx((24 + 833 / HOUR) * 0.194236)
        assert any("absent, not 0" in text for text in notes)
        with pytest.raises(NoData, match=r"kube-state-metrics|no cluster was seen"):
            list(live(client, url).pieces(window(-500, -400)))


def test_what_is_remembered_is_not_asked_again(url: str) -> None:
    with PrometheusClient(PrometheusSettings(url=url)) as client:
        ledger = live(client, url, recent=Recent())
        whole = summarise(ledger.pieces(window(0, 6)), "namespace").total
        asked = client.asked.queries
        assert summarise(ledger.pieces(window(2, 4)), "namespace").total == pytest.approx(whole / 3)
        assert client.asked.queries == asked


@pytest.mark.parametrize(
    ("missing", "mark"),
    [
        (("container_cpu_usage_seconds_total", "container_memory_working_set_bytes"), Mark.USAGE_UNKNOWN),
        (("kube_node_info", "kube_node_created", "kube_node_status_capacity", "kube_node_labels"), Mark.NODE_INFERRED),
        (("kube_pod_status_scheduled_time",), Mark.TIME_FROM_START),
    ],
)
def test_half_of_the_metrics_is_costed_and_marked(missing: tuple[str, ...], mark: Mark, tmp_path_factory: pytest.TempPathFactory) -> None:
    start = DAY.timestamp()
    made = Cluster(start - 900, start + 3 * HOUR + 900, name="c", missing=missing)
    made.node("n1", cores=4, gib=16)
    made.pod("app", "web", node="n1", containers=[Container("c", cpu=1, ram_gib=2, uses_cpu=0.5, uses_ram_gib=1)])
    with serving("prometheus", made.series(), tmp_path_factory.mktemp("half")) as address:
        with PrometheusClient(PrometheusSettings(url=address)) as client:
            (piece,) = live(client, address).pieces(window(0, 3))
        check_closes(piece)
        # whatever is missing, what was requested is charged: 3 h · (0.031611 + 2 · 0.004237)
        rows = piece.allocation.filter(pl.col("kind") == "container")
        assert rows.select(pl.sum_horizontal("cpu_cost", "ram_cost").sum()).item() == pytest.approx(3 * 0.040085)
        assert all(marks & mark for marks in rows["marks"])


def test_usage_alone_is_not_enough(tmp_path_factory: pytest.TempPathFactory) -> None:
    start = DAY.timestamp()
    made = Cluster(start - 900, start + HOUR, name="c")
    made.node("n1", cores=4, gib=16)
    made.pod("app", "web", node="n1", containers=[Container("c", cpu=1, uses_cpu=0.5)])
    usage = (one for one in made.series() if one.metric.startswith("container_"))
    with (
        serving("prometheus", usage, tmp_path_factory.mktemp("usage")) as address,
        PrometheusClient(PrometheusSettings(url=address)) as client,
        pytest.raises(NoData, match="no series of kube-state-metrics") as told,
    ):
        list(live(client, address).pieces(window(0, 1)))
    assert "container_cpu_usage_seconds_total" in str(told.value)
