"""What people come for: who made the costs rise, a view of one's own that is kept and shared, a file of it, and how a number is made."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import polars as pl
import pytest
from playwright.sync_api import Locator, Page, expect

from farthing.simulator import company
from farthing.simulator.company.parts import RAN_AWAY, STOPPED, ago

from .figures import CENT, amount, headline, money
from .screen import Screen, path, query, settled, until
from .serving import Farthing
from .table import Shown, shown, told

pytestmark = [pytest.mark.real, pytest.mark.slow]

Columns = list[dict[str, str]]
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Rise:
    """One of the company's stories: what rose where, the pods of it, and the window that shows it; none: as the overview opens."""

    cluster: str
    namespace: str
    name: str
    pods: re.Pattern[str]
    since: tuple[float, float] | None = None
    until: tuple[float, float] | None = None

    def window(self) -> dict[str, str]:
        """As the address has it."""
        if self.since is None or self.until is None:
            return {}
        anchor = company(datetime.now(UTC)).anchor
        start, end = (datetime.fromtimestamp(ago(anchor, (day, 0)), UTC) for day in (self.since[0], self.until[0] - 1))
        return {"window": f"{start:%Y-%m-%d},{end:%Y-%m-%d}"}


RISES = (
    Rise("ml-prod", "notebooks", "notebook-lena", re.compile(r"^notebook-lena-0$")),
    Rise("shop-prod", "search", "rebuild-index", re.compile(r"^rebuild-index-\d+-\w+$"), RAN_AWAY, STOPPED),
)


def last_week() -> str:
    """Seven whole days that nothing changes any more."""
    end = datetime.now(UTC) - timedelta(days=1)
    return f"{end - timedelta(days=7):%Y-%m-%d},{end:%Y-%m-%d}"


def row(page: Page, key: str) -> Locator:
    """A row of the table."""
    return page.locator(f'main [role=grid] [data-row="{key}"]')


def named(page: Page, key: str) -> Locator:
    """The button that opens a row."""
    return row(page, key).get_by_role("rowheader").locator("button[title]:not([aria-pressed])")


def crumbs(page: Page) -> list[str]:
    """The way here."""
    return page.get_by_role("navigation", name="The way here").inner_text().split("\n")


def totals(table: Shown) -> dict[str, str]:
    """What each row costs, as it is shown."""
    return {key: cells["Total"] for key, cells in table.rows.items() if key != "rounding"}


@pytest.mark.parametrize("rise", RISES, ids=lambda rise: rise.name)
def test_from_what_changed_to_the_pod_that_did_it(screen: Screen, rise: Rise) -> None:
    page = screen.open(path("/", **rise.window()))
    line = page.get_by_role("list", name="What changed most").get_by_role("link").filter(has_text=rise.name)
    more = re.search(r"\+\$[\d,.]+", line.inner_text())
    assert more
    line.click()
    settled(page, agg="controller")
    assert crumbs(page) == ["All", rise.cluster, rise.namespace, rise.name, "by controller"]
    (controller,) = (key for key in totals(shown(page)) if key.endswith(f":{rise.name}"))
    whole = amount(totals(shown(page))[controller])
    question = {**query(page.url), "idle": "hide"}
    answer = told(screen.server.ask("/allocation/view", **question))
    before = answer.rows["total"]["previous_cost"] or 0.0
    assert float(amount(more[0])) == pytest.approx(float(whole) - before, abs=0.01)

    named(page, controller).click()
    settled(page, agg="pod")
    assert crumbs(page) == ["All", rise.cluster, rise.namespace, rise.name, "by pod"]
    # the dearest stands first, and costs more than any of them did before
    rows = totals(shown(page))
    pods = {key: amount(text) for key, text in rows.items() if key != "total" and not key.startswith("idle:")}
    assert pods
    assert all(rise.pods.match(key) for key in pods)
    pod = next(iter(pods))
    previous = "{start},{end}".format(**answer.answer["previous"])
    asked_before = question | {"agg": "pod", "window": previous, "limit": "1000"}
    earlier = told(screen.server.ask("/allocation/view", **asked_before)).rows
    del earlier["total"]
    assert pods[pod] == max(pods.values()) > 2 * max((cells["total_cost"] for cells in earlier.values()), default=0)

    named(page, pod).click()
    settled(page, agg="container")
    assert crumbs(page) == ["All", rise.cluster, rise.namespace, rise.name, pod, "by container"]
    table = shown(page).rows
    inside = [amount(cells["Total"]) for key, cells in table.items() if key not in ("total", "rounding") and not key.startswith("idle:")]
    assert abs(sum(inside) - pods[pod]) <= CENT * len(inside)

    page.go_back()
    settled(page, agg="pod")
    assert crumbs(page) == ["All", rise.cluster, rise.namespace, rise.name, "by pod"]
    assert totals(shown(page)) == rows
    page.get_by_role("navigation", name="The way here").get_by_role("button", name=rise.namespace).click()
    settled(page, agg="controller")
    assert crumbs(page) == ["All", rise.cluster, rise.namespace, "by controller"]
    assert controller in shown(page).rows
    for _ in range(3):
        page.go_back()
    settled(page, agg="")
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")


def test_a_view_of_ones_own_is_kept_and_shared(screen: Screen) -> None:
    context = screen.context()
    page = screen.open(path("/allocations", window=last_week()), within=context)

    page.get_by_role("button", name="Group by").click()
    page.get_by_role("button", name="And by Team").click()
    settled(page, agg="namespace,team")
    page.keyboard.press("Escape")
    assert shown(page).heads[:2] == ["Namespace", "Team"]

    page.get_by_role("button", name="Filter", exact=True).click()
    page.get_by_label("Field").select_option("cluster")
    values = page.get_by_role("list", name="Values that are there")
    expect(values.get_by_role("button")).to_have_text(["ml-prod", "shop-prod", "staging"])
    page.get_by_label("Value", exact=True).fill("sho")
    expect(values.get_by_role("button")).to_have_text(["shop-prod"])
    values.get_by_role("button", name="shop-prod").click()
    settled(page, filter='cluster:"shop-prod"')
    expect(page.get_by_role("group", name="Filters").locator("strong")).to_have_text(["shop-prod"])

    assert any(key.startswith("idle:") for key in shown(page).rows)
    page.get_by_role("button", name="Idle: Separate").click()
    page.get_by_role("menuitemradio", name="Shared by node").click()
    settled(page, idle="share", idleBy="")
    answer = told(screen.server.ask("/allocation/view", **query(page.url)))
    shared = totals(shown(page))
    assert shared == {key: money(cells["total_cost"]) for key, cells in answer.rows.items()}
    assert not any(key.startswith("idle:") for key in shared)
    idle = told(screen.server.ask("/allocation/view", **query(page.url) | {"idle": "separate"})).rows
    # what was idle is paid by others now: all costs what it did
    assert answer.rows["total"]["total_cost"] == pytest.approx(idle["total"]["total_cost"])

    page.get_by_role("button", name="Views").click()
    page.get_by_label("Name of this view").fill("Shop by team")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Shop by team", exact=True)).to_be_visible()

    elsewhere = screen.open(page.url.removeprefix(screen.server.url))
    assert totals(shown(elsewhere)) == shared
    again = screen.open("/allocations", within=context)
    again.get_by_role("button", name="Views").click()
    again.get_by_role("button", name="Shop by team", exact=True).click()
    settled(again, idle="share", filter='cluster:"shop-prod"', agg="namespace,team")
    assert query(again.url) == query(page.url)
    assert totals(shown(again)) == shared
    again.keyboard.press("Control+k")
    expect(again.get_by_role("option", name="Shop by team")).to_be_visible()


def test_a_filter_as_text_and_what_is_wrong_with_it(screen: Screen) -> None:
    screen.expect(r"the server responded with a status of 400 .*filter=namespace")
    page = screen.open(path("/allocations", window=last_week(), filter='namespace:"search"'))
    page.get_by_role("button", name="Edit the filter as text").click()
    text = page.get_by_role("textbox", name="Filter as text")
    expect(text).to_be_focused()
    text.fill('namespace:"search"|label[app]:"checkout')
    page.keyboard.press("Enter")
    settled(page, filter='namespace:"search"|label[app]:"checkout')
    expect(text).to_have_attribute("aria-invalid", "true")
    described = page.locator(f"#{text.get_attribute('aria-describedby')}")
    refused = screen.server.refused("/allocation/view", **query(page.url))["error"]
    assert refused["kind"] == "BadFilter"
    assert described.inner_text() == f"{refused['problem'].splitlines()[0]}; expected: {refused['expected']}"

    text.fill('namespace:"search"|namespace:"checkout"')
    page.get_by_role("button", name="Apply").click()
    settled(page, filter='namespace:"search"|namespace:"checkout"')
    until(page, lambda: {key for key in shown(page).rows if key in ("search", "checkout")}, {"search", "checkout"})
    page.get_by_role("button", name="Remove", exact=True).click()
    settled(page, filter="")
    until(page, lambda: "notebooks" in shown(page).rows, True)


@pytest.mark.parametrize("state", [{"agg": "namespace"}, {"agg": "cluster,team", "idle": "share", "filter": 'cluster!:"staging"'}], ids=str)
def test_files_hold_what_the_api_says(screen: Screen, state: dict[str, str]) -> None:
    page = screen.open(path("/allocations", window=last_week(), zone="Asia/Kolkata", **state))
    question = query(page.url)
    answer = told(screen.server.ask("/allocation/view", **question, limit=1000))
    del answer.rows["total"]
    for title, rows_of in {"CSV": csv_rows, "JSON": json_rows, "Parquet": parquet_rows}.items():
        page.get_by_role("button", name="Export").click()
        with page.expect_download() as begun:
            page.get_by_role("menuitem", name=re.compile(rf"^{title} the window$")).click()
        assert begun.value.suggested_filename == f"allocations.{title.lower()}"
        rows = {
            ("idle:" if one["special"] == "idle" else "") + one["name"]: one
            for one in rows_of(begun.value.path().read_bytes(), answer.answer["columns"])
        }
        assert rows.keys() == answer.rows.keys(), title
        for key, cells in answer.rows.items():
            # a file compares with nothing; sums of floats have no order that anybody promises
            held = {column: value for column, value in cells.items() if column not in ("previous_cost", "change", "trend")}
            wanted = {column: pytest.approx(one, rel=1e-12, abs=0) if isinstance(one, float) else one for column, one in held.items()}
            assert {column: rows[key][column] for column in held} == wanted, (title, key)


def test_a_picture_of_the_chart(screen: Screen) -> None:
    page = screen.open("/allocations")
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as begun:
        page.get_by_role("menuitem", name="PNG").click()
    content = begun.value.path().read_bytes()
    assert content.startswith(b"\x89PNG\r\n")
    width, height = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
    assert width > 800
    assert height > 200


EXPLAINED = [
    ({"agg": "namespace"}, "search", "Total"),
    ({"agg": "namespace"}, "recommendations", "GPU"),
    ({"agg": "namespace"}, "search", "Storage"),
    ({"agg": "namespace"}, "idle:__idle__", "Total"),
    ({"agg": "namespace"}, "total", "CPU"),
    ({"agg": "team", "filter": 'namespace:"search"'}, "total", "Total"),
    ({"agg": "cluster", "idle": "share"}, "shop-prod", "RAM"),
    ({"agg": "team", "idle": "share", "idleBy": "cluster", "zone": "Asia/Kolkata"}, "payments", "Total"),
]


@pytest.mark.parametrize(("state", "key", "column"), EXPLAINED, ids=lambda value: "" if isinstance(value, dict) else value)
def test_the_parts_of_a_number_are_the_number(screen: Screen, state: dict[str, str], key: str, column: str) -> None:
    page = screen.open(path("/allocations", window=last_week(), **state))
    table = shown(page)
    row(page, key).locator(f'[aria-colindex="{table.heads.index(column) + 1}"]').click()
    panel = page.get_by_role("dialog")
    number = panel.get_by_test_id("explained")
    expect(number).to_have_text(table.rows[key][column])
    parts = panel.get_by_role("list", name="Parts")
    stated = [
        one.inner_text().split("\n")[-1] for one in parts.get_by_role("listitem").filter(has_text="Cents that rounding leaves over").all()
    ]
    stated += [one.inner_text() for one in panel.get_by_test_id("part").locator("div > .num.font-semibold").all()]
    assert sum(map(amount, stated)) == amount(number.inner_text())
    expect(parts.get_by_role("listitem").last).to_have_text(f"Together{number.inner_text()}")

    asked = [one.url for one in screen.requests if "/allocation/explain" in one.url]
    raw = [screen.server.ask("/allocation/explain", **query(url)) for url in asked]
    made = [part for one in raw for part in one["parts"]]
    total = sum(one["total"] for one in raw)
    assert math.fsum(part["cost"] or 0.0 for part in made) == pytest.approx(total, rel=1e-9)
    assert headline(total) == number.inner_text()
    assert len(stated) - len(made) in (0, 1)
    products = [one for one in made if one["quantity"] and one["price"] and not one["factorNote"]]
    assert products
    for part in products:
        assert part["quantity"]["held"] * part["price"]["value"] == pytest.approx(part["cost"], rel=1e-6), part

    panel.get_by_role("button", name="Close").click()
    expect(panel).to_be_hidden()


def json_rows(content: bytes, _columns: Columns) -> Rows:
    """Rows of a file of JSON."""
    document = orjson.loads(content)
    names = [column["name"] for column in document["columns"]]
    return [dict(zip(names, values, strict=True)) for values in document["rows"]]


def csv_rows(content: bytes, columns: Columns) -> Rows:
    """Rows of a file of CSV: text as it stands, flags and numbers as what they are, no number is None."""
    kinds = {column["name"]: column["kind"] for column in columns}
    read: dict[str, Callable[[str], Any]] = {kind: lambda text: float(text) if text else None for kind in ("money", "ratio", "quantity")}
    read["flag"] = {"true": True, "false": False}.__getitem__
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    return [{name: read.get(kinds.get(name, "text"), str)(text) for name, text in row.items()} for row in rows]


def parquet_rows(content: bytes, _columns: Columns) -> Rows:
    """Rows of a file of Parquet."""
    return pl.read_parquet(io.BytesIO(content)).to_dicts()


def test_files_of_a_server_that_fails(screen: Screen, demo: Farthing) -> None:
    screen.expect("status of 500")
    page = screen.open("/allocations")
    page.route("**/allocation/export*", lambda route: route.fulfill(status=500, body="<h1>no</h1>", content_type="text/html"))
    page.get_by_role("button", name="Export").click()
    page.get_by_role("menuitem", name=re.compile("^CSV the window$")).click()
    expect(page.get_by_role("alert")).to_have_text("Not exported: The server answered 500 Internal Server Error")
