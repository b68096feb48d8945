"""`farthing demo`: what it refuses, what it tells, and that nothing is left of it."""

from __future__ import annotations

import json
import shlex
import signal
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import urlopen

import pytest
import typer
import typer.core

from farthing.cli import commands
from farthing.cli.telling import tell
from farthing.demo import tellings
from farthing.simulator import company

from .conftest import Run

NOW = datetime(2026, 11, 24, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    "flags", [("--days", "0"), ("--days", "91"), ("--speed", "0.5"), ("--speed", "601"), ("--seed", "-1"), ("--recorded",)]
)
def test_what_it_does_not_take(run: Run, flags: tuple[str, ...]) -> None:
    code, _, complaint = run("demo", *flags)
    assert code == 2
    assert flags[0] in complaint


def test_a_folder_of_something_else(run: Run, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("all of it")
    code, _, complaint = run("demo", "--port", str(free_port()), "--keep", str(tmp_path))
    assert code == 3
    assert "no folder of a demo" in complaint
    assert [one.name for one in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.slow
def test_the_commands_that_it_tells_can_be_typed(capfd: pytest.CaptureFixture[str]) -> None:
    made = company(NOW)
    for telling in tellings(made, made.anchor - 30 * 86400, NOW):
        tell(telling, "http://127.0.0.1:9090")
    lines = [line.strip() for line in capfd.readouterr().out.splitlines()]
    group = typer.main.get_command(commands)
    assert isinstance(group, typer.core.TyperGroup)
    typed = [shlex.split(line) for line in lines if line.startswith("farthing ")]
    for _, name, *arguments in typed:
        group.commands[name].make_context(name, arguments)
    assert len(typed) == len([line for line in lines if line.startswith("curl -s ")]) == 8  # six stories, two with a before


@pytest.mark.slow
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_it_answers_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: signal.Signals) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    port = free_port()
    command = [sys.executable, "-m", "farthing", "demo", "--days", "1", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert f"http://127.0.0.1:{port}" in process.stdout.readline().decode()
        with urlopen(f"http://127.0.0.1:{port}/api/v1/meta", timeout=30) as answer:
            assert json.load(answer)["simulated"] is True
        assert len(list(tmp_path.iterdir())) == 1
        process.send_signal(ending)
        _, complaint = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0
    assert complaint.decode().endswith("farthing: stopped\n")
    assert list(tmp_path.iterdir()) == []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
