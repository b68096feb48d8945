"""What every row is allotted of idle and of shared costs: the columns of which each view is a plain sum (ledger 8)."""

from __future__ import annotations

import polars as pl

from farthing.core.ledger import Ledger

from .idle_shares import IS_IDLE, RESOURCES, goods, idle_received
from .shared_costs import shared_received
from .sharing import Sharing

MODES = ("node", "cluster")
IDLE_GOODS = tuple(f"{r}_{what}" for r in RESOURCES for what in ("idle", "spare"))
GIVES = pl.Enum(["idle", "all", "load_balancer"])


def received(ledger: Ledger, sharing: Sharing | None = None, *, quantities: bool = False) -> pl.DataFrame:
    """One line per row of `ledger.allocation`, in its order. Amounts in $, 0 where there is nothing; `r` is cpu, ram or gpu.

    Columns:

    - `row`: its index.
    - `gives`: what of the row has been given out to others, NULL: nothing.
      `idle` (an idle row): its `r_cost`s that have a price. `all` (a row of a shared thing): every cost that has a price, and the idle
      it received. `load_balancer` (load balancers are shared): its `load_balancer_cost`. What finds nobody to receive it is not
      given: the row stays as it is.
    - `r_idle_near`, `r_idle_far`: idle received when idle is shared by node: from the row's own node, and from nodes of its cluster on
      which nobody pays. `r_idle_cluster`: idle received when it is shared by cluster.
    - `r_passed_node`, `r_passed_cluster`: idle that shared things had received, in either mode, and pass on to this row.
    - `shared_own`: received of shared things' own costs. `overhead`: received of the monthly amount (over all clusters of the ledger;
      proportional to it). `stayed`: of this row's own cost, what was to be shared and found nobody.
    - with `quantities`: for each of the idle columns `r_spare_…` (`cpu_spare_near`, `cpu_spare_passed_node`, …), the quantity that goes
      with it (core·s, B·s, card·s); and `reserve_near`, `reserve_far`, `reserve_passed_node`, …, $ that the system reserves of the
      idle of all resources.

    Every view is a sum over the rows that the filter keeps (of a row behind n services, 1/n of everything). m is the mode, by node or
    by cluster: `r_idle_m` is `r_idle_near` + `r_idle_far`, or `r_idle_cluster`. Roll-ups over hours keep `gives` in their key. An
    unpriced cost is NULL in every view and is never given.

    1. *Own costs.* Each cost column, taken as 0 where it has been given: where `gives` = idle and idle is not shown as it is (below),
       and, with sharing, where `gives` = all, or `gives` = load_balancer for `load_balancer_cost`. A row that gave and has nothing
       left (no cost above 0, nothing held without a price) is not shown; rows of pods that gave only load balancers are.
       Quantities of the costs given go with them, but for load balancers.
    2. *Idle shared out by m, without sharing.* `<r>_cost` += `r_idle_m` of every row; that is `<r>_cost_idle`.
    3. *Idle shared out by m, with sharing.* The same, of rows with `gives` ≠ all; and
       `shared_cost` = `shared_own` + `overhead` + Σ_r `r_passed_m`.
    4. *Idle separate or hidden, with sharing.* `shared_cost` = `shared_own` + `overhead`.
    5. *The idle that is separate or hidden, under a filter by m.* Σ `r_idle_m` of rows kept; with sharing Σ `r_idle_m` of rows kept with
       `gives` ≠ all, + Σ `r_passed_m` of rows kept. To this, what is left of idle rows that the filter keeps (1). Its time is from the
       first to the last held second of the rows that receive it; its quantity and reserve are the same sums of `r_spare_…` and `reserve_…`.
       In rows per cluster, by the row's cluster. In rows per node: `r_idle_near` by the row's own node; all that comes
       from elsewhere (`r_idle_far`, `r_passed_node`, and by cluster everything) stands in a row of the cluster without a node.
    6. *The same without a filter.* The idle rows as they are, per node or together: the same sum.

    Σ over all rows: own costs left + `shared_own` + received idle = Σ costs of the ledger, + Σ `overhead`.
    """
    handed = tuple(goods(quantities=quantities))
    rows = idle_received(ledger.allocation, quantities=quantities)
    rows = rows.with_columns((pl.col(f"{good.name}_near") + pl.col(f"{good.name}_far")).alias(f"{good.name}_node") for good in handed)
    passed = {f"{good.name}_{mode}": good.resource for good in handed for mode in MODES}
    if sharing:
        rows = shared_received(rows, ledger, sharing, passed)
    else:
        nothing = (*(f"{column}_shared" for column in passed), "shared_own", "overhead", "stayed")
        rows = rows.with_columns(pl.lit(None, dtype=pl.String).alias("gives"), *(pl.lit(0.0).alias(name) for name in nothing))
    gives_idle = IS_IDLE & pl.col("somebody") & pl.any_horizontal(pl.col(f"{r}_cost").is_not_null() for r in RESOURCES)
    ways = {"near": "near", "far": "far", "cluster": "cluster", "passed_node": "node_shared", "passed_cluster": "cluster_shared"}
    moved = [name for name in IDLE_GOODS if quantities or name.endswith("idle")]
    return rows.with_row_index("row").select(
        "row",
        pl.when(gives_idle).then(pl.lit("idle")).otherwise("gives").cast(GIVES).alias("gives"),
        *(pl.col(f"{name}_{source}").alias(received_as(name, way)) for name in moved for way, source in ways.items()),
        *(
            pl.sum_horizontal(f"{r}_reserve_{source}" for r in RESOURCES).alias(f"reserve_{way}")
            for way, source in ways.items()
            if quantities
        ),
        "shared_own",
        "overhead",
        "stayed",
    )


def received_as(good: str, way: str) -> str:
    """The column of `received`: cpu_idle_near, cpu_spare_far, cpu_passed_node, cpu_spare_passed_node."""
    return f"{good.removesuffix('_idle') if way.startswith('passed') else good}_{way}"
