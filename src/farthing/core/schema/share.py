"""`share`: which volume or load balancer a pod pays for, in an hour. Derived; its sums stand on the pod's `__pod__` row."""

from .table import FLOAT, ID, STRING, TIME, Column, Table

SHARE = Table(
    "share",
    "hour × pod × volume or load balancer",
    ("cluster", "hour", "identity_id", "asset_id"),
    (
        Column("cluster", STRING, "cluster id"),
        Column("hour", TIME, "start of the hour, UTC"),
        Column("identity_id", ID, "the pod"),
        Column("asset_id", ID, "the volume or load balancer"),
        Column("resource", STRING, "storage or load_balancer"),
        Column("first_held", FLOAT, "first held second of the pod in the hour, unix time", "s"),
        Column("last_held", FLOAT, "end of the pod's held time in the hour, unix time", "s"),
        Column("seconds", FLOAT, "seconds of the asset that fall to the pod", "s"),
        Column("quantity", FLOAT, "byte-seconds of a volume, seconds of a load balancer", "B·s or s"),
        Column("cost", FLOAT, "cost; NULL: unpriced", "$", nullable=True),
    ),
)
