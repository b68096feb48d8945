"""Data sets on disk: the blocks of an organisation under build/bench, a block a day, written once and used again."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

from bench import curves
from bench.curves import SCRAPE_SECONDS, SCRAPES_PER_DAY, CurveRef
from bench.exposition import exposition
from bench.organisation import DAY, SEED, SIZES, START, organisation
from bench.targets import LAG_MS, LEAD_MS, Shown, Switch
from farthing.simulator.emit.blocks import Labels, write_block
from farthing.simulator.emit.chunks import STALE_BITS, ChunkRun, chunk_run, float_bits

FOLDER = Path("build/bench")
SCRAPE_MS = SCRAPE_SECONDS * 1000
DAY_MS = DAY * 1000
VERSION = 2  # of the data's contents; raise it when they change, so that old data are not used again


@dataclass(frozen=True)
class Dataset:
    """Blocks of one size: where they lie and what they hold."""

    name: str
    database: Path
    start: int
    end: int
    pods: int
    containers: int
    nodes: int
    series: int
    samples: int
    bytes: int
    seconds_to_write: float


def dataset(name: str, *, folder: Path = FOLDER, seed: int = SEED) -> Dataset:
    """The data set of the size called `name` (a key of SIZES), written now if it is not there. `series` counts each day's anew."""
    root = folder / f"{name}-{seed}-v{VERSION}"
    described = root / "dataset.json"
    if not described.exists():
        shutil.rmtree(root, ignore_errors=True)
        told = _write(name, root / "tsdb", seed)
        described.write_bytes(orjson.dumps(told, option=orjson.OPT_INDENT_2))
    return Dataset(database=root / "tsdb", **orjson.loads(described.read_bytes()))


def _write(name: str, database: Path, seed: int) -> dict[str, object]:
    began = time.perf_counter()
    size = SIZES[name]
    whole = organisation(size, seed)
    shown = sorted(exposition(whole), key=lambda one: one.labels)
    database.mkdir(parents=True)
    scrapes = (size.days + 1) * SCRAPES_PER_DAY
    series = samples = 0
    for serial, (low, high) in enumerate(_days(size.days)):
        stats = write_block(database, runs(shown, low, high, scrapes), serial=serial)
        series += stats.series
        samples += stats.samples
    return {
        "name": name,
        "start": START,
        "end": START + size.days * DAY,
        "pods": size.pods,
        "containers": size.containers,
        "nodes": len(whole.nodes),
        "series": series,
        "samples": samples,
        "bytes": sum(file.stat().st_size for file in database.rglob("*") if file.is_file()),
        "seconds_to_write": round(time.perf_counter() - began, 1),
    }


def _days(days: int) -> Iterator[tuple[int, int]]:
    """[from, to) in ms of each block: UTC days, the first with the lead, then the lag for itself."""
    begin = START * 1000
    for day in range(days):
        yield begin + day * DAY_MS - (LEAD_MS if day == 0 else 0), begin + (day + 1) * DAY_MS
    yield begin + days * DAY_MS, begin + days * DAY_MS + LAG_MS


def runs(shown: Iterable[Shown], low: int, high: int, scrapes: int) -> Iterator[tuple[Labels, ChunkRun]]:
    """Series as they were stored in [low, high) (ms); equal runs are made once. `scrapes` is the length of curves.

    One series told twice in a row (a counter of restarts that rises) is one. A series that ends gets its stale marker.
    """
    made: dict[tuple[object, ...], ChunkRun] = {}
    before: Labels | None = None
    pieces: list[Shown] = []
    for one in shown:
        if one.labels != before and pieces:
            yield from _joined(pieces, low, high, scrapes, made)
            pieces = []
        before = one.labels
        pieces.append(one)
    yield from _joined(pieces, low, high, scrapes, made)


def _joined(
    pieces: list[Shown], low: int, high: int, scrapes: int, made: dict[tuple[object, ...], ChunkRun]
) -> Iterator[tuple[Labels, ChunkRun]]:
    if len(pieces) > 1:
        times: list[int] = []
        bits: list[int] = []
        for i, piece in enumerate(pieces):
            some, values = stored(piece, low, high, scrapes, marked=i + 1 == len(pieces))
            times += some
            bits += values
        if times:
            yield pieces[0].labels, chunk_run(times, bits)
        return
    one = pieces[0]
    key = (one.phase, max(low, one.start), min(high, one.end), one.shape)
    run = made.get(key)
    if run is None:
        some, values = stored(one, low, high, scrapes, marked=True)
        if not some:
            return
        run = made[key] = chunk_run(some, values)
    yield one.labels, run


def stored(one: Shown, low: int, high: int, scrapes: int, *, marked: bool) -> tuple[range, tuple[int, ...]]:
    """Times and value bits of one series within [low, high), with its stale marker where it falls within."""
    first = _scrape(max(low, one.start), one.phase)
    times = range(first, _scrape(min(high, one.end), one.phase), SCRAPE_MS)
    over = _scrape(one.end, one.phase)
    bits = _bits(one, times, scrapes)
    if marked and low <= over < high and over - SCRAPE_MS >= _scrape(one.start, one.phase):
        return range(min(first, over), over + SCRAPE_MS, SCRAPE_MS), (*bits, STALE_BITS)
    return times, bits


def _scrape(at: int, phase: int) -> int:
    """The first scrape at or after `at`."""
    return -((phase - at) // SCRAPE_MS) * SCRAPE_MS + phase


def _bits(one: Shown, times: range, scrapes: int) -> tuple[int, ...]:
    shape = one.shape
    if isinstance(shape, CurveRef):
        origin = START * 1000 - LEAD_MS if shape.born is None else shape.born
        values = (curves.old_values if shape.born is None else curves.values)(shape.kind, shape.number, scrapes)
        begin = (times.start - origin) // SCRAPE_MS
        return float_bits(values[begin : begin + len(times)])
    if isinstance(shape, Switch):
        early = len(range(times.start, max(times.start, min(times.stop, _scrape(shape.at, one.phase))), SCRAPE_MS))
        return float_bits([shape.before] * early + [shape.after] * (len(times) - early))
    return float_bits([shape]) * len(times)
