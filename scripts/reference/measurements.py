"""Page: what is read from the server, metric by metric."""

from __future__ import annotations

from farthing.metering import MEASUREMENTS, Measurement

from .markdown import code, table

INTRODUCTION = """# Measurements

What is asked of the server, in the order of the table in `metering/measurements.py`. "Over the hour" is the function over each
hour's samples; empty where only labels are read.
"""


def page() -> str:
    """One table per exporter, then the plain list of metrics."""
    parts = [INTRODUCTION]
    for exporter in dict.fromkeys(m.exporter for m in MEASUREMENTS):
        rows = [m for m in MEASUREMENTS if m.exporter == exporter]
        listed = table(["measurement", "metric", "over the hour", "unit", "labels", "meaning"], map(_row, rows))
        parts.append(f"## {exporter.value}\n\n{listed}")
    return "\n".join([*parts, _keep()])


def _row(row: Measurement) -> list[str]:
    selector = f"{row.metric}{{{', '.join(row.where)}}}" if row.where else row.metric
    over = code(row.over.value) if row.over else ""
    if row.equals is not None:
        over = f"{over} of samples equal to {row.equals:g}"
    return [row.name, code(selector), over, row.unit, ", ".join(map(code, row.keys)), row.doc]


def _keep() -> str:
    metrics = "\n".join(sorted({m.metric for m in MEASUREMENTS}))
    return f"## Metrics to keep\n\nFor those who drop metrics in their scrape configuration:\n\n```\n{metrics}\n```"
