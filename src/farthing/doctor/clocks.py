"""Clocks: the server's against ours, times that lie in the future."""

from __future__ import annotations

from collections.abc import Iterator

from .examination import MEASURED, Examination, NotPossible
from .findings import Severity, Symptom
from .wording import count, length, when

SKEW_SECONDS = 30.0  # the Date header is whole seconds, answers take a while
WRONG_SECONDS = 300.0
AHEAD_SECONDS = 60.0
DAY = 86400


def clock_skew(ex: Examination) -> Iterator[Symptom]:
    """The server's Date against our time."""
    theirs = ex.client.server_time()
    if theirs is None:
        raise NotPossible("the server sends no Date")
    skew = theirs - ex.now.timestamp()
    if abs(skew) > SKEW_SECONDS:
        direction = "ahead of" if skew > 0 else "behind"
        yield Symptom(
            f"the server's clock is {length(abs(skew))} {direction} ours",
            (f"server {when(theirs)}, here {when(ex.now.timestamp())}",),
            "which hour is the last closed one, and every window that ends now; "
            "if the nodes' clocks differ too, lives begin and end wrongly by as much",
            Severity.ERROR if abs(skew) > WRONG_SECONDS else Severity.WARNING,
        )


def future_samples(ex: Examination) -> Iterator[Symptom]:
    """Samples that are stamped later than now."""
    beyond = ex.now.timestamp() + AHEAD_SECONDS
    metric = MEASURED[ex.beat].metric
    for cluster, n in ex.numbers("future samples", f"count by {ex.by()} (count_over_time({metric}[1d]))", at=beyond + DAY).items():
        yield Symptom(
            "samples from the future",
            (f"{count(n, 'series')} of {metric} with samples later than {when(beyond)}; now is {when(ex.now.timestamp())}",),
            "costs are told for hours that have not been",
            cluster=cluster,
        )


def future_times(ex: Examination) -> Iterator[Symptom]:
    """Pods bound, or objects made, later than the sample that tells of it."""
    for name in ("pod scheduled", "pod created", "node created"):
        if ex.lacks(name):
            continue
        metric = MEASURED[name].metric
        late = f"({ex.vector(name)} > {ex.at + AHEAD_SECONDS:.0f})"
        latest = ex.numbers(f"latest {metric}", f"max by {ex.by()} {late}")
        counts = ex.numbers(f"future {metric}", f"count by {ex.by()} {late}")
        for cluster, n in counts.items():
            yield Symptom(
                f"{metric} in the future",
                (f"{count(n, 'series')}, up to {when(latest[cluster])}, told at {when(ex.at)}",),
                f"these begin to cost up to {length(latest[cluster] - ex.at)} too late",
                cluster=cluster,
            )
