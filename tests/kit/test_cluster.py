"""The writer of clusters, against series worked out by hand."""

from __future__ import annotations

from tests.kit import KUBELET, STATE_METRICS, Cluster, Container, ScrapeConfig, Series
from tests.kit.curve import integral, value_at

START = 1_760_000_400  # 2025-10-09T09:00:00Z
HOUR = 3600


def one(cluster: Cluster, metric: str, **labels: str) -> Series:
    """The only series of `metric` that has all `labels`."""
    found = every(cluster, metric, **labels)
    assert len(found) == 1, [s.labels for s in found]
    return found[0]


def every(cluster: Cluster, metric: str, **labels: str) -> list[Series]:
    return [s for s in cluster.series() if s.metric == metric and labels.items() <= s.labels.items()]


def app(**more: object) -> Container:
    return Container("app", cpu=0.5, ram_gib=1, uses_cpu=0.25, uses_ram_gib=0.5, **more)  # type: ignore[arg-type]


def farm(**more: object) -> Cluster:
    cluster = Cluster(START, START + HOUR, **more)  # type: ignore[arg-type]
    cluster.node("n1", cores=4, gib=16)
    return cluster


def test_curves() -> None:
    steps = [(100.0, 1.0), (200.0, 3.0)]
    assert [value_at(steps, t) for t in (50, 100, 199, 200)] == [1, 1, 1, 3]
    assert integral(steps, 150, 260) == 50 * 1 + 60 * 3
    assert integral(2.0, 10, 5) == 0


def test_scrapes_come_at_the_targets_phase() -> None:
    cluster = farm(name="a")
    info = one(cluster, "kube_node_info")
    # Every 60 s at 7 s past the minute, from 09:00:07 to 09:59:07.
    assert info.times == [START + 7 + 60 * i for i in range(60)]
    assert info.stale == []  # still there when the data end
    assert info.labels["cluster"] == "a"
    assert one(cluster, "machine_cpu_cores").times[0] == START + 20  # the first kubelet


def test_counter_starts_with_its_container_and_ends_with_it() -> None:
    cluster = farm()
    cluster.pod("shop", "web", node="n1", containers=[app()], bound=START + 600, finished=START + 1200)
    cpu = one(cluster, "container_cpu_usage_seconds_total", container="app")
    # Running from 602 (two seconds after binding) to 1200, scraped at 20 past: 620 … 1160. A quarter core since 602.
    assert cpu.samples == [(START + t, 0.25 * (t - 602)) for t in range(620, 1200, 60)]
    assert cpu.stale == [START + 1220]
    running = one(cluster, "kube_pod_status_phase", phase="Running")
    # Shown from binding (07 past: 607) to the end of the data; running at 607 … 1147.
    assert [t - START for t, v in running.samples if v] == list(range(607, 1200, 60))
    assert running.times[-1] == START + 3547
    assert one(cluster, "kube_pod_completion_time").values[0] == START + 1200


def test_pod_before_the_data_carries_its_history() -> None:
    cluster = farm()
    cluster.pod("shop", "web", node="n1", containers=[app()], bound=START - 1000)
    assert one(cluster, "container_cpu_usage_seconds_total", container="app").samples[0] == (START + 20, 0.25 * 1018)
    assert one(cluster, "kube_pod_status_scheduled_time").values[0] == START - 1000


def test_restart_makes_a_new_series_and_a_reset_does_not() -> None:
    cluster = farm()
    again = START + 1800
    cluster.pod("shop", "new", node="n1", containers=[app(restarts=[again])], bound=START)
    cluster.pod("shop", "same", node="n1", containers=[app(restarts=[again], same_id=True)], bound=START)
    cluster.pod("shop", "reset", node="n1", containers=[app(resets=[again])], bound=START)
    old, new = every(cluster, "container_cpu_usage_seconds_total", container="app", pod="new")
    assert (old.times[-1], old.stale) == (START + 1760, [START + 1820])
    assert new.samples[0] == (START + 1820, 0.25 * 20)
    assert old.labels["id"] != new.labels["id"]
    for pod in ("same", "reset"):
        cpu = one(cluster, "container_cpu_usage_seconds_total", container="app", pod=pod)
        assert dict(cpu.samples)[START + 1820] == 0.25 * 20
        assert cpu.stale == []
    restarts = one(cluster, "kube_pod_container_status_restarts_total", pod="new")
    assert (restarts.values[0], restarts.values[-1]) == (0, 1)
    assert set(one(cluster, "kube_pod_container_status_restarts_total", pod="reset").values) == {0}


def test_failed_scrapes_end_series_and_outages_do_not() -> None:
    cluster = Cluster(START, START + HOUR, outages=[(START + 600, START + 900)])
    cluster.node("n1", cores=4, gib=16, failures=[(START + 1800, START + 2100)])
    created = one(cluster, "kube_node_created")
    assert created.times == [START + t for t in range(7, 3600, 60) if not 600 <= t < 900]
    assert created.stale == []  # nobody was there to write a marker
    machine = one(cluster, "machine_cpu_cores")
    assert machine.times == [START + t for t in range(20, 3600, 60) if not 600 <= t < 900 and not 1800 <= t < 2100]
    assert machine.stale == [START + 1820]
    up = one(cluster, "up", job="kubelet")
    assert [t - START for t, v in up.samples if v == 0] == [1820, 1880, 1940, 2000, 2060]


def test_a_removed_node_takes_its_target_along_and_its_name_may_come_again() -> None:
    cluster = Cluster(START, START + HOUR)
    cluster.node("n1", cores=4, gib=16, gone=START + 600)
    cluster.node("n1", cores=8, gib=32, created=START + 1200)
    first, second = every(cluster, "kube_node_status_capacity", resource="cpu", node="n1"), every(cluster, "kube_node_info", node="n1")
    # One name, one capacity series: 4 cores until 600, nothing until 1200, then 8. Provider ids tell the two apart.
    assert [v for _, v in first[0].samples] == [4.0] * 10 + [8.0] * 40
    assert first[0].stale == [START + 607]
    assert len({s.labels["provider_id"] for s in second}) == 2
    old, new = every(cluster, "machine_cpu_cores", node="n1")
    assert old.stale == [START + 620]  # the target left
    assert new.times[0] == START + 1227


def test_cards_come_late() -> None:
    cluster = Cluster(START, START + HOUR)
    cluster.node("n1", cores=4, gib=16, cards=2, cards_from=START + 120)
    assert one(cluster, "kube_node_status_capacity", resource="nvidia_com_gpu").samples[0] == (START + 127, 2)


def test_requests_that_change_and_requests_before_binding() -> None:
    cluster = farm()
    container = Container("app", cpu=[(START, 0.5), (START + 1800, 1.5)], ram_gib=2)
    cluster.pod("shop", "web", node="n1", containers=[container], created=START + 300, bound=START + 600)
    waiting, held = every(cluster, "kube_pod_container_resource_requests", resource="cpu")
    assert "node" not in waiting.labels
    assert waiting.times == [START + t for t in range(307, 600, 60)]
    assert held.labels["node"] == "n1"
    assert held.values == [0.5] * 20 + [1.5] * 30
    assert one(cluster, "kube_pod_container_resource_requests", resource="memory", node="n1").values[0] == 2 * 2**30


def test_replicas_differ_in_instance_and_phase() -> None:
    cluster = farm(state_replicas=2)
    first, second = every(cluster, "kube_node_created")
    assert first.labels["instance"] != second.labels["instance"]
    assert [first.times[0] - START, second.times[0] - START] == [7, 24]


def test_labels_as_scrape_jobs_leave_them() -> None:
    cluster = farm(
        name="a",
        cluster_label="k8s_cluster",
        state_metrics=ScrapeConfig("ksm", STATE_METRICS.labels, honor_labels=False),
        kubelet=ScrapeConfig("cadvisor", KUBELET.labels, node_label="", instance="node", drop_labels=("id", "name")),
    )
    cluster.pod("shop", "web", node="n1", containers=[app()])
    owner = one(cluster, "kube_pod_owner")
    assert owner.labels["exported_namespace"] == "shop"
    assert owner.labels["namespace"] == "monitoring"
    assert owner.labels["k8s_cluster"] == "a"
    cpu = one(cluster, "container_cpu_usage_seconds_total", container="app")
    assert (cpu.labels["job"], cpu.labels["instance"]) == ("cadvisor", "n1")
    assert not {"id", "name", "node"} & cpu.labels.keys()
    assert cpu.labels["namespace"] == "shop"  # this job honours labels


def test_pod_cgroup_and_static_pods() -> None:
    cluster = farm()
    web = cluster.pod("shop", "web", node="n1", containers=[app(), Container("log", uses_cpu=0.05)], bound=START, network=(100, 50))
    cluster.pod("kube-system", "proxy-n1", node="n1", containers=[app()], static=True, uid="11111111-2222-3333-4444-555555555555")
    box = next(s for s in every(cluster, "container_cpu_usage_seconds_total", pod="web") if "container" not in s.labels)
    assert box.labels["id"].endswith(f"-pod{web.uid.replace('-', '_')}.slice")
    assert box.samples[0] == (START + 20, 5.4)  # (0.25 + 0.05) cores since 2 s past
    assert one(cluster, "container_network_receive_bytes_total").samples[0] == (START + 20, 1800)
    static = one(cluster, "container_memory_working_set_bytes", pod="proxy-n1", container="app")
    assert "11111111" not in static.labels["id"]
    assert one(cluster, "kube_pod_created", pod="proxy-n1").labels["uid"].startswith("11111111")


def test_eviction_takes_the_statuses_and_tells_no_completion() -> None:
    cluster = farm()
    cluster.pod("shop", "web", node="n1", containers=[app()], bound=START, finished=START + 600, evicted=True)
    assert every(cluster, "kube_pod_completion_time") == []
    assert next(t - START for t, v in one(cluster, "kube_pod_status_phase", phase="Failed").samples if v) == 607
    assert one(cluster, "kube_pod_status_reason").labels["reason"] == "Evicted"
    assert one(cluster, "kube_pod_container_status_running").times[-1] == START + 547
    # What was requested is still told.
    assert one(cluster, "kube_pod_container_resource_requests", resource="cpu", node="n1").times[-1] == START + 3547


def test_completion_time_is_there_from_the_first_end_on() -> None:
    cluster = farm()
    containers = [app(finished=START + 600), Container("log", finished=START + 900)]
    cluster.pod("shop", "web", node="n1", containers=containers, bound=START, finished=START + 900, gone=START + 1200)
    done = one(cluster, "kube_pod_completion_time")
    assert done.values == [START + 600] * 5 + [START + 900] * 5  # scrapes 607 … 847, 907 … 1147
    assert done.stale == [START + 1207]


def test_inits_sidecars_deletion_and_pods_that_never_start() -> None:
    cluster = farm()
    inits = [Container("setup", cpu=1), Container("mesh", cpu=0.1, sidecar=True)]
    cluster.pod(
        "shop",
        "web",
        node="n1",
        containers=[app()],
        inits=inits,
        bound=START,
        started=START + 300,
        deleting=START + 1000,
        gone=START + 1030,
    )
    setup = one(cluster, "container_start_time_seconds", container="setup")
    assert (setup.times[0], setup.times[-1]) == (START + 20, START + 260)
    assert one(cluster, "container_start_time_seconds", container="mesh").times[-1] == START + 980
    assert one(cluster, "kube_pod_init_container_info", container="mesh").labels["restart_policy"] == "Always"
    assert one(cluster, "kube_pod_deletion_timestamp").samples == [(START + 1027, START + 1030)]  # asked for at 1000, shown with its grace
    cluster.pod("shop", "late", node=None, containers=[app()], created=START)
    assert every(cluster, "kube_pod_status_scheduled_time", pod="late") == []
    assert set(one(cluster, "kube_pod_status_phase", pod="late", phase="Pending").values) == {1}
    cluster.pod("shop", "stuck", node="n1", containers=[app()], bound=START, stuck="ImagePullBackOff")
    assert every(cluster, "container_cpu_usage_seconds_total", pod="stuck") == []
    assert one(cluster, "kube_pod_container_status_waiting_reason", pod="stuck").labels["reason"] == "ImagePullBackOff"


def test_storage_services_owners_and_labels() -> None:
    cluster = farm()
    claim = cluster.claim("shop", "data", gib=10, volume="pv-1", volume_gib=[(START, 10), (START + 1800, 20)])
    owner = cluster.deployment("shop", "web")
    pod = cluster.pod(
        "shop", "web-1", node="n1", containers=[app()], owner=owner, labels={"app.kubernetes.io/name": "web"}, claims=[claim], bound=START
    )
    cluster.service(
        "shop", "front", kind="LoadBalancer", ingress_ip="203.0.113.9", ingress_from=START + 60, endpoints=[pod], ports=[("http", 80)]
    )
    capacity = one(cluster, "kube_persistentvolume_capacity_bytes").values
    assert capacity == [10 * 2**30] * 30 + [20 * 2**30] * 30
    assert one(cluster, "kube_persistentvolumeclaim_info").labels["volumename"] == "pv-1"
    assert one(cluster, "kube_pod_spec_volumes_persistentvolumeclaims_info").labels["persistentvolumeclaim"] == "data"
    assert one(cluster, "kube_replicaset_owner").labels["owner_name"] == "web"
    assert one(cluster, "kube_pod_labels").labels["label_app_kubernetes_io_name"] == "web"
    assert one(cluster, "kube_service_status_load_balancer_ingress").times[0] == START + 67
    assert one(cluster, "kube_endpoint_address").labels["ip"] == pod.address


def test_missing_metrics_and_raw_series() -> None:
    cluster = farm(missing=["kube_node_created"])
    assert every(cluster, "kube_node_created") == []
    exporter = ScrapeConfig("dcgm")
    target = cluster.target(exporter, {"instance": "10.0.1.10:9400"}, cluster.always, phase=30)
    cluster.raw(target, "DCGM_FI_DEV_GPU_UTIL", {"gpu": "0"}, value=lambda t: t % 3600)
    cluster.raw("n1", "container_fs_usage_bytes", {"id": "/"}, value=5, life=(START, START + 60))
    assert one(cluster, "DCGM_FI_DEV_GPU_UTIL").samples[0] == (START + 30, 30)
    assert one(cluster, "container_fs_usage_bytes").samples == [(START + 20, 5)]
