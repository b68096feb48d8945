"""The table: what is in it, what goes when it is narrow, and that it never breaks."""

from __future__ import annotations

import re

import pytest
from rich.cells import cell_len

from farthing.cli.printing import print_report
from farthing.cli.rows import choose, parse_order
from farthing.core.schema import Mark
from farthing.views import Sharing
from tests.views.frames import HOUR, N1, asset, at, identity, ledger, row

from .reports import console, report, said


def shown(width: int = 200, by: str = "namespace", limit: int | None = None, encoding: str = "utf-8", **more: object) -> str:
    found = report(by, **more)  # type: ignore[arg-type]
    to = console(width, encoding=encoding)
    print_report(to, found, choose(found.table.rows, parse_order("total"), limit), stats=False)
    return said(to)


def cells(text: str, first: str) -> list[str]:
    line = next(line for line in text.splitlines() if line.startswith(first))
    return re.split(r" {2,}", line.strip())


def test_rows_totals_and_heading() -> None:
    text = shown()
    assert "Cost by namespace · 1970-02-11 16:00 to 1970-02-11 17:00 UTC (1 h)" in text
    # shop: $5 cpu, $1.40 ram, $0.50 storage; half of what was asked for was used; 6.9 of 19.7; × 730 a month
    assert cells(text, "shop") == ["shop", "$6.90", "35.0 %", "$5.00", "$1.40", "$0.50", "50.0 %", "$5,037.00"]
    assert cells(text, "batch") == ["batch", "$2.40", "12.2 %", "$2.00", "$0.40", "50.0 %", "$1,752.00"]
    assert cells(text, "__idle__")[:3] == ["__idle__", "$10.40", "52.8 %"]
    assert cells(text, "total")[:3] == ["total", "$19.70", "100 %"]
    names = [line.split()[0] for line in text.splitlines() if line[:1].isalpha() or line.startswith("__")]
    assert names.index("shop") < names.index("batch") < names.index("__idle__") < names.index("total")


def test_columns_that_say_nothing_are_left_out() -> None:
    heading = next(line for line in shown().splitlines() if line.startswith("namespace"))
    assert heading.split() == ["namespace", "total", "share", "CPU", "RAM", "storage", "efficiency", "per", "month"]


def test_the_limit_keeps_the_sum() -> None:
    text = shown(limit=1)
    assert cells(text, "1 others")[:3] == ["1 others", "$2.40", "12.2 %"]
    assert cells(text, "total")[1] == "$19.70"


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
@pytest.mark.parametrize("by", ["namespace", "cluster,namespace,controller,pod"])
def test_no_line_is_wider_than_the_terminal(width: int, by: str) -> None:
    assert max(cell_len(line.rstrip()) for line in shown(width, by).splitlines()) <= width


def test_narrow_terminals_say_what_they_leave_out() -> None:
    text = shown(60)
    assert "no room for: storage, per month" in text
    assert cells(text, "shop") == ["shop", "$6.90", "35.0 %", "$5.00", "$1.40", "50.0 %"]
    assert "no room for" not in shown(120)


def test_long_names_are_cut_and_totals_are_not() -> None:
    name = "a-namespace-whose-name-is-longer-than-the-terminal-is-wide-by-far"
    found = [ledger([row("container", cores=2, container="c", identity_id=1, asset_id=N1)], [node(2)], [identity(1, name, "p")])]
    text = shown(50, ledgers=found)
    assert name not in text
    assert re.search(r"^a-namespace-\S*… +\$2\.00 ", text, re.MULTILINE)


def node(cores: float) -> dict[str, object]:
    return asset(N1, "node", "n1", cores=cores)


def test_signs_of_a_terminal_without_unicode() -> None:
    text = shown(60, encoding="ascii", limit=1)
    assert text.isascii()
    assert "Cost by namespace - 1970" in text


def test_names_cannot_write_to_the_terminal() -> None:
    evil = "x\x1b[31mred\x07"
    found = [ledger([row("container", cores=2, container="c", identity_id=1, asset_id=N1)], [node(2)], [identity(1, evil, "p")])]
    text = shown(ledgers=found)
    assert "\x1b" not in text
    assert "\x07" not in text


def test_what_has_no_price_is_never_zero() -> None:
    rows = [
        row("container", cores=4, container="a", identity_id=1, asset_id=N1, cpu_cost=None, ram_cost=None, gib=1, marks=int(Mark.UNPRICED)),
        row("container", cores=1, gib=2, container="b", identity_id=2, asset_id=N1, cpu_cost=None, marks=int(Mark.UNPRICED)),
    ]
    prices = [
        {
            "asset_id": N1,
            "resource": "cpu",
            "unit": "$/core-hour",
            "currency": "USD",
            "recorded_at": at(HOUR),
            "reason": "no rule prices cpu",
            "cure": "- name: n1\n  price: {cpu: NUMBER}",
        }
    ]
    found = [ledger(rows, [asset_unpriced()], [identity(1, "one", "p"), identity(2, "two", "q")], prices)]
    text = shown(ledgers=found)
    assert cells(text, "one")[1] == "unpriced"
    assert cells(text, "two")[1] == "$0.20*"  # 2 GiB at $0.10; the core has no price
    assert "* the priced part" in text
    assert "cpu of 1 asset: no rule prices cpu" in text
    assert "        price: {cpu: NUMBER}" in text


def asset_unpriced() -> dict[str, object]:
    return asset(N1, "node", "n1", cores=5, gib=3, cpu_cost=None, ram_cost=0.2)


def test_what_is_received_of_shared_things_has_a_column_where_there_is_any() -> None:
    assert "shared" not in shown()
    text = shown(sharing=Sharing(namespaces=("batch",)))
    assert "shared" in text.splitlines()[3]
    # batch's $2.40 goes to shop: $6.90 + $2.40 of $19.70
    assert cells(text, "shop")[:7] == ["shop", "$9.30", "47.2 %", "$5.00", "$1.40", "$0.50", "$2.40"]
    assert not [line for line in text.splitlines() if line.startswith("batch")]
