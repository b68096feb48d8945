"""The series that exporters show of an organisation: kube-state-metrics, the kubelets' cAdvisor, and OpenCost's own exporter.

Everything that OpenCost's allocation queries and Farthing's measurements read, with labels as long as they are in practice, and the
usual company (conditions, states) that makes an index as large as it is. Not written, though OpenCost can use them: the network-costs
daemon's egress counters, recording rules, opt-in annotations, and OpenCost's copies of kube-state-metrics series.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bench.curves import cpu_curve, ram_curve
from bench.organisation import Node, Organisation, Workload
from bench.pod_series import CONDITIONS, PodSeries
from bench.targets import GIB, LAG_MS, LEAD_MS, OPENCOST, PRICES, STATE, Shown, digits_of, kubelet, uid_of


def exposition(organisation: Organisation) -> Iterator[Shown]:
    """Every series of `organisation` over its whole time."""
    everything = _Everything(organisation)
    for target in (STATE, OPENCOST, *everything.kubelets.values()):
        yield target.show("up", {}, everything.always)
    yield from everything.namespaces()
    for i, node in enumerate(organisation.nodes):
        yield from everything.node(node, i)
    for workload in organisation.workloads:
        yield from everything.workload(workload)
    pods = PodSeries(organisation, everything.always, everything.kubelets)
    for i, pod in enumerate(organisation.pods):
        yield from pods.pod(pod, i)


class _Everything:
    def __init__(self, organisation: Organisation) -> None:
        self.organisation = organisation
        self.always = (round(organisation.start * 1000) - LEAD_MS, round(organisation.end * 1000) + LAG_MS)
        self.kubelets = {node.name: kubelet(node, i) for i, node in enumerate(organisation.nodes)}

    def namespaces(self) -> Iterator[Shown]:
        for name in self.organisation.namespaces:
            team, _, stage = name.rpartition("-")
            yield STATE.show("kube_namespace_created", {"namespace": name}, self.always, self.organisation.start - 4e6)
            for phase in ("Active", "Terminating"):
                yield STATE.show("kube_namespace_status_phase", {"namespace": name, "phase": phase}, self.always, float(phase == "Active"))
            labels = {
                "label_team": team,
                "label_stage": stage,
                "label_kubernetes_io_metadata_name": name,
                "label_cost_center": f"cc-{team}",
            }
            yield STATE.show("kube_namespace_labels", {"namespace": name, **labels}, self.always)

    def node(self, node: Node, i: int) -> Iterator[Shown]:
        def state(metric: str, own: Mapping[str, str], shape: float = 1.0) -> Shown:
            return STATE.show(metric, {"node": node.name, **own}, self.always, shape)

        capacity = {
            ("cpu", "core"): (node.cores, node.cores - 0.08),
            ("memory", "byte"): (node.gib * GIB, (node.gib - 1.5) * GIB),
            ("pods", "integer"): (110, 110),
            ("ephemeral_storage", "byte"): (200 * GIB, 180 * GIB),
        }
        if node.cards:
            capacity["nvidia_com_gpu", "integer"] = (node.cards, node.cards)
        info = {
            "kernel_version": "6.1.109-118.189.amzn2023.x86_64",
            "os_image": "Amazon Linux 2023.5.20240916",
            "container_runtime_version": "containerd://1.7.22",
            "kubelet_version": "v1.30.4-eks-a737599",
            "provider_id": node.provider_id,
            "internal_ip": node.address,
            "system_uuid": digits_of("system", node.name)[:32],
        }
        yield state("kube_node_info", info)
        yield state("kube_node_created", {}, self.organisation.start - 3e6 - i)
        yield state("kube_node_spec_unschedulable", {}, 0.0)
        for (resource, unit), (has, gives) in capacity.items():
            yield state("kube_node_status_capacity", {"resource": resource, "unit": unit}, float(has))
            yield state("kube_node_status_allocatable", {"resource": resource, "unit": unit}, float(gives))
        for condition in ("Ready", "DiskPressure", "MemoryPressure", "PIDPressure"):
            for status in CONDITIONS:
                on = (status == "true") == (condition == "Ready") and status != "unknown"
                yield state("kube_node_status_condition", {"condition": condition, "status": status}, float(on))
        labels = {
            "label_kubernetes_io_hostname": node.name,
            "label_kubernetes_io_os": "linux",
            "label_kubernetes_io_arch": "amd64",
            "label_node_kubernetes_io_instance_type": node.instance_type,
            "label_topology_kubernetes_io_region": "us-east-1",
            "label_topology_kubernetes_io_zone": node.zone,
            "label_eks_amazonaws_com_nodegroup": f"general-{node.zone}",
            "label_eks_amazonaws_com_capacityType": "SPOT" if node.spot else "ON_DEMAND",
        }
        yield state("kube_node_labels", labels)
        cadvisor = self.kubelets[node.name]
        yield cadvisor.show("container_fs_limit_bytes", {"id": "/", "device": "/dev/nvme0n1p1"}, self.always, 200.0 * GIB)
        yield cadvisor.show(
            "container_cpu_usage_seconds_total", {"id": "/", "cpu": "total"}, self.always, cpu_curve(node.cores * 0.4, None)
        )
        yield cadvisor.show("container_memory_working_set_bytes", {"id": "/"}, self.always, ram_curve(node.gib * 500, None))
        yield cadvisor.show("machine_cpu_cores", {"machine_id": digits_of("machine", node.name)[:32]}, self.always, float(node.cores))
        yield from self._node_prices(node)

    def _node_prices(self, node: Node) -> Iterator[Shown]:
        priced = {
            "node": node.name,
            "instance": node.name,
            "instance_type": node.instance_type,
            "region": "us-east-1",
            "provider_id": node.provider_id.rpartition("/")[2],
            "arch": "amd64",
        }
        total = node.cores * PRICES["cpu"] + node.gib * PRICES["ram"] + node.cards * PRICES["gpu"]
        prices = {
            "node_cpu_hourly_cost": PRICES["cpu"],
            "node_ram_hourly_cost": PRICES["ram"],
            "node_gpu_hourly_cost": PRICES["gpu"] if node.cards else 0.0,
            "node_gpu_count": float(node.cards),
            "node_total_hourly_cost": total,
            "kubecost_node_is_spot": float(node.spot),
        }
        for metric, price in prices.items():
            yield OPENCOST.show(metric, priced, self.always, price)
        for metric, scale, amount in (("cpu_cores", 1, node.cores), ("memory_bytes", GIB, node.gib)):
            yield OPENCOST.show(f"kube_node_status_capacity_{metric}", {"node": node.name}, self.always, float(amount * scale))

    def workload(self, workload: Workload) -> Iterator[Shown]:
        where = {"namespace": workload.namespace}
        selector = {
            "label_app_kubernetes_io_name": workload.name,
            "label_app_kubernetes_io_instance": f"{workload.namespace}-{workload.name}",
        }
        service = {**where, "service": workload.name, "uid": uid_of("service", workload.namespace, workload.name)}
        made = self.organisation.start - 2e6
        if workload.kind == "Deployment":
            yield STATE.show("kube_deployment_created", {**where, "deployment": workload.name}, self.always, made)
            yield STATE.show("kube_deployment_spec_replicas", {**where, "deployment": workload.name}, self.always, float(workload.replicas))
            yield OPENCOST.show("deployment_match_labels", {**where, "deployment": workload.name, **selector}, self.always)
        else:
            yield STATE.show("kube_statefulset_created", {**where, "statefulset": workload.name}, self.always, made)
            yield OPENCOST.show("statefulSet_match_labels", {**where, "statefulSet": workload.name, **selector}, self.always)
        yield OPENCOST.show("service_selector_labels", {**where, "service": workload.name, **selector}, self.always)
        yield STATE.show("kube_service_info", {**service, "cluster_ip": "172.20.14.7"}, self.always)
        yield STATE.show("kube_service_created", service, self.always, made)
        kind = "LoadBalancer" if workload.balanced else "ClusterIP"
        yield STATE.show("kube_service_spec_type", {**service, "type": kind}, self.always)
        if workload.balanced:
            host = f"{digits_of(workload.namespace, workload.name)[:32]}-1234567890.us-east-1.elb.amazonaws.com"
            yield STATE.show("kube_service_status_load_balancer_ingress", {**service, "hostname": host}, self.always)
            price = {**where, "service_name": workload.name, "ingress_ip": host}
            yield OPENCOST.show("kubecost_load_balancer_cost", price, self.always, PRICES["balancer"])
