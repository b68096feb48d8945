"""docs/prices.md and the example book say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from farthing.core.units import BASE_UNIT
from farthing.pricing import load_book
from farthing.pricing.book import MATCH_KEYS
from farthing.pricing.opencost_csv import CLASSES
from farthing.pricing.opencost_fields import RATES, TERMS
from farthing.pricing.units import AMOUNTS, HOURS, PRICED
from farthing.pricing.yaml_book import BOOK_KEYS, RULE_KEYS

from .assets import book_of, disk, load_balancer, node, prices_of, rows_of

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "prices.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def test_there_are_examples() -> None:
    assert len(BLOCKS) >= 3


@pytest.mark.parametrize("text", BLOCKS, ids=range(len(BLOCKS)))
def test_every_yaml_block_is_a_book(tmp_path: Path, text: str) -> None:
    assert book_of(tmp_path, text).describe()


def test_the_csv_block_is_a_book(tmp_path: Path) -> None:
    text = re.findall(r"```text\n(EndTimestamp.*?)```", PAGE, re.DOTALL)[0]
    assert [rule.line for rule in book_of(tmp_path, text, "prices.csv").rules] == [3, 2, 4]  # cards, nodes, volumes


@pytest.mark.parametrize("word", [*BOOK_KEYS, *RULE_KEYS, *MATCH_KEYS, *PRICED.values(), *HOURS, *RATES, *TERMS, *CLASSES])
def test_every_key_is_in_a_table(word: str) -> None:
    assert re.search(rf"^\|[^\n]*`{re.escape(word)}`", PAGE, re.MULTILINE)


@pytest.mark.parametrize("amount", sorted({f"{amount}-" for amounts in AMOUNTS.values() for amount in amounts if amount}))
def test_every_amount_is_in_the_table_of_units(amount: str) -> None:
    assert re.search(rf"^\|[^\n]*`{amount}`", PAGE, re.MULTILINE)


def test_the_built_in_rates_are_the_embedded_books() -> None:
    section = PAGE.partition("## The built-in rates")[2].partition("\n## ")[0]
    for rate in load_book(None).defaults:
        line = next(line for line in section.splitlines() if line.startswith(f"| `{PRICED[rate.resource]}`"))
        cell = line.split("|")[3 if rate.lifecycle == "spot" else 2].strip()
        assert cell.startswith(rate.price.written)
        assert rate.price.written.endswith(BASE_UNIT[rate.resource])


def test_ceilings_are_told() -> None:
    section = PAGE.partition("## OpenCost's custom pricing JSON")[2]
    for field in RATES.values():
        assert f"{field.ceiling:g} {BASE_UNIT[field.resource]}" in section


def test_the_example_book() -> None:
    book = load_book(DOCS / "examples" / "prices.yaml")
    rows = rows_of(
        book,
        node(1, cluster="prod-1", labels={"pool_example_com_name": "racks"}, cores=32.0, gib=128.0),
        node(2, cards=1.0, gpu_model="NVIDIA-A10G"),
        node(3, cluster="batch", lifecycle="spot", cards=1.0),
        disk(4, storage_class="io2-big"),
        disk(5),
        load_balancer(6),
        load_balancer(7, name="shop/front"),
    )
    # the racks: 319.33/730 = 0.437438… an hour; 32 · 0.0281 + 128 · 0.0038 = 0.8992 + 0.4864 = 1.3856
    assert rows[1, "cpu"]["price"] == pytest.approx(319.33 / 730 * 0.0281 / 1.3856)
    assert rows[2, "gpu"]["price"] == 1.1
    assert rows[3, "cpu"]["price"] == pytest.approx(6.2 / 730)
    assert (rows[3, "gpu"]["price"], rows[3, "gpu"]["category"]) == (0.95, "default")  # falls through to the built-in rates
    assert rows[4, "storage"]["price"] == pytest.approx(0.125 / 730 * 1.073741824)
    assert rows[5, "storage"]["price"] == pytest.approx(0.08 / 730)
    assert rows[6, "load_balancer"]["price"] == 0.04
    assert rows[7, "load_balancer"]["price"] == pytest.approx(16.43 / 730)
    monthly = 12400 / 48 + 61  # the sum in its comment: four years, and power
    assert monthly == pytest.approx(319.33, abs=0.01)


def test_the_example_of_the_split(tmp_path: Path) -> None:
    text = "defaults: {node: {on_demand: {cpu: 0.03 $/core-hour, ram: 0.005 $/GiB-hour}}}\nrules: [{price: {node: 1 $/hour}}]"
    assert "a core costs 0.15 $ and a GiB 0.025 $ an hour" in PAGE
    assert prices_of(book_of(tmp_path, text), node()) == pytest.approx({"cpu": 0.15, "ram": 0.025})
