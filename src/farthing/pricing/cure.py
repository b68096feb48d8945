"""What to tell about a thing without a price: the attributes that were looked up, and the rule that would price it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from farthing.core.units import BASE_UNIT, Resource

from .book import DISK, LABEL, LOAD_BALANCER, MATCH_KEYS, NODE, PriceBook
from .units import DOLLARS, PRICED

PLACEHOLDER = "NUMBER"
"""Stands where the reader's price belongs; a book that still has it is refused."""

CURE_KEYS: dict[str, tuple[tuple[str, ...], ...]] = {
    NODE: (("cluster", "instance_type", "region", "lifecycle"), ("cluster", "node", "lifecycle")),
    DISK: (("cluster", "storage_class"), ("cluster", "volume")),
    LOAD_BALANCER: (("cluster", "service"),),
}
"""The match of the proposed rule by kind: the first choice whose second key is told."""

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*")
_WORDS_OF_YAML = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


def looked_up(asset: Mapping[str, Any], label_keys: Sequence[str]) -> str:
    """The attributes of an asset that rules can look at, `key=value`, and those that are not told."""
    told = attributes_of(asset)
    labels = {pair["key"]: pair["value"] for pair in asset["labels"] or ()}
    if asset["kind"] == NODE:
        told |= {LABEL + key: labels.get(key) for key in label_keys}
    values = ", ".join(f"{key}={value}" for key, value in told.items() if value)
    missing = ", ".join(key for key, value in told.items() if not value)
    return values + (f" (not told: {missing})" if missing else "")


def attributes_of(asset: Mapping[str, Any]) -> dict[str, str | None]:
    """The columns that a rule's `match` can name for this kind of asset, labels aside; empty ones are None."""
    kind = asset["kind"]
    return {key: asset[m.column] or None for key, m in MATCH_KEYS.items() if kind in m.kinds and key != "node_label"}


def rule_to_add(book: PriceBook, asset: Mapping[str, Any], resources: Sequence[Resource], before: str = "") -> str:
    """The YAML rule that would price `resources` of this asset, with NUMBER where the price goes.

    `before`: the name of a rule that it must stand before.
    """
    told = attributes_of(asset)
    keys = next((keys for keys in CURE_KEYS[asset["kind"]] if told[keys[1]]), CURE_KEYS[asset["kind"]][-1])
    match = {key: told[key] for key in keys if told[key]}
    if Resource.GPU in resources and told["gpu_model"]:
        match["gpu_model"] = told["gpu_model"]
    sign = "$" if book.currency in DOLLARS else book.currency
    prices = ", ".join(f"{PRICED[r]}: {PLACEHOLDER} {sign}/{BASE_UNIT[r].removeprefix('$/')}" for r in resources)
    name = " ".join(str(value) for value in match.values())
    place = (
        f"under `rules:` of {book.name}" if book.takes_rules else f"under `rules:` of a YAML price book, as {book.name} cannot hold rules"
    )
    if before:
        place += f", before the rule {before}"
    return "\n".join(
        (
            f"# {' '.join(place.split())}",
            f"- name: {_scalar('price of ' + name)}",
            f"  match: {{{', '.join(f'{key}: {_scalar(str(value))}' for key, value in match.items())}}}",
            f"  price: {{{prices}}}",
        )
    )


def _scalar(text: str) -> str:
    plain = all(_PLAIN.fullmatch(word) for word in text.split(" ")) and text.lower() not in _WORDS_OF_YAML
    return text if plain else json.dumps(text)
