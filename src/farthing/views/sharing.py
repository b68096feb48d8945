"""The words of sharing: how idle is shown and over whom it is shared, and what else is shared out (ledger 8)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from farthing.core.errors import BadParameter, nearest
from farthing.core.settings import SharingSettings

KEY_ENDS = "=:"


class Idle(StrEnum):
    """How idle is shown: as rows of its own, added to who receives it, or not at all."""

    SEPARATE = "separate"
    SHARE = "share"
    HIDE = "hide"


class IdleBy(StrEnum):
    """Over whom idle is shared: those on the same node, or all of the cluster."""

    NODE = "node"
    CLUSTER = "cluster"


class Split(StrEnum):
    """How a shared cost is divided: in proportion to the receivers' own cost, or evenly."""

    WEIGHTED = "weighted"
    EVEN = "even"


@dataclass(frozen=True)
class Sharing:
    """What is shared out among everything else.

    `namespaces`: names, a trailing * stands for any ending. `labels`: a key and its values. `monthly`: $ a month (730 h) that no asset
    has. `management`: control-plane and licence fees too. `load_balancers`: load balancers too.
    """

    namespaces: tuple[str, ...] = ()
    labels: tuple[tuple[str, tuple[str, ...]], ...] = ()
    monthly: float = 0.0
    split: Split = Split.WEIGHTED
    management: bool = False
    load_balancers: bool = False

    def __post_init__(self) -> None:
        if not (math.isfinite(self.monthly) and self.monthly >= 0):
            raise BadParameter(f"a shared cost of {self.monthly} a month cannot be split", expected="an amount of at least 0")
        if any(not name.rstrip("*") for name in self.namespaces):
            raise BadParameter("a shared namespace has no name", expected="names of namespaces, each may end in *")
        if any(not key or not values for key, values in self.labels):
            raise BadParameter("a shared label has no key or no value", expected="KEY=VALUE, e.g. app=ingress")

    def __bool__(self) -> bool:
        return bool(self.namespaces or self.labels or self.monthly or self.management or self.load_balancers)


@dataclass(frozen=True)
class SharedOut:
    """What sharing did to the pieces of an answer, $: `given` of shared things' own costs, `stayed` of them where nobody was to receive
    it; `overhead` of the monthly amount, and `overhead_lost` in hours when nobody was there."""

    given: float = 0.0
    stayed: float = 0.0
    overhead: float = 0.0
    overhead_lost: float = 0.0

    def __add__(self, other: SharedOut) -> SharedOut:
        return SharedOut(
            self.given + other.given,
            self.stayed + other.stayed,
            self.overhead + other.overhead,
            self.overhead_lost + other.overhead_lost,
        )


def parse_idle(text: str) -> Idle:
    """separate, share or hide; BadParameter otherwise."""
    try:
        return Idle(text.strip().lower())
    except ValueError:
        raise BadParameter(f"idle={text!r} is unknown", expected=nearest(text, Idle)) from None


def parse_idle_by(text: str) -> IdleBy:
    """node or cluster; BadParameter otherwise."""
    try:
        return IdleBy(text.strip().lower())
    except ValueError:
        raise BadParameter(f"idle by {text!r} is unknown", expected=nearest(text, IdleBy)) from None


def parse_sharing(
    namespaces: str = "",
    labels: str = "",
    monthly: float = 0.0,
    split: str = Split.WEIGHTED,
    *,
    management: bool = False,
    load_balancers: bool = False,
) -> Sharing | None:
    """From the texts a user gives: names, and KEY=VALUE (or KEY:VALUE), each joined by commas. None: nothing is shared out.

    Values of one key are alternatives. Raises BadParameter.
    """
    values: dict[str, tuple[str, ...]] = {}
    for text in _listed(labels):
        ends = [at for sign in KEY_ENDS if (at := text.find(sign)) > 0]
        if not ends or not text[min(ends) + 1 :].strip():
            raise BadParameter(f"{text!r} is no label to share", expected="KEY=VALUE, several joined by commas, e.g. app=ingress")
        key = text[: min(ends)].strip()
        values[key] = (*values.get(key, ()), text[min(ends) + 1 :].strip())
    try:
        way = Split(split.strip().lower())
    except ValueError:
        raise BadParameter(f"split={split!r} is unknown", expected=nearest(split, Split)) from None
    return Sharing(_listed(namespaces), tuple(values.items()), monthly, way, management, load_balancers) or None


def sharing_of(settings: SharingSettings) -> Sharing | None:
    """What the settings say is shared out; None: nothing. Raises BadParameter."""
    return parse_sharing(
        settings.namespaces,
        settings.labels,
        float(settings.monthly_cost),
        settings.split,
        management=settings.management,
        load_balancers=settings.load_balancers,
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, text.split(","))))
