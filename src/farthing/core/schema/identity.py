"""`identity`: a pod while its names do not change. Labels are stored once here, never on hourly rows."""

import pyarrow as pa

from .table import FLOAT, ID, PAIRS, STRING, STRINGS, Column, Table

OWNERS = pa.list_(pa.struct([pa.field("kind", pa.string()), pa.field("name", pa.string())]))

IDENTITY = Table(
    "identity",
    "a pod while its names do not change",
    ("identity_id",),
    (
        Column("identity_id", ID, "a hash of everything in this row but its validity"),
        Column("cluster", STRING, "cluster id"),
        Column("uid", STRING, "the pod's uid"),
        Column("namespace", STRING, "namespace"),
        Column("pod", STRING, "pod name"),
        Column("node", STRING, "node it is bound to", nullable=True),
        Column(
            "controller_kind",
            STRING,
            "deployment, statefulset, daemonset, job, cronjob, rollout, replicaset, …; NULL for a bare or static pod",
            nullable=True,
        ),
        Column("controller", STRING, "name of the controller at the top of the owner chain", nullable=True),
        Column("owners", OWNERS, "owner chain from the nearest to the top"),
        Column("labels", PAIRS, "pod labels, as kube-state-metrics spells them without `label_`"),
        Column("annotations", PAIRS, "pod annotations, without `annotation_`"),
        Column("namespace_labels", PAIRS, "labels of its namespace"),
        Column("namespace_annotations", PAIRS, "annotations of its namespace"),
        Column("services", STRINGS, "services that the pod stands behind, sorted"),
        Column("valid_from", FLOAT, "unix time from which these names hold", "s", nullable=True),
        Column("valid_to", FLOAT, "unix time until which these names hold; NULL: still", "s", nullable=True),
    ),
)
