"""The words of sharing, as users and settings give them."""

from __future__ import annotations

from typing import Any

import pytest

from farthing.core.errors import BadParameter
from farthing.core.settings import SharingSettings
from farthing.views import IdleBy, Sharing, Split, parse_idle, parse_idle_by, parse_sharing, sharing_of


def test_unknown_ways_are_named_with_the_valid_ones() -> None:
    with pytest.raises(BadParameter, match="did you mean separate"):
        parse_idle("seperate")
    with pytest.raises(BadParameter, match="one of cluster, node"):
        parse_idle_by("pod")
    with pytest.raises(BadParameter, match="did you mean weighted"):
        parse_sharing(split="wieghted")
    assert parse_idle_by(" Cluster ") is IdleBy.CLUSTER


def test_names_labels_and_amounts() -> None:
    got = parse_sharing("kube-system, moni*,", "app=ingress,team:a=b,app=gateway", 730, "Even", load_balancers=True)
    labels = (("app", ("ingress", "gateway")), ("team", ("a=b",)))
    assert got == Sharing(("kube-system", "moni*"), labels, 730, Split.EVEN, load_balancers=True)


def test_nothing_to_share_is_no_sharing() -> None:
    assert parse_sharing(" ,", "", 0.0, "even") is None
    assert sharing_of(SharingSettings()) is None
    assert not Sharing()


def test_settings_tell_what_is_shared() -> None:
    chosen = SharingSettings(namespaces="kube-*", labels="app=x", monthly_cost=5, split="even", management=True)
    assert sharing_of(chosen) == Sharing(("kube-*",), (("app", ("x",)),), 5.0, Split.EVEN, management=True)


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"namespaces": "*"}, "has no name"),
        ({"labels": "app"}, "'app' is no label"),
        ({"labels": "=x"}, "'=x' is no label"),
        ({"labels": "app="}, "'app=' is no label"),
        ({"monthly": -1.0}, "-1.0 a month"),
        ({"monthly": float("nan")}, "nan a month"),
    ],
)
def test_what_cannot_be_shared_is_refused(given: dict[str, Any], complaint: str) -> None:
    with pytest.raises(BadParameter, match=complaint):
        parse_sharing(**given)
