"""The lake on a real S3 server, and on one that misbehaves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from farthing.core.errors import LakeDenied, LakeError, LakeTaken, LakeTimedOut, LakeUnreachable, SettingsError
from farthing.core.settings import LakeSettings
from farthing.lake import ClusterLake, open_lake
from tests.kit.seaweed import AGENT, AGENT_PREFIX, Seaweed
from tests.kit.servers import free_port
from tests.lake.facts import CLUSTER, HOUR, NOW, T0, assert_same, facts, rows_of
from tests.lake.proxy import Proxy, proxy

pytestmark = pytest.mark.real

DAY = timedelta(days=1)


@pytest.fixture
def between(s3: Seaweed) -> Iterator[Proxy]:
    with proxy(s3.endpoint) as found:
        yield found


def impatient(s3: Seaweed, between: Proxy, **more: Any) -> LakeSettings:
    return s3.fresh(endpoint=between.endpoint, **{"timeout_seconds": 2, "retries": 3, **more})


def cluster_of(settings: LakeSettings) -> ClusterLake:
    return open_lake(settings).cluster(CLUSTER)


def test_the_same_as_on_a_folder(s3: Seaweed, tmp_path_factory: pytest.TempPathFactory) -> None:
    read = []
    for settings in (s3.fresh(), LakeSettings(url=str(tmp_path_factory.mktemp("lake")))):
        lake = open_lake(settings)
        cluster = lake.cluster(CLUSTER)
        first = cluster.changed_since(None)
        cluster.commit(facts(hours=3), now=NOW)
        cluster.commit(facts(first=1, seed=2), now=NOW + DAY)
        for step in cluster.compaction(now=NOW + DAY, keep=DAY):
            step.run()
        lake.books.append("prices.yaml", "cpu: 1", now=NOW)
        lake.books.append("rules.yaml", "- a", now=NOW + DAY)
        book = lake.books.as_of(NOW + DAY - timedelta(seconds=1))
        assert book is not None
        again = cluster_of(settings)
        assert again.verify().findings == ()
        assert lake.clusters() == (CLUSTER,)
        facts_now, facts_then = again.read(facts(hours=3).span), again.read(facts(hours=3).span, as_of=NOW)
        read.append((rows_of(facts_now), rows_of(facts_then), again.changed_since(first.cursor).hours, book.text))
    assert read[0] == read[1]


def test_of_two_writers_one_wins_and_the_other_is_told(s3: Seaweed) -> None:
    settings = s3.fresh()
    one, two = cluster_of(settings), cluster_of(settings)
    one.commit(facts(), now=NOW)
    told = two._tables.manifest.newest()
    one.commit(facts(seed=2), now=NOW)
    two._tables.manifest.newest = lambda: told  # type: ignore[method-assign] # it looked before the first one committed
    with pytest.raises(LakeTaken, match="another writer committed to s3://"):
        two.commit(facts(seed=3), now=NOW)
    assert_same(cluster_of(settings).read(facts().span), facts(seed=2))


def test_a_claim_by_the_store_s_clock(s3: Seaweed) -> None:
    cluster = cluster_of(s3.fresh())
    first = cluster.claim("one", now=NOW, lease=timedelta(seconds=300))
    with pytest.raises(LakeTaken, match="agent one holds"):
        cluster.claim("two", now=NOW + timedelta(days=99), lease=timedelta(seconds=300))
    cluster.release(first, now=NOW)
    cluster.claim("two", now=NOW, lease=timedelta(seconds=300))


def test_an_agent_may_write_under_its_prefix_alone(s3: Seaweed) -> None:
    mine = open_lake(s3.settings(AGENT_PREFIX, user=AGENT)).cluster("mine")
    mine.commit(facts(cluster="mine"), now=NOW)
    assert mine.read(facts().span).usage.height == 9
    others = open_lake(s3.settings("fleet/two", user=AGENT)).cluster("mine")
    for attempt in (
        lambda: others.commit(facts(cluster="mine"), now=NOW),
        lambda: others.read(facts().span),
        lambda: others.claim("one", now=NOW, lease=DAY),
        others.head,
    ):
        with pytest.raises(LakeDenied, match="not allowed"):
            attempt()


def test_a_wrong_key_is_denied_and_not_shown(s3: Seaweed) -> None:
    settings = s3.fresh(secret_access_key=SecretStr("not-the-secret"))
    with pytest.raises(LakeDenied) as caught:
        cluster_of(settings).commit(facts(), now=NOW)
    assert "not-the-secret" not in str(caught.value)
    assert "not-the-secret" not in repr(settings)
    assert "not-the-secret" not in repr(open_lake(settings).cluster("x")._tables)


@pytest.mark.parametrize("how", ["503", "cut", "lost"])
def test_a_store_that_fails_now_and_then_is_asked_again(s3: Seaweed, between: Proxy, how: str) -> None:
    cluster = cluster_of(impatient(s3, between))
    cluster.commit(facts(), now=NOW)
    for method in (b"PUT", b"GET"):
        between.misbehave(how, times=2, method=method)
        cluster.commit(facts(seed=2 if method == b"PUT" else 3), now=NOW)
        assert between.manners.seen == 2
    between.misbehave("")
    assert_same(cluster.read(facts().span), facts(seed=3))
    assert cluster.hours().height == 1
    assert cluster.head() is not None
    assert cluster.verify().findings == ()


def test_an_answer_that_is_lost_on_its_way_is_no_other_writer(s3: Seaweed, between: Proxy) -> None:
    """The server has taken the manifest's entry, its answer is cut: the second try meets what the first has written."""
    cluster = cluster_of(impatient(s3, between))
    between.misbehave("lost", times=1, method=b"PUT", path=b"hours/_delta_log")
    cluster.commit(facts(), now=NOW)
    assert between.manners.seen == 1
    assert_same(cluster.read(facts().span), facts())


@pytest.mark.parametrize(("how", "kind"), [("503", LakeUnreachable), ("cut", LakeUnreachable), ("slow", LakeTimedOut)])
def test_a_store_that_goes_on_failing_is_told_apart_and_nothing_is_lost(
    s3: Seaweed, between: Proxy, how: str, kind: type[LakeError]
) -> None:
    settings = impatient(s3, between, timeout_seconds=0.5, retries=1)
    cluster = cluster_of(settings)
    cluster.commit(facts(), now=NOW)
    between.misbehave(how, method=b"PUT", path=b"/hours/")
    with pytest.raises(kind):
        cluster.commit(facts(seed=2), now=NOW)
    between.misbehave(how)
    with pytest.raises(kind):
        cluster.read(facts().span)
    with pytest.raises(kind):
        cluster_of(settings).hours()
    between.misbehave("")
    assert_same(cluster_of(settings).read(facts().span), facts())
    cluster.commit(facts(seed=2), now=NOW)
    assert_same(cluster_of(settings).read(facts().span), facts(seed=2))
    assert cluster.verify().findings == ()


def test_a_store_that_is_not_there() -> None:
    settings = LakeSettings(
        url="s3://bucket/lake", endpoint=f"http://127.0.0.1:{free_port()}", region="x", access_key_id="a",
        secret_access_key=SecretStr("b"), allow_http=True, retries=0, timeout_seconds=1,
    )  # fmt: skip
    with pytest.raises(LakeUnreachable, match="cannot be reached"):
        cluster_of(settings).hours()
    with pytest.raises(LakeUnreachable):
        cluster_of(settings).head()


def test_an_endpoint_without_tls_must_be_allowed() -> None:
    with pytest.raises(SettingsError, match="without TLS"):
        open_lake(LakeSettings(url="s3://bucket/lake", endpoint="http://127.0.0.1:1"))


def test_the_cheap_question(s3: Seaweed, between: Proxy) -> None:
    """Asking what is new costs one request when nothing is."""
    cluster = cluster_of(impatient(s3, between))
    cluster.commit(facts(hours=2), now=NOW)
    cursor = cluster.changed_since(None).cursor
    between.misbehave("pass")
    assert cluster.changed_since(cursor).hours == ()
    assert between.manners.seen == 1
    assert cluster.changed_since(None).hours == (T0, T0 + HOUR)
