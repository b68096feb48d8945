"""OpenCost's custom pricing JSON: hourly texts, discounts, spot label; what is no price of it is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from farthing.core.errors import BadPriceBook

from .assets import book_of, disk, load_balancer, node, prices_of, rows_of

DEFAULTS = {
    "provider": "custom", "description": "our racks", "CPU": "0.031611", "spotCPU": "0.006655", "RAM": "0.004237", "spotRAM": "0.000892",
    "GPU": "0.95", "storage": "0.00005479452", "zoneNetworkEgress": "0.01", "spotLabel": "", "awsServiceKeySecret": "hush hush",
}  # fmt: skip


def test_rates_are_the_users_own_defaults(tmp_path: Path) -> None:
    book = book_of(tmp_path, json.dumps(DEFAULTS | {"defaultLBPrice": 0.02}), "default.json")
    assert (book.currency, book.is_default, book.takes_rules) == ("USD", False, False)
    rows = rows_of(book, node(1, cards=1.0), node(2, lifecycle="spot", cards=1.0), disk(3), load_balancer(4))
    assert {key: row["price"] for key, row in rows.items()} == {
        (1, "cpu"): 0.031611,
        (1, "ram"): 0.004237,
        (1, "gpu"): 0.95,
        (2, "cpu"): 0.006655,
        (2, "ram"): 0.000892,
        (2, "gpu"): 0.95,
        (3, "storage"): 0.00005479452,
        (4, "load_balancer"): 0.02,
    }
    assert {row["category"] for row in rows.values()} == {"custom"}
    assert rows[1, "cpu"]["source"] == "default.json: CPU, 0.031611 $/core-hour"
    assert rows[2, "gpu"]["source"] == "default.json: GPU, as it has no spotGPU, 0.95 $/card-hour"
    assert "hush" not in repr(book) + repr(book.describe()) + repr(book.notes) + repr(rows)


def test_what_the_file_does_not_price_is_unpriced_and_noted(tmp_path: Path) -> None:
    book = book_of(tmp_path, '{"RAM": "0.004"}', "default.json")
    rows = rows_of(book, node(1), disk(2), load_balancer(3))
    assert {key: row["price"] for key, row in rows.items()} == {
        (1, "cpu"): None,
        (1, "ram"): 0.004,
        (2, "storage"): None,
        (3, "load_balancer"): None,
    }
    assert "under `rules:` of a YAML price book, as default.json cannot hold rules" in rows[1, "cpu"]["cure"]
    assert any("no price for disk, load_balancer, CPU" in note.text for note in book.notes)


def test_discounts_lower_cpu_and_ram_not_cards(tmp_path: Path) -> None:
    fields = DEFAULTS | {"CPU": "0.10", "RAM": "0.01", "discount": "30%", "negotiatedDiscount": "10%"}
    book = book_of(tmp_path, json.dumps(fields), "default.json")
    # 1 − 0.7 · 0.9 = 37 % off: 0.063 and 0.0063
    assert prices_of(book, node(cards=1.0)) == pytest.approx({"cpu": 0.063, "ram": 0.0063, "gpu": 0.95})
    assert rows_of(book, node())[1, "cpu"]["source"] == "default.json: CPU, 0.10 $/core-hour less 37 %"
    assert any("lowered by the discount of 37 %" in note.text for note in book.notes)


def test_discounts_do_not_touch_prices_that_are_paid(tmp_path: Path) -> None:
    fields = DEFAULTS | {"CPU": "0.10", "discount": "30%", "customPricesEnabled": "true"}
    book = book_of(tmp_path, json.dumps(fields), "default.json")
    assert prices_of(book, node())["cpu"] == 0.10
    assert any("discount of 30 % is not applied" in note.text for note in book.notes)


def test_nodes_with_the_spot_label_pay_spot_rates_whatever_their_lifecycle(tmp_path: Path) -> None:
    fields = DEFAULTS | {"spotLabel": "cloud.example.com/kind", "spotLabelValue": "spot"}
    book = book_of(tmp_path, json.dumps(fields), "default.json")
    assert prices_of(book, node(lifecycle=None, labels={"cloud_example_com_kind": "spot"})) == {"cpu": 0.006655, "ram": 0.000892}
    assert prices_of(book, node(labels={"cloud_example_com_kind": "other"})) == {"cpu": 0.031611, "ram": 0.004237}


def test_network_prices_and_the_card_label_are_noted_not_dropped_in_silence(tmp_path: Path) -> None:
    book = book_of(
        tmp_path, json.dumps(DEFAULTS | {"gpuLabel": "gpu", "gpuLabelValue": "true", "LBIngressDataCost": "0.0"}), "default.json"
    )
    texts = [note.text for note in book.notes]
    assert any("zoneNetworkEgress: prices of network traffic are not used yet" in text for text in texts)
    assert any("gpuLabel is not needed" in text for text in texts)


def test_another_currency(tmp_path: Path) -> None:
    row = rows_of(book_of(tmp_path, '{"CPU": "0.03", "currencyCode": "EUR"}', "default.json"), node())[1, "cpu"]
    assert (row["currency"], row["source"]) == ("EUR", "default.json: CPU, 0.03 EUR/core-hour")


def test_the_form_is_told_by_content_too(tmp_path: Path) -> None:
    assert prices_of(book_of(tmp_path, '{"cpu": "0.03"}', "pricing"), node())["cpu"] == 0.03  # capitals do not count
    own = book_of(tmp_path, '{"rules": [{"match": {"cluster": "prod"}, "price": {"cpu": "3 $/core-hour"}}]}', "prices.json")
    assert prices_of(own, node())["cpu"] == 3


MONTHLY = [
    # key, text, per month if hourly, if monthly, hourly value of a monthly one
    ("CPU", "23.07603", "16845.50 $ a month for a core", "23.08 $ a month", '"0.031611"'),  # 23.07603 · 730; / 730
    ("spotRAM", "3.09301", "2257.90 $ a month for a GiB", "3.09 $ a month", '"0.004237"'),
    ("GPU", "693.5", "506255.00 $ a month for a card", "693.50 $ a month", '"0.95"'),
    ("storage", "0.04", "29.20 $ a month for a GiB", "0.04 $ a month", '"5.479452055e-05"'),
    ("defaultLBPrice", "18.25", "13322.50 $ a month for each", "18.25 $ a month", '"0.025"'),
]


@pytest.mark.parametrize(("key", "text", "hourly", "monthly", "cure"), MONTHLY, ids=[m[0] for m in MONTHLY])
def test_a_price_per_month_is_refused_with_both_readings(tmp_path: Path, key: str, text: str, hourly: str, monthly: str, cure: str) -> None:
    with pytest.raises(BadPriceBook) as raised:
        book_of(tmp_path, f'{{\n"provider": "x",\n"{key}": "{text}"}}', "default.json")
    assert f"default.json line 3: {key} {text} looks like $/month" in raised.value.problem
    assert hourly in raised.value.problem
    assert monthly in raised.value.problem
    assert cure in raised.value.cure
    assert f": {text} $/" in raised.value.cure


@pytest.mark.parametrize(
    ("text", "problem", "expected"),
    [
        ('{"CPU": "0.03",\n "spotCpus": "1"}', "line 2: unknown key 'spotCpus'", "did you mean spotCPU?"),
        ('{"CPU": "0.03", "cpu": "0.04"}', "key 'CPU' is there twice", "once"),
        ('{"CPU": "abc"}', "line 1, CPU: 'abc' is not a number", "0.031611"),
        ('{"CPU": "0.03 $/core-hour"}', "is not a number", "0.031611"),
        ('{"CPU": -1}', "negative", "0 (free)"),
        ('{"CPU": NaN}', "'NaN' is not a number", "finite"),
        ('{"CPU": ["0.03"]}', "CPU is a list or an object", "text or a number"),
        ('{"CPU": true}', "'true' is not a number", "finite"),
        ('{"provider": "x", "CPU": ""}', "prices nothing", "CPU"),
        ('{"CPU": "0.03", "discount": "0.3"}', "a share or a percentage?", "0% to 100%"),
        ('{"CPU": "0.03", "discount": "130%"}', "a share or a percentage?", "0% to 100%"),
        ('{"CPU": "0.03", "discount": "much"}', "discount: 'much' is not a number", "finite"),
        ('{"CPU": "0.03", "customPricesEnabled": "yes"}', "customPricesEnabled is 'yes'", "true or false"),
        ('{"CPU": "0.03", "currencyCode": "dollar"}', "'dollar' is not a currency code", "ISO 4217"),
        ('{"CPU": "0.03", "spotLabel": "a"}', "spotLabel without spotLabelValue", "both"),
        ('{"CPU": "0.03", "spotLabel": "a", "spotLabelValue": "b"}', "spotLabel without spotCPU and spotRAM", "spotCPU"),
        ('{"CPU": "0.03"', "line 1, column 15: not JSON", "one JSON object"),
        ('["CPU"]', "no object", "one JSON object"),
        ("{" + '"a":{' * 100_000, "not JSON", "one JSON object"),
    ],
)
def test_refused(tmp_path: Path, text: str, problem: str, expected: str) -> None:
    with pytest.raises(BadPriceBook) as raised:
        book_of(tmp_path, text, "default.json")
    assert problem in raised.value.problem
    assert expected in raised.value.expected


def test_keys_that_are_no_prices_are_not_looked_at(tmp_path: Path) -> None:
    book = book_of(tmp_path, '{"CPU": "0.03", "awsServiceKeyName": {"any": "shape"}, "sharedOverhead": "-1"}', "default.json")
    assert prices_of(book, node())["cpu"] == 0.03
