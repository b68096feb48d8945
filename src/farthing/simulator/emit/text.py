"""Text forms: what a scrape of one target reads at a moment, and OpenMetrics with timestamps for promtool."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from farthing.core.ledger import Span
from farthing.simulator.plan import Organisation

from .exporters import shown
from .series import Pairs, Samples, Series, Target, sampled


def exposition(organisation: Organisation, target: Target, at: float) -> str:
    """What `target` answers to a scrape at a moment (unix s), in Prometheus' text format; target: one of `targets` of that moment.

    The target's own labels are not in it: whoever scrapes puts them on, and lets the exporter's win (`honor_labels: true`).
    """
    return expositions(organisation, at).get((target.cluster, target.node), "")


def expositions(organisation: Organisation, at: float) -> dict[tuple[str, str], str]:
    """What every target answers at a moment, by (cluster, node); node is empty for kube-state-metrics."""
    at = round(at, 3)  # scrapes are told in ms
    there = [s for s in shown(organisation, Span(at, at + 1)) if s.start <= at < s.end and s.metric != "up"]
    values = {id(one): value for one, value in _values_at(there, at, organisation.scrape_seconds)}
    found: dict[tuple[str, str], str] = {}
    ordered = sorted(there, key=lambda s: (s.target.cluster, s.target.node, s.metric))
    for key, mine in groupby(ordered, key=lambda s: (s.target.cluster, s.target.node)):
        lines: list[str] = []
        for metric, series in groupby(mine, key=lambda s: s.metric):
            lines.append(f"# TYPE {metric} {'counter' if metric.endswith('_total') else 'gauge'}\n")
            lines += [f"{_head(metric, s.own)} {_number(values[id(s)])}\n" for s in series]
        found[key] = "".join(lines)
    return found


def _values_at(there: list[Series], at: float, every: int) -> Iterator[tuple[Series, float]]:
    """The value of each series at a moment, as if just then all were scraped."""
    moved: dict[Target, Target] = {}
    phase = round(at * 1000) % (every * 1000)
    held = []
    for one in there:
        target = moved.setdefault(one.target, Target(one.target.job, one.target.cluster, one.target.node, (), phase))
        held.append(Series(one.metric, one.own, target, one.start, one.end, one.value))
    for one, samples in zip(there, sampled(held, at, at + 0.001, every), strict=True):
        yield one, samples.values[0]


def openmetrics(organisation: Organisation, span: Span) -> Iterator[str]:
    """Every sample in `span` as OpenMetrics text, a series at a time, for `promtool tsdb create-blocks-from openmetrics`. It has no stale
    markers."""
    ordered = sorted(shown(organisation, span), key=lambda s: s.metric)
    for samples in sampled(ordered, span.start, span.end, organisation.scrape_seconds):
        yield _lines(samples)
    yield "# EOF\n"


def _lines(samples: Samples) -> str:
    head = _head(samples.series.metric, samples.series.labels.items())
    return "".join(f"{head} {_number(value)} {at / 1000:.3f}\n" for at, value in zip(samples.times, samples.values, strict=True))


def _head(metric: str, labels: Iterable[tuple[str, str]] | Pairs) -> str:
    told = ",".join(f'{name}="{_escaped(text)}"' for name, text in sorted(labels) if text)
    return f"{metric}{{{told}}}" if told else metric


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
