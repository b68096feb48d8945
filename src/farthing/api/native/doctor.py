"""`/doctor`: what makes the numbers wrong: what this server itself sees, and an examination of the server that it asks for data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from farthing.core.settings import mask
from farthing.doctor import Diagnosis, Finding, Verdict

from ..calls import Call, Reply
from ..examiner import Examined
from ..moments import iso
from .checkup import MONEY_OF, check_up, scene

OWN, SERIES = "own", "source"


def doctor(call: Call) -> Reply:
    """Findings of both layers, gravest first. Never out of a cache; an examination under way is not waited for long."""
    call.refuse_parameters()
    behind = call.house.behind
    health = behind.machine.health() if behind.machine else None
    own, verdicts = check_up(scene(call.source, call.as_of, health, behind.book() if behind.book else None))
    examined = behind.examiner.ask(call.now) if behind.examiner else Examined()
    diagnosis = examined.diagnosis
    told = [(OWN, MONEY_OF, one) for one in own]
    if diagnosis:
        told += [(SERIES, f"the hour {diagnosis.costed_hour}" if diagnosis.costed_hour else "", one) for one in diagnosis.findings]
    told.sort(key=lambda one: (one[2].severity.order, one[0] != OWN, -(one[2].money or 0.0)))
    document: dict[str, Any] = {
        "now": iso(call.now),
        "dataUntil": iso(call.as_of) if call.source.extents() else None,
        "source": mask(call.house.settings.prometheus.url, secret=False) if behind.examiner else None,
        "running": examined.running,
        "examinedAt": iso(examined.at) if examined.at else None,
        "lookedAt": diagnosis.looked_at if diagnosis else "",
        "problem": examined.problem,
        "cure": examined.cure,
        "server": _server(diagnosis),
        "findings": [_finding(layer, money_of, one) for layer, money_of, one in told],
        "verdicts": [*_verdicts(OWN, verdicts), *_verdicts(SERIES, diagnosis.verdicts if diagnosis else ())],
        "notes": list(diagnosis.notes) if diagnosis else [],
    }
    return Reply(orjson.dumps(document))


def _finding(layer: str, money_of: str, one: Finding) -> dict[str, Any]:
    return {
        "layer": layer,
        "check": one.check,
        "severity": one.severity.value,
        "title": one.title,
        "evidence": list(one.evidence),
        "concerns": one.concerns,
        "cure": one.cure,
        "cluster": one.cluster,
        "money": one.money,
        "moneyOf": "" if one.money is None else money_of,
        "share": one.share,
    }


def _verdicts(layer: str, verdicts: Iterable[Verdict]) -> list[dict[str, Any]]:
    return [{"layer": layer, "check": one.check, "findings": one.findings, "notPossible": one.not_possible} for one in verdicts]


def _server(diagnosis: Diagnosis | None) -> dict[str, Any] | None:
    if diagnosis is None:
        return None
    server = diagnosis.server
    return {"version": server.version, "retention": server.retention, "clusterLabel": server.cluster_label}
