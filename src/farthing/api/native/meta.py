"""`/meta`: what a screen must know before its first question."""

from __future__ import annotations

from typing import Any

import orjson

import farthing
from farthing.core.windows import FORMS
from farthing.views import ALLOCATION_FIELDS, ASSET_FIELDS, OPERATOR_MEANING, Idle, IdleBy, IdleRows, Split, valid_groups

from ..asset_groups import valid_asset_groups
from ..calls import Call, Reply
from ..clusters import clusters
from ..moments import iso, iso_unix
from ..periods import MAX_SETS
from .columns import ASSET_COLUMNS, CHANGE, MEASURED, NAME, PREVIOUS, SPECIAL, TREND
from .export import FORMATS
from .parameters import MOST_ROWS, MOST_SERIES, STEPS


def meta(call: Call) -> Reply:
    """Version, currency, clusters, and every word that a question may use."""
    call.refuse_parameters()
    known = clusters(call.source)
    sharing = call.house.sharing
    document: dict[str, Any] = {
        "product": "farthing",
        "productVersion": farthing.__version__,
        "currency": call.house.currency,
        "simulated": call.house.simulated,
        "now": iso(call.now),
        "asOf": iso(call.as_of),
        "version": call.source.version(),
        "clusters": [
            {
                "name": one.name,
                "first": None if one.first is None else iso_unix(one.first),
                "last": None if one.last is None else iso_unix(one.last),
                "provider": one.provider or None,
                "region": one.region or None,
            }
            for one in known
        ],
        "windows": [{"form": form, "doc": doc} for form, doc in FORMS],
        "steps": list(STEPS),
        "allocation": {
            "groups": valid_groups(),
            "filters": [{"field": name, "kind": kind.value} for name, kind in ALLOCATION_FIELDS.items()],
            "columns": [column.described() for column in (NAME, SPECIAL, *MEASURED, PREVIOUS, CHANGE, TREND)],
        },
        "assets": {
            "groups": valid_asset_groups(),
            "filters": [{"field": name, "kind": kind.value} for name, kind in ASSET_FIELDS.items()],
            "columns": [column.described() for column in (NAME, SPECIAL, *ASSET_COLUMNS, PREVIOUS, CHANGE, TREND)],
        },
        "operators": [{"sign": sign, "match": match.value, "negated": negated} for sign, (match, negated) in OPERATOR_MEANING.items()],
        "idle": list(Idle),
        "idleBy": list(IdleBy),
        "idleRows": list(IdleRows),
        "splits": list(Split),
        "exports": list(FORMATS),
        "sharing": None
        if sharing is None
        else {
            "namespaces": list(sharing.namespaces),
            "labels": {key: list(values) for key, values in sharing.labels},
            "monthly": sharing.monthly,
            "split": sharing.split.value,
            "management": sharing.management,
            "loadBalancers": sharing.load_balancers,
        },
        "features": {"receivesSamples": call.house.receives_samples, "tokens": call.house.tokens},
        "limits": {"steps": MAX_SETS, "rows": MOST_ROWS, "series": MOST_SERIES},
    }
    return Reply(orjson.dumps(document))
