"""Measurements as PromQL."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from farthing.metering.measurements import Measurement, Over

# One millisecond short of the hour: Prometheus 2.x counts a sample on the older edge into the range, 3.x and VictoriaMetrics
# do not. So (start, end] everywhere, for scrapes that fall on whole milliseconds.
HOUR_RANGE = "59m59s999ms"
# a fall between the last sample before the hour and the first in it counts too
RESETS_RANGE = "70m"


def quote(text: str) -> str:
    r"""A PromQL string literal.

    >>> quote('a"b')
    '"a\\"b"'
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def any_of(label: str, values: Collection[str]) -> str:
    r"""A matcher for one of several literal values.

    >>> any_of("pod", ["a.b", "c"])
    'pod=~"a\\\\.b|c"'
    """
    ordered = sorted(values)
    if len(ordered) == 1:
        return f"{label}={quote(ordered[0])}"
    return f"{label}=~{quote('|'.join(re.escape(v).replace(chr(92) + '-', '-') for v in ordered))}"


def selector(m: Measurement, more: Sequence[str] = ()) -> str:
    """The measurement's series: metric and matchers."""
    matchers = ",".join((*m.where, *more))
    return f"{m.metric}{{{matchers}}}" if matchers else m.metric


def hourly(m: Measurement, more: Sequence[str] = (), *, sum_over: str = "") -> str:
    """One value per series and hour, evaluated at the hour's end.

    sum_over: a label whose series are parts of one (cAdvisor's per-core `cpu`), added up first.
    """
    if m.over is None:
        raise ValueError(f"{m.name} is an information metric: it is read from the index")
    reach = RESETS_RANGE if m.over is Over.RESETS else HOUR_RANGE
    inner = f"{m.over.value}({selector(m, more)}[{reach}])"
    if sum_over:
        inner = f"sum without ({sum_over}) ({inner})"
    if m.equals is not None:
        inner = f"{inner} == {m.equals:g}"
    return inner


def raw(m: Measurement, seconds: int, more: Sequence[str] = ()) -> str:
    """Every sample of the last `seconds`, the older edge left out."""
    return f"{selector(m, more)}[{seconds * 1000 - 1}ms]"


def count(m: Measurement, by: Sequence[str]) -> str:
    """Number of series at the moment of asking."""
    return f"count by ({','.join(by)}) ({selector(m)})"


def densest(m: Measurement, by: Sequence[str], seconds: int) -> str:
    """Most samples that one series of a cluster has in the last `seconds`."""
    return f"max by ({','.join(by)}) (count_over_time({selector(m)}[{seconds * 1000 - 1}ms]))"


def last_time(m: Measurement, by: Sequence[str], more: Sequence[str] = ()) -> str:
    """When the latest sample at the moment of asking was taken."""
    return f"max by ({','.join(by)}) (timestamp({selector(m, more)}))"


def last_within(m: Measurement, by: Sequence[str], seconds: float, more: Sequence[str] = ()) -> str:
    """The last value of the last `seconds`, also of a series that has ended since; the older edge left out."""
    return f"max by ({','.join(by)}) (last_over_time({selector(m, more)}[{int(seconds * 1000) - 1}ms]))"
