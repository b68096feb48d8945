"""The filter language: trees, and errors that point at the first wrong character."""

from __future__ import annotations

import pytest

from farthing.core.errors import BadFilter, TooLarge
from farthing.views.filters import ASSET_FIELDS, OPERATOR_MEANING, And, Comparison, Match, Or, fields_of, parse_filter


def same(field: str, *values: str, key: str | None = None) -> Comparison:
    return Comparison(field, Match.EQUALS, values, key=key)


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_an_empty_filter_keeps_everything(text: str) -> None:
    assert parse_filter(text) is None


@pytest.mark.parametrize(("sign", "meaning"), OPERATOR_MEANING.items())
def test_every_operator_is_read_with_several_values(sign: str, meaning: tuple[Match, bool]) -> None:
    assert parse_filter(f'namespace {sign} "a" , "b"') == Comparison("namespace", meaning[0], ("a", "b"), meaning[1])


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ('namespace:"a"', same("namespace", "a")),
        ("namespace:kube-system", same("namespace", "kube-system")),
        ("NAMESPACE:a,b", same("namespace", "a", "b")),
        ('label[app.kubernetes.io/name]:"Web"', same("label", "Web", key="app.kubernetes.io/name")),
        ('label["odd ] key"]:"x"', same("label", "x", key="odd ] key")),
        ('label:"team"', same("label", "team")),
        (r'annotation[note]:"say \"hi\" \\ \n"', same("annotation", 'say "hi" \\ \\n', key="note")),
        ("provider:aws:///us-east-1a/i-1", same("provider", "aws:///us-east-1a/i-1")),
        ('cluster:"a"+(node:"b"|node:"c")', And((same("cluster", "a"), Or((same("node", "b"), same("node", "c")))))),
        ('((cluster:"a"))', same("cluster", "a")),
        ('cluster:"a" | node:"b" | pod:"c"', Or((same("cluster", "a"), same("node", "b"), same("pod", "c")))),
        ('namespace:"ü+|)("', same("namespace", "ü+|)(")),
    ],
)
def test_trees(text: str, tree: object) -> None:
    assert parse_filter(text) == tree


@pytest.mark.parametrize(
    ("text", "position", "says"),
    [
        ('namspace:"a"', 0, "did you mean namespace?"),
        ('namespace:"a" cluster:"b"', 14, "+ (and), | (or) or the end"),
        ('namespace:"a"+cluster:"b"|pod:"c"', 25, "mixed in one scope"),
        ('namespace:"a', 10, "no end"),
        ("label[team", 5, "no end"),
        ('label[]:"a"', 6, "is empty"),
        ('namespace[x]:"a"', 9, "only annotation, label take [key]"),
        ("namespace", 9, "an operator"),
        ("namespace:", 10, "a value"),
        ('namespace:"a",', 14, "a value"),
        ('(namespace:"a"', 14, "closing parenthesis"),
        ('namespace:"a")', 13, "never opened"),
        ('namespace:"a"+', 14, "a field"),
        ("namespace:a!b", 11, "double quotes"),
        ('namespace="a"', 0, "unknown field 'namespace='"),
        ("\\", 0, "unexpected"),
    ],
)
def test_errors_point_at_the_first_wrong_character(text: str, position: int, says: str) -> None:
    with pytest.raises(BadFilter) as caught:
        parse_filter(text)
    assert caught.value.position == position
    assert says in str(caught.value)


def test_an_unknown_field_names_the_valid_set() -> None:
    with pytest.raises(BadFilter, match="assetType, category, cluster"):
        parse_filter('namespace:"a"', ASSET_FIELDS)


def test_too_long_and_too_deep() -> None:
    with pytest.raises(TooLarge, match="3000012 characters") as caught:
        parse_filter(f'namespace:"{"x" * 3_000_000}"')
    assert caught.value.http_status == 413
    with pytest.raises(BadFilter, match="deeper than 64") as deep:
        parse_filter("(" * 5000 + 'pod:"a"' + ")" * 5000)
    assert deep.value.position == 65
    assert parse_filter("(" * 64 + 'pod:"a"' + ")" * 64) == same("pod", "a")


def test_fields_of_a_tree() -> None:
    tree = parse_filter('cluster:"a"+(label[x]:"1"|label:"y")')
    assert fields_of(tree) == {("cluster", None), ("label", "x"), ("label", None)}
    assert fields_of(None) == set()
