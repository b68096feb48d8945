"""A few jobs at a time, in threads that never keep the process from ending."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from queue import Empty, SimpleQueue
from typing import TypeVar

T = TypeVar("T")
LOOK_UP_SECONDS = 0.2


def run_in_lanes(jobs: Sequence[Callable[[], T]], lanes: int, stop: threading.Event) -> Iterator[tuple[int, T]]:
    """Run `jobs`, at most `lanes` at once; gives (index, result) as they end.

    The first failure is raised here; jobs that have not begun then never do. `stop` is set when the run ends in any way, a
    Ctrl-C included, for jobs to look at. The threads are daemons (a pool's are not): an answer that never comes cannot hold up the exit.
    """
    waiting: SimpleQueue[int] = SimpleQueue()
    for index in range(len(jobs)):
        waiting.put(index)
    outcomes: SimpleQueue[tuple[int, list[T], BaseException | None]] = SimpleQueue()

    def work() -> None:
        while not stop.is_set():
            try:
                index = waiting.get_nowait()
            except Empty:
                return
            try:
                outcomes.put((index, [jobs[index]()], None))
            except BaseException as error:  # noqa: BLE001 - raised again in the asking thread
                outcomes.put((index, [], error))
                stop.set()  # after the failure is told, so that it comes before what others are stopped with

    try:
        for lane in range(min(lanes, len(jobs))):
            threading.Thread(target=work, name=f"prometheus-lane-{lane}", daemon=True).start()
        for _ in jobs:
            index, results, error = _next(outcomes)
            if error is not None:
                raise error
            yield index, results[0]
    finally:
        stop.set()


def _next(outcomes: SimpleQueue[T]) -> T:
    """The next outcome. Looks up now and then: a Ctrl-C just before the waiting begins would not end it."""
    while True:
        try:
            return outcomes.get(timeout=LOOK_UP_SECONDS)
        except Empty:
            continue
