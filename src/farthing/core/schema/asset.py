"""`asset`: what every asset cost in an hour. Derived from facts and prices."""

from .table import FLOAT, ID, MARKS, STRING, TIME, Column, Table

ASSET = Table(
    "asset",
    "hour × asset",
    ("cluster", "hour", "asset_id"),
    (
        Column("cluster", STRING, "cluster id"),
        Column("hour", TIME, "start of the hour, UTC"),
        Column("asset_id", ID, "the asset, as in `capacity`"),
        Column("kind", STRING, "node, disk, load_balancer or management"),
        Column("name", STRING, "node name, volume name, or namespace/service"),
        Column("provider_id", STRING, "the cloud's id, empty where not told"),
        Column("first_held", FLOAT, "first second of its life in the hour, unix time", "s"),
        Column("last_held", FLOAT, "end of its life in the hour, unix time", "s"),
        Column("seconds", FLOAT, "seconds of its life in the hour", "s"),
        Column("cpu", FLOAT, "capacity × seconds", "core·s"),
        Column("ram", FLOAT, "capacity × seconds", "B·s"),
        Column("gpu", FLOAT, "cards × seconds", "card·s"),
        Column("storage", FLOAT, "provisioned bytes × seconds", "B·s"),
        Column("cpu_cost", FLOAT, "cost; NULL: unpriced", "$", nullable=True),
        Column("ram_cost", FLOAT, "cost; NULL: unpriced", "$", nullable=True),
        Column("gpu_cost", FLOAT, "cost; NULL: unpriced", "$", nullable=True),
        Column("storage_cost", FLOAT, "cost; NULL: unpriced", "$", nullable=True),
        Column("load_balancer_cost", FLOAT, "cost; NULL: unpriced", "$", nullable=True),
        Column("management_cost", FLOAT, "control plane and licence fees", "$"),
        Column("lifecycle", STRING, "on_demand or spot", nullable=True),
        Column("region", STRING, "region", nullable=True),
        Column("zone", STRING, "zone", nullable=True),
        Column("instance_type", STRING, "instance type", nullable=True),
        Column("storage_class", STRING, "storage class of a volume", nullable=True),
        Column("claim_namespace", STRING, "a volume's claim, or a load balancer's service: its namespace", nullable=True),
        Column("claim_name", STRING, "a volume's claim, or a load balancer's service: its name", nullable=True),
        Column("address", STRING, "a load balancer's address", nullable=True),
        Column("marks", MARKS, "bits of `Mark`"),
    ),
)
