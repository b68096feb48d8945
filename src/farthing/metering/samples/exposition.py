"""The text format in which exporters show their metrics (Prometheus text format 0.0.4).

Only metrics that measurements read are taken apart; of other lines no more than the name is looked at. A body with a line that is
none is refused as a whole, as Prometheus does: half an answer would look like things that ended.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Collection
from dataclasses import dataclass, field

from farthing.core.errors import BadSamples

from .series import Labels

_NAME = re.compile(rb"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL = re.compile(r'\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\\n]|\\.)*)"\s*(,|$)', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_MEANS = {"n": "\n", "\\": "\\", '"': '"'}
SHOWN_BYTES = 80


@dataclass
class Exposition:
    """What was shown: `heads` (name and labels as they stand in the text), `v`, and `t` (unix ms told by the exporter, or None)."""

    heads: list[bytes] = field(default_factory=list)
    v: array[float] = field(default_factory=lambda: array("d"))
    t: list[int | None] = field(default_factory=list)
    lines: int = 0


def parse_exposition(body: bytes, wanted: Collection[bytes]) -> Exposition:
    """Samples of the `wanted` metrics. Raises BadSamples with the line that cannot be read."""
    out = Exposition()
    if body and not body.endswith(b"\n"):
        raise BadSamples("the text ends in the middle of a line", expected="a last line that ends with a line feed")
    heads, values, times = out.heads, out.v, out.t
    proper: set[bytes] = set()
    number = 0
    for number, line in enumerate(body.split(b"\n"), 1):
        if not line or line[0] == 35:  # '#': help, type, comment
            continue
        brace = line.find(b"{")
        if brace >= 0:
            name = line[:brace].rstrip()
            head, closing, rest = line.rpartition(b"}")
            if not closing:
                raise _unreadable(number, line, "a closing brace")
        else:
            name, _, rest = line.strip().replace(b"\t", b" ").partition(b" ")
            head = name
        if name not in proper:
            if not name and not line.strip():
                continue
            if not _NAME.fullmatch(name):
                raise _unreadable(number, line, "the name of a metric")
            proper.add(name)
        if name not in wanted:
            continue
        parts = rest.split()
        try:
            values.append(_number(parts[0]))
            times.append(int(parts[1]) if len(parts) > 1 else None)
        except (ValueError, IndexError):
            raise _unreadable(number, line, "a number, and a time in milliseconds or none") from None
        if len(parts) > 2:
            raise _unreadable(number, line, "a number, and a time in milliseconds or none")
        heads.append(head)
    out.lines = number
    return out


def labels_of(head: bytes) -> tuple[str, Labels]:
    """Metric and labels of a head, in the order of the text. Raises BadSamples."""
    name, brace, inside = head.partition(b"{")
    try:
        text = inside.decode()
        metric = name.decode().strip()
    except UnicodeDecodeError:
        raise BadSamples(f"{_shown(head)} is not UTF-8", expected="labels in UTF-8") from None
    pairs: list[tuple[str, str]] = []
    at = 0
    while brace and text[at:].strip():
        found = _LABEL.match(text, at)
        if not found:
            raise BadSamples(f"the labels of {_shown(head)}}} cannot be read", expected='name="value", …')
        value = found[2]
        pairs.append((found[1], _ESCAPED.sub(_unescaped, value) if "\\" in value else value))
        at = found.end()
    if len({name for name, _ in pairs}) < len(pairs):
        raise BadSamples(f"a label of {_shown(head)}}} stands there twice", expected="each label once")
    return metric, tuple(pairs)


def _unescaped(found: re.Match[str]) -> str:
    return _MEANS.get(found[1], found[0])


def _number(text: bytes) -> float:
    if b"_" in text:
        raise ValueError  # Python's own notation
    return float(text)


def _unreadable(number: int, line: bytes, expected: str) -> BadSamples:
    return BadSamples(f"line {number} cannot be read: {_shown(line)}", expected=expected, cure="look at what the target shows at its URL")


def _shown(text: bytes) -> str:
    return text[:SHOWN_BYTES].decode(errors="replace") + ("…" if len(text) > SHOWN_BYTES else "")
