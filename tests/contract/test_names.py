"""Names and labels are those of the hour, on every back end; kube-state-metrics is scraped 7 s past every minute."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from farthing.core.ledger import Facts
from farthing.costing import cost
from farthing.pricing import load_book, price_assets
from farthing.views import summarise
from tests.contract.facts import HOUR, MIDNIGHT, NOW, at, facts_of
from tests.kit.cluster import Cluster
from tests.kit.pods import Container
from tests.kit.scrape import Series
from tests.kit.stores import BACK_ENDS, Place, holding

pytestmark = pytest.mark.real
START, END = MIDNIGHT, MIDNIGHT + 5 * HOUR
THREE_CORES = [Container("c", cpu=3, ram_gib=1)]
SPOT = {"karpenter.sh/capacity-type": "spot"}
ON_DEMAND = {"karpenter.sh/capacity-type": "on-demand"}
PRICES = """
name: ours
currency: USD
rules:
  - name: nodes
    price: {cpu: 1 $/core-hour, ram: 0 $/GiB-hour, gpu: 0 $/card-hour}
"""
ATTRIBUTES = ["labels", "lifecycle", "pricing", "region", "zone", "instance_type", "gpu_model"]


def cluster(name: str, **more: Any) -> Cluster:
    made = Cluster(START - 900, END + 900, name=name, **more)
    made.node("n1", cores=16, gib=64)
    return made


def relabelled() -> Cluster:
    """A namespace changes its team, a pod its app, another its annotation; two replicas of kube-state-metrics tell it."""
    made = cluster("relabelled", state_replicas=2)
    made.namespace("pay", labels={"team": "red"}, gone=at("02:00"))
    made.namespace("pay", labels={"team": "blue"}, created=at("02:00"))
    made.pod("pay", "api", node="n1", containers=THREE_CORES)
    made.namespace("shop", labels={"team": "green"})
    made.pod("shop", "web", node="n1", containers=THREE_CORES, labels=[(0, {"app": "one"}), (at("01:00"), {"app": "two"})])
    made.pod("shop", "db", node="n1", containers=THREE_CORES, annotations=[(0, {"owner": "ann"}), (at("03:00"), {"owner": "bob"})])
    return made


def inside_the_hour() -> Cluster:
    """Changes at 01:20, at half past, and there and back."""
    made = cluster("inside")
    for name, steps in (
        ("early", [(0, "red"), (at("01:20"), "blue")]),
        ("half", [(0, "red"), (at("01:30"), "blue")]),
        ("briefly", [(0, "red"), (at("01:20"), "blue"), (at("01:30"), "red")]),
        ("back", [(0, "red"), (at("01:00"), "blue"), (at("02:00"), "red")]),
    ):
        made.pod("app", name, node="n1", containers=THREE_CORES, labels=[(since, {"team": team}) for since, team in steps])
    return made


def in_a_hole() -> Cluster:
    """Nothing is scraped from 01:20 to 04:10; the namespace was relabelled meanwhile."""
    made = cluster("hole", outages=[(at("01:20"), at("04:10"))])
    made.namespace("pay", labels={"team": "red"}, gone=at("03:00"))
    made.namespace("pay", labels={"team": "blue"}, created=at("03:00"))
    made.pod("pay", "api", node="n1", containers=THREE_CORES)
    return made


def namesakes() -> Cluster:
    """Nodes of one name: on demand, then spot of another size; between r's two lie 20 minutes, between q's seconds.

    The second q has 10 seconds in the hour 2 and no sample there.
    """
    made = cluster("namesakes")
    for name, gone, created in (("r", at("01:20"), at("01:40")), ("q", at("02:58:30"), at("02:59:50"))):
        made.node(name, cores=4, gib=16, gone=gone, labels=ON_DEMAND)
        made.node(name, cores=8, gib=32, created=created, labels=SPOT, instance_type="c6i.2xlarge", region="us-east-2", zone="us-east-2b")
    return made


def one_node_two_labels() -> Cluster:
    """A pool renamed at 02:00; a card's model told seven minutes after the node came, and both servers know it."""
    made = cluster("pools")
    made.node("p", cores=4, gib=16, labels=[(0, {"pool": "a"}), (at("02:00"), {"pool": "b"})])
    late = [(0, {"pool": "gpu"}), (at("01:57"), {"pool": "gpu", "nvidia.com/gpu.product": "NVIDIA-L4"})]
    made.node("g", cores=4, gib=16, cards=1, created=at("01:50"), labels=late)
    return made


def every_series() -> Iterator[Series]:
    for case in (relabelled, inside_the_hour, in_a_hole, namesakes, one_node_two_labels):
        yield from case().series()


@pytest.fixture(scope="module", params=BACK_ENDS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with ExitStack() as stack:
        yield stack.enter_context(holding(request.param, every_series(), tmp_path_factory.mktemp("names")))


@pytest.fixture(scope="module")
def whole(server: Place) -> Facts:
    return facts_of(server, START, END)


def named(facts: Facts) -> pl.DataFrame:
    """Usage beside the names of its hour, and hours counted from midnight."""
    names = facts.identity.drop("cluster", "node")
    return facts.usage.join(names, on="identity_id").with_columns(((pl.col("hour").dt.epoch("s") - int(MIDNIGHT)) // HOUR).alias("h"))


def words(facts: Facts, cluster: str, pod: str, column: str, key: str) -> str:
    """What an hour after the other says of a label: `red red blue …`, `-` where it has none."""
    mine = named(facts).filter((pl.col("cluster") == cluster) & (pl.col("pod") == pod)).sort("h")
    return " ".join({p["key"]: p["value"] for p in pairs}.get(key, "-") for pairs in mine[column].to_list())


def validity(facts: Facts, cluster: str, pod: str) -> list[tuple[float | None, float | None]]:
    mine = facts.identity.filter((pl.col("cluster") == cluster) & (pl.col("pod") == pod))
    return sorted(mine.select("valid_from", "valid_to").rows(), key=lambda row: row[0] or 0.0)


def nodes(facts: Facts, cluster: str, name: str) -> list[dict[str, Any]]:
    """Hours of all nodes of a name, in order; `h` counts from midnight, `key_…` are labels."""
    mine = facts.capacity.filter((pl.col("cluster") == cluster) & (pl.col("kind") == "node") & (pl.col("name") == name))
    mine = mine.with_columns(((pl.col("hour").dt.epoch("s") - int(MIDNIGHT)) // HOUR).alias("h")).sort("h", "first_held")
    return [row | {f"key_{p['key']}": p["value"] for p in row["labels"]} for row in mine.iter_rows(named=True)]


def test_a_namespaces_labels_are_those_of_the_hour(whole: Facts) -> None:
    assert words(whole, "relabelled", "api", "namespace_labels", "team") == "red red blue blue blue"
    assert validity(whole, "relabelled", "api") == [(None, at("02:00")), (at("02:00"), None)]
    assert validity(whole, "inside", "early") == [(None, at("01:00")), (at("01:00"), None)]


@pytest.mark.parametrize(("begin", "end", "expected"), [(0, 4, {"red": 6, "blue": 6}), (2, 4, {"blue": 6}), (1, 2, {"red": 3})])
def test_costs_by_a_label_that_changed(server: Place, tmp_path: Path, begin: int, end: int, expected: dict[str, float]) -> None:
    # 3 cores for 1 $ each: red pays for the hours 0 and 1, blue for 2 and 3, whatever window is asked for
    prices = tmp_path / "prices.yaml"
    prices.write_text(PRICES)
    facts = facts_of(server, START + begin * HOUR, START + end * HOUR)
    ledger = cost(facts, price_assets(load_book(prices), facts.assets(), NOW))
    table = summarise([ledger], "label:team", 'cluster:"relabelled"+namespace:"pay"', "hide")
    assert dict(table.rows.select("name", "cpu_cost").iter_rows()) == pytest.approx(expected)


def test_a_pods_labels_are_those_of_the_hour(whole: Facts) -> None:
    assert words(whole, "relabelled", "web", "labels", "app") == "one two two two two"
    assert words(whole, "relabelled", "db", "annotations", "owner") == "ann ann ann bob bob"
    assert words(whole, "relabelled", "db", "namespace_labels", "team") == "green green green green green"


def test_what_held_most_of_the_hour_counts(whole: Facts) -> None:
    # samples of the hour 1: 20 red and 40 blue; 30 and 30, so it stays what it was; 50 red (20 + 30) and 10 blue
    assert words(whole, "inside", "early", "labels", "team") == "red blue blue blue blue"
    assert words(whole, "inside", "half", "labels", "team") == "red red blue blue blue"
    assert words(whole, "inside", "briefly", "labels", "team") == "red red red red red"
    assert validity(whole, "inside", "briefly") == [(None, None)]


def test_names_that_come_back_are_the_same_identity(whole: Facts) -> None:
    assert words(whole, "inside", "back", "labels", "team") == "red blue red red red"
    mine = named(whole).filter((pl.col("cluster") == "inside") & (pl.col("pod") == "back")).sort("h")
    first, other, *again = mine["identity_id"].to_list()
    assert first != other
    assert again == [first] * 3
    assert sorted(validity(whole, "inside", "back"), key=str) == [(at("01:00"), at("02:00")), (None, None)]


def test_hours_without_samples_keep_what_was_seen_before(whole: Facts) -> None:
    assert words(whole, "hole", "api", "namespace_labels", "team") == "red red red red blue"
    assert validity(whole, "hole", "api") == [(None, at("04:00")), (at("04:00"), None)]


def test_every_hour_is_there_once(whole: Facts) -> None:
    counts = named(whole).filter(pl.col("container") == "c").group_by("cluster", "pod").agg(pl.len(), pl.col("h").n_unique().alias("hours"))
    assert counts.height == 3 + 4 + 1
    assert set(counts["len"]) == set(counts["hours"]) == {5}
    assert whole.identity["identity_id"].is_unique().all()


def test_namesakes_have_labels_of_their_own(whole: Facts) -> None:
    def told(name: str) -> list[tuple[int, str, str, str]]:
        return [(row["h"], row["lifecycle"], row["instance_type"], row["region"]) for row in nodes(whole, "namesakes", name)]

    first, second = ("on_demand", "m6i.xlarge", "us-east-1"), ("spot", "c6i.2xlarge", "us-east-2")
    assert told("r") == [(0, *first), (1, *first), (1, *second), (2, *second), (3, *second), (4, *second)]
    assert told("q") == [(0, *first), (1, *first), (2, *first), (2, *second), (3, *second), (4, *second)]


def test_a_nodes_labels_are_those_of_the_hour(whole: Facts) -> None:
    assert [row["key_pool"] for row in nodes(whole, "pools", "p")] == ["a", "a", "b", "b", "b"]
    # the hour 1 has 7 samples without the card's model (01:50:07 … 01:56:07) and 3 with it: it is told, so it is known
    assert [(row["h"], row["gpu_model"]) for row in nodes(whole, "pools", "g")] == [(h, "NVIDIA-L4") for h in (1, 2, 3, 4)]
    assert "key_nvidia_com_gpu_product" not in nodes(whole, "pools", "g")[0]


@pytest.mark.parametrize(("begin", "end"), [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (1, 4)])
def test_an_hours_names_do_not_depend_on_the_window(server: Place, whole: Facts, begin: int, end: int) -> None:
    some = facts_of(server, START + begin * HOUR, START + end * HOUR)
    hours = (pl.col("hour").dt.epoch("s") >= START + begin * HOUR) & (pl.col("hour").dt.epoch("s") < START + end * HOUR)
    columns = ["cluster", "h", "pod", "container", "identity_id", "labels", "annotations", "namespace_labels", "namespace_annotations"]
    assert named(some).select(columns).sort(columns[:4]).equals(named(whole).filter(hours).select(columns).sort(columns[:4]))
    key = ["cluster", "hour", "asset_id"]
    nodes_of = [
        f.filter(pl.col("kind") == "node").select(*key, *ATTRIBUTES).sort(key) for f in (some.capacity, whole.capacity.filter(hours))
    ]
    assert nodes_of[0].equals(nodes_of[1])
