"""Logs into parts, parts into one: nothing is removed here, and memory is that of a log, or of a few metrics."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from .log import whole_frames
from .part import Part, PartWriter
from .rows import TYPES, rows_of_frames, together
from .series import COLUMNS

SAMPLES_AT_ONCE = 2_000_000


def part_of_log(log: Path, target: Path) -> None:
    """The log's samples in columns. Raises StorageError."""
    rows = rows_of_frames(whole_frames(log.read_bytes()))
    writer = PartWriter(target, [c for c in COLUMNS if c in rows.columns])
    writer.write(rows)
    writer.finish()


def part_of_parts(parts: Sequence[Part], target: Path) -> None:
    """Several parts of an hour, in the order in which their samples came, as one.

    Raises StorageError where it cannot be written, and what reading a damaged part raises.
    """
    present = {c for part in parts for c in part.columns}
    columns = [c for c in COLUMNS if c in present]
    wanted = [*TYPES, *columns]
    writer = PartWriter(target, columns)
    try:
        for metrics in _few_at_once(parts):
            writer.write(together([part.read(metrics, wanted) for part in parts]))
    except BaseException:
        writer.abandon()
        raise
    writer.finish()


def _few_at_once(parts: Iterable[Part]) -> list[list[str]]:
    """Metrics in order, as many together as have few enough samples."""
    sizes: dict[str, int] = {}
    for part in parts:
        for metric, content in part.contents.items():
            sizes[metric] = sizes.get(metric, 0) + content.samples
    groups: list[list[str]] = [[]]
    room = SAMPLES_AT_ONCE
    for metric in sorted(sizes):
        if groups[-1] and sizes[metric] > room:
            groups.append([])
            room = SAMPLES_AT_ONCE
        groups[-1].append(metric)
        room -= sizes[metric]
    return groups
