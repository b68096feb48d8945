"""Which rules hit an asset. Every distinct value of an attribute is tried against the rules once; a set of rules is an int's bits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from farthing.core.units import Resource

from .book import LABEL, MATCH_KEYS, ON_DEMAND, Condition, Rule

Attributes = dict[str, str | None]


class AttributeIndex:
    """The rules that a value of one attribute lets through."""

    def __init__(self, attribute: str, rules: tuple[Rule, ...]) -> None:
        self._attribute = attribute
        self._exact: dict[str, list[int]] = {}
        self._any_case: dict[str, list[int]] = {}
        self._globs: list[tuple[re.Pattern[str], int]] = []
        self._seen: dict[str | None, int] = {}
        indifferent = []
        for number, rule in enumerate(rules):
            conditions = [c for c in rule.conditions if c.attribute == attribute]
            for condition in conditions:
                self._add(condition, number)
            if not conditions:
                indifferent.append(number)
        self._indifferent = bits_of(indifferent)

    def _add(self, condition: Condition, number: int) -> None:
        for pattern in condition.patterns:
            if condition.literal:
                self._any_case.setdefault(pattern.lower(), []).append(number)
            elif "*" in pattern:
                self._globs.append((re.compile(".*".join(map(re.escape, pattern.split("*"))), re.DOTALL), number))
            else:
                self._exact.setdefault(pattern, []).append(number)

    def hits(self, value: str | None) -> int:
        """Bits of the rules whose condition on this attribute holds, or that have none. A value that is not told meets no condition."""
        bits = self._seen.get(value)
        if bits is None:
            bits = self._seen[value] = self._indifferent if value is None else self._indifferent | self._try(value)
        return bits

    def _try(self, value: str) -> int:
        numbers: list[int] = []
        for spelling in provider_spellings(value) if self._attribute == "provider_id" else (value,):
            numbers += self._exact.get(spelling, ())
            numbers += self._any_case.get(spelling.lower(), ())
            numbers += (number for pattern, number in self._globs if pattern.fullmatch(spelling))
        return bits_of(numbers)


class RuleIndex:
    """All rules of a book by what they look at."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self.rules = rules
        used = {c.attribute for rule in rules for c in rule.conditions}
        self.attributes = tuple(sorted(used))
        self.labels = tuple(a.removeprefix(LABEL) for a in self.attributes if a.startswith(LABEL))
        self._indexes = {attribute: AttributeIndex(attribute, rules) for attribute in self.attributes}
        self._all = (1 << len(rules)) - 1
        self.whole_node = bits_of(number for number, rule in enumerate(rules) if None in rule.prices)
        self.parts = {resource: bits_of(number for number, rule in enumerate(rules) if resource in rule.prices) for resource in Resource}

    def read(self, asset: Mapping[str, Any]) -> Attributes:
        """The attributes of an asset that rules look at; one that is not told, or empty, is None.

        An untold lifecycle is on_demand. What only other kinds have does no harm: rules that look at it price nothing of this kind.
        """
        found: Attributes = {}
        labels = {pair["key"]: pair["value"] for pair in asset["labels"] or ()} if self.labels else {}
        for attribute in self.attributes:
            if attribute.startswith(LABEL):
                found[attribute] = labels.get(attribute.removeprefix(LABEL))
            else:
                found[attribute] = asset[MATCH_KEYS[attribute].column] or None
        if found.get("lifecycle", "") is None:
            found["lifecycle"] = ON_DEMAND
        return found

    def hits(self, attributes: Attributes) -> int:
        """Bits of the rules all of whose conditions hold."""
        bits = self._all
        for attribute, value in attributes.items():
            bits &= self._indexes[attribute].hits(value)
        return bits

    def first(self, bits: int) -> Rule | None:
        """The first rule among `bits`."""
        return self.rules[(bits & -bits).bit_length() - 1] if bits else None


def bits_of(numbers: Iterable[int]) -> int:
    """The int whose bits at `numbers` are set."""
    chosen = set(numbers)
    data = bytearray(max(chosen, default=-1) // 8 + 1)
    for number in chosen:
        data[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(data, "little")


def provider_spellings(provider_id: str) -> tuple[str, ...]:
    """The ways a provider id is written: as Kubernetes has it, and without its lead (`aws://…/i-0abc`: `i-0abc`; `azure://`: the rest)."""
    if provider_id.startswith(("aws:", "gce:")):
        return (provider_id, provider_id.rpartition("/")[2])
    if provider_id.startswith("azure://"):
        return (provider_id, provider_id.removeprefix("azure://"))
    return (provider_id,)
