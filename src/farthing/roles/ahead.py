"""Work on a few pieces at a time and hand them on in order: while one is reckoned here, the server answers for the next."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")
LOOK_UP_SECONDS = 0.2


class _Job(Generic[T]):
    """A call under way in a daemon thread: what never ends cannot hold up the exit."""

    def __init__(self, call: Callable[[], T]) -> None:
        self._call = call
        self._done = threading.Event()
        self._results: list[T] = []
        self._error: BaseException | None = None
        threading.Thread(target=self._run, name="piece", daemon=True).start()

    def _run(self) -> None:
        try:
            self._results.append(self._call())
        except BaseException as error:  # noqa: BLE001 - raised again where the result is asked for
            self._error = error
        finally:
            self._done.set()

    def result(self) -> T:
        """The call's result, or what it raised. Looks up now and then, for a Ctrl-C."""
        while not self._done.wait(LOOK_UP_SECONDS):
            continue
        if self._error is not None:
            raise self._error
        return self._results[0]


def in_order(calls: Iterable[Callable[[], T]], at_once: int) -> Iterator[T]:
    """Results of `calls` in their order, at most `at_once` under way. The first that raises ends it; later ones are not begun."""
    waiting = iter(calls)
    under_way: deque[_Job[T]] = deque()
    for call in waiting:
        under_way.append(_Job(call))
        if len(under_way) >= at_once:
            yield under_way.popleft().result()
    while under_way:
        yield under_way.popleft().result()
