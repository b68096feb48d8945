"""Blocks written directly are those that Prometheus' own tool writes from text, sample for sample."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from farthing.simulator.emit.blocks import flat_labels, write_block
from farthing.simulator.emit.chunks import STALE_BITS, chunk_run, encode, float_bits
from farthing.simulator.emit.crc32c import crc32c

START = 1_760_000_400_000


@dataclass(frozen=True)
class Written:
    metric: str
    labels: dict[str, str]
    times: Sequence[int]
    values: Sequence[float]


def test_crc32c_check_value_and_every_length() -> None:
    # Check value of the catalogue of CRC algorithms, and RFC 3720's 32 bytes of zeros.
    assert crc32c(b"123456789") == 0xE3069283
    assert crc32c(bytes(32)) == 0x8A9136AA
    data = bytes(range(40))
    for cut in range(40):
        assert crc32c(data[cut:], crc32c(data[:cut])) == crc32c(data)


def test_a_chunk_by_hand() -> None:
    # Three samples, a minute apart, 1.0, 1.0, 1.0: count, zig-zag time 0, value, step 60000 as varint, then the bits 0 (same value),
    # 0 (same step), 0 (same value).
    expected = bytes.fromhex("0003" + "00" + "3ff0000000000000" + "e0d403" + "00")
    assert encode([0, 60000, 120000], float_bits([1, 1, 1])) == expected
    # 1.0 → 2.0: XOR is 0x7ff0…: 1 leading zero, 52 trailing, 11 significant ones: 1 1 00001 001011 11111111111.
    bits = "11" + "00001" + "001011" + "1" * 11
    assert encode([0, 60000], float_bits([1, 2])) == bytes.fromhex("0002" + "00" + "3ff0000000000000" + "e0d403") + int(bits, 2).to_bytes(
        3, "big"
    )


def irregular(seed: int, count: int) -> list[Written]:
    """Series with every class of step and of value change: constants, counters, jumps, holes, more samples than a chunk holds."""
    dice = random.Random(seed)
    written = []
    for i in range(count):
        times, now = [], START + dice.randrange(60_000)
        while now < START + 20_000_000:
            times.append(now)
            now += dice.choice([60_000, 60_000, 60_000, 60_001, 59_900, 500, 9_000, 150_000, 600_000, 40_000_000 if i == 3 else 60_000])
        values = [0.0]
        while len(values) < len(times):
            nxt = (values[-1], values[-1] + dice.random(), dice.choice([1.0, 0.0, -5.5, 1e300, dice.random()]), len(values) * 4096.0)
            values.append(nxt[i % 4])
        written.append(Written(f"m{i % 3}", {"a": f"x{i}", "b": 'quote " slash \\ é'}, times, values))
    return written


@pytest.mark.real
def test_promtool_reads_the_same_from_ours_and_from_its_own(tmp_path: Path) -> None:
    if shutil.which("promtool") is None:
        pytest.skip("promtool is not installed (Debian: apt-get install prometheus)")
    written = irregular(7, 24)
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for database in (ours, theirs):
        (database / "wal").mkdir(parents=True)
    stats = write_block(ours, ((flat_labels(w.metric, w.labels.items()), chunk_run(w.times, float_bits(w.values))) for w in written))
    assert (stats.series, stats.samples) == (24, sum(len(w.times) for w in written))
    text = tmp_path / "series.om"
    text.write_text("".join(lines(w) for w in sorted(written, key=lambda w: w.metric)) + "# EOF\n")
    promtool("create-blocks-from", "--max-block-duration=2400h", "openmetrics", "-q", str(text), str(theirs))
    dumped = promtool("dump", str(ours))
    assert dumped.count("\n") == stats.samples
    assert dumped == promtool("dump", str(theirs))
    assert "Series: 24\n" in promtool("analyze", str(ours))
    assert str(stats.samples) in promtool("list", str(ours)).split()


def lines(written: Written) -> str:
    labels = ",".join('{}="{}"'.format(k, v.replace("\\", "\\\\").replace('"', '\\"')) for k, v in written.labels.items())
    return "".join(f"{written.metric}{{{labels}}} {v!r} {t / 1000!r}\n" for t, v in zip(written.times, written.values, strict=True))


def promtool(*words: str) -> str:
    done = subprocess.run(["promtool", "tsdb", *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_block_refuses_nothing_and_doubles(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one series"):
        write_block(tmp_path, [])
    one = (flat_labels("up", []), chunk_run([START, START + 60_000], [STALE_BITS, STALE_BITS]))
    with pytest.raises(ValueError, match="given twice"):
        write_block(tmp_path, [one, one])
