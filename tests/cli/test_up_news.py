"""What `farthing up` tells of its work: now and then, and when it is through."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from farthing.cli.query_table import course
from farthing.cli.up_news import News
from farthing.roles import Job, Progress

from .reports import console, said

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_lines_come_now_and_then_and_at_the_end() -> None:
    screen, clock = console(), [NOON]
    news = News(screen, now=lambda: clock[0], every=timedelta(seconds=10))
    for seconds, hours in ((0, 0), (0, 1), (4, 24), (11, 48), (12, 72)):
        clock[0] = NOON + timedelta(seconds=seconds)
        news.tell(Progress(Job.COLLECTING, hours, reached=NOON))
        news.tell(Progress(Job.TAKING_IN, 24, 24))  # batches of what is still being collected
    news.tell(Progress(Job.COLLECTING, 72, 72))
    news.tell(Progress(Job.TAKING_IN, 24, 24))
    assert said(screen).splitlines() == [
        "farthing: 24 of 24 hours that are new can be asked for",
        "farthing: 1 hour collected, now from 2026-03-02 12:00 UTC",
        "farthing: 48 hours collected, now from 2026-03-02 12:00 UTC",
        "farthing: 24 of 24 hours that are new can be asked for",
        "farthing: all that the server has is collected: 72 hours since the start",
        "farthing: 24 of 24 hours that are new can be asked for",
    ]


def test_old_answers_stay_until_all_is_costed_again() -> None:
    screen = console()
    news = News(screen, now=lambda: NOON)
    news.tell(Progress(Job.COSTING_AGAIN, 24, 48))
    news.tell(Progress(Job.COSTING_AGAIN, 48, 48))
    first, last = said(screen).splitlines()
    assert "until all are, the old answers stay" in first
    assert last.endswith("48 of 48 hours costed again, by the changed prices or rules")


def test_a_course_has_a_bar_for_each_step_and_says_what_is_unknown() -> None:
    assert course([0.0, 4.0, 8.0, None]) == "▁▅█·"  # eighths of the largest
    assert course([None, 0.0]) == ""
    assert len(course([1.0] * 100)) == 20  # five steps to a bar: 24 at most
