"""What stands around the table: the proof, assumptions, notes of many clusters."""

from __future__ import annotations

import dataclasses
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farthing.cli.printing import print_report
from farthing.cli.reckoning import Closing
from farthing.cli.report_notes import closing_texts, grouped
from farthing.cli.rows import choose, parse_order
from farthing.core.errors import LedgerBroken
from farthing.core.ledger import Note
from farthing.core.schema import Mark
from farthing.metering.prometheus import Asked
from farthing.views import Sharing, Split
from tests.views.frames import N1, asset, identity, ledger, row

from .reports import console, report, said


def printed(width: int = 200, **more: object) -> str:
    found = report(**more)  # type: ignore[arg-type]
    to = console(width)
    print_report(to, found, choose(found.table.rows, parse_order("total"), None), stats=True)
    return said(to)


def test_the_closing_line() -> None:
    text = printed()
    assert "closes $9.2000 allocated + $10.4000 idle + $0.1000 unmounted + 0 unobserved = $19.7000 assets" in text
    assert "filtered out" not in text


def test_what_is_not_shown_is_told() -> None:
    # batch has 2.4, and sharing would have given it idle: with idle hidden, the rest of 19.7 is 17.3
    text = printed(filter='namespace:"batch"', idle="hide")
    told = re.search(r"shown \$2\.40 of \$19\.70: (.*)$", text, re.MULTILINE)
    assert told
    amounts = [float(amount) for amount in re.findall(r"\$([\d.]+)", told[1])]
    assert sum(amounts) == pytest.approx(17.3, abs=0.011)


def test_a_filter_that_matches_nothing_says_so() -> None:
    text = printed(filter='namespace:"nowhere"')
    assert 'Nothing matches namespace:"nowhere"' in text
    assert "To try" in text


def test_what_is_shared_is_told() -> None:
    assert "shared out" not in printed()
    # the east's shop has 5.40 in pods and 0.10 unmounted, all for batch; the west has nobody but shop
    text = printed(sharing=Sharing(namespaces=("shop", "moni*"), labels=(("app", ("x", "y")),)))
    assert "shared out $5.50 of namespaces shop, moni* and labels app=x, app=y; by what each pays itself\n" in text
    assert "$1.40 of it stays where it is: nobody in those hours and clusters to receive it" in text
    text = printed(sharing=Sharing(monthly=730.0, split=Split.EVEN))
    assert "shared out $1.00 of overhead, added to the assets; evenly by time held\n" in text
    text = printed(sharing=Sharing(management=True, load_balancers=True, monthly=730.0))
    assert "shared out 0 of control planes and licences and load balancers and $1.00 of overhead, added" in text
    lonely = [ledger([row("idle", cores=1, asset_id=N1)], [asset(N1, "node", "n1", cores=1)])]
    assert "$1.00 of overhead is not shown: hours with nobody to receive it" in printed(sharing=Sharing(monthly=730.0), ledgers=lonely)


@given(st.lists(st.floats(0, 1e7), min_size=5, max_size=5))
def test_written_parts_add_up_to_the_written_whole(parts: list[float]) -> None:
    names = ("allocated", "idle", "unmounted", "unobserved", "management")
    closing = Closing(**dict(zip(names, parts, strict=True)), assets=sum(parts))
    texts = closing_texts(closing, "USD")
    numbers = {name: round(float(text.lstrip("$").replace(",", "")) * 10**8) for name, text in texts.items()}
    whole = numbers.pop("assets")
    assert abs(sum(numbers.values()) - whole) <= 10**8 * 1e-9 * max(1.0, closing.assets)
    for name, number in numbers.items():
        # four decimals at least below $10,000, two above: each is told to one unit of its last place
        assert abs(number / 10**8 - closing.parts[name]) <= (0.0101 if closing.assets >= 10_000 else 0.000101)


def test_sums_that_do_not_close_are_not_rounded_away() -> None:
    with pytest.raises(LedgerBroken):
        closing_texts(Closing(allocated=1.0, idle=1.0, assets=2.01), "USD")


def test_money_on_assumptions_with_its_cure() -> None:
    text = printed()
    assert "Cost by namespace" in text
    assert "prices: default rates for $3.80 (19.3 %); yours: --prices FILE" in text
    assert "$3.80 (19.3 %) default node price: no rule of a price book of yours matched" in text
    assert "→ give your prices with --prices" in text


def test_default_prices_of_all_kinds_are_one_line() -> None:
    marks = int(Mark.DEFAULT_NODE_PRICE)
    rows = [
        row("container", cores=1, container="a", identity_id=1, asset_id=N1, marks=marks),
        row(
            "pod",
            container="__pod__",
            identity_id=1,
            asset_id=N1,
            storage_held=1.0,
            storage_cost=0.5,
            marks=int(Mark.DEFAULT_STORAGE_PRICE),
        ),
    ]
    disk = asset(2, "disk", "v", storage=1.0, storage_cost=0.5)
    text = printed(ledgers=[ledger(rows, [asset(N1, "node", "n", cores=1), disk], [identity(1, "ns", "p")])])
    assert "$1.50 (100 %) default node price, default volume price:" in text


def test_notes_of_fifty_clusters_are_one_line() -> None:
    notes = [Note(f"the data ends at 2026-11-02 03:14:{i:02d} UTC: what comes after is absent", cluster=f"c{i:02d}") for i in range(50)]
    (one,) = grouped(notes)
    assert one.text == "the data ends at 2026-11-02 03:14:00 UTC to 2026-11-02 03:14:49 UTC: what comes after is absent"
    assert one.where == " (50 clusters: c00, c01, c02, …)"


def test_notes_that_differ_stay_apart_and_warnings_come_first() -> None:
    groups = grouped([Note("calm", level="info"), Note("a hole", cluster="x"), Note("a hole", cluster="y"), Note("a hole", "other cure")])
    assert [(g.text, g.level, g.where) for g in groups] == [
        ("a hole", "warning", " (x, y)"),
        ("a hole", "warning", ""),
        ("calm", "info", ""),
    ]


def test_what_was_asked() -> None:
    asked = Asked()
    asked.count("cpu used", queries=3, series=1200, points=99, bytes=2_500_000, seconds=1.25, samples=5_000_000)
    asked.warn(["a store did not answer"])
    text = printed(asked=asked)
    assert "Asked 3 queries (0 again, 0 cut) in 2.5 s: 1,200 series, 99 points, 2.5 MB; the server read 5,000,000 samples" in text
    assert "the server says: a store did not answer" in text
    assert re.search(r"^cpu used +1\.25 +3 +1,200 +99 +5,000,000", text, re.MULTILINE)


def test_a_window_with_little_data_says_how_much() -> None:
    assert "data for" not in printed()
    found = report()
    half = dataclasses.replace(found, observed_seconds=1800.0)
    to = console()
    print_report(to, half, choose(half.table.rows, parse_order("total"), None), stats=False)
    assert "UTC (1 h), data for 0.5 h of it" in said(to)
