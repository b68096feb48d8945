"""What kube-state-metrics tells of volumes and claims."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.kit.curve import Curve, Shape, value_at

if TYPE_CHECKING:
    from tests.kit.cluster import Cluster

GIB = 2**30
VOLUME_PHASES = ("Available", "Bound", "Failed", "Pending", "Released")
CLAIM_PHASES = ("Bound", "Lost", "Pending")


def write_volume(
    cluster: Cluster,
    name: str,
    *,
    gib: Curve,
    claim: tuple[str, str] | None,
    storage_class: str,
    created: float | None,
    gone: float | None,
    phase: str,
) -> str:
    """Series of one persistent volume; gives its name."""
    life = cluster.clip(created, gone)
    volume = {"persistentvolume": name}
    handle = {"csi_driver": "ebs.csi.aws.com", "csi_volume_handle": f"vol-{cluster.identifier(name, dashes=False)[:17]}"}
    cluster.state("kube_persistentvolume_info", {**volume, "storageclass": storage_class, **handle}, life)
    cluster.state("kube_persistentvolume_created", volume, life, cluster.before(15) if created is None else created)
    cluster.state("kube_persistentvolume_capacity_bytes", volume, life, in_bytes(gib))
    for one in VOLUME_PHASES:
        cluster.state("kube_persistentvolume_status_phase", {**volume, "phase": one}, life, float(one == phase))
    if claim:
        cluster.state("kube_persistentvolume_claim_ref", {**volume, "claim_namespace": claim[0], "name": claim[1]}, life)
    return name


def write_claim(
    cluster: Cluster,
    namespace: str,
    name: str,
    *,
    gib: Curve,
    volume: str,
    storage_class: str,
    created: float | None,
    gone: float | None,
) -> str:
    """Series of one claim that is bound to `volume`; gives its name."""
    life = cluster.clip(created, gone)
    claim = {"namespace": namespace, "persistentvolumeclaim": name}
    bound = {"storageclass": storage_class, "volumename": volume, "volumemode": "Filesystem"}
    cluster.state("kube_persistentvolumeclaim_info", {**claim, **bound}, life)
    cluster.state("kube_persistentvolumeclaim_created", claim, life, cluster.before(15) if created is None else created)
    cluster.state("kube_persistentvolumeclaim_resource_requests_storage_bytes", claim, life, in_bytes(gib))
    for phase in CLAIM_PHASES:
        cluster.state("kube_persistentvolumeclaim_status_phase", {**claim, "phase": phase}, life, float(phase == "Bound"))
    return name


def in_bytes(gib: Curve) -> Shape:
    """A curve in GiB as one in bytes."""
    if isinstance(gib, int | float):
        return round(gib * GIB)
    return lambda t: float(round(value_at(gib, t) * GIB))
