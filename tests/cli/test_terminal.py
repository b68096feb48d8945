"""Colours for terminals only, widths, signs; and progress that is silent in pipes."""

from __future__ import annotations

import pytest

from farthing.cli import progress, terminal
from farthing.core.ledger import Ledger
from farthing.metering.prometheus import Progress
from tests.views.frames import example

from .reports import console, said


def test_piped_output_is_wide_and_plain(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert terminal.out().width == 200
    terminal.line(terminal.out(), ("red", "bold red"), " words")
    assert capsys.readouterr().out == "red words\n"
    monkeypatch.setenv("COLUMNS", "66")
    assert terminal.out().width == 66


def test_no_color_leaves_no_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    def written() -> str:
        to = console(colour=True)
        terminal.line(to, ("words", "red"))
        return said(to)

    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[31m" in written()
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[31m" not in written()


def test_wrapped_lines_keep_their_indent() -> None:
    to = console(30)
    terminal.line(to, "one two three four five six seven eight nine ten", indent=4)
    lines = said(to).splitlines()
    assert len(lines) > 1
    assert all(line.startswith("    ") and len(line) <= 30 for line in lines)


def test_brackets_are_no_markup() -> None:
    to = console()
    terminal.line(to, "label[app] [red]x[/red]")
    assert said(to) == "label[app] [red]x[/red]\n"


def hours_of(piece: Ledger, watch: progress.Watch) -> None:
    watch.read(piece)
    watch.answered(Progress("cpu used", 1, 1, 10))


def test_progress_in_a_pipe_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.watching(24) as watch, progress.asking() as answered, progress.loading("loading") as written:
        hours_of(example(), watch)
        answered(Progress("cpu used", 1, 1, 10))
        written(0.5)
    assert (watch.queries, capsys.readouterr().err) == (1, "")


def test_progress_on_a_terminal_counts_hours_and_queries(monkeypatch: pytest.MonkeyPatch) -> None:
    to = console(100, colour=True)
    monkeypatch.setattr(terminal, "err", lambda: to)
    with progress.watching(24) as watch:
        hours_of(example(), watch)
        assert watch.bar is not None
        assert (watch.bar.tasks[0].completed, watch.bar.tasks[0].total) == (1, 24)
    with progress.asking() as answered:
        answered(Progress("pod owner", 1, 1, 10))
    with progress.loading("loading") as written:
        written(0.5)
    assert "1 queries · cpu used" in said(to)
    assert "pod owner" in said(to)
