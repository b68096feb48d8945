"""Assets are priced by the first that hits; what nothing prices is NULL with its reason and cure."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from farthing.core.errors import BadPriceBook, LedgerBroken
from farthing.core.schema import PRICE
from farthing.pricing import load_book, price_assets

from .assets import RECORDED_AT, book_of, disk, frame, load_balancer, node, prices_of, rows_of


def test_the_default_book_prices_everything_as_default() -> None:
    out = price_assets(load_book(None), frame(node(1, cards=2.0), disk(2), load_balancer(3), node(4, lifecycle="spot")), RECORDED_AT)
    assert out.schema == pl.Schema(PRICE.polars)
    assert out.select("asset_id", "resource", "price", "unit").rows() == [
        (1, "cpu", 0.031611, "$/core-hour"),
        (1, "ram", 0.004237, "$/GiB-hour"),
        (1, "gpu", 0.95, "$/card-hour"),
        (2, "storage", 0.00005479452, "$/GiB-hour"),
        (3, "load_balancer", 0.025, "$/hour"),
        (4, "cpu", 0.006655, "$/core-hour"),
        (4, "ram", 0.000892, "$/GiB-hour"),
    ]
    assert set(out["category"]) == {"default"}
    assert set(out["currency"]) == {"USD"}
    assert set(out["recorded_at"]) == {RECORDED_AT}
    assert out["reason"].null_count() == out["cure"].null_count() == out.height
    assert out["source"][0] == "default book: defaults.node.on_demand.cpu, 0.031611 $/core-hour"


def test_no_assets_and_assets_without_resources() -> None:
    assert price_assets(load_book(None), frame(), RECORDED_AT).equals(PRICE.empty())
    management = {"asset_id": 9, "cluster": "c", "kind": "management", "name": "control plane", "provider_id": "", "pricing": "node"}
    assert price_assets(load_book(None), frame(management), RECORDED_AT).height == 0


def test_first_hit_wins_for_each_resource(tmp_path: Path) -> None:
    book = book_of(
        tmp_path,
        """
extends: default
defaults: {node: {on_demand: {ram: 0.5 $/GiB-hour}}}
rules:
  - {name: cards of pool, match: {node_label: {pool.example.com/name: gpu}}, price: {gpu: 7 $/card-hour}}
  - {name: any card, price: {gpu: 8 $/card-hour}}
  - {name: cpu of prod, match: {cluster: prod}, price: {cpu: 3 $/core-hour, gpu: 9 $/card-hour}}
""",
    )
    rows = rows_of(book, node(cards=1.0, labels={"pool_example_com_name": "gpu"}), node(2, cards=1.0, cluster="dev"))
    found = {key: (row["price"], row["category"], row["source"].split(",")[0]) for key, row in rows.items()}
    assert found == {
        (1, "cpu"): (3.0, "custom", "prices.yaml: rule cpu of prod"),
        (1, "ram"): (0.5, "custom", "prices.yaml: defaults.node.on_demand.ram"),
        (1, "gpu"): (7.0, "custom", "prices.yaml: rule cards of pool"),
        (2, "cpu"): (0.031611, "default", "default book: defaults.node.on_demand.cpu"),
        (2, "ram"): (0.5, "custom", "prices.yaml: defaults.node.on_demand.ram"),
        (2, "gpu"): (8.0, "custom", "prices.yaml: rule any card"),
    }


MATCHES = [
    # match of the rule, what a node that is hit tells, what one that is not hit tells
    ("cluster: prod", {}, {"cluster": "prod2"}),
    ("cluster: prod-*", {"cluster": "prod-1"}, {"cluster": "prod"}),
    ("cluster: '*'", {"cluster": "x"}, {"cluster": ""}),
    ("node: [a, b*]", {"name": "b7"}, {"name": "ab"}),
    ("instance_type: m5.*", {"instance_type": "m5.large"}, {"instance_type": "m5xlarge"}),
    ("instance_type: 'm*.*large'", {"instance_type": "m5.2xlarge"}, {"instance_type": "m5.large.metal"}),
    ("region: eu-*", {"region": "eu-west-1"}, {"region": None}),
    ("zone: eu-west-1a", {"zone": "eu-west-1a"}, {"zone": "EU-WEST-1A"}),
    ("lifecycle: spot", {"lifecycle": "spot"}, {"lifecycle": None}),
    ("lifecycle: on_demand", {"lifecycle": None}, {"lifecycle": "spot"}),
    ("gpu_model: '*A100*'", {"gpu_model": "NVIDIA-A100-SXM4"}, {"gpu_model": "NVIDIA-H100"}),
    ("node_label: {a.b/c: x}", {"labels": {"a_b_c": "x"}}, {"labels": {"a_b_c": "y"}}),
    ("node_label: {a_b_c: x}", {"labels": {"a_b_c": "x"}}, {"labels": {"a.b/c": "x"}}),
    ("node_label: {p: '*'}", {"labels": {"p": "any"}}, {"labels": {"q": "any"}}),
    ("node_label: {p: 1, q: 2}", {"labels": {"p": "1", "q": "2"}}, {"labels": {"p": "1"}}),
    ("provider_id: i-0abc", {"provider_id": "aws:///eu-west-1a/i-0abc"}, {"provider_id": "aws:///eu-west-1a/i-0abcd"}),
    ("provider_id: 'aws:///eu-*'", {"provider_id": "aws:///eu-west-1a/i-0abc"}, {"provider_id": ""}),
    ("provider_id: gke-1", {"provider_id": "gce://project/zone/gke-1"}, {"provider_id": "gce://project/gke-1/x"}),
    ("provider_id: /subscriptions/s/vm", {"provider_id": "azure:///subscriptions/s/vm"}, {"provider_id": "azure:///subscriptions/t/vm"}),
    ("cluster: prod, region: r", {"region": "r"}, {"region": "r", "cluster": "c"}),
]


@pytest.mark.parametrize(("match", "hit", "missed"), MATCHES, ids=[m[0] for m in MATCHES])
def test_match_keys_of_nodes(tmp_path: Path, match: str, hit: dict[str, Any], missed: dict[str, Any]) -> None:
    book = book_of(tmp_path, f"rules: [{{match: {{{match}}}, price: {{cpu: 3 $/core-hour}}}}]")
    assert prices_of(book, node(**hit))["cpu"] == 3
    assert prices_of(book, node(**missed))["cpu"] is None


def test_match_keys_of_disks_and_load_balancers(tmp_path: Path) -> None:
    book = book_of(
        tmp_path,
        """
rules:
  - {name: v, match: {volume: pv-7}, price: {volume: 1 $/GiB-hour}}
  - {name: c, match: {storage_class: [fast, faster], zone: z}, price: {volume: 2 $/GiB-hour}}
  - {name: i, match: {provider_id: vol-1}, price: {volume: 3 $/GiB-hour}}
  - {name: s, match: {service: web/*}, price: {load_balancer: 4 $/hour}}
  - {name: n, match: {node: web*}, price: {cpu: 5 $/core-hour}}
""",
    )
    rows = rows_of(
        book,
        disk(1, name="pv-7"),
        disk(2, storage_class="fast", zone="z"),
        disk(3, storage_class="fast"),
        disk(4, provider_id="aws://eu-west-1a/vol-1"),
        load_balancer(5),
        load_balancer(6, name="shop/front"),
    )
    found = {asset: row["price"] for (asset, _), row in rows.items()}
    assert found == {1: 1, 2: 2, 3: None, 4: 3, 5: 4, 6: None}


def test_a_lifecycle_that_is_not_told_counts_as_on_demand_and_the_source_says_so(tmp_path: Path) -> None:
    row = rows_of(load_book(None), node(lifecycle=None))[1, "cpu"]
    assert row["price"] == 0.031611
    assert row["source"].endswith("; lifecycle not told, taken as on demand")
    book = book_of(tmp_path, "rules: [{match: {lifecycle: on_demand}, price: {cpu: 3 $/core-hour}}]")
    assert rows_of(book, node(lifecycle=None))[1, "cpu"]["source"].endswith("; lifecycle not told, taken as on demand")
    assert "not told" not in rows_of(book, node())[1, "cpu"]["source"]


def test_without_extends_nothing_is_inherited(tmp_path: Path) -> None:
    book = book_of(tmp_path, "defaults: {node: {on_demand: {cpu: 1 $/core-hour}}}")
    rows = rows_of(book, node(1), node(2, lifecycle="spot"), disk(3), load_balancer(4))
    assert {key: row["price"] for key, row in rows.items() if row["price"] is not None} == {(1, "cpu"): 1.0}
    for key, row in rows.items():
        if key != (1, "cpu"):
            assert row["category"] is None
            assert row["source"] is None
            assert row["reason"]


def test_unpriced_tells_what_was_looked_up_and_the_rule_to_paste(tmp_path: Path) -> None:
    book = book_of(tmp_path, "rules: [{match: {node_label: {pool: x}, cluster: other}, price: {cpu: 1 $/core-hour}}]")
    row = rows_of(book, node(instance_type="m5.large", region="eu-west-1", labels={"pool": "y"}))[1, "ram"]
    assert row["reason"] == (
        "prices.yaml: none of the 1 rules and no default rate prices ram; looked up: cluster=prod, region=eu-west-1, node=n1, "
        "instance_type=m5.large, lifecycle=on_demand, node_label.pool=y (not told: zone, provider_id, gpu_model)"
    )
    assert row["cure"] == (
        "# under `rules:` of prices.yaml\n"
        "- name: price of prod m5.large eu-west-1 on_demand\n"
        "  match: {cluster: prod, instance_type: m5.large, region: eu-west-1, lifecycle: on_demand}\n"
        "  price: {cpu: NUMBER $/core-hour, ram: NUMBER $/GiB-hour}"
    )


CURED = [
    node(1, instance_type="m5.large", cards=2.0, gpu_model="NVIDIA A100"),
    node(1, lifecycle=None, name="10.0.0.1"),
    node(1, cluster="yes: [no]", instance_type="007", region='r"{}'),
    disk(1, storage_class="fast, or so"),
    disk(1),
    load_balancer(1),
]


@pytest.mark.parametrize("asset", CURED)
@pytest.mark.parametrize("currency", ["USD", "EUR"])
def test_the_cure_cures(tmp_path: Path, asset: dict[str, object], currency: str) -> None:
    start = f"currency: {currency}\nrules:\n- name: other\n  match: {{cluster: nowhere}}\n  price: {{cpu: 1 {currency}/core-hour}}\n"
    rows = rows_of(book_of(tmp_path, start), asset)
    cures = {row["cure"] for row in rows.values()}
    assert len(cures) == 1  # one rule for all that the asset lacks
    healed = book_of(tmp_path, start + re.sub("NUMBER", "2.5", cures.pop()))
    assert {row["price"] for row in rows_of(healed, asset).values()} == {2.5}


def test_a_pasted_cure_without_a_number_is_refused(tmp_path: Path) -> None:
    start = "rules:\n- match: {cluster: nowhere}\n  price: {cpu: 1 $/core-hour}\n"
    cure = rows_of(book_of(tmp_path, start), disk())[2, "storage"]["cure"]
    with pytest.raises(BadPriceBook, match="placeholder NUMBER"):
        book_of(tmp_path, start + cure)


def test_a_pod_priced_node_is_priced_by_its_parts_only(tmp_path: Path) -> None:
    book = book_of(
        tmp_path,
        """
rules:
  - {name: any machine, price: {node: 1 $/hour}}
  - {name: fargate, match: {node: fargate-*}, price: {cpu: 0.04 $/core-hour}}
""",
    )
    rows = rows_of(book, node(1, name="fargate-1", pricing="pod"))
    assert rows[1, "cpu"]["price"] == 0.04
    assert rows[1, "ram"]["price"] is None
    assert "does not hold for a node that is paid by its pods" in rows[1, "ram"]["reason"]


def test_cards_are_priced_only_where_there_are_some() -> None:
    book = load_book(None)
    assert "gpu" not in prices_of(book, node(cards=0.0))
    assert "gpu" not in prices_of(book, node(cards=None))
    assert prices_of(book, node(cards=0.5))["gpu"] == 0.95


@pytest.mark.parametrize(
    ("assets", "problem"),
    [
        (frame(node()).drop("zone", "gib"), "lack columns zone, gib"),
        (frame(node() | {"kind": "server"}), "unknown kind server"),
        (frame(node(1), disk(1)), "twice"),
    ],
)
def test_assets_that_break_the_contract(assets: pl.DataFrame, problem: str) -> None:
    with pytest.raises(LedgerBroken, match=problem):
        price_assets(load_book(None), assets, RECORDED_AT)


def test_assets_alike_but_for_cards_or_who_pays_are_told_apart(tmp_path: Path) -> None:
    book = book_of(tmp_path, "extends: default\nrules: [{name: all, match: {cluster: prod}, price: {node: 1 $/hour}}]")
    rows = rows_of(book, node(1), node(2, cards=1.0), node(3, pricing="pod"), node(4, lifecycle="spot", pricing="pod"))
    # 1: 4 · 0.031611 + 16 · 0.004237 = 0.194236; 2: with a card of 0.95 it is 1.144236; 3 and 4 pay the default rates
    expected = {
        (1, "cpu"): 0.031611 / 0.194236,
        (1, "ram"): 0.004237 / 0.194236,
        (2, "cpu"): 0.031611 / 1.144236,
        (2, "ram"): 0.004237 / 1.144236,
        (2, "gpu"): 0.95 / 1.144236,
        (3, "cpu"): 0.031611,
        (3, "ram"): 0.004237,
        (4, "cpu"): 0.006655,
        (4, "ram"): 0.000892,
    }
    assert {key: row["price"] for key, row in rows.items()} == pytest.approx(expected)


def test_the_cure_names_the_thing_where_no_class_of_it_is_told(tmp_path: Path) -> None:
    book = book_of(tmp_path, "rules: [{match: {cluster: nowhere}, price: {cpu: 1 $/core-hour}}]")
    rows = rows_of(book, node(1), disk(2), disk(3, storage_class="fast"), load_balancer(4))
    matches = {key: row["cure"].splitlines()[2].strip() for key, row in rows.items()}
    assert matches == {
        (1, "cpu"): "match: {cluster: prod, node: n1, lifecycle: on_demand}",
        (1, "ram"): "match: {cluster: prod, node: n1, lifecycle: on_demand}",
        (2, "storage"): "match: {cluster: prod, volume: pv1}",
        (3, "storage"): "match: {cluster: prod, storage_class: fast}",
        (4, "load_balancer"): "match: {cluster: prod, service: web/front}",
    }
