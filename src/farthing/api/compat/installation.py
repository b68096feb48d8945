"""What clients ask about the installation: clusters, currency, version."""

from __future__ import annotations

from typing import Any

import orjson

import farthing

from ..calls import Call, Reply
from ..clusters import Cluster, clusters
from .answers import envelope

# Clients read a map of texts; what is not known is left out.
PROFILE = "production"


def configs(call: Call) -> Reply:
    """`/getConfigs`: the currency, and nothing that could be set here."""
    call.refuse_parameters()
    return envelope({"currencyCode": call.house.currency})


def cluster_info(call: Call) -> Reply:
    """`/clusterInfo`: the cluster that is set as ours, else the first by name; `{}` where nothing is known of any."""
    call.refuse_parameters()
    known = clusters(call.source)
    own = [one for one in known if one.name == call.house.cluster] or known
    several = f"the first of {len(known)} clusters; all are at clusterInfoMap" if len(own) > 1 else ""
    return envelope(_info(own[0]) | {"version": ""} if own else {}, warning=several)


def cluster_info_map(call: Call) -> Reply:
    """`/clusterInfoMap`: id → the same of every cluster."""
    call.refuse_parameters()
    return envelope({one.name: _info(one) for one in clusters(call.source)})


def install_info(call: Call) -> Reply:
    """`/installInfo`: the version, without an envelope as clients read it."""
    call.refuse_parameters()
    return Reply(orjson.dumps({"version": farthing.__version__}))


def _info(one: Cluster) -> dict[str, Any]:
    texts = {"provider": one.provider, "region": one.region}
    return {"id": one.name, "name": one.name, "account": "", "project": "", "provisioner": "", "profile": PROFILE, **texts}
