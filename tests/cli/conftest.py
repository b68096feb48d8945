"""A server that answers nothing useful, one that has nothing, and a real one with a small cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import orjson
import pytest

from farthing.cli import main
from tests.kit.responder import responding

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """`run(*arguments)` gives (exit code, standard output, standard error); no setting of this machine counts."""
    for name in ("FARTHING_CONFIG", "FARTHING_PROMETHEUS__URL", "COLUMNS", "NO_COLOR", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = main(list(arguments))
        said = capfd.readouterr()
        return code, said.out, said.err

    return run


@contextmanager
def answering(status: int, body: object) -> Iterator[str]:
    """URL of a server that gives everybody the same answer."""
    with responding(lambda *_: (status, orjson.dumps(body))) as url:
        yield url


@pytest.fixture
def empty_server() -> Iterator[str]:
    """A Prometheus without any series."""
    with answering(200, {"status": "success", "data": []}) as url:
        yield url
