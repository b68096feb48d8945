"""`usage`: what every container held and used in an hour."""

import pyarrow as pa

from .table import FLOAT, ID, MARKS, STRING, TIME, Column, Table

VOLUME_SHARES = pa.list_(
    pa.struct([pa.field("asset_id", pa.uint64()), pa.field("seconds", pa.float64()), pa.field("byte_seconds", pa.float64())])
)
LOAD_BALANCER_SHARES = pa.list_(pa.struct([pa.field("asset_id", pa.uint64()), pa.field("seconds", pa.float64())]))

POD_ROW = "__pod__"

USAGE = Table(
    "usage",
    "hour × container, and a pod's `__pod__` row for what belongs to the pod as a whole",
    ("cluster", "hour", "identity_id", "container"),
    (
        Column("cluster", STRING, "cluster id"),
        Column("hour", TIME, "start of the hour, UTC"),
        Column("identity_id", ID, "the pod, as in `identity`"),
        Column("container", STRING, "container name, or `__pod__`"),
        Column("container_kind", STRING, "container, init, sidecar or pod"),
        Column("node", STRING, "name of the node the pod is bound to", nullable=True),
        Column("node_asset_id", ID, "that node, as in `capacity`", nullable=True),
        Column("first_held", FLOAT, "first held second of the hour, unix time", "s"),
        Column("last_held", FLOAT, "end of the held time in the hour, unix time", "s"),
        Column("held_seconds", FLOAT, "seconds from bind to release inside the hour", "s"),
        Column("running_seconds", FLOAT, "seconds the container ran inside the hour", "s", nullable=True),
        Column("cpu_requested", FLOAT, "Σ request over the held seconds", "core·s"),
        Column("cpu_used", FLOAT, "growth of the usage counter", "core·s", nullable=True),
        Column("cpu_held", FLOAT, "max(requested, used): what is paid for", "core·s"),
        Column("cpu_peak", FLOAT, "highest rate between two samples at least a minute apart", "core", nullable=True),
        Column("ram_requested", FLOAT, "Σ request over the held seconds", "B·s"),
        Column("ram_used", FLOAT, "mean working set × running seconds", "B·s", nullable=True),
        Column("ram_held", FLOAT, "max(requested, used): what is paid for", "B·s"),
        Column("ram_peak", FLOAT, "highest working set sample", "B", nullable=True),
        Column("gpu_requested", FLOAT, "Σ cards requested over the held seconds", "card·s"),
        Column("gpu_used", FLOAT, "mean utilisation × cards × seconds; shown, never charged", "card·s", nullable=True),
        Column("gpu_held", FLOAT, "cards requested: what is paid for", "card·s"),
        Column("volumes", VOLUME_SHARES, "`__pod__` row: share of each mounted volume, after equal split with other pods", nullable=True),
        Column("load_balancers", LOAD_BALANCER_SHARES, "`__pod__` row: share of each load balancer", nullable=True),
        Column("time_source", STRING, "what told the life: scheduled, start, created or samples"),
        Column("marks", MARKS, "bits of `Mark`"),
        Column("source", STRING, "prometheus, samples or watch"),
        Column("recorded_at", TIME, "when this row was measured"),
    ),
)
