"""`allocation`: who pays for what in an hour. Derived from facts and prices."""

from enum import StrEnum

from .table import FLOAT, ID, MARKS, STRING, TIME, Column, Table


class RowKind(StrEnum):
    """What an allocation row stands for."""

    CONTAINER = "container"
    POD = "pod"
    IDLE = "idle"
    UNMOUNTED = "unmounted"
    UNOBSERVED = "unobserved"
    MANAGEMENT = "management"


COST_COLUMNS = ("cpu_cost", "ram_cost", "gpu_cost", "storage_cost", "load_balancer_cost", "network_cost", "management_cost")

ALLOCATION = Table(
    "allocation",
    "hour × container, `__pod__` row or special row (`kind`)",
    ("cluster", "hour", "kind", "identity_id", "container", "asset_id"),
    (
        Column("cluster", STRING, "cluster id"),
        Column("hour", TIME, "start of the hour, UTC"),
        Column("kind", STRING, "container, pod, idle, unmounted, unobserved or management"),
        Column("identity_id", ID, "the pod; NULL on special rows", nullable=True),
        Column("container", STRING, "container name, `__pod__`, or the special row's name", nullable=True),
        Column("namespace", STRING, "namespace of an unmounted row's claim or service; of pods it is in `identity`", nullable=True),
        Column("asset_id", ID, "the node; on unmounted rows the volume or load balancer", nullable=True),
        Column("node", STRING, "node name", nullable=True),
        Column("first_held", FLOAT, "first held second of the hour, unix time", "s"),
        Column("last_held", FLOAT, "end of the held time in the hour, unix time", "s"),
        Column("held_seconds", FLOAT, "seconds held inside the hour", "s"),
        Column("running_seconds", FLOAT, "seconds the container ran inside the hour", "s", nullable=True),
        Column("cpu_requested", FLOAT, "requested", "core·s"),
        Column("cpu_used", FLOAT, "used", "core·s", nullable=True),
        Column("cpu_held", FLOAT, "held, also where over-commitment lowered its price; idle rows: what nobody held", "core·s"),
        Column("ram_requested", FLOAT, "requested", "B·s"),
        Column("ram_used", FLOAT, "used", "B·s", nullable=True),
        Column("ram_held", FLOAT, "held; idle rows: what nobody held", "B·s"),
        Column("gpu_requested", FLOAT, "requested", "card·s"),
        Column("gpu_used", FLOAT, "used; shown, never charged", "card·s", nullable=True),
        Column("gpu_held", FLOAT, "held; idle rows: what nobody held", "card·s"),
        Column("storage_held", FLOAT, "share of volumes", "B·s"),
        Column("load_balancer_held", FLOAT, "share of load balancers", "s"),
        Column("cpu_peak", FLOAT, "highest rate", "core", nullable=True),
        Column("ram_peak", FLOAT, "highest working set", "B", nullable=True),
        Column("bytes_out", FLOAT, "bytes sent; a pod's are split equally among its containers", "B", nullable=True),
        Column("bytes_in", FLOAT, "bytes received", "B", nullable=True),
        Column("cpu_factor", FLOAT, "over-commitment: share of the held quantity that is paid, 1 where the node was large enough"),
        Column("ram_factor", FLOAT, "the same for memory"),
        Column("gpu_factor", FLOAT, "the same for cards"),
        Column("cpu_cost", FLOAT, "cost; NULL: unpriced", "$", nullable=True),
        Column("ram_cost", FLOAT, "cost; NULL: unpriced", "$", nullable=True),
        Column("gpu_cost", FLOAT, "cost; NULL: unpriced", "$", nullable=True),
        Column("storage_cost", FLOAT, "cost; NULL: unpriced", "$", nullable=True),
        Column("load_balancer_cost", FLOAT, "cost; NULL: unpriced", "$", nullable=True),
        Column("network_cost", FLOAT, "cost; NULL: not known without flow data", "$", nullable=True),
        Column("management_cost", FLOAT, "control plane and licence fees", "$"),
        Column("reserved_cost", FLOAT, "idle rows: of its cost, what the system reserves (capacity − allocatable)", "$"),
        Column("marks", MARKS, "bits of `Mark`"),
    ),
)
