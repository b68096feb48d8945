"""`flow`: network bytes of every pod in an hour."""

from .table import FLOAT, ID, STRING, TIME, Column, Table

FLOW = Table(
    "flow",
    "hour × pod × class",
    ("cluster", "hour", "identity_id", "class"),
    (
        Column("cluster", STRING, "cluster id"),
        Column("hour", TIME, "start of the hour, UTC"),
        Column("identity_id", ID, "the pod, as in `identity`"),
        Column("class", STRING, "`all` where traffic is not classified; else zone, region, internet, or a cloud service"),
        Column("bytes_out", FLOAT, "bytes sent", "B", nullable=True),
        Column("bytes_in", FLOAT, "bytes received", "B", nullable=True),
        Column("source", STRING, "prometheus, samples or network-costs"),
        Column("recorded_at", TIME, "when this row was measured"),
    ),
)
