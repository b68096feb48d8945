"""Keys to group by, and the sums of the example ledger under each."""

from __future__ import annotations

import pytest

from farthing.core.errors import BadField
from farthing.views import parse_by, summarise, valid_groups

from .frames import WHOLE, example

# Σ cost of the rows, idle apart ($10.40 = 2 + 1.8 + 4 + 1.6 + 1): web 3.8 + 1.2 + 0.4 = 5.4, job 2.4, bare 1.4, unmounted 0.1.
UNALLOCATED = "__unallocated__"
SUMS: dict[str, dict[str, float]] = {
    "cluster": {"east": 7.9, "west": 1.4},
    "node": {"n1": 9.2, "__unmounted__": 0.1},
    "cluster,node": {"east/n1": 7.8, "west/n1": 1.4, "east/__unmounted__": 0.1},
    "namespace": {"shop": 6.9, "batch": 2.4},
    "pod": {"web-1": 5.4, "job-1": 2.4, "bare": 1.4, "__unmounted__": 0.1},
    "container": {"app": 3.8, "sidecar": 1.2, "__pod__": 0.4, "run": 2.4, "c": 1.4, "__unmounted__": 0.1},
    "controllerKind": {"deployment": 5.4, "cronjob": 2.4, UNALLOCATED: 1.5},
    "controller": {"deployment:web": 5.4, "cronjob:nightly": 2.4, UNALLOCATED: 1.5},
    "deployment": {"web": 5.4, UNALLOCATED: 3.9},
    "replicaset": {"web-5d9": 5.4, UNALLOCATED: 3.9},
    "statefulset": {UNALLOCATED: 9.3},
    "job": {"nightly-29": 2.4, UNALLOCATED: 6.9},
    "cronjob": {"nightly": 2.4, UNALLOCATED: 6.9},
    "service": {"front": 2.7, "mesh": 2.7, UNALLOCATED: 3.9},
    "label:team": {"growth": 5.4, "risk": 2.4, UNALLOCATED: 1.5},
    "label:app.kubernetes.io/name": {"Web": 5.4, UNALLOCATED: 3.9},
    "label:app_kubernetes_io_name": {"Web": 5.4, UNALLOCATED: 3.9},
    "namespaceLabel:team": {"platform": 5.4, "risk": 2.4, UNALLOCATED: 1.5},
    "annotation:note": {'say "hi"': 5.4, UNALLOCATED: 3.9},
    "team": {"growth": 5.4, "risk": 2.4, UNALLOCATED: 1.5},
    "owner": {"ann": 2.4, UNALLOCATED: 6.9},
    "environment": {"prod": 5.4, UNALLOCATED: 3.9},
    "providerID": {"aws:///us-east-1a/i-1": 7.8, UNALLOCATED: 1.5},
    "kind": {"container": 8.8, "pod": 0.4, "unmounted": 0.1},
    "label:team,namespace": {"growth/shop": 5.4, "risk/batch": 2.4, f"{UNALLOCATED}/shop": 1.5},
    "all": {"": 9.3},
}


@pytest.mark.parametrize(("by", "sums"), SUMS.items())
def test_sums_by_hand(by: str, sums: dict[str, float]) -> None:
    table = summarise([example()], by)
    got = dict(table.rows.select("name", "total_cost").iter_rows())
    assert got.pop("__idle__") == pytest.approx(10.4)
    assert got == pytest.approx(sums)
    assert table.whole == pytest.approx(WHOLE)


def test_names_in_any_case_and_as_a_sequence() -> None:
    assert [g.name for g in parse_by(" Namespace , CONTROLLERKIND, Label:Team ")] == ["namespace", "controllerKind", "label:Team"]
    assert parse_by(["node", "label:a,b"])[1].name == "label:a,b"
    assert parse_by("ALL") == parse_by("") == ()


@pytest.mark.parametrize(
    ("by", "says"),
    [
        ("namspace", "did you mean namespace?"),
        ("label:", "names no key"),
        ("label", "label:KEY"),
        ("pod,Pod", "given twice"),
        ("label:a.b,label:a_b", "given twice"),
        ("all,pod", "all alone"),
        ("pods:x", "unknown field 'pods:x'"),
    ],
)
def test_errors(by: str, says: str) -> None:
    with pytest.raises(BadField, match="(?s)" + says.replace("?", r"\?")):
        parse_by(by)


def test_the_valid_set_is_what_is_taken() -> None:
    for name in valid_groups():
        parse_by(name)
