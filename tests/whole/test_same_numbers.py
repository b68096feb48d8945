"""The same question natively, compatibly, over the warehouse and over the lake alone has the same numbers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from farthing.core.ledger import Span
from farthing.core.settings import SharingSettings
from farthing.simulator import organisation_of
from farthing.views import sharing_of

from .installation import END, FIRST, Installation, close, column, installation
from .questions import FILTERS, GROUPS, SHARING, written
from .questions import times as times_asked

pytestmark = pytest.mark.slow
SAVED = SharingSettings(namespaces="kube-*", split="even")
NATIVE, EXPORT = "/api/v1/allocation/view", "/api/v1/allocation/export"
COSTS = {
    "total_cost": "totalCost", "cpu_cost": "cpuCost", "ram_cost": "ramCost", "gpu_cost": "gpuCost", "storage_cost": "pvCost",
    "load_balancer_cost": "loadBalancerCost",
}  # fmt: skip
EXAMPLES = int(os.environ.get("WHOLE_EXAMPLES", "10"))  # some hundreds for a long look
PHASES = (Phase.explicit, Phase.generate)
# What the native API calls idle, as Kubecost's and OpenCost's clients ask for it.
IDLE = {"separate": {"includeIdle": "true"}, "share": {"shareIdle": "true"}, "hide": {"includeIdle": "false"}}
ROWS = {"together": {}, "cluster": {"splitIdle": "true"}, "node": {"splitIdle": "true", "idleByNode": "true"}}
SPELLED = {"shareManagement": "shareTenancyCosts", "shareLoadBalancers": "sharelb"}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    organisation = organisation_of(40, 8, clusters=2)
    span = Span(FIRST.timestamp(), END.timestamp())
    made = installation(tmp_path_factory.mktemp("same"), organisation, span, sharing=sharing_of(SAVED), sharing_settings=SAVED)
    made.warehouse.roll_up()
    yield made
    made.warehouse.close()


@st.composite
def asked(draw: st.DrawFn) -> tuple[dict[str, str], dict[str, str]]:
    """A question in the words of the native API, and in those of the compatible one."""
    when, tree, shared = draw(times_asked()), draw(st.none() | FILTERS), draw(SHARING.filter(lambda one: "sharing" not in one))
    by = ",".join(draw(st.lists(st.sampled_from(GROUPS), min_size=1, max_size=2, unique=True)))
    idle = draw(st.sampled_from(list(IDLE)))
    rows = draw(st.sampled_from(list(ROWS))) if idle == "separate" else ""
    by_node = rows == "node" or (idle == "share" and draw(st.booleans()))
    same: dict[str, str] = {"filter": written(tree)} if tree else {}
    native = {"agg": by, "idle": idle, "idleBy": "node" if by_node else "cluster", "window": when["window"], "zone": when["zone"]}
    native |= same | shared | ({"idleRows": rows} if rows else {})
    compatible = {"aggregate": by, "window": when["window"], "utcOffset": when["zone"], "accumulate": "true"} | same
    compatible |= IDLE[idle] | ROWS.get(rows, {}) | ({"idleByNode": "true"} if by_node else {})
    return native, compatible | {SPELLED.get(name, name): value for name, value in shared.items()}


BOUNDED = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None, phases=PHASES)


@BOUNDED
@given(question=asked())
def test_native_and_compatible(place: Installation, question: tuple[dict[str, str], dict[str, str]]) -> None:
    native, compatible = question
    view = place.view(**native)
    (allocations,) = place.ask("/allocation", compatible)["data"]
    found = sorted([one[there] for there in COSTS.values()] for one in allocations.values())
    kinds = ("rows", "idleRows")
    wanted = sorted(list(line) for rows in kinds for line in zip(*(numbers(view, name, rows) for name in COSTS), strict=True))
    assert len(found) == len(wanted)
    for a, b in zip(sorted(found), wanted, strict=True):
        assert a == [close(one) for one in b]


def numbers(view: Any, name: str, rows: str) -> list[float]:
    """A column, without a value 0 as the compatible API has it."""
    return [cell or 0.0 for cell in column(view, name, rows)]


@settings(BOUNDED, max_examples=EXAMPLES // 2)
@given(question=asked(), step=st.sampled_from(("all", "day", "6h")))
def test_warehouse_and_lake(place: Installation, question: tuple[dict[str, str], dict[str, str]], step: str) -> None:
    native = question[0] | {"step": step, "format": "json", "sort": "name"}
    one = place.ask(EXPORT, native)
    if not one["rows"] and place.near.get(EXPORT, params=native).status_code == 404:
        return  # of a window before the data the lake says that it has nothing
    other = place.ask(EXPORT, native, place.near)
    assert [c["name"] for c in one["columns"]] == [c["name"] for c in other["columns"]]
    assert len(one["rows"]) == len(other["rows"])
    for a, b in zip(sorted(one["rows"], key=texts), sorted(other["rows"], key=texts), strict=True):
        assert texts(a) == texts(b)
        assert [cell for cell in a if isinstance(cell, float)] == pytest.approx(
            [cell for cell in b if isinstance(cell, float)], rel=1e-9, abs=1e-9
        )


def texts(row: list[Any]) -> list[str]:
    return [str(cell) if cell is None or isinstance(cell, str | bool) else "" for cell in row]
