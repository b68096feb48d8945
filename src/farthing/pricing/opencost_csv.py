"""OpenCost's pricing CSV, one rule a row, read into a PriceBook."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from farthing.core.errors import BadPriceBook, nearest
from farthing.core.ledger import Note
from farthing.core.units import BASE_UNIT, MONTH_HOURS, Resource

from .book import LABEL, Condition, PriceBook, Rule
from .opencost_fields import RATES
from .units import Price, read_number
from .yaml_book import label_key

COLUMNS = ("EndTimestamp", "InstanceID", "Region", "AssetClass", "InstanceIDField", "InstanceType", "MarketPriceHourly", "Version")
NEEDED = ("InstanceID", "AssetClass", "InstanceIDField", "MarketPriceHourly")
LABELS = "metadata.labels."
MOST_PROBLEMS_SHOWN = 10

NODE_FIELDS = {"spec.providerid": "provider_id", "metadata.name": "node"}
VOLUME_FIELDS = {"metadata.name": "volume", "spec.storageclassname": "storage_class"}


@dataclass(frozen=True)
class AssetClass:
    """A class of rows: what its price is for, and how its InstanceIDField becomes an attribute to match (None: it cannot)."""

    priced: Resource | None
    attribute: Callable[[str], str | None]
    valid_fields: str


def _node_attribute(written: str) -> str | None:
    return LABEL + label_key(written[len(LABELS) :]) if written.startswith(LABELS) else NODE_FIELDS.get(written.lower())


def _volume_attribute(written: str) -> str | None:
    return VOLUME_FIELDS.get(written.lower())


def _card_attribute(written: str) -> str | None:
    return LABEL + label_key(written.removeprefix(LABELS)) if written else None


CLASSES: dict[str, AssetClass] = {
    "gpu": AssetClass(Resource.GPU, _card_attribute, "a node label, with or without metadata.labels."),
    "node": AssetClass(None, _node_attribute, "spec.providerID, metadata.name, metadata.labels.KEY"),
    "pv": AssetClass(Resource.STORAGE, _volume_attribute, "metadata.name, spec.storageClassName"),
}
"""In the order rules are tried: a node's cards are priced before the node, and come on top of its price."""


@dataclass(frozen=True)
class Row:
    """One row as read: its class, the attribute and value it matches, region (may be empty) and price."""

    line: int
    kind: str
    attribute: str
    value: str
    region: str
    price: Price

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What must not be priced twice."""
        return (self.kind, self.attribute, self.value.lower(), self.region.lower())

    @property
    def rank(self) -> tuple[int, bool, bool]:
        """Order of rules: by class; things named before instance types; with a region before without."""
        return (list(CLASSES).index(self.kind), self.attribute == "instance_type", not self.region)

    @property
    def rule(self) -> Rule:
        """The rule this row stands for. Ids and regions are compared without regard to capitals."""
        conditions = [Condition(self.attribute, (self.value,), literal=True)]
        if self.region:
            conditions.append(Condition("region", (self.region,), literal=True))
        prices = {CLASSES[self.kind].priced: self.price}
        return Rule(f"line {self.line} ({self.value})", tuple(conditions), prices, self.line, cards_apart=self.kind == "node")


def read_opencost_csv(name: str, text: str) -> PriceBook:
    """A book from OpenCost's pricing CSV: nodes in $/hour for the whole node, cards in $/card-hour, volumes in $/GiB-hour.

    A row with an InstanceID prices what has that id; one without prices all nodes of its InstanceType. What no row prices is
    unpriced. Raises BadPriceBook that lists every row that cannot be read, or that prices again at another price, with its line.
    """
    reader = csv.reader(io.StringIO(text, newline=None), strict=True)
    rows: dict[tuple[str, str, str, str], Row] = {}
    problems: list[str] = []
    header: list[str] | None = None
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells) or cells[0].startswith("#"):
                continue
            if header is None:
                header = _header(name, reader.line_num, cells)
                continue
            try:
                _keep(rows, _row(reader.line_num, header, cells))
            except BadPriceBook as error:
                problems.append(f"line {reader.line_num}: {error.problem}; expected: {error.expected}")
    except csv.Error as error:
        raise BadPriceBook(f"{name} line {reader.line_num}: not CSV: {error}", expected=f"columns {','.join(COLUMNS)}") from None
    if problems:
        shown = "\n  ".join(problems[:MOST_PROBLEMS_SHOWN])
        more = f"\n  and {len(problems) - MOST_PROBLEMS_SHOWN} more" if len(problems) > MOST_PROBLEMS_SHOWN else ""
        raise BadPriceBook(f"{name}: {len(problems)} rows cannot be used\n  {shown}{more}", cure="mend or remove these rows")
    if not rows:
        raise BadPriceBook(f"{name} has no rows", expected=f"rows of {','.join(COLUMNS)} under the header")
    ordered = sorted(rows.values(), key=lambda row: row.rank)
    return PriceBook(name, "USD", tuple(row.rule for row in ordered), notes=tuple(_notes(name, ordered)), takes_rules=False)


def is_opencost_csv(text: str) -> bool:
    """Whether the first line that is no comment is the CSV's header."""
    first = next((line for line in text.splitlines() if line.strip() and not line.startswith("#")), "")
    return "MarketPriceHourly" in first and "," in first


def _header(name: str, line: int, cells: list[str]) -> list[str]:
    header = [cell.strip() for cell in cells]
    unknown = [cell for cell in header if cell not in COLUMNS]
    missing = [column for column in NEEDED if column not in header]
    if unknown or missing or len(set(header)) != len(header):
        what = f"unknown column {unknown[0]!r}" if unknown else f"no column {missing[0]}" if missing else "a column twice"
        hint = nearest(unknown[0], COLUMNS) if unknown else ",".join(COLUMNS)
        raise BadPriceBook(f"{name} line {line}: {what}", expected=hint, cure=f"begin the file with the header {','.join(COLUMNS)}")
    return header


def _row(line: int, header: list[str], cells: list[str]) -> Row:
    if len(cells) != len(header):
        raise BadPriceBook(f"{len(cells)} fields", expected=f"{len(header)}, as in the header")
    found = dict.fromkeys(COLUMNS, "") | {column: cell.strip() for column, cell in zip(header, cells, strict=True)}
    kind = found["AssetClass"].lower()
    if kind not in CLASSES:
        raise BadPriceBook(f"AssetClass {found['AssetClass']!r}", expected=nearest(kind, CLASSES))
    asset_class, value = CLASSES[kind], found["InstanceID"]
    if value:
        attribute = asset_class.attribute(found["InstanceIDField"])
        if attribute is None or attribute == LABEL:
            raise BadPriceBook(
                f"InstanceIDField {found['InstanceIDField']!r} of a {kind} cannot be matched", expected=asset_class.valid_fields
            )
    elif kind == "node" and found["InstanceType"]:
        attribute, value = "instance_type", found["InstanceType"]
    else:
        raise BadPriceBook("no InstanceID", expected="the id of what is priced, or for nodes an InstanceType")
    unit = "$/node-hour" if asset_class.priced is None else BASE_UNIT[asset_class.priced]
    try:
        price = Price(float(read_number(found["MarketPriceHourly"])), f"{found['MarketPriceHourly']} {unit}")
    except BadPriceBook as error:
        raise BadPriceBook(f"MarketPriceHourly {error.problem}", expected=error.expected) from None
    return Row(line, kind, attribute, value, found["Region"], price)


def _keep(rows: dict[tuple[str, str, str, str], Row], row: Row) -> None:
    first = rows.setdefault(row.key, row)
    if first.price.value != row.price.value:
        raise BadPriceBook(
            f"{row.kind} {row.value!r} is priced {row.price.written}, on line {first.line} {first.price.written}",
            expected="one price for one id and region",
        )


def _notes(name: str, rows: list[Row]) -> Iterator[Note]:
    steep = [row for row in rows if row.kind == "pv" and row.price.value > RATES["storage"].ceiling]
    if steep:
        row = steep[0]
        yield Note(
            f"{name} line {row.line}: {row.price.written} is {row.price.value * MONTH_HOURS:.2f} $ a month for a GiB"
            + (f", and {len(steep) - 1} more such rows" if len(steep) > 1 else ""),
            cure="if the price is per month, divide it by 730",
        )
