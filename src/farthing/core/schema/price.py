"""`price`: what one unit of an asset's resource costs, and who says so."""

from .table import FLOAT, ID, STRING, TIME, Column, Table

PRICE = Table(
    "price",
    "asset × resource",
    ("asset_id", "resource"),
    (
        Column("asset_id", ID, "the asset, as in `capacity`"),
        Column("resource", STRING, "cpu, ram, gpu, storage or load_balancer"),
        Column("price", FLOAT, "price of one base unit; NULL: unpriced", "$/core-hour, $/GiB-hour, $/card-hour or $/hour", nullable=True),
        Column("unit", STRING, "the base unit, as `core.units.BASE_UNIT` spells it"),
        Column("currency", STRING, "ISO 4217 code"),
        Column("category", STRING, "list, contracted, spot, custom or default", nullable=True),
        Column("source", STRING, "book and rule, e.g. `prices.yaml: rule gpu pool`", nullable=True),
        Column("reason", STRING, "why there is no price, with the attributes that were looked up", nullable=True),
        Column("cure", STRING, "what to add to the price book", nullable=True),
        Column("recorded_at", TIME, "when the price was looked up"),
    ),
)
