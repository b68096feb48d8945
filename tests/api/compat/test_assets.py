"""/assets over HTTP."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from fastapi.testclient import TestClient

from farthing.api import create_app
from farthing.core.settings import Settings
from farthing.core.units import GIB_BYTES
from farthing.views import OnDemand

from ...views.frames import GIB_HOUR, N1, asset, ledger
from ..conftest import BASE, THREE_HOURS, Example, iso

NODE = "AWS/__undefined__/__undefined__/Compute/east/Node/Kubernetes/aws:///us-east-1a/i-1/n1"


def ask(client: TestClient, **parameters: str) -> Any:
    answer = client.get("/model/assets", params={"window": THREE_HOURS} | parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def names(assets: dict[str, dict[str, Any]]) -> set[str]:
    return {f"{one['properties']['cluster']}/{one['properties']['name']}" for one in assets.values()}


def test_a_node(client: TestClient) -> None:
    node = ask(client)[NODE]
    assert node["type"] == "Node"
    assert node["properties"] == {
        "category": "Compute", "provider": "AWS", "service": "Kubernetes", "cluster": "east", "name": "n1", "providerID": "aws:///us-east-1a/i-1",
    }  # fmt: skip
    assert node["labels"] == {"node_kubernetes_io_instance_type": "m5.2xlarge"}
    assert (node["start"], node["end"], node["minutes"], node["window"]) == (iso(0), iso(3), 180, {"start": iso(0), "end": iso(3)})
    assert (node["cpuCores"], node["ramBytes"], node["cpuCoreHours"], node["ramByteHours"]) == (8, 32 * GIB_BYTES, 24, 96 * GIB_BYTES)
    assert (node["cpuCost"], node["ramCost"], node["gpuCost"], node["totalCost"]) == pytest.approx((24, 9.6, 0, 33.6))
    assert (node["preemptible"], node["nodeType"], node["discount"], node["adjustment"]) == (0, "m5.2xlarge", 0, 0)


def test_a_disk_and_the_sum(client: TestClient) -> None:
    assets = ask(client)
    disk = next(one for one in assets.values() if one["properties"]["name"] == "v1")
    assert (disk["type"], disk["properties"]["category"]) == ("Disk", "Storage")
    assert (disk["bytes"], disk["byteHours"], disk["totalCost"]) == pytest.approx((10 * GIB_BYTES, 30 * GIB_BYTES, 1.2))
    assert (disk["storageClass"], disk["claimNamespace"], disk["claimName"], disk["volumeName"]) == ("gp3", "shop", "data", "v1")
    assert disk["byteHoursUsed"] is None
    assert sum(one["totalCost"] for one in assets.values()) == pytest.approx(3 * 19.7)


def test_a_load_balancer_and_management() -> None:
    rows = [
        asset(
            21, "load_balancer", "shop/front", load_balancer_cost=0.025, address="203.0.113.7", claim_namespace="shop", claim_name="front"
        ),
        asset(22, "management", "control plane", management_cost=0.1),
    ]
    assets = ask(TestClient(create_app(OnDemand(Example([ledger([], rows)])), Settings()), base_url=BASE))
    balancer = next(one for one in assets.values() if one["type"] == "LoadBalancer")
    assert (balancer["ip"], balancer["private"], balancer["totalCost"], balancer["properties"]["category"]) == (
        "203.0.113.7",
        False,
        0.025,
        "Network",
    )
    plane = next(one for one in assets.values() if one["type"] == "ClusterManagement")
    assert (plane["totalCost"], plane["properties"]["category"]) == (0.1, "Management")


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({"filter": 'assetType:"disk"'}, {"east/v1", "east/v2"}),
        ({"filter": 'assetType:"Disk"+name!:"v1"'}, {"east/v2"}),
        ({"filterTypes": "Node"}, {"east/n1", "east/n2", "west/n1"}),
        ({"filter": 'cluster:"west"'}, {"west/n1"}),
        ({"filter": 'category:"Storage"|provider:"AWS"'}, {"east/v1", "east/v2", "east/n1", "east/n2"}),
        ({"filter": 'provider:"__unallocated__"+category:"Compute"'}, {"west/n1"}),
        ({"filter": 'label[node.kubernetes.io/instance-type]:"m5.2xlarge"'}, {"east/n1"}),
        ({"filter": 'label:"node_kubernetes_io_instance_type"'}, {"east/n1"}),
        ({"filter": 'label[label_node_kubernetes_io_instance_type]<~:"m5"'}, {"east/n1"}),
        ({"filter": 'providerID~>:"i-2"+service:"Kubernetes"'}, {"east/n2"}),
        ({"filterNames": "n*", "filterClusters": "east"}, {"east/n1", "east/n2"}),
        ({"filter": 'project:"p"'}, set()),
        ({"limit": "1"}, {"east/n1"}),
        ({"offset": "4"}, {"east/v2"}),
    ],
)
def test_filters(client: TestClient, parameters: dict[str, str], found: set[str]) -> None:
    assert names(ask(client, **parameters)) == found


def test_spot_is_preemptible(client: TestClient) -> None:
    assert next(one for one in ask(client, filterNames="n2").values())["preemptible"] == 1


def test_one_map_or_sets_in_a_list(client: TestClient) -> None:
    assert isinstance(ask(client), dict)
    (one,) = ask(client, accumulate="true")
    assert one[NODE]["totalCost"] == pytest.approx(33.6)
    hours = ask(client, step="1h")
    assert [h[NODE]["totalCost"] for h in hours] == pytest.approx([11.2, 11.2, 11.2])
    assert [h[NODE]["window"]["start"] for h in hours] == [iso(0), iso(1), iso(2)]


def test_a_window_inside_an_hour(client: TestClient) -> None:
    node = ask(client, window=f"{iso(0.5)},{iso(1)}")[NODE]
    assert (node["minutes"], node["cpuCores"], node["totalCost"]) == (30, 8, pytest.approx(5.6))


def test_only_assets_are_asked_for(source: Example, client: TestClient) -> None:
    ask(client)
    assert source.asked[0][1] == {"asset"}


def test_unpriced_assets_are_zero_and_told() -> None:
    disk = asset(31, "disk", "v", storage=GIB_HOUR, storage_cost=None)
    price = {
        "asset_id": 31,
        "resource": "storage",
        "unit": "$/GiB-hour",
        "currency": "USD",
        "reason": "no class",
        "recorded_at": disk["hour"],
    }
    piece = ledger([], [disk, asset(N1, "node", "n", cores=1)], prices=[price])
    document = (
        TestClient(create_app(OnDemand(Example([piece])), Settings()), base_url=BASE).get("/assets", params={"window": THREE_HOURS}).json()
    )
    totals = {one["properties"]["name"]: one["totalCost"] for one in document["data"].values()}
    assert totals == {"v": 0, "n": 1}
    assert document["warning"] == "1 assets have something without a price, which counts as 0 here: storage: no class"


def test_two_assets_of_one_name_are_both_there() -> None:
    piece = ledger([], [asset(41, "node", "n", cores=1), asset(42, "node", "n", cores=2)])
    assets = ask(TestClient(create_app(OnDemand(Example([piece])), Settings()), base_url=BASE))
    assert sorted(one["totalCost"] for one in assets.values()) == [1, 2]


def test_nothing_found(client: TestClient) -> None:
    assert ask(client, filter='name:"nobody"') == {}
    assert ask(client, window="1971-01-01,1971-01-02", accumulate="true") == [{}]


def test_groups_of_assets(client: TestClient) -> None:
    (one,) = ask(client, aggregate="type", accumulate="true")
    # nodes: 3 × (8 + 3.2 + 4 + 1.6 + 2 + 0.4) = 57.6; disks: 3 × 0.5
    assert {key: asset["totalCost"] for key, asset in one.items()} == pytest.approx({"Node": 57.6, "Disk": 1.5})
    assert one["Node"]["type"] == "Node"
    assert one["Node"]["properties"] == {"category": "Compute", "service": "Kubernetes"}  # what all of them share
    assert (one["Node"]["cpuCoreHours"], one["Node"]["cpuCores"]) == (42, 14)  # 8 + 4 + 2 cores
    (mixed,) = ask(client, aggregate="cluster,service", accumulate="true")
    assert set(mixed) == {"east/Kubernetes", "west/Kubernetes"}
    assert "type" not in mixed["east/Kubernetes"]
    assert mixed["east/Kubernetes"]["totalCost"] == pytest.approx(3 * 17.3)
    (unknown,) = ask(client, aggregate="account,label:region")
    assert set(unknown) == {"__undefined__/__undefined__"}


def test_topline_and_graph(client: TestClient) -> None:
    total = client.get("/model/assets/topline", params={"window": THREE_HOURS, "accumulate": "true"}).json()["data"]
    assert total == {"totalCost": pytest.approx(59.1), "adjustment": 0, "numResults": 5}
    graph = client.get("/assets/graph", params={"window": THREE_HOURS, "step": "1h", "aggregate": "type", "limit": "1"}).json()["data"]
    assert [one["start"] for one in graph] == [iso(0), iso(1), iso(2)]
    items = [{"name": "Node", "value": pytest.approx(19.2)}, {"name": "Other", "value": pytest.approx(0.5)}]
    assert graph[0]["items"] == items


def test_csv_of_assets(client: TestClient) -> None:
    answer = client.get("/assets", params={"window": THREE_HOURS, "format": "csv"})
    lines = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(lines) == 5
    assert sum(float(line["totalCost"]) for line in lines) == pytest.approx(59.1)
    assert {line["type"] for line in lines} == {"Node", "Disk"}


def test_autocomplete(client: TestClient) -> None:
    def values(**parameters: str) -> list[str]:
        found: list[str] = client.get("/assets/autocomplete", params={"window": THREE_HOURS} | parameters).json()["data"]
        return found

    assert values(field="type") == ["Disk", "Node"]
    assert values(field="name", search="V") == ["v1", "v2"]
    assert values(field="cluster", filter='assetType:"disk"') == ["east"]
    assert values(field="providerID", limit="1") == ["aws:///us-east-1a/i-1"]
