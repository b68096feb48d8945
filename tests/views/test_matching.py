"""What each operator keeps, on the rows of the example ledger."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from farthing.views.dimensions import CONTAINER, POD, filter_dimension, filter_dimensions, with_dimensions
from farthing.views.filters import And, Comparison, Match, Or, parse_filter
from farthing.views.matching import condition, sanitised

from .frames import example

APP, SIDECAR, POD_ROW, RUN, BARE = "web-1/app", "web-1/sidecar", "web-1/__pod__", "job-1/run", "bare/c"
WEB = {APP, SIDECAR, POD_ROW}
PODS = WEB | {RUN, BARE}


def kept(text: str) -> set[str]:
    """pod/container of the kept rows of pods."""
    tree = parse_filter(text)
    assert tree is not None
    rows = with_dimensions(example(), [POD, CONTAINER, *filter_dimensions(tree)])
    rows = rows.filter(condition(tree, lambda f, k: pl.col(filter_dimension(f, k).column)), pl.col("identity_id").is_not_null())
    return set(rows.select(pl.concat_str(["@pod", "@container"], separator="/")).to_series())


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('cluster:"west"', {BARE}),
        ('node:"n1"', PODS),
        ('namespace:"shop"', WEB | {BARE}),
        ('namespace!:"shop"', {RUN}),
        ('namespace!:"shop","batch"', set()),
        ('namespace~:"hop"', WEB | {BARE}),
        ('namespace!~:"hop"', {RUN}),
        ('pod<~:"web","job"', WEB | {RUN}),
        ('pod!<~:"web","job"', {BARE}),
        ('container~>:"pp","un"', {APP, RUN}),
        ('container!~>:"pp","un"', {SIDECAR, POD_ROW, BARE}),
        ('namespace~:"."', set()),  # a text, no pattern
        ('controllerKind:"deployment"', WEB),
        ('controllerKind:"cronjob"', {RUN}),
        ('controllerName:"nightly"', {RUN}),
        ('controllerName:"__unallocated__"', {BARE}),
        ('controllerKind:""', {BARE}),
        ('label[team]:"growth"', WEB),
        ('label[team]:"platform"', set()),  # the pod's own label wins
        ('label[team]:"risk"', {RUN}),  # of the namespace
        ('label[team]!:"growth"', {RUN, BARE}),
        ('label[team]:"__unallocated__"', {BARE}),
        ('label[env]:"prod"', WEB),
        ('label[app.kubernetes.io/name]:"Web"', WEB),
        ('label[app_kubernetes_io_name]:"Web"', WEB),
        ('label[app.kubernetes.io/name]:"web"', set()),
        ('label:"team"', WEB | {RUN}),
        ('label!:"team"', {BARE}),
        ('label<~:"app"', WEB),
        ('label~>:"io/name"', WEB),
        ('label!~>:"name","team"', {BARE}),
        ('label~:"tea"', set()),
        (r'annotation[note]:"say \"hi\""', WEB),
        ('annotation:"owner"', {RUN}),
        ('team:"growth","risk"', WEB | {RUN}),
        ('owner:"ann"', {RUN}),  # by annotation
        ('environment:"prod"', WEB),
        ('department:"__unallocated__"', PODS),
        ('provider:"aws:///us-east-1a/i-1"', WEB | {RUN}),
        ('services:"front"', WEB),
        ('services:"front","mesh"', WEB),
        ('services:"__unallocated__"', {RUN, BARE}),
        ('cluster:"east"+(pod:"job-1"|container:"app")', {APP, RUN}),
        ('(cluster:"east"+pod:"job-1")|container:"c"', {RUN, BARE}),
    ],
)
def test_what_is_kept(text: str, rows: set[str]) -> None:
    assert kept(text) == rows


def test_a_key_in_either_spelling() -> None:
    assert sanitised("app.kubernetes.io/name") == sanitised("app_kubernetes_io_name") == "app_kubernetes_io_name"


TEXTS = st.text("ab_", max_size=3)
COMPARISONS = st.builds(
    Comparison, st.just("namespace"), st.sampled_from(Match), st.lists(TEXTS, min_size=1, max_size=3).map(tuple), st.booleans()
)
TREES = st.recursive(
    COMPARISONS,
    lambda inner: st.lists(inner, min_size=1, max_size=3).map(tuple).flatmap(lambda p: st.sampled_from([And(p), Or(p)])),
    max_leaves=6,
)
PYTHON = {Match.EQUALS: str.__eq__, Match.CONTAINS: str.__contains__, Match.STARTS: str.startswith, Match.ENDS: str.endswith}


def by_hand(tree: object, value: str) -> bool:
    match tree:
        case And(parts=parts):
            return all(by_hand(part, value) for part in parts)
        case Or(parts=parts):
            return any(by_hand(part, value) for part in parts)
        case Comparison(match=how, values=values, negated=negated):
            return any(PYTHON[how](value, wanted) for wanted in values) != negated
    raise AssertionError(tree)


@given(TREES, st.lists(st.none() | TEXTS, min_size=1, max_size=6))
def test_the_expression_is_the_tree(tree: And | Or | Comparison, values: list[str | None]) -> None:
    frame = pl.DataFrame({"n": values}, schema={"n": pl.String})
    got = frame.select(k=condition(tree, lambda *_: pl.col("n"))).to_series().to_list()
    assert got == [by_hand(tree, value or "") for value in values]
