"""Our own book: what is read, and that everything else is refused with its line."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from farthing.core.errors import BadPriceBook
from farthing.core.units import Resource
from farthing.pricing import load_book

from .assets import book_of

FULL = """\
name: ACME
currency: EUR
defaults:
  node:
    on_demand: {cpu: 0.02 EUR/core-hour, ram: 0.003 EUR/GiB-hour, gpu: 1 EUR/card-hour}
    spot: {cpu: 0.01 EUR/core-hour}
  volume: 73 EUR/GiB-month
  load_balancer: 7.30 EUR/month
rules:
  - name: racks
    match:
      cluster: [prod-*, stage]
      node_label: {pool.example.com/name: big}
    price: {cpu: 7.3 EUR/core-month, ram: 0 EUR/GiB-hour}
  - match: {storage_class: fast}
    price: {volume: 0.2 EUR/GiB-hour}
"""


def test_a_full_book(tmp_path: Path) -> None:
    book = book_of(tmp_path, FULL)
    assert (book.name, book.currency, book.is_default) == ("ACME", "EUR", False)
    assert repr(book) == "<PriceBook 'ACME' in EUR: 2 rules, 6 default rates (0 of the embedded book)>"
    lines = [(line.name, line.match, line.priced, line.lifecycle, line.price, line.unit, line.is_rule) for line in book.describe()]
    assert lines == [
        ("racks", "cluster=prod-*|stage, node_label.pool_example_com_name=big", "cpu", None, 0.01, "$/core-hour", True),  # 7.3 / 730
        ("racks", "cluster=prod-*|stage, node_label.pool_example_com_name=big", "ram", None, 0.0, "$/GiB-hour", True),
        ("number 2", "storage_class=fast", "volume", None, 0.2, "$/GiB-hour", True),
        ("ACME: defaults.node.on_demand.cpu", "", "cpu", "on_demand", 0.02, "$/core-hour", False),
        ("ACME: defaults.node.on_demand.ram", "", "ram", "on_demand", 0.003, "$/GiB-hour", False),
        ("ACME: defaults.node.on_demand.gpu", "", "gpu", "on_demand", 1.0, "$/card-hour", False),
        ("ACME: defaults.node.spot.cpu", "", "cpu", "spot", 0.01, "$/core-hour", False),
        ("ACME: defaults.volume", "", "volume", None, 0.1, "$/GiB-hour", False),  # 73 / 730
        ("ACME: defaults.load_balancer", "", "load_balancer", None, 0.01, "$/hour", False),  # 7.3 / 730
    ]
    with pytest.raises(dataclasses.FrozenInstanceError):
        book.name = "other"  # type: ignore[misc]


def test_the_embedded_book_is_exactly_the_eight_rates() -> None:
    book = load_book(None)
    rates = {(rate.resource, rate.lifecycle): rate.price.value for rate in book.defaults}
    assert rates == {
        (Resource.CPU, "on_demand"): 0.031611,
        (Resource.RAM, "on_demand"): 0.004237,
        (Resource.GPU, "on_demand"): 0.95,
        (Resource.CPU, "spot"): 0.006655,
        (Resource.RAM, "spot"): 0.000892,
        (Resource.GPU, "spot"): 0.95,
        (Resource.STORAGE, None): 0.00005479452,
        (Resource.LOAD_BALANCER, None): 0.025,
    }
    assert book.is_default
    assert not book.rules
    assert all(line.is_default for line in book.describe())


def test_extends_brings_in_only_what_the_book_does_not_say(tmp_path: Path) -> None:
    book = book_of(tmp_path, "extends: default\ndefaults: {node: {on_demand: {cpu: 1 $/core-hour}}}")
    own = [(rate.resource, rate.lifecycle) for rate in book.defaults if not rate.is_default]
    assert own == [(Resource.CPU, "on_demand")]
    assert sum(rate.is_default for rate in book.defaults) == 7
    assert not book.is_default
    assert book_of(tmp_path, "extends: default").is_default


RULE = "rules:\n- name: a\n  match: {cluster: c}\n  price: {cpu: 1 $/core-hour}\n"

REFUSED = {
    # text: line, problem, expected
    "colour: blue": (1, "unknown key 'colour'", "one of currency, defaults"),
    "name: x\nrulez: []": (2, "unknown key 'rulez'", "did you mean rules?"),
    "defaults:\n  nodes: {}": (2, "unknown key 'nodes'", "did you mean node?"),
    "defaults:\n  node:\n    on-demand: {}": (3, "unknown key 'on-demand'", "did you mean on_demand?"),
    "defaults:\n  node:\n    spot: {cpus: 1}": (3, "unknown key 'cpus'", "did you mean cpu?"),
    "rules:\n- name: a\n  match: {instancetype: c}\n  price: {cpu: 1 $/core-hour}": (
        3,
        "unknown key 'instancetype'",
        "did you mean instance_type?",
    ),
    "rules:\n- name: a\n  prize: {cpu: 1 $/core-hour}": (3, "unknown key 'prize'", "did you mean price?"),
    "rules:\n- name: a\n  price: {core: 1 $/core-hour}": (3, "unknown key 'core'", "one of cpu, gpu"),
    "name: a\ncurrency: USD\nname: b": (3, "key 'name' is here twice, first on line 1", "every key once"),
    "defaults:\n  volume: 1 $/GiB-hour\n  volume: 1 $/GiB-hour": (3, "twice, first on line 2", "every key once"),
    "defaults:\n  volume: 0.04": (2, "defaults.volume: 0.04 has no unit", "$/GiB-month"),
    "defaults:\n  volume: 0.04 $/core-hour": (2, "a price of cpu, not of volume", "$/GiB-month"),
    "defaults:\n  volume: -0.04 $/GiB-month": (2, "negative", "0 (free)"),
    "defaults:\n  volume: .nan": (2, "not a price of volume", "NUMBER $/UNIT"),
    "defaults:\n  volume:": (2, "nothing where a text is needed", "0.25 $/GiB-hour"),
    "defaults:\n  volume: [1]": (2, "a list where a text is needed", "0.25 $/GiB-hour"),
    "defaults: 1": (1, "'1' is not a mapping", "node, volume"),
    "currency: euro": (1, "'euro' is not a currency code", "USD or EUR"),
    "extends: aws": (1, "no book named 'aws'", "default"),
    "currency: EUR\nextends: default": (2, "a book in EUR cannot inherit rates in USD", "USD"),
    "rules: {}": (1, "a mapping is not a list", "- "),
    "rules:\n- just text": (2, "'just text' is not a mapping", "match, price"),
    "rules:\n- name: a": (2, "rule 'a' has no price", "cpu, ram, gpu"),
    "rules:\n- name: a\n  price: {}": (3, "rule 'a' prices nothing", "cpu, ram, gpu"),
    "rules:\n- name: a\n  price: {node: 1 $/hour, gpu: 1 $/card-hour}": (3, "prices the whole node and also its gpu", "either `node`"),
    "rules:\n- match: {cluster: []}\n  price: {cpu: 1 $/core-hour}": (2, "an empty list", "cluster id"),
    "rules:\n- match: {cluster: }\n  price: {cpu: 1 $/core-hour}": (2, "nothing where a text is needed", "cluster id"),
    "rules:\n- match: {cluster: {a: b}}\n  price: {cpu: 1 $/core-hour}": (2, "a mapping where a text is needed", "cluster id"),
    "rules:\n- match: {node_label: {}}\n  price: {cpu: 1 $/core-hour}": (2, "no label is named", "KEY: VALUE"),
    "rules:\n- match: {node_label: {a/b: x, a_b: y}}\n  price: {cpu: 1 $/core-hour}": (2, "label 'a_b' is the same", "every label once"),
    "rules:\n- match: {lifecycle: sopt}\n  price: {cpu: 1 $/core-hour}": (2, "unknown lifecycle 'sopt'", "did you mean spot?"),
    "rules:\n- match: {service: web}\n  price: {load_balancer: 1 $/hour}": (2, "'web' names no namespace", "NAMESPACE/SERVICE"),
    "rules:\n- match: {instance_type: a}\n  price: {volume: 1 $/GiB-hour}": (2, "a volume has no instance_type", "storage_class"),
    "rules:\n- match: {storage_class: a}\n  price: {node: 1 $/hour}": (2, "a node has no storage_class", "instance_type"),
    RULE + RULE.removeprefix("rules:\n"): (5, "a second rule named 'a', the first is on line 2", "every name once"),
    RULE + "- name: b\n  match: {cluster: [c, c]}\n  price: {cpu: 2 $/core-hour}": (
        5,
        "matches the same as rule 'a' on line 2 and prices cpu again",
        "one rule",
    ),
    RULE + "- match: {cluster: c}\n  price: {node: 2 $/hour}": (5, "matches the same as rule 'a' on line 2", "one rule"),
    "[1, 2]": (1, "a list is not a mapping", "rules"),
    "just a text": (1, "'just a text' is not a mapping", "rules"),
    "? [a, b]\n: 1": (1, "a list cannot be a key", "before the colon"),
}


@pytest.mark.parametrize("text", REFUSED, ids=[repr(text[:60]) for text in REFUSED])
def test_refused_with_line_and_what_is_valid(tmp_path: Path, text: str) -> None:
    line, problem, expected = REFUSED[text]
    with pytest.raises(BadPriceBook) as raised:
        book_of(tmp_path, text)
    assert f"prices.yaml line {line}" in raised.value.problem
    assert problem in raised.value.problem
    assert expected in raised.value.expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("name: [", "not YAML"),
        ("a: b: c", "not YAML"),
        ("\tname: x", "not YAML"),
        ("name: x\n---\nname: y", "not YAML"),
        ("name: x\x07", "not YAML"),
        ("[" * 5000, "not YAML"),
        ("# nothing but a comment", "is empty"),
        ("name: x", "prices nothing"),
        ("rules: *nobody", "not YAML"),
    ],
)
def test_what_is_no_book_at_all(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(BadPriceBook, match=problem):
        book_of(tmp_path, text)


def test_the_same_match_may_price_different_things(tmp_path: Path) -> None:
    book = book_of(tmp_path, RULE + "- name: b\n  match: {cluster: c}\n  price: {ram: 2 $/GiB-hour}")
    assert [rule.name for rule in book.rules] == ["a", "b"]


def test_a_rule_may_price_several_kinds_by_what_they_share(tmp_path: Path) -> None:
    book = book_of(tmp_path, "rules: [{match: {cluster: c}, price: {cpu: 1 $/core-hour, volume: 1 $/GiB-hour, load_balancer: 1 $/hour}}]")
    assert book.rules[0].resources == {Resource.CPU, Resource.STORAGE, Resource.LOAD_BALANCER}


def test_values_are_taken_as_they_are_written(tmp_path: Path) -> None:
    book = book_of(tmp_path, "rules: [{match: {node_label: {a: true, b: 007, c: 1.50}}, price: {cpu: 1 $/core-hour}}]")
    assert [c.patterns for c in book.rules[0].conditions] == [("true",), ("007",), ("1.50",)]
