"""How commands end: exit codes, one paragraph on standard error, never a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import farthing
import farthing.cli.app as module
from farthing.core.errors import LedgerBroken

from .conftest import Run, answering

NOWHERE = "http://127.0.0.1:1"  # nobody listens on port 1


def test_version_and_help(run: Run) -> None:
    assert run("version") == (0, f"farthing {farthing.__version__}\n", "")
    code, said, _ = run()
    assert code == 0
    for command in ("report", "serve", "doctor", "demo", "version"):
        assert command in said


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("report", "--prometheus", NOWHERE, "--window", "3x"), 2, ["window '3x'", "expected:", "to do:"]),
        (("report", "--prometheus", NOWHERE, "--filter", 'namespace:"x'), 2, ["position 10", "          ^"]),
        (("report", "--prometheus", NOWHERE, "--by", "namspace"), 2, ["namspace", "did you mean namespace?"]),
        (("report", "--prometheus", NOWHERE, "--sort", "coast"), 2, ["coast", "total"]),
        (("report", "--prometheus", NOWHERE, "--idle", "sepparate"), 2, ["did you mean separate?"]),
        (("report", "--prometheus", NOWHERE, "--zone", "Europe/Berlinn"), 2, ["Europe/Berlin"]),
        (("report", "--prometheus", NOWHERE, "--windw", "7d"), 2, ["--windw", "--window", "farthing report --help"]),
        (("report", "--prometheus", NOWHERE, "--limit", "0"), 2, ["--limit"]),
        (("report", "--prometheus", NOWHERE, "--output", "xml"), 2, ["xml", "parquet"]),
        (("reprt",), 2, ["reprt", "report"]),
        (("report",), 3, ["no server is named", "--prometheus"]),
        (("report", "--prometheus", NOWHERE, "--retries", "many"), 3, ["--retries", "many", "whole number"]),
        (("report", "--prometheus", NOWHERE, "--header", "secret-token"), 3, ["--header", "NAME: TEXT"]),
        (("report", "--prometheus", NOWHERE, "--window", "24h"), 4, [NOWHERE, "nothing listens there"]),
        (("doctor", "--prometheus", NOWHERE), 4, ["nothing listens there"]),
    ],
)
def test_errors_say_what_to_do(run: Run, arguments: tuple[str, ...], code: int, told: list[str]) -> None:
    found, said, complaint = run(*arguments)
    assert (found, said) == (code, "")
    for text in told:
        assert text in complaint
    assert "Traceback" not in complaint
    assert "secret-token" not in complaint


def test_an_empty_server(run: Run, empty_server: str) -> None:
    code, said, complaint = run("report", "--prometheus", empty_server, "--window", "24h")
    assert (code, said) == (5, "")
    assert "no series of kube-state-metrics" in complaint
    assert "to do:" in complaint


def test_a_server_that_is_no_prometheus(run: Run) -> None:
    with answering(200, "hello") as url:
        code, _, complaint = run("report", "--prometheus", url, "--window", "24h")
    assert code == 4
    assert "error:" in complaint


def test_a_wrong_price_file(run: Run, tmp_path: Path) -> None:
    book = tmp_path / "prices.yaml"
    book.write_text("defaults: {node: {on_demand: {cpu: 3 bananas}}}\n")
    code, _, complaint = run("report", "--prometheus", NOWHERE, "--prices", str(book))
    assert code == 3
    assert "bananas" in complaint


def test_a_bug_is_no_traceback_unless_asked_for(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise LedgerBroken("the books are off by 1")

    def unforeseen() -> None:
        raise ZeroDivisionError("by zero")

    for failing, told in ((broken, "off by 1"), (unforeseen, "ZeroDivisionError: by zero")):
        monkeypatch.setattr(module, "out", failing)
        code, _, complaint = run("version")
        assert code == 70
        assert told in complaint
        assert "Traceback" not in complaint
        assert "Traceback" in run("version", "--debug")[2]


def test_ctrl_c_is_130(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "out", interrupted)
    code, _, complaint = run("version")
    assert (code, complaint) == (130, "farthing: interrupted\n")


def test_as_a_module_and_into_a_closed_pipe() -> None:
    command = [sys.executable, "-m", "farthing", "version"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    complaint = process.stderr.read().decode()
    assert (process.wait(), complaint) == (0, "")
