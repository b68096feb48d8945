"""An hour's quantities depend on the data around it, not on the window in which it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import polars as pl
import pytest

from farthing.core.ledger import Facts
from tests.contract.cases import END, START, every_series
from tests.contract.facts import HOUR, Cases, at, facts_of
from tests.kit.cluster import Cluster
from tests.kit.pods import Container
from tests.kit.stores import Place, holding

pytestmark = pytest.mark.real
USAGE = ["cluster", "hour", "uid", "container"]
HELD = ["held_seconds", "cpu_requested", "cpu_used", "cpu_held", "ram_held", "gpu_held", "node_asset_id"]
CAPACITY = ["cluster", "hour", "asset_id"]
SIZES = ["seconds", "unobserved_seconds", "cpu", "ram", "gpu", "storage"]


@pytest.fixture(scope="module", params=["prometheus", "samples"])
def kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


@pytest.fixture(scope="module")
def server(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with ExitStack() as stack:
        yield stack.enter_context(holding(kind, every_series(), tmp_path_factory.mktemp("hours")))


def assert_same(left: pl.DataFrame, right: pl.DataFrame, key: list[str], values: list[str]) -> None:
    """Rows of the same keys with the same values, to a part in a million."""
    both = left.select(*key, *values).join(right.select(*key, *values), on=key, how="full", suffix="_alone", coalesce=True)
    for value in values:
        mine, other = pl.col(value).cast(pl.Float64).fill_null(-1.0), pl.col(f"{value}_alone").cast(pl.Float64).fill_null(-1.0)
        apart = both.filter((mine - other).abs() > 1e-6 * pl.max_horizontal(mine.abs(), pl.lit(1.0)))
        assert apart.height == 0, (value, apart.select(*key, value, f"{value}_alone"))


@pytest.mark.parametrize("hour", range(7))
def test_an_hour_alone_is_the_hour_of_the_whole(server: Place, whole: Facts, hour: int) -> None:
    start = START + hour * HOUR
    alone = facts_of(server, start, start + HOUR)
    only = pl.col("hour").dt.epoch("s") == int(start)
    assert_same(_named(whole).filter(only), _named(alone), USAGE, HELD)
    assert_same(whole.capacity.filter(only), alone.capacity, CAPACITY, SIZES)


def _named(facts: Facts) -> pl.DataFrame:
    return facts.usage.join(facts.identity.select("identity_id", "uid"), on="identity_id")


@pytest.fixture(scope="module")
def whole(server: Place) -> Facts:
    return facts_of(server, START, END)


@pytest.fixture(scope="module")
def hole(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One cluster without samples from 02:20 to 09:10; one node holds a pod, one nobody, one comes and goes around the hole."""
    made = Cluster(START - 900, START + 12 * HOUR, name="hole", outages=[(at("02:20"), at("09:10"))])
    for name in ("busy", "empty"):
        made.node(name, cores=4, gib=16)
    made.node("gone", cores=4, gib=16, gone=at("04:00"))
    made.pod("app", "web", node="busy", containers=[Container("c", cpu=1, ram_gib=2, uses_cpu=0.5, uses_ram_gib=1)])
    made.pod("app", "lost", node="gone", containers=[Container("c", cpu=1, ram_gib=2)], gone=at("04:00"))
    with ExitStack() as stack:
        yield stack.enter_context(holding(kind, made.series(), tmp_path_factory.mktemp("hole")))


@pytest.mark.parametrize(("begin", "end"), [(0, 11), (1, 3), (3, 5), (5, 11), (4, 5)])
def test_a_hole_of_seven_hours(hole: Place, begin: int, end: int) -> None:
    cases = Cases(facts_of(hole, START + begin * HOUR, START + end * HOUR))
    # seen on both sides with the same identity: held through it, whatever part of the hole is asked
    assert cases.column("hole", "web", "held_seconds") == pytest.approx(dict.fromkeys(range(begin, end), 3600))
    nodes = cases.assets("hole")
    for node, h, unseen in nodes.select("name", "h", "unobserved_seconds").iter_rows():
        # The last scrape before is 02:19:07, the first after 09:10:07; the hole is longer than 6 hours.
        seconds = {2: at("03:00") - at("02:19:07"), 9: at("09:10:07") - at("09:00")}.get(h, 3600 if 3 <= h <= 8 else 0)
        if node != "gone":
            assert unseen == pytest.approx(seconds), (node, h)
    # seen on one side only: half a scrape interval after its last sample
    gone = dict(nodes.filter(pl.col("name") == "gone").select("h", "seconds").iter_rows())
    assert gone.get(2, 0) == pytest.approx(at("02:19:37") - at("02:00") if begin <= 2 < end else 0)
    assert not set(gone) & set(range(3, 12))


def test_what_is_requested_of_cluster_wide_data_ends_with_them(kind: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    made = Cluster(START - 900, at("02:30"), name="ends")
    made.node("n1", cores=4, gib=16)
    made.pod("app", "web", node="n1", containers=[Container("c", cpu=1, ram_gib=2)])
    with holding(kind, made.series(), tmp_path_factory.mktemp("ends")) as place:
        facts = facts_of(place, START, END)
    # the last scrape is at 02:29:07
    cases = Cases(facts)
    assert cases.column("ends", "web", "held_seconds") == pytest.approx({0: 3600, 1: 3600, 2: 29 * 60 + 7})
    assert cases.assets("ends")["seconds"].to_list() == pytest.approx([3600, 3600, 1747])
    assert any("the data ends at" in note.text for note in facts.notes)
