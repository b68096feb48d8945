"""Our own price book: YAML with checked units, read into a PriceBook."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from farthing.core.errors import BadPriceBook, nearest
from farthing.core.units import BASE_UNIT, Resource

from .book import LABEL, LIFECYCLES, MATCH_KEYS, NODE, NODE_RESOURCES, PRICED_KIND, Condition, DefaultRate, PriceBook, Rule
from .units import DOLLARS, PRICED, Price, read_currency, read_price
from .yaml_document import Document, Entry, read_document

BOOK_KEYS = ("name", "currency", "extends", "defaults", "rules")
RULE_KEYS = ("name", "match", "price")
PRICE_KEYS: dict[str, Resource | None] = {word: resource for resource, word in PRICED.items()}
PART_KEYS = {PRICED[resource]: resource for resource in NODE_RESOURCES}
DEFAULT_KEYS = {"volume": Resource.STORAGE, "load_balancer": Resource.LOAD_BALANCER}
EXPECTED = f"a mapping with some of {', '.join(BOOK_KEYS)}"


def read_yaml_book(name: str, text: str, base: PriceBook | None, *, is_default: bool = False) -> PriceBook:
    """A book from YAML text. `name` is the file's name; `base` what `extends: default` brings in; `is_default`: this is that book.

    Raises BadPriceBook with the line for anything that cannot be taken as it is written.
    """
    document = read_document(name, text, EXPECTED)
    top = document.entries(document.root, BOOK_KEYS)
    currency = _currency(document, top.get("currency"))
    book_name = document.text(top["name"], "the book's name") if "name" in top else name
    own = tuple(_defaults(document, top.get("defaults"), currency, book_name, is_default=is_default))
    rules = tuple(_rules(document, top["rules"], currency)) if "rules" in top else ()
    defaults = own + _inherited(document, top.get("extends"), base, currency, own)
    if not rules and not defaults:
        raise BadPriceBook(f"{name} prices nothing", expected="rules, defaults, or `extends: default`")
    return PriceBook(book_name, currency, rules, defaults)


def is_own_json(text: str) -> bool:
    """Whether `text` is our own book written as JSON, which YAML can read: an object with a key of ours."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and any(key in BOOK_KEYS for key in found)


def _currency(document: Document, entry: Entry | None) -> str:
    if entry is None:
        return "USD"
    text = document.text(entry, "an ISO 4217 code, such as USD")
    try:
        return read_currency(text)
    except BadPriceBook as error:
        raise document.at(entry, error) from None


def _inherited(
    document: Document, entry: Entry | None, base: PriceBook | None, currency: str, own: tuple[DefaultRate, ...]
) -> tuple[DefaultRate, ...]:
    if entry is None:
        return ()
    word = document.text(entry, "default")
    if word != "default" or base is None:
        raise document.error(entry, f"no book named {word!r} to extend", expected="default, or no `extends` at all")
    if currency != base.currency:
        raise document.error(
            entry,
            f"a book in {currency} cannot inherit rates in {base.currency}",
            expected=f"`currency: {base.currency}`, or no `extends`",
            cure=f"give defaults of your own in {currency}",
        )
    given = {(rate.resource, rate.lifecycle) for rate in own}
    return tuple(rate for rate in base.defaults if (rate.resource, rate.lifecycle) not in given)


def _defaults(document: Document, entry: Entry | None, currency: str, book: str, *, is_default: bool) -> Iterator[DefaultRate]:
    if entry is None:
        return
    found = document.entries(entry, (NODE, *DEFAULT_KEYS))
    if NODE in found:
        for lifecycle, rates in document.entries(found[NODE], LIFECYCLES).items():
            for key, rate in document.entries(rates, PART_KEYS).items():
                price = _price(document, rate, PART_KEYS[key], currency)
                yield DefaultRate(PART_KEYS[key], lifecycle, price, f"{book}: {rate.path}", is_default)
    for key, resource in DEFAULT_KEYS.items():
        if key in found:
            yield DefaultRate(resource, None, _price(document, found[key], resource, currency), f"{book}: {found[key].path}", is_default)


def _price(document: Document, entry: Entry, resource: Resource | None, currency: str) -> Price:
    sign = "$" if currency in DOLLARS else currency
    text = document.text(entry, f"a price such as 0.25 {sign}/{BASE_UNIT[resource].removeprefix('$/')}")
    try:
        return read_price(text, resource, currency)
    except BadPriceBook as error:
        raise document.at(entry, error) from None


def _rules(document: Document, entry: Entry, currency: str) -> Iterator[Rule]:
    names: dict[str, int] = {}
    priced: dict[tuple[frozenset[tuple[str, frozenset[str]]], Resource], Rule] = {}
    for number, item in enumerate(document.items(entry), 1):
        rule = _rule(document, item, number, currency)
        if rule.name in names:
            raise document.error(
                item, f"a second rule named {rule.name!r}, the first is on line {names[rule.name]}", expected="every name once"
            )
        names[rule.name] = rule.line
        match = frozenset((c.attribute, frozenset(c.patterns)) for c in rule.conditions)
        for resource in sorted(rule.resources):
            first = priced.setdefault((match, resource), rule)
            if first is not rule:
                raise document.error(
                    item,
                    f"rule {rule.name!r} matches the same as rule {first.name!r} on line {first.line} and prices {PRICED[resource]} again",
                    expected="one rule for one match and resource: the second would never be used",
                    cure="take one out, or tell them apart by another match key",
                )
        yield rule


def _rule(document: Document, item: Entry, number: int, currency: str) -> Rule:
    keys = document.entries(item, RULE_KEYS)
    name = document.text(keys["name"], "the rule's name") if "name" in keys else f"number {number}"
    if "price" not in keys:
        raise document.error(item, f"rule {name!r} has no price", expected=f"`price:` with some of {', '.join(PRICE_KEYS)}")
    entries = document.entries(keys["price"], PRICE_KEYS)
    if not entries:
        raise document.error(keys["price"], f"rule {name!r} prices nothing", expected=f"some of {', '.join(PRICE_KEYS)}")
    if NODE in entries and (parts := [key for key in PART_KEYS if key in entries]):
        raise document.error(
            entries[parts[0]],
            f"rule {name!r} prices the whole node and also its {', '.join(parts)}",
            expected="either `node`, which is the machine with its cards, or its parts cpu, ram, gpu",
        )
    prices = {PRICE_KEYS[key]: _price(document, entry, PRICE_KEYS[key], currency) for key, entry in entries.items()}
    conditions = tuple(_conditions(document, keys["match"], tuple(entries))) if "match" in keys else ()
    return Rule(name, conditions, prices, item.line)


def _conditions(document: Document, entry: Entry, priced: tuple[str, ...]) -> Iterator[Condition]:
    for key, value in document.entries(entry, MATCH_KEYS).items():
        unfit = [word for word in priced if PRICED_KIND[PRICE_KEYS[word]] not in MATCH_KEYS[key].kinds]
        if unfit:
            fit = [k for k, meaning in MATCH_KEYS.items() if all(PRICED_KIND[PRICE_KEYS[word]] in meaning.kinds for word in priced)]
            raise document.error(
                value,
                f"a {unfit[0]} has no {key}, so this rule would never price it",
                expected=f"for a price of {', '.join(priced)} one of {', '.join(fit)}",
                cure="give each kind of thing a rule of its own",
            )
        if key == "node_label":
            yield from _labels(document, value)
            continue
        patterns = document.texts(value, f"the {MATCH_KEYS[key].doc}; `*` stands for anything; a list for any of its values")
        _check_values(document, value, key, patterns)
        yield Condition(key, patterns)


def _labels(document: Document, entry: Entry) -> Iterator[Condition]:
    lines: dict[str, int] = {}
    labels = document.entries(entry)
    if not labels:
        raise document.error(
            entry, "no label is named", expected="KEY: VALUE of a node label", cure="leave node_label out to match any node"
        )
    for key, value in labels.items():
        attribute = LABEL + label_key(key)
        if attribute in lines:
            raise document.error(value, f"label {key!r} is the same as the one on line {lines[attribute]}", expected="every label once")
        lines[attribute] = value.line
        yield Condition(attribute, document.texts(value, "the label's value; `*` stands for anything; a list for any of its values"))


def label_key(key: str) -> str:
    """A label's key as kube-state-metrics spells it: every character outside [A-Za-z0-9_] is `_`."""
    return re.sub(r"[^A-Za-z0-9_]", "_", key)


def _check_values(document: Document, entry: Entry, key: str, patterns: tuple[str, ...]) -> None:
    if key == "lifecycle" and (wrong := [word for word in patterns if word not in LIFECYCLES]):
        raise document.error(entry, f"unknown lifecycle {wrong[0]!r}", expected=nearest(wrong[0], LIFECYCLES))
    if key == "service" and (wrong := [word for word in patterns if "/" not in word and "*" not in word]):
        raise document.error(
            entry, f"{wrong[0]!r} names no namespace", expected="NAMESPACE/SERVICE", cure=f"write */{wrong[0]} for any namespace"
        )
