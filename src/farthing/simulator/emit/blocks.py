"""Prometheus blocks written directly: chunk files, index, meta.json (formats: tsdb/docs/format of Prometheus).

Text of a week of ten thousand containers would be hundreds of gigabytes. Here a series is its labels and a run of chunks, and runs are
shared: a run that many series have is encoded once and copied. Each series' chunks lie together in one chunk file.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from .chunks import ChunkRun, uvarint, varint
from .crc32c import crc32c, joined

CHUNKS_MAGIC = struct.pack(">IB3x", 0x85BD40DD, 1)
INDEX_MAGIC = struct.pack(">IB", 0xBAAAD700, 2)
SEGMENT_BYTES = 512 << 20
SERIES_ALIGNMENT = 16
ULID_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

Labels = tuple[str, ...]
"""Names and values in turn, sorted by name, `__name__` among them. As flat tuples they sort as Prometheus sorts label sets."""


def flat_labels(metric: str, labels: Iterable[tuple[str, str]]) -> Labels:
    """Labels as one flat sorted tuple.

    >>> flat_labels("up", [("job", "a")])
    ('__name__', 'up', 'job', 'a')
    """
    return tuple(word for pair in sorted([("__name__", metric), *labels]) for word in pair)


@dataclass(frozen=True)
class BlockStats:
    """What a written block holds."""

    path: Path
    series: int
    chunks: int
    samples: int


def write_block(database: Path, series: Iterable[tuple[Labels, ChunkRun]], *, serial: int = 0) -> BlockStats:
    """Write one block of `series` into `database`; label sets must be different, times must not overlap other blocks'.

    `serial` makes the names of blocks that begin in the same millisecond differ. Raises ValueError for no series or one given twice.
    """
    ordered = sorted(series, key=lambda one: one[0])
    if not ordered:
        raise ValueError("a block needs at least one series")
    for (a, _), (b, _) in pairwise(ordered):
        if a == b:
            raise ValueError(f"series given twice: {a}")
    first = min(run.first for _, run in ordered)
    end = max(run.last for _, run in ordered) + 1
    ulid = _ulid(first, serial)
    path = database / ulid
    (path / "chunks").mkdir(parents=True)
    references = _write_chunks(path / "chunks", [run for _, run in ordered])
    _write_index(path / "index", ordered, references)
    stats = BlockStats(path, len(ordered), sum(len(run.marks) for _, run in ordered), sum(run.samples for _, run in ordered))
    meta = {
        "ulid": ulid,
        "minTime": first,
        "maxTime": end,
        "stats": {"numSamples": stats.samples, "numSeries": stats.series, "numChunks": stats.chunks},
        "compaction": {"level": 1, "sources": [ulid]},
        "version": 1,
    }
    (path / "meta.json").write_text(json.dumps(meta, indent=1))
    return stats


def _ulid(milliseconds: int, serial: int) -> str:
    """26 digits of base 32: 48 bits of time, then the serial number where a real one is random."""
    number = milliseconds << 80 | serial
    return "".join(ULID_DIGITS[number >> shift & 31] for shift in range(125, -1, -5))


def _write_chunks(folder: Path, runs: Sequence[ChunkRun]) -> list[int]:
    """Write the runs in order; gives for each the reference of its first chunk: segment in the upper, offset in the lower 32 bits."""
    references: list[int] = []
    segment, offset = 0, SEGMENT_BYTES
    out: BinaryIO | None = None
    try:
        for run in runs:
            if offset + len(run.data) > SEGMENT_BYTES:
                if out is not None:
                    out.close()
                    segment += 1
                out = (folder / f"{segment + 1:06d}").open("wb", buffering=1 << 20)
                out.write(CHUNKS_MAGIC)
                offset = len(CHUNKS_MAGIC)
            assert out is not None
            out.write(run.data)
            references.append(segment << 32 | offset)
            offset += len(run.data)
    finally:
        if out is not None:
            out.close()
    return references


def _write_index(path: Path, ordered: Sequence[tuple[Labels, ChunkRun]], references: Sequence[int]) -> None:
    words = sorted({word for labels, _ in ordered for word in labels} | {""})
    number = {word: i for i, word in enumerate(words)}
    with path.open("wb", buffering=1 << 20) as out:
        out.write(INDEX_MAGIC)
        symbols_at = out.tell()
        out.write(_section(struct.pack(">I", len(words)) + b"".join(_text(word) for word in words)))
        postings = _write_series(out, ordered, references, {word: uvarint(i) for word, i in number.items()})
        series_at = postings.pop(("", ""))[0] * SERIES_ALIGNMENT
        every = sorted({at for (name, _), places in postings.items() if name == "__name__" for at in places})
        postings["", ""] = every
        _pad(out, 4)
        postings_at = out.tell()
        entries: list[bytes] = []
        for (name, value), places in sorted(postings.items()):
            entries.append(b"\x02" + _text(name) + _text(value) + uvarint(out.tell()))
            out.write(_section(struct.pack(f">{1 + len(places)}I", len(places), *places)))
        table_at = out.tell()
        out.write(_section(struct.pack(">I", len(entries)) + b"".join(entries)))
        # Label indices and their table (third and fourth) are no longer read.
        contents = struct.pack(">6Q", symbols_at, series_at, 0, 0, postings_at, table_at)
        out.write(contents + crc32c(contents).to_bytes(4, "big"))


def _write_series(
    out: BinaryIO, ordered: Sequence[tuple[Labels, ChunkRun]], references: Sequence[int], symbols: dict[str, bytes]
) -> dict[tuple[str, str], list[int]]:
    """Write the series entries; gives for each label pair the places (offset / 16) of its series, for ("", "") the first place."""
    postings: dict[tuple[str, str], list[int]] = {}
    _pad(out, SERIES_ALIGNMENT)
    position = out.tell()
    postings["", ""] = [position // SERIES_ALIGNMENT]
    for (labels, run), reference in zip(ordered, references, strict=True):
        place = position // SERIES_ALIGNMENT
        for pair in zip(labels[::2], labels[1::2], strict=True):
            known = postings.get(pair)
            if known is None:
                postings[pair] = [place]
            else:
                known.append(place)
        first = run.marks[0]
        body = b"".join(
            [
                uvarint(len(labels) // 2),
                *[symbols[word] for word in labels],
                uvarint(len(run.marks)),
                varint(first[0]),
                uvarint(first[1] - first[0]),
                uvarint(reference),
            ]
        )
        further, checksum = _further_chunks(run.marks)
        checksum = joined(crc32c(body), checksum, len(further))
        entry = uvarint(len(body) + len(further)) + body + further + checksum.to_bytes(4, "big")
        padding = -len(entry) % SERIES_ALIGNMENT
        out.write(entry + bytes(padding))
        position += len(entry) + padding
    return postings


@lru_cache(maxsize=1 << 16)
def _further_chunks(marks: tuple[tuple[int, int, int], ...]) -> tuple[bytes, int]:
    """Second chunk on, with its checksum: distances of times and references, the same wherever the run lies."""
    out: list[bytes] = []
    for (_, last, offset), (first, end, at) in pairwise(marks):
        out += [uvarint(first - last), uvarint(end - first), varint(at - offset)]
    whole = b"".join(out)
    return whole, crc32c(whole)


def _section(body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + body + crc32c(body).to_bytes(4, "big")


def _text(word: str) -> bytes:
    raw = word.encode()
    return uvarint(len(raw)) + raw


def _pad(out: BinaryIO, alignment: int) -> None:
    out.write(bytes(-out.tell() % alignment))
