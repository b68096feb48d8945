"""The index of rules gives what trying every rule on every asset gives."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from farthing.core.units import Resource
from farthing.pricing.book import Condition, Rule
from farthing.pricing.matching import RuleIndex, bits_of, provider_spellings
from farthing.pricing.units import Price

from .assets import node

words = st.text("ab", max_size=3)
patterns = st.text("ab*", min_size=1, max_size=3)
conditions = st.builds(
    Condition,
    st.sampled_from(["cluster", "node", "node_label.k"]),
    st.lists(patterns, min_size=1, max_size=3).map(tuple),
)


@given(
    st.lists(st.lists(conditions, max_size=3, unique_by=lambda c: c.attribute), max_size=12),
    words,
    words,
    st.none() | words,
)
def test_index_and_plain_trial_agree(matches: list[list[Condition]], cluster: str, name: str, label: str | None) -> None:
    price: dict[Resource | None, Price] = {Resource.CPU: Price(1.0, "1 $/core-hour")}
    rules = tuple(Rule(str(i), tuple(match), price, i) for i, match in enumerate(matches))
    index = RuleIndex(rules)
    asset = node(cluster=cluster, name=name, labels={} if label is None else {"k": label})
    told = {"cluster": cluster or None, "node": name or None, "node_label.k": label}

    def holds(condition: Condition) -> bool:
        value = told[condition.attribute]
        return value is not None and any(re.fullmatch(p.replace("*", ".*"), value) for p in condition.patterns)

    plain = [i for i, rule in enumerate(rules) if all(map(holds, rule.conditions))]
    bits = index.hits(index.read(asset))
    assert bits == sum(1 << i for i in plain)
    first = index.first(bits)
    assert (first.line if first else None) == (plain[0] if plain else None)


def test_bits() -> None:
    assert bits_of([]) == 0
    assert bits_of([0, 3, 3, 17]) == 1 + 8 + 131072


def test_dots_and_brackets_in_a_pattern_are_plain_characters() -> None:
    price: dict[Resource | None, Price] = {Resource.CPU: Price(1.0, "")}
    index = RuleIndex((Rule("r", (Condition("node", ("n.[x]*",)),), price, 1),))
    assert index.hits(index.read(node(name="n.[x]9"))) == 1
    assert index.hits(index.read(node(name="nax9"))) == 0


def test_provider_spellings() -> None:
    assert provider_spellings("aws:///eu-west-1a/i-0abc") == ("aws:///eu-west-1a/i-0abc", "i-0abc")
    assert provider_spellings("azure:///subscriptions/s") == ("azure:///subscriptions/s", "/subscriptions/s")
    assert provider_spellings("kind://docker/x/y") == ("kind://docker/x/y",)
