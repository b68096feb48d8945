"""`farthing serve`: where it listens, what it answers, and that it ends."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from datetime import UTC, datetime
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from pydantic import SecretStr

from farthing.cli.serve import address_of, is_loopback, listen
from farthing.cli.serving import examiner_of
from farthing.core.errors import SettingsError
from farthing.core.settings import ServeSettings, Settings
from farthing.pricing import load_book
from tests.kit.responder import responding

from .conftest import Run


@pytest.mark.parametrize(
    ("host", "own"),
    [("127.0.0.1", True), ("127.8.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False), ("10.0.0.1", False),
     ("example.com", False), ("localhost.example.com", False)],
)  # fmt: skip
def test_loopback(host: str, own: bool) -> None:
    assert is_loopback(host) is own


def test_others_are_kept_out(run: Run) -> None:
    code, _, complaint = run("serve", "--prometheus", "http://127.0.0.1:1", "--host", "0.0.0.0")
    assert code == 3
    assert "no tokens" in complaint
    assert "to do:" in complaint


def test_with_a_token_others_may_ask() -> None:
    with listen(ServeSettings(host="0.0.0.0", port=free_port(), token=SecretStr("sixteen characters"))) as listening:
        assert listening.getsockname()[0] == "0.0.0.0"


def test_a_port_that_is_taken() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(SettingsError, match="--port"):
            listen(ServeSettings(port=other.getsockname()[1]))


def test_addresses() -> None:
    with listen(ServeSettings(port=free_port())) as listening:
        assert address_of(listening) == f"http://127.0.0.1:{listening.getsockname()[1]}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def without_series(path: str, _query: str, _form: str) -> tuple[int, bytes]:
    """A Prometheus that holds nothing."""
    return 200, json.dumps({"status": "success", "data": {"version": "3.5.0"} if path.endswith("buildinfo") else []}).encode()


def test_it_answers_and_ends_on_ctrl_c() -> None:
    port = free_port()
    with responding(without_series) as url:
        command = [sys.executable, "-m", "farthing", "serve", "--prometheus", url, "--port", str(port)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            assert process.stdout is not None
            ready = process.stdout.readline().decode()
            assert f"http://127.0.0.1:{port}" in ready
            with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=20) as answer:
                assert answer.status == 200
            # its server has no series at all: that is said, in the field's envelope
            with pytest.raises(HTTPError) as refused:
                urlopen(f"http://127.0.0.1:{port}/allocation?window=1d&aggregate=namespace", timeout=60)
            found = json.load(refused.value)
            assert (found["code"], found["status"]) == (refused.value.code, "error")
            assert "no series of kube-state-metrics" in found["message"]
            process.send_signal(signal.SIGINT)
            _, complaint = process.communicate(timeout=20)
        finally:
            process.kill()
            process.wait()
    assert (process.returncode, complaint.decode()) == (0, "farthing: stopped\n")


def test_the_server_that_is_asked_is_examined() -> None:
    assert examiner_of(Settings(), lambda: load_book(None)) is None
    with responding(without_series) as url:
        examiner = examiner_of(Settings.model_validate({"prometheus": {"url": url}}), lambda: load_book(None))
        assert examiner is not None
        examiner.patience = 30.0
        found = examiner.ask(datetime(2026, 11, 1, tzinfo=UTC))
    assert (found.running, found.problem) == (False, "")
    assert found.diagnosis is not None
    assert found.diagnosis.server.version == "3.5.0"
    assert any(verdict.not_possible for verdict in found.diagnosis.verdicts)
    gone = examiner_of(Settings.model_validate({"prometheus": {"url": url, "retries": 0}}), lambda: load_book(None))
    assert gone is not None
    gone.patience = 30.0
    assert "127.0.0.1" in gone.ask(datetime(2026, 11, 1, tzinfo=UTC)).problem


@pytest.mark.slow
def test_a_question_under_way_does_not_hold_up_the_end() -> None:
    port = free_port()
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()  # takes connections and never answers
        url = f"http://127.0.0.1:{mute.getsockname()[1]}"
        command = [sys.executable, "-m", "farthing", "serve", "--prometheus", url, "--port", str(port)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            assert process.stdout is not None
            assert b"Farthing answers" in process.stdout.readline()
            with socket.create_connection(("127.0.0.1", port)) as asking:
                asking.sendall(b"GET /allocation?window=1d HTTP/1.1\r\nHost: localhost\r\n\r\n")
                mute.accept()[0].close()  # the look at the start
                with mute.accept()[0] as asked:  # now the question has arrived at the server that does not answer
                    assert asked.recv(1)
                    process.send_signal(signal.SIGINT)
                    _, complaint = process.communicate(timeout=30)
        finally:
            process.kill()
            process.wait()
    assert process.returncode == 0
    assert complaint.decode().endswith("farthing: stopped; questions under way were left\n")
    assert "Traceback" not in complaint.decode()
