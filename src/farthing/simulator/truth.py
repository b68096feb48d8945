"""The true quantities of every hour: what each container held, asked for and used, what each machine and volume offered.

Nothing is measured here: lives and rates are known, and every sum is an integral in closed form.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from farthing.core.ledger import Span
from farthing.core.schema import POD_ROW
from farthing.core.units import GIB_BYTES, HOUR_SECONDS

from .dice import DAY_SECONDS, draw
from .plan import Container, Organisation, Role
from .pods import Pod
from .population import READY_SECONDS, Balancer, Population, Volume, population
from .rhythm import FLAT, day_table, since_midnight
from .seats import Node
from .sharing import Hold, equal_parts

RAM_STRENGTH = 0.25  # the working set swings less than the use of CPU
SHORT_SCRAPES = 2  # a life under so many scrapes takes the maximum over the whole of it (ledger 2)
KEY = ["pod_row", "container", "hour"]


@dataclass(frozen=True)
class Truth:
    """What is true of whole hours. `hour` is unix seconds (Int64) everywhere, `pod_row` an index into `population.pods`.

    containers: `pod_row`, `container`, `role` (container, sidecar, init, pod), `hour`, `first_held`, `last_held`, `held_seconds`,
    `running_seconds`, `cpu_…`, `ram_…`, `gpu_requested`, `_used`, `_held` (core·s, B·s, card·s), `short`. A `__pod__` row where the
    pod as a whole holds something.
    nodes, volumes, balancers: `row` (index into the population's), `hour`, `first_held`, `last_held`, `seconds`.
    shares: `pod_row`, `hour`, `kind` (disk or load_balancer), `row`, `seconds`: seconds that fall to the pod after equal split.
    traffic: `pod_row`, `hour`, `bytes_out`, `bytes_in` of pods that have any.
    """

    span: Span
    population: Population
    containers: pl.DataFrame
    nodes: pl.DataFrame
    volumes: pl.DataFrame
    balancers: pl.DataFrame
    shares: pl.DataFrame
    traffic: pl.DataFrame


def truth(organisation: Organisation, span: Span) -> Truth:
    """The true quantities of whole hours; an hour's do not depend on the span that it is asked in."""
    there = population(organisation, span)
    lives = _lives(there.pods)
    held = by_hour(lives, span)
    shares = _shares(there, span)
    containers = _containers(organisation, there.pods, lives, span)
    return Truth(
        span=span,
        population=there,
        containers=pl.concat([containers, _whole_pods(there.pods, containers, held, shares)], how="diagonal").sort(KEY),
        nodes=_offered([(n.created, n.gone) for n in there.nodes], span),
        volumes=_offered([(v.created, v.gone) for v in there.volumes], span),
        balancers=_offered([(b.addressed, b.gone) for b in there.balancers], span),
        shares=shares,
        traffic=_traffic(there.pods, held),
    )


def by_hour(lives: pl.DataFrame, span: Span) -> pl.DataFrame:
    """lives (`start`, `end`) cut into the hours of span: + `hour`, `first_held`, `last_held`, `held_seconds`."""
    inside = lives.with_columns(a=pl.col("start").clip(lower_bound=span.start), b=pl.col("end").clip(upper_bound=span.end))
    inside = inside.filter(pl.col("b") > pl.col("a"))
    first = (pl.col("a") / HOUR_SECONDS).floor().cast(pl.Int64) * HOUR_SECONDS
    last = (pl.col("b") / HOUR_SECONDS).ceil().cast(pl.Int64) * HOUR_SECONDS
    rows = inside.with_columns(hour=pl.int_ranges(first, last, HOUR_SECONDS)).explode("hour", empty_as_null=False)
    rows = rows.with_columns(
        first_held=pl.max_horizontal("a", pl.col("hour").cast(pl.Float64)),
        last_held=pl.min_horizontal("b", (pl.col("hour") + HOUR_SECONDS).cast(pl.Float64)),
    )
    return rows.with_columns(held_seconds=pl.col("last_held") - pl.col("first_held")).drop("a", "b")


def _lives(pods: Sequence[Pod]) -> pl.DataFrame:
    rows = [(i, float(p.bound), float(p.end)) for i, p in enumerate(pods) if p.node is not None]
    return pl.DataFrame(rows, schema={"pod_row": pl.UInt32, "start": pl.Float64, "end": pl.Float64}, orient="row")


def _offered(lives: list[tuple[float, float]], span: Span) -> pl.DataFrame:
    rows = [(i, float(a), float(b)) for i, (a, b) in enumerate(lives)]
    frame = pl.DataFrame(rows, schema={"row": pl.UInt32, "start": pl.Float64, "end": pl.Float64}, orient="row")
    return by_hour(frame, span).drop("start", "end").rename({"held_seconds": "seconds"})


CONTAINER = {
    "pod_row": pl.UInt32, "container": pl.String, "role": pl.String, "from": pl.Float64, "to": pl.Float64, "cpu": pl.Float64,
    "ram": pl.Float64, "gpu": pl.Float64, "uses_cpu": pl.Float64, "uses_ram": pl.Float64, "uses_gpu": pl.Float64, "rhythm": pl.String,
    "swing": pl.Float64, "peak": pl.Float64, "ripple": pl.Float64, "phase": pl.Float64,
}  # fmt: skip


def container_table(pods: Sequence[Pod]) -> pl.DataFrame:
    """One row per container: `pod_row`, `container`, `role`, `from`, `to` (when it runs), what it asks for (cores, bytes, cards), what it
    uses on the average, and the shape of its use. Init containers ask for nothing of their own."""
    rows: list[tuple[object, ...]] = []
    for i, pod in enumerate(pods):
        if pod.node is None:
            continue
        started = min(pod.started, pod.end)
        rhythm = pod.rhythm
        wave = (rhythm.name, rhythm.swing, rhythm.peak_hour * 3600, rhythm.ripple)
        for c in pod.containers:
            if c.role is Role.INIT:
                continue
            uses = (c.uses_cpu, c.uses_gib * GIB_BYTES, c.uses_cards * c.cards)
            asks = (c.cpu or 0.0, (c.gib or 0.0) * GIB_BYTES, float(c.cards))
            phase = 2 * math.pi * draw(pod.uid, c.name)
            rows.append((i, c.name, c.role.value, float(started), float(pod.end), *asks, *uses, *wave, phase))
        for c, a, b in pod.initialised():
            uses = (c.uses_cpu, c.uses_gib * GIB_BYTES, 0.0)
            rows.append((i, c.name, "init", float(a), float(min(b, pod.end)), 0.0, 0.0, 0.0, *uses, FLAT.name, 0.0, 0.0, 0.0, 0.0))
    return pl.DataFrame(rows, schema=CONTAINER, orient="row")


def _containers(organisation: Organisation, pods: Sequence[Pod], lives: pl.DataFrame, span: Span) -> pl.DataFrame:
    table = container_table(pods).join(lives, on="pod_row")
    limit = SHORT_SCRAPES * organisation.scrape_seconds
    table = table.with_columns(short=(pl.col("end") - pl.col("start")) < limit)
    # of a short life all of it is needed: its maximum is taken over the whole
    wide = Span(span.start - HOUR_SECONDS, span.end + HOUR_SECONDS)
    rows = pl.concat([by_hour(table.filter("short"), wide), by_hour(table.filter(~pl.col("short")), span)])
    # what never started has run for no time at the end
    rows = rows.with_columns(run_from=pl.min_horizontal(pl.max_horizontal("from", "first_held"), "last_held"))
    rows = rows.with_columns(run_to=pl.max_horizontal("run_from", pl.min_horizontal("to", "last_held")))
    rows = rows.with_columns(day=(pl.col("hour") // DAY_SECONDS).cast(pl.Int32), running_seconds=pl.col("run_to") - pl.col("run_from"))
    days = day_table({p.rhythm for p in pods} | {FLAT}, int(wide.start // DAY_SECONDS), int(wide.end // DAY_SECONDS))
    rows = rows.join(days.drop("before"), on=["rhythm", "day"], how="left", maintain_order="left")
    midnight = pl.col("day").cast(pl.Float64) * DAY_SECONDS
    a, b = pl.col("run_from") - midnight, pl.col("run_to") - midnight
    runs = pl.col("running_seconds")
    rows = rows.with_columns(
        cpu_used=pl.col("uses_cpu") * pl.col("factor") * (since_midnight(b) - since_midnight(a)),
        ram_used=pl.col("uses_ram") * (since_midnight(b, RAM_STRENGTH) - since_midnight(a, RAM_STRENGTH)),
        gpu_used=pl.col("uses_gpu") * runs,
        **{f"{r}_requested": pl.col(r) * pl.col("held_seconds") for r in ("cpu", "ram", "gpu")},
    ).filter((pl.col("role") != "init") | (runs > 0))
    rows = rows.with_columns(
        pl.max_horizontal("cpu_requested", "cpu_used").alias("cpu_held"),
        pl.max_horizontal("ram_requested", "ram_used").alias("ram_held"),
        pl.col("gpu_requested").alias("gpu_held"),
    )
    long = rows.filter(~pl.col("short"))
    brief = _pooled(rows.filter("short")).filter((pl.col("hour") >= span.start) & (pl.col("hour") < span.end))
    return pl.concat([long.select(COLUMNS), brief.select(COLUMNS)])


COLUMNS = [
    *KEY, "role", "first_held", "last_held", "held_seconds", "running_seconds", "short",
    *[f"{r}_{q}" for r in ("cpu", "ram", "gpu") for q in ("requested", "used", "held")],
]  # fmt: skip


def _pooled(rows: pl.DataFrame) -> pl.DataFrame:
    """Short lives: what is held is the larger of all that was asked for and all that was used, laid evenly over the held seconds."""
    mine = ["pod_row", "container"]
    share = pl.col("held_seconds") / pl.col("held_seconds").sum().over(mine)
    used = {r: pl.col(f"{r}_used").sum().over(mine) for r in ("cpu", "ram")}
    asked = {r: pl.col(f"{r}_requested").sum().over(mine) for r in ("cpu", "ram")}
    return rows.with_columns(
        *[(used[r] * share).alias(f"{r}_used") for r in used],
        *[(pl.max_horizontal(used[r], asked[r]) * share).alias(f"{r}_held") for r in used],
    )


def surplus_of(pod: Pod) -> tuple[float, float]:
    """Cores and bytes that the scheduler reserves for a pod beyond what its containers ask for (ledger 2)."""
    beyond = []
    for requests, more in (
        ({c: c.cpu or 0.0 for c in pod.containers}, pod.overhead[0]),
        ({c: _bytes(c) for c in pod.containers}, pod.overhead[1] * GIB_BYTES),
    ):
        plain = sum(amount for c, amount in requests.items() if c.role is Role.CONTAINER)
        beside = sum(amount for c, amount in requests.items() if c.role is Role.SIDECAR)
        init = max((amount for c, amount in requests.items() if c.role is Role.INIT), default=0.0)
        # the largest init container runs beside the sidecars only, the others run beside them too
        beyond.append(max(plain + beside, init + beside) - plain - beside + more)
    return beyond[0], beyond[1]


def _bytes(container: Container) -> float:
    return (container.gib or 0.0) * GIB_BYTES


def _whole_pods(pods: Sequence[Pod], containers: pl.DataFrame, held: pl.DataFrame, shares: pl.DataFrame) -> pl.DataFrame:
    """`__pod__` rows: the surplus of init containers and overhead, less what init containers used; also where volumes or load balancers
    belong to the pod."""
    more = [(i, *surplus_of(p)) for i, p in enumerate(pods) if p.node is not None]
    surplus = pl.DataFrame(more, schema={"pod_row": pl.UInt32, "cpu": pl.Float64, "ram": pl.Float64}, orient="row")
    hours = held.join(surplus, on="pod_row", maintain_order="left")
    shared = shares.select("pod_row", "hour").unique().with_columns(shared=pl.lit(value=True))
    inits = containers.filter(pl.col("role") == "init").group_by("pod_row", "hour").agg(pl.col("cpu_used", "ram_used").sum())
    rows = hours.join(shared, on=["pod_row", "hour"], how="left", maintain_order="left")
    rows = rows.filter((pl.col("cpu") > 0) | (pl.col("ram") > 0) | pl.col("shared").fill_null(value=False))
    rows = rows.join(inits, on=["pod_row", "hour"], how="left", maintain_order="left")
    asked = {
        r: pl.max_horizontal(pl.lit(0.0), pl.col(r) * pl.col("held_seconds") - pl.col(f"{r}_used").fill_null(0.0)) for r in ("cpu", "ram")
    }
    nothing = pl.lit(None, dtype=pl.Float64)
    return (
        rows.with_columns(
            *[asked[r].alias(f"{r}_{q}") for r in asked for q in ("requested", "held")],
            gpu_requested=pl.lit(0.0),
            gpu_held=pl.lit(0.0),
            container=pl.lit(POD_ROW),
            role=pl.lit("pod"),
            short=pl.lit(value=False),
            running_seconds=nothing,
            gpu_used=nothing,
        )
        .with_columns(cpu_used=nothing, ram_used=nothing)
        .select(COLUMNS)
    )


def _shares(there: Population, span: Span) -> pl.DataFrame:
    """Who holds which volume or load balancer, second by second in equal parts."""
    claims = {(v.cluster.name, v.namespace, v.claim): (i, v) for i, v in enumerate(there.volumes) if v.claim}
    services = {(b.cluster.name, b.namespace, b.service): (i, b) for i, b in enumerate(there.balancers)}
    holds: list[Hold] = []
    for row, pod in enumerate(there.pods):
        if pod.node is None:
            continue
        for claim in dict.fromkeys(pod.claims):
            found = claims.get((pod.cluster.name, pod.namespace, claim))
            if found:
                holds.append(_hold("disk", found, row, pod.bound, pod.end, found[1].created))
        behind = services.get((pod.cluster.name, pod.namespace, pod.service)) if pod.service else None
        if behind:
            holds.append(_hold("load_balancer", behind, row, pod.started + READY_SECONDS, pod.end, behind[1].addressed))
    return equal_parts([h for h in holds if h.end > h.start], span)


def _hold(kind: str, thing: tuple[int, Volume] | tuple[int, Balancer], row: int, start: float, end: float, since: float) -> Hold:
    return Hold(kind, thing[0], row, max(start, since), min(end, thing[1].gone))


def _traffic(pods: Sequence[Pod], held: pl.DataFrame) -> pl.DataFrame:
    wired = [
        (i, p.sends, p.receives, float(p.started), p.rhythm.name, p.rhythm.swing, p.rhythm.peak_hour * 3600, p.rhythm.ripple, 0.0)
        for i, p in enumerate(pods)
        if p.node is not None and (p.sends or p.receives)
    ]
    schema = {"pod_row": pl.UInt32, "sends": pl.Float64, "receives": pl.Float64, "from": pl.Float64, "rhythm": pl.String} | dict.fromkeys(
        ("swing", "peak", "ripple", "phase"), pl.Float64
    )
    rows = held.select("pod_row", "hour", "first_held", "last_held").join(pl.DataFrame(wired, schema=schema, orient="row"), on="pod_row")
    rows = rows.with_columns(day=(pl.col("hour") // DAY_SECONDS).cast(pl.Int32), a=pl.max_horizontal("first_held", "from"))
    rows = rows.filter(pl.col("last_held") > pl.col("a"))
    if rows.height == 0:
        return rows.select("pod_row", "hour", bytes_out=pl.lit(0.0), bytes_in=pl.lit(0.0))
    low, high = rows.select(low=pl.col("day").min(), high=pl.col("day").max()).row(0)
    days = day_table({p.rhythm for p in pods}, low, high)
    rows = rows.join(days, on=["rhythm", "day"], how="left")
    midnight = pl.col("day").cast(pl.Float64) * DAY_SECONDS
    amount = pl.col("factor") * (since_midnight(pl.col("last_held") - midnight) - since_midnight(pl.col("a") - midnight))
    return rows.select("pod_row", "hour", bytes_out=pl.col("sends") * amount, bytes_in=pl.col("receives") * amount).sort("pod_row", "hour")


def node_amounts(nodes: Sequence[Node]) -> pl.DataFrame:
    """`row`, `cores`, `gib`, `cards`, `cores_free`, `gib_free` (allocatable) of machines."""
    rows = [
        (i, float(n.pool.machine.cores), n.pool.machine.gib, float(n.pool.machine.cards), n.pool.reserved_cores, n.pool.reserved_gib)
        for i, n in enumerate(nodes)
    ]
    names = ("cores", "gib", "cards", "reserved_cores", "reserved_gib")
    return pl.DataFrame(rows, schema={"row": pl.UInt32} | dict.fromkeys(names, pl.Float64), orient="row")
