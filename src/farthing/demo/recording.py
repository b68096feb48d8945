"""Recorded answers of a Prometheus: requests as keys, bodies put in an order that does not change from run to run."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode

import orjson

from farthing.core.errors import Unreadable

RECORDING = Path(__file__).with_name("recording.json.gz")
VERSION = 1


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    status: int
    body: bytes


@dataclass
class Recording:
    """Answers by request key."""

    answers: dict[str, Answer] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path = RECORDING) -> Self:
        """The recording in `path`. Raises Unreadable."""
        try:
            document = orjson.loads(gzip.decompress(path.read_bytes()))
        except (OSError, EOFError, ValueError) as error:
            raise Unreadable(f"the demo's recording {path.name} cannot be read: {error}", cure="install farthing again") from None
        if document["version"] != VERSION:
            raise Unreadable(f"the demo's recording is of version {document['version']}", expected=f"version {VERSION}")
        return cls({key: Answer(status, orjson.dumps(body)) for key, (status, body) in document["answers"].items()})

    def write(self, path: Path = RECORDING) -> None:
        """Write to `path`, the same bytes for the same answers."""
        answers = {key: (answer.status, orjson.loads(answer.body)) for key, answer in sorted(self.answers.items())}
        text = orjson.dumps({"version": VERSION, "answers": answers}, option=orjson.OPT_SORT_KEYS)
        path.write_bytes(gzip.compress(text, mtime=0))


def request_key(path: str, texts: Iterable[str]) -> str:
    """One text for a request, whatever the order and place (URL or form) of its parameters in `texts`."""
    pairs = sorted(pair for text in texts for pair in parse_qsl(text, keep_blank_values=True))
    return f"{path}?{urlencode(pairs)}"


def steady(body: bytes) -> bytes:
    """A JSON answer without what differs between two runs: times taken, the order of series."""
    document: Any = orjson.loads(body)
    data = document.get("data") if isinstance(document, dict) else None
    if isinstance(data, dict):
        if isinstance(data.get("stats"), dict):
            data["stats"].pop("timings", None)
        if isinstance(data.get("result"), list):
            data["result"].sort(key=_series_order)
    elif isinstance(data, list):
        data.sort(key=lambda one: orjson.dumps(one, option=orjson.OPT_SORT_KEYS))
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)


def _series_order(series: Any) -> bytes:
    return orjson.dumps(series["metric"] if isinstance(series, dict) else series, option=orjson.OPT_SORT_KEYS)
