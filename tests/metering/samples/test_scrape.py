"""Scraping: what a target shows lands in the store as Prometheus would have it, and what goes wrong is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest

from farthing.core.errors import SettingsError
from farthing.core.settings import SamplesSettings
from farthing.metering.samples import SampleStore, Scraper, ScrapeTarget
from farthing.metering.samples.rows import ENDS, TIMES, VALUES
from tests.metering.prometheus.certificates import make_certificates
from tests.metering.samples.conftest import START, Open, files_up_to, read
from tests.metering.samples.exporter import Exporter, exporting

POD = 'kube_pod_info{namespace="shop",pod="%s",uid="u",node="n1"} 1\n'


@pytest.fixture
def exporter() -> Iterator[Exporter]:
    with exporting() as one:
        yield one


def target(exporter: Exporter, **more: object) -> ScrapeTarget:
    return ScrapeTarget.model_validate({"url": exporter.url, "job": "ksm", "cluster": "prod"} | more)


@contextmanager
def scraping(store: SampleStore, *targets: ScrapeTarget, **settings: object) -> Iterator[Scraper]:
    with Scraper(store, targets, SamplesSettings.model_validate(settings)) as scraper:
        yield scraper


def once(scraper: Scraper, t: float) -> None:
    scraper.tick(t)
    scraper.settle()


def ends(store: SampleStore, metric: str = "kube_pod_info") -> dict[str, list[float]]:
    """Pod → when it was told that its series ended (s after START)."""
    found: dict[str, list[float]] = {}
    for hour, held in store.held().items():
        rows = store.rows(hour, held, {metric}, ("pod", ENDS)).explode(ENDS, empty_as_null=False)
        for pod, t in rows.iter_rows():
            found.setdefault(pod, []).append(t / 1000 - START)
    return found


def ups(store: SampleStore) -> list[tuple[float, float]]:
    return [(t - START, v) for told in read(store, "up").values() for t, v in told]


def test_what_is_shown_is_kept_with_the_targets_labels(exporter: Exporter, opened: Open) -> None:
    exporter.text = POD % "web" + "go_goroutines 7\n"
    store = opened()
    with scraping(store, target(exporter, labels={"zone": "b"})) as scraper:
        once(scraper, START + 60)
    rows = store.rows(
        START, store.held()[START], {"kube_pod_info"}, ("cluster", "namespace", "pod", "instance", "job", "zone", TIMES, VALUES)
    )
    instance = exporter.url.removeprefix("http://").removesuffix("/metrics")
    assert rows.rows() == [("prod", "shop", "web", instance, "ksm", "b", [(START + 60) * 1000], [1.0])]
    assert ups(store) == [(60, 1)]
    (status,) = scraper.status()
    assert (status.samples, status.scrapes, status.failures, status.error) == (1, 1, 0, "")
    assert exporter.headers[0]["Accept"].startswith("text/plain;version=0.0.4")


def test_an_exporters_labels_win_or_are_renamed(exporter: Exporter, opened: Open) -> None:
    exporter.text = POD % "web"
    store = opened()
    columns = ("namespace", "exported_namespace", "pod", "cluster")
    for honor in (True, False):
        with scraping(store, target(exporter, honor_labels=honor, labels={"namespace": "monitoring"})) as scraper:
            once(scraper, START + 60)
    rows = store.rows(START, store.held()[START], {"kube_pod_info"}, columns)
    assert sorted(rows.rows(), key=str) == [("monitoring", "shop", "web", "prod"), ("shop", None, "web", "prod")]


def test_a_series_that_is_no_longer_shown_ends(exporter: Exporter, opened: Open) -> None:
    store = opened()
    with scraping(store, target(exporter)) as scraper:
        exporter.text = POD % "a" + POD % "b"
        once(scraper, START + 60)
        exporter.text = POD % "b"
        once(scraper, START + 120)
        once(scraper, START + 180)
    assert ends(store) == {"a": [120]}
    assert [t - START for t, _ in read(store)["b"]] == [60, 120, 180]


def test_a_target_that_fails_ends_its_series_and_is_down(exporter: Exporter, opened: Open) -> None:
    store = opened()
    exporter.text = POD % "a"
    with scraping(store, target(exporter)) as scraper:
        once(scraper, START + 60)
        exporter.status = 503
        once(scraper, START + 120)
        (failed,) = scraper.status()
        once(scraper, START + 180)
        exporter.status = 200
        once(scraper, START + 240)
    assert "503" in failed.error
    assert ends(store) == {"a": [120]}
    assert [t - START for t, _ in read(store)["a"]] == [60, 240]
    assert ups(store) == [(60, 1), (120, 0), (180, 0), (240, 1)]
    assert (scraper.status()[0].scrapes, scraper.status()[0].failures) == (4, 2)


def test_times_that_the_exporter_tells_count_and_end_nothing(exporter: Exporter, opened: Open) -> None:
    store = opened()
    with scraping(store, target(exporter)) as scraper:
        for t, told in ((60, 55_000), (120, 55_000), (180, 171_000)):
            exporter.text = f'container_memory_working_set_bytes{{pod="a",container="c"}} 5 {START * 1000 + told}\n'
            once(scraper, START + t)
        exporter.text = ""
        once(scraper, START + 240)
    assert [t - START for t, _ in read(store, "container_memory_working_set_bytes")["a"]] == [55, 171]
    assert ends(store, "container_memory_working_set_bytes") == {}


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("<html><body>login</body></html>\n", "text/html", "line 1 cannot be read"),
        (POD % "a" + 'kube_pod_info{pod="b"', "text/plain", "middle of a line"),
        (POD % "a" + 'kube_pod_info{pod="b"} many\n', "text/plain", "line 2 cannot be read"),
        ("kube_pod_info{pod=b} 1\n", "text/plain", "labels"),
        ("# EOF\n", "application/openmetrics-text; version=1.0.0", "OpenMetrics"),
        (POD % "a" * 40, "text/plain", "more than 2,000 bytes"),
    ],
)
def test_garbage_is_a_failure_and_nothing_of_it_is_kept(exporter: Exporter, opened: Open, text: str, kind: str, said: str) -> None:
    exporter.text, exporter.kind = text, kind
    store = opened()
    with scraping(store, target(exporter), most_body_bytes=2000) as scraper:
        once(scraper, START + 60)
        assert said in scraper.status()[0].error
    assert read(store) == {}
    assert ups(store) == [(60, 0)]


@pytest.mark.parametrize("how", ["hang", "drip"])
def test_a_target_that_hangs_keeps_nobody_waiting(exporter: Exporter, opened: Open, how: str) -> None:
    setattr(exporter, how, True)
    store = opened()
    with exporting() as other:
        other.text = POD % "b"
        with scraping(store, target(exporter, timeout_seconds=0.3, interval_seconds=1), target(other, interval_seconds=1)) as scraper:
            assert scraper.tick(START + 60) == 2
            # the other one is done long before; the hanging one is not asked again meanwhile
            while scraper.status()[1].scrapes == 0:
                assert scraper.tick(START + 60) == 0
            once(scraper, START + 61)
            hanging, fine = scraper.settle()
    assert "0.3 s" in hanging.error
    assert hanging.failures == hanging.scrapes
    assert (fine.failures, len(read(store)["b"])) == (0, fine.scrapes)


def test_nobody_there(opened: Open, exporter: Exporter) -> None:
    store = opened()
    gone = ScrapeTarget(url="http://127.0.0.1:1/metrics", job="ksm")
    with scraping(store, gone) as scraper:
        once(scraper, START + 60)
    assert "cannot be reached" in scraper.status()[0].error
    assert ups(store) == [(60, 0)]


def test_targets_are_scraped_once_an_interval_each_at_its_own_time(exporter: Exporter, opened: Open) -> None:
    store = opened()
    exporter.text = POD % "a"
    with scraping(store, target(exporter, interval_seconds=30)) as scraper:
        begun = []
        for t in range(120):
            begun += [t] * scraper.tick(START + t)
            scraper.settle()
    # at once, and then 30 s apart at the target's phase
    phase = [t for t in range(30) if (START + t - target(exporter, interval_seconds=30).phase) % 30 < 1]
    assert begun[0] == 0
    assert begun[1:] == [t for t in range(1, 120) if t % 30 == phase[0]]
    assert target(exporter).phase != target(exporter, job="other").phase


def test_a_clock_that_goes_back_waits_until_it_has_caught_up(exporter: Exporter, opened: Open) -> None:
    store = opened()
    exporter.text = POD % "a"
    with scraping(store, target(exporter)) as scraper:
        for t in (600, 660, 300, 360, 660, 720):
            once(scraper, START + t)
            if t == 300:
                assert "clock went back" in scraper.status()[0].error
    # counters measured later must not stand before those measured earlier
    assert [t - START for t, _ in read(store)["a"]] == [600, 660, 720]
    assert scraper.status()[0].held_back == 3
    assert scraper.status()[0].error == ""


def test_targets_that_are_no_longer_listed_end(exporter: Exporter, opened: Open) -> None:
    store = opened()
    exporter.text = POD % "a"
    with scraping(store, target(exporter)) as scraper:
        once(scraper, START + 60)
        scraper.retarget([target(exporter, job="new")], START + 90)
        once(scraper, START + 120)
        assert [s.target.job for s in scraper.status()] == ["new"]
    assert ends(store) == {"a": [90]}
    assert ends(store, "up") == {None: [90]}


def test_tokens_are_read_anew(exporter: Exporter, opened: Open, tmp_path: Path) -> None:
    store = opened()
    token = tmp_path / "token"
    with scraping(store, target(exporter, bearer_token_file=token)) as scraper:
        once(scraper, START + 60)
        assert "token" in scraper.status()[0].error
        for i, text in enumerate(("one", "two\n"), 2):
            token.write_text(text)
            once(scraper, START + 60 * i)
    assert [h["Authorization"] for h in exporter.headers] == ["Bearer one", "Bearer two"]
    assert "two" not in repr(scraper.status())


@pytest.mark.real
def test_targets_by_tls_are_verified(opened: Open, tmp_path: Path) -> None:
    certificates = make_certificates(tmp_path)
    store = opened()
    with exporting(certificates.context()) as exporter:
        exporter.text = POD % "a"
        own = target(exporter, ca_file=certificates.authority)
        nobody = target(exporter, job="nobody")
        anybody = target(exporter, job="anybody", insecure_skip_verify=True)
        with scraping(store, own, nobody, anybody) as scraper:
            once(scraper, START + 60)
            errors = {s.target.job: s.error for s in scraper.status()}
    assert errors["ksm"] == errors["anybody"] == ""
    assert "certificate" in errors["nobody"]
    assert len(read(store)["a"]) == 2


def test_a_ca_file_that_is_none(opened: Open, tmp_path: Path) -> None:
    (tmp_path / "ca").write_text("nothing")
    wrong = ScrapeTarget(url="https://127.0.0.1:1/metrics", job="kubelet", ca_file=tmp_path / "ca")
    with pytest.raises(SettingsError, match="CA file"):
        Scraper(opened(), [wrong], SamplesSettings())


def test_a_full_disk_fails_the_scrape_and_is_told(exporter: Exporter, opened: Open) -> None:
    store = opened()
    exporter.text = POD % "a"
    with scraping(store, target(exporter)) as scraper:
        with files_up_to(100):
            once(scraper, START + 60)
        assert "no room" in scraper.status()[0].error
        once(scraper, START + 120)
    assert [t - START for t, _ in read(store)["a"]] == [120]


def test_many_series_are_read_and_remembered_once(exporter: Exporter, opened: Open) -> None:
    store = opened()
    exporter.text = "".join(POD % f"p{i}" for i in range(20_000))
    with scraping(store, target(exporter)) as scraper:
        once(scraper, START + 60)
        once(scraper, START + 120)
        state = next(iter(scraper._states.values()))
        assert len(state.known) == 20_000
        exporter.text = POD % "p7"
        once(scraper, START + 180)
        assert len(state.known) == 1
    rows = store.rows(START, store.held()[START], {"kube_pod_info"}, ("pod", "#n", ENDS))
    assert rows.select(pl.col("#n").sum(), pl.col(ENDS).list.len().sum()).row(0) == (40_001, 19_999)
