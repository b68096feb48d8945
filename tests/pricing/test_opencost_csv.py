"""OpenCost's pricing CSV: a rule a row; the header is no row; nothing is skipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from farthing.core.errors import BadPriceBook

from .assets import book_of, disk, load_balancer, node, prices_of, rows_of

HEADER = "EndTimestamp,InstanceID,Region,AssetClass,InstanceIDField,InstanceType,MarketPriceHourly,Version\n"
WEIGHED = 0.194236  # 4 · 0.031611 + 16 · 0.004237, the embedded rates of 4 cores and 16 GiB


def test_nodes_by_provider_id_name_and_label(tmp_path: Path) -> None:
    book = book_of(
        tmp_path,
        "# prices of our machines\n" + HEADER + "\n"
        "2026-11-01 00:00:00 UTC,i-0ABC,,node,spec.providerID,m5.large,1,\n"
        ",gke-node,,node,metadata.name,,2,\n"
        ",Big,,node,metadata.labels.pool.example.com/name,,3,\n",
        "prices.csv",
    )
    rows = rows_of(
        book,
        node(1, provider_id="aws:///eu-west-1a/i-0abc"),
        node(2, name="gke-node"),
        node(3, labels={"pool_example_com_name": "big"}),
        node(4, instance_type="m5.large"),
        disk(5),
        load_balancer(6),
    )
    for asset, price in ((1, 1), (2, 2), (3, 3)):
        cpu, ram = rows[asset, "cpu"]["price"], rows[asset, "ram"]["price"]
        assert cpu == pytest.approx(price * 0.031611 / WEIGHED)
        assert 4 * cpu + 16 * ram == pytest.approx(price)
    assert rows[1, "cpu"]["source"].startswith("prices.csv: rule line 4 (i-0ABC), 1 $/node-hour for the node")
    for key in ((4, "cpu"), (4, "ram"), (5, "storage"), (6, "load_balancer")):
        assert rows[key]["price"] is None
        assert rows[key]["reason"].startswith("prices.csv: none of the 3 rules and no default rate prices")


def test_cards_come_on_top_of_the_nodes_price(tmp_path: Path) -> None:
    book = book_of(tmp_path, HEADER + ",g,,node,metadata.name,,5,\n,A100,,gpu,example.com/card,,8,\n", "prices.csv")
    prices = prices_of(book, node(name="g", cards=2.0, labels={"example_com_card": "a100"}))
    assert prices["gpu"] == 8
    assert 4 * prices["cpu"] + 16 * prices["ram"] + 2 * prices["gpu"] == pytest.approx(21)  # type: ignore[operator]  # 5 + 2 · 8
    other = prices_of(book, node(name="g", cards=2.0))  # no card row hits: the price is for all, cards weigh 0.95
    assert 4 * other["cpu"] + 16 * other["ram"] + 2 * other["gpu"] == pytest.approx(5)  # type: ignore[operator]
    assert other["gpu"] == pytest.approx(5 * 0.95 / (WEIGHED + 2 * 0.95))


def test_a_region_must_match_and_goes_before_a_row_without(tmp_path: Path) -> None:
    book = book_of(tmp_path, HEADER + ",n,,node,metadata.name,,1,\n,n,EU-west-1,node,metadata.name,,2,\n", "prices.csv")
    for region, price in (("eu-west-1", 2), ("us-east-1", 1), (None, 1)):
        prices = prices_of(book, node(name="n", region=region))
        assert 4 * prices["cpu"] + 16 * prices["ram"] == pytest.approx(price)  # type: ignore[operator]


def test_a_row_without_an_id_prices_an_instance_type_after_all_named_nodes(tmp_path: Path) -> None:
    book = book_of(tmp_path, HEADER + ",,,node,,m5.large,1,\n,n,,node,metadata.name,m5.large,2,\n", "prices.csv")
    for name, price in (("n", 2), ("other", 1)):
        prices = prices_of(book, node(name=name, instance_type="m5.large"))
        assert 4 * prices["cpu"] + 16 * prices["ram"] == pytest.approx(price)  # type: ignore[operator]


def test_volumes_by_name_and_class(tmp_path: Path) -> None:
    book = book_of(tmp_path, HEADER + ",PV-a,,pv,metadata.name,,0.0001,\n,fast,,pv,spec.storageClassName,,0.0002,\n", "prices.csv")
    rows = rows_of(book, disk(1, name="pv-A"), disk(2, storage_class="fast"), disk(3, storage_class="slow"))
    assert [row["price"] for row in rows.values()] == [0.0001, 0.0002, None]
    assert not book.notes


def test_a_volume_price_that_looks_monthly_is_noted(tmp_path: Path) -> None:
    book = book_of(tmp_path, HEADER + ",a,,pv,metadata.name,,0.04,\n", "prices.csv")
    assert [note.text for note in book.notes] == ["prices.csv line 2: 0.04 $/GiB-hour is 29.20 $ a month for a GiB"]  # 0.04 · 730


def test_an_equal_double_is_one_rule(tmp_path: Path) -> None:
    book = book_of(tmp_path, HEADER + "2026-11-01,n,,node,metadata.name,,1,\n2026-11-02,N,,node,metadata.name,,1.0,\n", "prices.csv")
    assert len(book.rules) == 1


def test_columns_in_any_order_and_without_extension(tmp_path: Path) -> None:
    text = "\ufeffMarketPriceHourly,InstanceID,AssetClass,InstanceIDField\r\n1,n,Node,metadata.name\r\n"
    prices = prices_of(book_of(tmp_path, text, "prices"), node(name="n"))
    assert prices["cpu"] == pytest.approx(0.031611 / WEIGHED)


def test_every_bad_row_is_told_with_its_line(tmp_path: Path) -> None:
    rows = [
        ",n,,node,metadata.name,,1,",
        ",N,,node,metadata.name,,2,",
        ",m,,nodes,metadata.name,,1,",
        ",m,,,metadata.name,,1,",
        ",m,,node,metadata.name,,1",
        ",m,,node,metadata.annotations.x,,1,",
        ",m,,node,metadata.labels.,,1,",
        ",m,,pv,spec.capacity.storage,,1,",
        ",m,,gpu,,,1,",
        ",,,pv,metadata.name,,1,",
        ",m,,node,metadata.name,,$1,",
        ",m,,node,metadata.name,,-1,",
        ",m,,node,metadata.name,,NaN,",
    ]
    with pytest.raises(BadPriceBook) as raised:
        book_of(tmp_path, HEADER + "\n".join(rows), "prices.csv")
    told = raised.value.problem.splitlines()
    assert told[0] == "prices.csv: 12 rows cannot be used"
    expected = [
        "line 3: node 'N' is priced 2 $/node-hour, on line 2 1 $/node-hour",
        "line 4: AssetClass 'nodes'; expected: did you mean node?",
        "line 5: AssetClass ''",
        "line 6: 7 fields; expected: 8",
        "line 7: InstanceIDField 'metadata.annotations.x' of a node cannot be matched",
        "line 8: InstanceIDField 'metadata.labels.' of a node cannot be matched",
        "line 9: InstanceIDField 'spec.capacity.storage' of a pv cannot be matched",
        "line 10: InstanceIDField '' of a gpu cannot be matched",
        "line 11: no InstanceID",
        "line 12: MarketPriceHourly '$1' is not a number",
    ]
    for line, start in zip(told[1:], expected, strict=False):
        assert line.strip().startswith(start)
    assert told[11].strip() == "and 2 more"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (HEADER, "has no rows"),
        ("2026-11-01,n,,node,metadata.name,,1,\n", "line 1: unknown column '2026-11-01'"),
        ("# c\n" + HEADER.replace("Region", "Regoin"), "line 2: unknown column 'Regoin'"),
        (HEADER.replace(",MarketPriceHourly", ""), "line 1: no column MarketPriceHourly"),
        (HEADER.replace("Region", "Version"), "line 1: a column twice"),
        (HEADER + ',"n,,node,metadata.name,,1,\n', "not CSV"),
    ],
)
def test_what_is_no_pricing_csv(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(BadPriceBook, match=problem):
        book_of(tmp_path, text, "prices.csv")
