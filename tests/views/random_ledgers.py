"""Small ledgers at random, with whatever may be asked of them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from farthing.core.ledger import Ledger
from farthing.core.schema import COST_COLUMNS
from farthing.views import Sharing, Split

from .frames import HOUR, identity, ledger, row

MONEY = st.sampled_from([0.0, 0.25, 1.0, 3.5]) | st.none()
CLUSTERS = st.sampled_from(["east", "west"])
HOURS = st.sampled_from([HOUR, HOUR + 3600])


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    """Up to a dozen rows of two clusters and hours with any costs, some unpriced; four pods of two namespaces, with labels and services."""
    rows: list[dict[str, Any]] = []
    for number in range(draw(st.integers(1, 12))):
        kind = draw(st.sampled_from(["container", "container", "pod", "idle", "unmounted", "unobserved", "management"]))
        costs: dict[str, Any] = {f"{r}_cost": draw(MONEY) for r in ("cpu", "ram", "gpu", "storage")}
        held: dict[str, Any] = {f"{r}_held": 1.0 for r in ("cpu", "ram", "gpu", "storage")}
        if kind in ("pod", "unmounted"):
            costs |= {"load_balancer_cost": draw(MONEY), "load_balancer_held": 1.0}
        if kind == "unmounted":
            costs["namespace"] = draw(st.sampled_from(["ns0", "ns1", None]))
        if kind == "management":
            costs["management_cost"] = draw(st.sampled_from([0.0, 0.25]))
        costs["held_seconds"] = draw(st.sampled_from([60.0, 3600.0]))
        node = draw(st.integers(1, 3))
        pod: dict[str, Any] = {"identity_id": draw(st.integers(1, 4))} if kind in ("container", "pod") else {}
        rows.append(row(kind, draw(CLUSTERS), draw(HOURS), container=f"c{number}", asset_id=node, node=f"n{node}", **pod, **costs, **held))
    services = [[], ["s1"], ["s1", "s2"], ["s2", "s3", "s4"]]
    identities = [identity(i, f"ns{i % 2}", f"p{i}", services=services[i - 1], labels={"team": f"t{i % 3}"}) for i in range(1, 5)]
    return ledger(rows, identities=identities)


SHARINGS = st.none() | st.builds(
    Sharing,
    namespaces=st.sampled_from([(), ("ns1",), ("ns*",)]),
    labels=st.sampled_from([(), (("team", ("t1", "t7")),)]),
    monthly=st.sampled_from([0.0, 730.0]),
    split=st.sampled_from(Split),
    management=st.booleans(),
    load_balancers=st.booleans(),
)
FILTERS = st.sampled_from(
    [
        "",
        'cluster:"east"',
        'namespace:"ns1"',
        'namespace!:"ns1"',
        'services:"s2"',
        'label[team]:"t1"|node:"n1"',
        'pod:"nobody"',
        'node!:"n2"',
    ]
)
BYS = st.sampled_from(["all", "namespace", "service", "label:team,service", "node,pod", "cluster,controller"])


def money_of(piece: Ledger) -> float:
    return float(sum(v for column in COST_COLUMNS for v in piece.allocation[column] if v is not None))
