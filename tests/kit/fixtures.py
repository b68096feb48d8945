"""Fixtures that hand out loaded servers. Listed as a plugin by the top `conftest.py`: `pytest_plugins = ["tests.kit.fixtures"]`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.kit.scrape import Series
from tests.kit.seaweed import Seaweed, seaweed
from tests.kit.servers import KINDS, serving


class Serve:
    """Starts servers that live as long as the fixture: `serve(kind, series)` gives a URL."""

    def __init__(self, stack: ExitStack, folder: Callable[[], Path]) -> None:
        self._stack, self._folder = stack, folder

    def __call__(self, kind: str, series: Iterable[Series], *, external_labels: Mapping[str, str] | None = None) -> str:
        return self._stack.enter_context(serving(kind, series, self._folder(), external_labels=external_labels))


@pytest.fixture
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Servers for one test."""
    with ExitStack() as stack:
        yield Serve(stack, lambda: tmp_path_factory.mktemp("server"))


@pytest.fixture(scope="module")
def serve_module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Servers that all tests of a module share: start them in a module-scoped fixture."""
    with ExitStack() as stack:
        yield Serve(stack, lambda: tmp_path_factory.mktemp("server"))


@pytest.fixture(params=KINDS)
def backend(request: pytest.FixtureRequest) -> str:
    """Each kind of server in turn, to be given to `serve`."""
    kind: str = request.param
    return kind


@pytest.fixture
def prometheus(serve: Serve) -> Callable[..., str]:
    """`prometheus(series)` gives the URL of a Prometheus that holds them."""
    return lambda series, **more: serve("prometheus", series, **more)


@pytest.fixture
def victoria(serve: Serve) -> Callable[..., str]:
    """`victoria(series)` gives the URL of a VictoriaMetrics that holds them."""
    return lambda series: serve("victoria", series)


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seaweed]:
    """An S3 server for all tests of the run; each takes a prefix of its own."""
    with seaweed(tmp_path_factory.mktemp("seaweed")) as server:
        yield server
