"""Random questions in the words of the native API, with values that the made-up organisations have and values that they have not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from .installation import END, FIRST

OPPOSITE = {":": "!:", "~:": "!~:", "<~:": "!<~:", "~>:": "!~>:"}
OPPOSITE |= {negated: plain for plain, negated in OPPOSITE.items()}
VALUES: dict[str, tuple[str, ...]] = {
    "cluster": ("cluster-1", "cluster-2"),
    "node": ("ip-172-27-255-213.us-east-1.compute.internal", "ip-"),
    "namespace": ("checkout-prod", "checkout-staging", "payments-prod", "kube-system"),
    "controllerName": ("inference", "export-00", "probe", "node-exporter", "kube-proxy", "api-000"),
    "controllerKind": ("deployment", "cronjob", "job", "daemonset", "statefulset", "replicaset"),
    "container": ("server", "export", "probe", "istio-proxy", "otel-collector", "migrate"),
    "pod": ("probe-", "inference-", "api-000"),
    "provider": ("aws", "gce", "ip-"),
    "services": ("all-checkout-prod", "all-payments-prod", "worker-001", "api-000"),
    "label[app]": ("export", "api-000", "worker-001", "gateway-002"),
    "label[env]": ("prod", "staging"),
    "label[version]": ("1.1", "1.2", "1."),
    "label": ("app", "env", "version", "team"),
    "annotation[owner]": ("checkout@example.com", "payments@example.com"),
    "annotation[cost-center]": ("cc-checkout", "cc-payments"),
    "annotation": ("owner", "cost_center"),
    "department": ("engineering",),
    "environment": ("prod", "staging"),
    "owner": ("checkout@example.com", "search@example.com"),
    "product": ("export", "api-000"),
    "team": ("checkout", "payments"),
}
NOWHERE = ("__unallocated__", "", "nothing at all", 'a "quoted" \\ value', "naïve 🐦", "-", "o")
GROUPS = (
    "cluster", "node", "namespace", "pod", "container", "controllerKind", "controller", "deployment", "statefulset", "daemonset", "job",
    "cronjob", "replicaset", "service", "providerID", "kind", "department", "environment", "owner", "product", "team", "label:app",
    "label:env", "label:none", "annotation:owner", "namespaceLabel:team", "namespaceAnnotation:cost-center",
)  # fmt: skip
ZONES = ("UTC", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu")
STEPS = ("all", "day", "week", "hour", "6h", "7h30m", "auto")

Tree = tuple[str, list["Tree"]] | tuple[str, str, list[str]]
"""("+" or "|", parts), or (field, operator, values)."""


@st.composite
def _comparisons(draw: st.DrawFn) -> Tree:
    field = draw(st.sampled_from(list(VALUES)))
    operator = draw(st.sampled_from(list(OPPOSITE)))
    values = draw(st.lists(st.sampled_from(VALUES[field] * 2 + NOWHERE), min_size=1, max_size=3))
    return field, operator, values


def _joined(parts: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    return st.tuples(st.sampled_from("+|"), st.lists(parts, min_size=2, max_size=3))


FILTERS = st.recursive(_comparisons(), _joined, max_leaves=5)


def written(tree: Tree) -> str:
    """A filter as a user writes it."""
    if len(tree) == 2:
        return tree[0].join(f"({written(part)})" for part in tree[1])
    field, operator, values = tree
    escaped = [value.replace("\\", "\\\\").replace('"', '\\"') for value in values]
    return f"{field}{operator}" + ",".join(f'"{value}"' for value in escaped)


def opposite(tree: Tree) -> Tree:
    """What a filter leaves out."""
    if len(tree) == 2:
        return ("|" if tree[0] == "+" else "+"), [opposite(part) for part in tree[1]]
    field, operator, values = tree
    return field, OPPOSITE[operator], values


@st.composite
def times(draw: st.DrawFn) -> dict[str, str]:
    """A window (local days, whole hours, or to the second, also past the data), a zone and a step."""
    zone = draw(st.sampled_from(ZONES))
    step = draw(st.sampled_from(STEPS))
    form = draw(st.sampled_from(("days", "hours", "seconds")))
    if form == "days":
        first = draw(st.integers(0, 3))
        last = draw(st.integers(first + 1, 4))
        day = datetime(2026, 10, 30)
        return {"window": f"{day + timedelta(first):%Y-%m-%d},{day + timedelta(last + 1):%Y-%m-%d}", "zone": zone, "step": step}
    grain = 3600 if form == "hours" else 1
    length = int((END - FIRST).total_seconds()) // grain
    a = draw(st.integers(-5 * 3600 // grain, length - 1))
    b = a + draw(st.integers(1, length + 3))
    start, end = (datetime.fromtimestamp(FIRST.timestamp() + t * grain, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for t in (a, b))
    return {"window": f"{start},{end}", "zone": zone, "step": step}


SHARING: st.SearchStrategy[dict[str, str]] = st.one_of(
    st.just({}),
    st.just({"sharing": "none"}),
    st.fixed_dictionaries(
        {},
        optional={
            "shareNamespaces": st.sampled_from(("kube-system", "checkout-*", "payments-prod,kube-*", "nobody")),
            "shareLabels": st.sampled_from(("app:export", "env:staging", "team:payments,app:api-000", "department:engineering")),
            "shareCost": st.sampled_from(("1234.5", "0")),
            "shareSplit": st.sampled_from(("weighted", "even")),
            "shareLoadBalancers": st.sampled_from(("true", "false")),
            "shareManagement": st.sampled_from(("true", "false")),
        },
    ),
)
AGGS = st.one_of(st.just("all"), st.lists(st.sampled_from(GROUPS), min_size=1, max_size=3, unique=True).map(",".join))


@st.composite
def questions(draw: st.DrawFn) -> tuple[dict[str, str], Tree | None]:
    """Parameters of a native view without its filter, and a filter."""
    idle = draw(st.sampled_from(("separate", "share", "hide")))
    asked = {"agg": draw(AGGS), "idle": idle, "idleBy": draw(st.sampled_from(("node", "cluster")))}
    if idle == "separate":
        asked["idleRows"] = draw(st.sampled_from(("together", "cluster", "node")))
    return asked | draw(SHARING), draw(st.none() | FILTERS)
