"""The same series through Prometheus, VictoriaMetrics and the sample store give the quantities worked out by hand.

kube-state-metrics is scraped 7 s past every minute, the kubelet of a cluster's first node 20 s past.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from farthing.core.schema import Mark
from tests.contract.cases import END, START, every_series
from tests.contract.facts import Cases, at, facts_of
from tests.kit.stores import BACK_ENDS, holding

pytestmark = pytest.mark.real
GIB = 2**30


@pytest.fixture(scope="module", params=BACK_ENDS)
def cases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cases]:
    with ExitStack() as stack:
        place = stack.enter_context(holding(request.param, every_series(), tmp_path_factory.mktemp("cases")))
        yield Cases(facts_of(place, START, END))


def test_a_container_older_than_the_data_is_not_billed_its_whole_life(cases: Cases) -> None:
    # The data begin with the scrape at 00:30:07, the kubelet's at 00:30:20. Held 00:30:07–01:00:00 = 1793 s, requested 0.1 of it.
    # The counter had 5 days behind it; from its first sample to 00:59:20 are 29 min at 0.5 cores = 870 core-seconds.
    assert cases.column("older", "old", "held_seconds")[0] == pytest.approx(1793)
    assert cases.column("older", "old", "cpu_requested")[0] == pytest.approx(179.3)
    assert cases.column("older", "old", "cpu_used")[0] == pytest.approx(870)
    # the next hour: 00:59:20–01:59:20, 3600 s at 0.5
    assert cases.column("older", "old", "cpu_used")[1] == pytest.approx(1800)
    assert cases.usage("older", "old")["marks"][0] & Mark.BASE_UNKNOWN
    assert not cases.usage("older", "old")["marks"][1] & Mark.BASE_UNKNOWN


def test_a_job_of_20_seconds_on_the_hours_edge(cases: Cases) -> None:
    # 00:59:52–01:00:12: 8 s and 12 s. It asks for 2 cores: 16 and 24 core-seconds. The one sample (01:00:05) shows 11 s at 2 cores =
    # 22 core-seconds of use over its life, less than the 40 that it asked for: it holds what it asked for.
    assert cases.column("edge", "asks-all", "held_seconds") == pytest.approx({0: 8, 1: 12})
    assert cases.column("edge", "asks-all", "cpu_held") == pytest.approx({0: 16, 1: 24})
    assert cases.column("edge", "asks-all", "cpu_used") == pytest.approx({0: 22 * 8 / 20, 1: 22 * 12 / 20})
    # Asking for 1 core it holds what it used, 22 > 20, in the same proportion of seconds.
    assert cases.column("edge", "asks-half", "cpu_held") == pytest.approx({0: 22 * 8 / 20, 1: 22 * 12 / 20})


def test_the_end_of_a_life_is_not_charged_for_what_came_before_the_hour(cases: Cases) -> None:
    # Ends 130 s after the hour, having asked for 1 core and used 0.9. Samples 00:59:05 … 01:02:05: 180 s · 0.9 = 162 core-seconds seem to
    # be used in 130 s. 55 s · 0.9 = 49.5 of it came before the hour, more than the 32 that are beyond the request: they stay there.
    assert cases.column("edge", "tail", "cpu_held") == pytest.approx({0: 1200, 1: 130})
    # nothing is lost: running from 00:40:02, the last sample at 01:02:05 shows 1323 s · 0.9
    assert sum(cases.column("edge", "tail", "cpu_used").values()) == pytest.approx(1323 * 0.9)


def test_a_counter_seen_once(cases: Cases) -> None:
    # 00:10:00–00:10:50, running from 00:10:02; the one sample at 00:10:20 shows 18 s at 0.5 cores = 9 core-seconds; asked 0.1 · 50 = 5.
    assert cases.column("once", "job", "cpu_used") == pytest.approx({0: 9})
    assert cases.column("once", "job", "cpu_held") == pytest.approx({0: 9})
    assert cases.column("once", "job", "ram_held") == pytest.approx({0: 50 * GIB})


def test_a_reset(cases: Cases) -> None:
    # One core always. The counter falls to 0 at 00:30:00; its last sample before is 00:29:20: the 40 s between are lost to any reader.
    # From 23:59:20 to 00:29:20 are 1800 s, from 00:30:00 to 00:59:20 are 1760 s.
    used = cases.column("reset", "web", "cpu_used")
    assert used[0] == pytest.approx(3560)
    assert used[1] == pytest.approx(3600)


def test_three_hours_without_samples_at_steady_use(cases: Cases) -> None:
    # No scrapes from 01:20 to 04:20. Seen with the same identity on both sides: held through it.
    assert cases.column("gap", "web", "held_seconds") == pytest.approx(dict.fromkeys(range(7), 3600))
    used = cases.column("gap", "web", "cpu_used")
    # Nothing is lost or doubled: 00:59:20 … 04:59:20 is 4 h at 0.5.
    assert sum(used[h] for h in (1, 2, 3, 4)) == pytest.approx(4 * 1800)
    # Up to 01:19:20 the counter tells 600. From there to the first sample after, 04:20:20, are 10,860 s · 0.5 = 5430, spread evenly.
    # Hours end with their last scrape, also where it would have been: hour 1 gets 2400 s of it, 2 and 3 3600 s, hour 4 1260 s and
    # 2340 s of its own.
    assert used == pytest.approx(dict.fromkeys(range(7), 1800))
    marks = [m & Mark.SPREAD_OVER_GAP for m in cases.usage("gap", "web")["marks"]]
    assert [bool(m) for m in marks] == [False, True, True, True, True, False, False]


def test_only_what_grew_in_a_gap_is_spread_over_it(cases: Cases) -> None:
    # No scrapes from 01:20 to 04:10; 0.2 cores until 04:10, then 4. The first sample after, 04:10:20, is 20 s into the busy time.
    used = cases.column("gap-busy", "web", "cpu_used")
    in_gap = (at("04:10:00") - at("01:19:20")) * 0.2 + 20 * 4
    seconds = at("04:10:20") - at("01:19:20")
    assert used[2] == pytest.approx(in_gap * 3600 / seconds)
    # hour 4: the gap's 03:59:20–04:10:20, then its own 04:10:20–04:59:20 at 4 cores
    assert used[4] == pytest.approx(in_gap * 660 / seconds + 2940 * 4)


def test_one_kubelet_is_not_scraped_for_two_hours(cases: Cases) -> None:
    # 01:20–03:20, while everything else is: held and used go on
    assert cases.column("kubelet-gap", "web", "cpu_used") == pytest.approx(dict.fromkeys(range(7), 1800))
    assert cases.column("kubelet-gap", "web", "held_seconds") == pytest.approx(dict.fromkeys(range(7), 3600))


def test_two_kube_state_metrics_are_not_added_up(cases: Cases) -> None:
    assert cases.column("replicas", "web", "cpu_requested")[3] == pytest.approx(1800)
    assert cases.column("replicas", "web", "ram_requested")[3] == pytest.approx(2 * GIB * 3600)
    assert cases.assets("replicas")["cpu"].to_list() == pytest.approx([8 * 3600] * 7)


def test_a_reused_node_name_is_another_node(cases: Cases) -> None:
    hours = cases.assets("reused").filter(cases.assets("reused")["h"] == 1)
    assert hours["asset_id"].n_unique() == 2
    # The first, 4 cores, was last seen 01:19:07, so until 01:19:37. The second, 8 cores, from its creation at 01:40.
    assert hours["seconds"].to_list() == pytest.approx([1177, 1200])
    assert hours["cpu"].to_list() == pytest.approx([4 * 1177, 8 * 1200])
    # each pod is on its own
    first, second = cases.usage("reused", "first"), cases.usage("reused", "second")
    assert first["node_asset_id"].to_list() == [hours["asset_id"][0]] * 2
    assert set(second["node_asset_id"].to_list()) == {hours["asset_id"][1]}


def test_a_card_whose_plugin_starts_late(cases: Cases) -> None:
    # Two cards from the node's creation at 01:05 on, though they show only from 01:15.
    node = cases.assets("card").filter(cases.assets("card")["name"] == "g1")
    assert node["gpu"].to_list()[:2] == pytest.approx([2 * 3300, 2 * 3600])
    assert cases.column("card", "train", "gpu_held")[1] == pytest.approx(2400)


def test_dropped_ids(cases: Cases) -> None:
    assert cases.column("no-ids", "web", "cpu_used")[1] == pytest.approx(3600)
    assert cases.usage("no-ids", "web")["marks"][1] & Mark.COUNTER_WITHOUT_ID
    # Bound 00:05:00, running from 00:05:02, one core. Before the fall 00:05:02–00:29:20 = 1458 s, after it 00:30:00–00:59:20 = 1760 s.
    assert cases.column("no-ids", "restarted", "cpu_used")[0] == pytest.approx(1458 + 1760)


def test_a_static_pod(cases: Cases) -> None:
    assert cases.column("static", "kube-proxy-n1", "cpu_used")[2] == pytest.approx(0.4 * 3600)
    assert cases.column("static", "kube-proxy-n1", "ram_held")[2] == pytest.approx(0.2 * GIB * 3600)
    assert cases.usage("static", "kube-proxy-n1")["controller"][0] is None


def test_exported_labels_where_honor_labels_is_off(cases: Cases) -> None:
    assert cases.column("dishonor", "web", "cpu_requested")[0] == pytest.approx(1800)
    assert cases.usage("dishonor", "web")["namespace"][0] == "app"


def test_an_evicted_pod_ends_with_its_phase(cases: Cases) -> None:
    # Bound 00:10:00; the phase changes at 01:30:00, between the scrapes 01:29:07 and 01:30:07: half way, 01:29:37.
    assert cases.column("evicted", "web", "held_seconds") == pytest.approx({0: 3000, 1: 29 * 60 + 37})
    assert cases.usage("evicted", "web")["marks"][1] & Mark.TIME_FROM_SAMPLES


def test_a_containers_finish_is_not_an_evicted_pods(cases: Cases) -> None:
    # a ended 01:10:00 and was told as completion; the pod was evicted 01:40:00, seen between 01:39:07 and 01:40:07
    assert cases.column("evicted-two", "web", "held_seconds") == pytest.approx({1: 39 * 60 + 37})


def test_a_request_that_changes_shortly_before_the_end(cases: Cases) -> None:
    # 01:00–01:15 one core, 01:15–01:30 three: samples 01:00:07 … 01:14:07 (15) and 01:15:07 … 01:29:07 (15); what lingers does not count
    assert cases.column("resize-end", "web", "cpu_requested") == pytest.approx({0: 3600, 1: 2 * 1800})


def test_init_containers_sidecars_and_overhead(cases: Cases) -> None:
    # E = max(1 + 0.5, 3 + 0.5) + 0.25 = 3.75 cores; the containers and sidecars ask for 1.5: 2.25 are held by the pod as a whole.
    # In the hour of binding it is held 30 min = 1800 s; memory max(1.5, 2.5) + 0.125 − 1.5 = 1.125 GiB.
    assert cases.column("inits", "web", "cpu_requested", "__pod__") == pytest.approx({0: 4050} | dict.fromkeys(range(1, 7), 2.25 * 3600))
    assert cases.column("inits", "web", "ram_requested", "__pod__")[1] == pytest.approx(1.125 * GIB * 3600)
    assert cases.column("inits", "web", "cpu_requested", "proxy")[1] == pytest.approx(1800)
    assert cases.column("inits", "web", "cpu_requested", "c")[1] == pytest.approx(3600)
    assert cases.usage("inits", "web", "__pod__")["marks"][0] & Mark.SIDECAR_ORDER_ASSUMED


def test_a_volume_is_shared_second_by_second(cases: Cases) -> None:
    # a holds 00:15–00:45, b 00:30–01:15: alone 15 min, together 15 min (half each), b alone 15 + 15 min. Mounting twice counts once.
    shares = {pod: cases.column("volume", pod, "volumes", "__pod__") for pod in "ab"}
    seconds = {pod: {h: v[0]["seconds"] for h, v in hours.items()} for pod, hours in shares.items()}  # type: ignore[index]
    assert seconds == {"a": pytest.approx({0: 900 + 450}), "b": pytest.approx({0: 450 + 900, 1: 900})}
    assert shares["a"][0][0]["byte_seconds"] == pytest.approx(1350 * 100 * GIB)  # type: ignore[index]
    # 100 GiB until the resize at 02:10:30 is seen: between 02:10:07 and 02:11:07, half way is 02:10:37
    disk = dict(zip(cases.assets("volume", "disk")["h"], cases.assets("volume", "disk")["storage"], strict=True))
    assert disk[0] == pytest.approx(100 * GIB * 3600)
    assert disk[2] == pytest.approx((100 * 637 + 200 * 2963) * GIB)
    assert disk[3] == pytest.approx(200 * GIB * 3600)


def test_a_claim_made_anew_is_another_volume(cases: Cases) -> None:
    # db-0 holds pv-new from 02:00:30 on, and nothing of pv-old, whose claim was of the same name
    held = cases.column("claimed-anew", "db-0", "volumes", "__pod__")
    assert [v["byte_seconds"] for v in held[2]] == pytest.approx([20 * GIB * 3570])  # type: ignore[attr-defined]
    assert [v["byte_seconds"] for v in held[3]] == pytest.approx([20 * GIB * 3600])  # type: ignore[attr-defined]


def test_a_volume_name_used_again_is_another_volume(cases: Cases) -> None:
    disks = cases.assets("volume-again", "disk")
    assert disks["asset_id"].n_unique() == 2
    # the first, 50 GiB, until its last sample 00:49:07 and half a scrape; the second, 100 GiB, from 02:20:00
    stored = dict(zip(disks["h"], disks["storage"], strict=True))
    assert stored[0] == pytest.approx(50 * GIB * (49 * 60 + 37))
    assert stored[2] == pytest.approx(100 * GIB * 2400)
    held = {pod: cases.column("volume-again", pod, "volumes", "__pod__") for pod in "ab"}
    assert held["a"][0][0]["byte_seconds"] == pytest.approx(50 * GIB * 2400)  # type: ignore[index]
    assert held["b"][2][0]["byte_seconds"] == pytest.approx(100 * GIB * 1800)  # type: ignore[index]
    assert dict(zip(disks["h"], disks["claim_namespace"], strict=True))[0] == "r1"


def test_namesakes_without_container_ids(cases: Cases) -> None:
    rows = cases.usage("recreated", "db-0")
    new = {h: (c, m) for n, h, c, m in rows.select("node", "h", "cpu_used", "ram_used").iter_rows() if n == "r2"}
    old = {h: c for n, h, c in rows.select("node", "h", "cpu_used").iter_rows() if n == "r1"}
    # the new pod runs from 01:12:02; its kubelet is scraped 27 s past the minute, last 01:59:27: 2845 s at 0.5 cores
    assert new[1][0] == pytest.approx(2845 * 0.5)
    assert new[2][0] == pytest.approx(1800)
    # 48 samples of 2 GiB while it was held (01:12:27 … 01:59:27), bound 01:12:00: 2880 s
    assert new[1][1] == pytest.approx(2 * GIB * 2880)
    # the old one until its last sample, 01:10:20, from 00:59:20
    assert old[1] == pytest.approx(660 * 0.2)


def test_memory_counts_while_the_container_runs(cases: Cases) -> None:
    # bound 00:30, started 02:20: 2400 s of hour 2 at 4 GiB
    used = cases.column("late", "web", "ram_used")
    assert used[1] is None
    assert used[2] == pytest.approx(4 * GIB * 2400)
    assert used[3] == pytest.approx(4 * GIB * 3600)
    # the other ended after 10 minutes: its 10 samples say 600 s
    short = cases.column("late", "web", "ram_used", "short")
    assert short[2] == pytest.approx(8 * GIB * 600)
    assert short[3] is None


def test_a_load_balancer_is_shared_by_ready_endpoints(cases: Cases) -> None:
    def seconds(pod: str) -> dict[int, float]:
        return {h: v[0]["seconds"] for h, v in cases.column("balancer", pod, "load_balancers", "__pod__").items()}  # type: ignore[index]

    # a alone until b is ready: first seen 01:30:07, half a scrape earlier is 01:29:37, but not before it was bound at 01:30:00
    assert seconds("a")[1] == pytest.approx(1800 + 900)
    assert seconds("b")[1] == pytest.approx(900)
    assert seconds("a")[2] == seconds("b")[2] == pytest.approx(1800)


def test_an_endpoint_that_was_not_ready_in_between(cases: Cases) -> None:
    def seconds(pod: str) -> dict[int, float]:
        return {h: v[0]["seconds"] for h, v in cases.column("flap", pod, "load_balancers", "__pod__").items()}  # type: ignore[index]

    # b is ready until 01:00 and from 03:00 to 04:00: all samples of the hours 0 and 3 say so
    assert seconds("a") == pytest.approx({0: 1800, 1: 3600, 2: 3600, 3: 1800, 4: 3600, 5: 3600, 6: 3600})
    assert seconds("b") == pytest.approx({0: 1800, 3: 1800})


def test_a_load_balancer_made_anew_under_its_name(cases: Cases) -> None:
    # until 01:10 (last seen 01:09:07, so until 01:09:37), again from 02:20:00
    assets = cases.assets("anew", "load_balancer")
    assert dict(zip(assets["h"], assets["seconds"], strict=True)) == pytest.approx(
        {0: 3600, 1: 577, 2: 2400, 3: 3600, 4: 3600, 5: 3600, 6: 3600}
    )


def test_a_request_that_changes_in_place_counts_by_time(cases: Cases) -> None:
    # 1 core until 01:30:00, then 3: seen by the scrapes of 01:00:07 … 01:29:07 (30) and 01:30:07 … 01:59:07 (30): a mean of 2
    assert cases.column("resize", "web", "cpu_requested") == pytest.approx({0: 3600, 1: 7200} | dict.fromkeys(range(2, 7), 10800))


def test_every_node_hour_is_there(cases: Cases) -> None:
    nodes = cases.assets("gap")
    assert nodes["seconds"].to_list() == pytest.approx([3600] * 7)
    assert at("00:30:07") == cases.assets("older")["first_held"][0]
