"""/api/v1/assets/view; dollars by hand from the docstring of tests/views/frames.py."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from farthing.api import create_app
from farthing.api.native.models import View
from farthing.core.settings import Settings
from farthing.views import OnDemand

from ..conftest import BASE, Example, iso
from .views import ask, costs, named, total

PATH = "/api/v1/assets/view"


def test_by_type(client: TestClient) -> None:
    view = ask(client, PATH, step="hour")
    assert costs(view) == pytest.approx({"Node": 57.6, "Disk": 1.5})  # 3 × (8 + 3.2 + 4 + 1.6 + 2 + 0.4) and 3 × 0.5
    node = named(view)[0]
    assert (node["assets"], node["asset_hours"], node["cpu_core_hours"], node["ram_gib_hours"]) == pytest.approx((3, 9, 42, 156))
    assert total(view)["total_cost"] == pytest.approx(59.1)
    assert view["series"]["values"] == [pytest.approx([19.2] * 3), pytest.approx([0.5] * 3)]
    View.model_validate(view, strict=True, extra="allow")


def test_groups_filters_and_pages(client: TestClient) -> None:
    nodes = {"agg": "cluster,name", "filter": 'assetType:"node"', "limit": "2", "sort": "-cpu", "compare": "none"}
    view = ask(client, PATH, **nodes)
    assert [one["name"] for one in named(view)] == ["east/n1", "east/n2"]
    assert named(view)[0]["asset"] == "n1"
    last = ask(
        client, PATH, agg="cluster,name", filter='assetType:"node"', limit="2", sort="-cpu", compare="none", cursor=view["nextCursor"]
    )
    assert [one["name"] for one in named(last)] == ["west/n1"]
    assert costs(ask(client, PATH, agg="lifecycle")) == pytest.approx({"on_demand": 33.6, "spot": 16.8, "__undefined__": 8.7})
    assert costs(ask(client, PATH, agg="label:node.kubernetes.io/instance-type", filter='label[node_kubernetes_io_instance_type]!:""')) == {
        "m5.2xlarge": pytest.approx(33.6)
    }


def test_the_period_before(client: TestClient) -> None:
    view = ask(client, PATH, window=f"{iso(1)},{iso(3)}", agg="all")
    assert (named(view)[0]["previous_cost"], total(view)["change"]) == pytest.approx((19.7, 1.0))


def test_nothing_there() -> None:
    view = ask(TestClient(create_app(OnDemand(Example([])), Settings()), base_url=BASE), PATH)
    assert (view["rows"], view["rowCount"]) == ([], 0)
    assert (total(view)["total_cost"], total(view)["partial"]) == (0, False)


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ({"agg": "namspace"}, "did you mean namespace?"),
        ({"agg": "type,assetType"}, "a field is given twice"),
        ({"filter": 'namespace:"x"'}, "unknown field 'namespace' at position 0"),
        ({"idle": "share"}, "unknown parameter 'idle'"),
        ({"sort": "efficiency"}, "unknown column"),
    ],
)
def test_bad_questions(client: TestClient, parameters: dict[str, str], says: str) -> None:
    answer = client.get(PATH, params=parameters)
    assert answer.status_code == 400
    assert says in answer.json()["message"]
