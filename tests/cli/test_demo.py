"""`farthing demo`: both forms show the same organisation, and the commands it suggests work."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest

from farthing.cli import demo as module
from farthing.demo import can_run_prometheus

from .conftest import Run


@pytest.fixture
def without_prometheus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "can_run_prometheus", lambda: False)


@pytest.mark.usefixtures("without_prometheus")
def test_the_recorded_form(run: Run) -> None:
    code, said, complaint = run("demo")
    assert (code, complaint) == (0, "")
    for text in ("Cost by namespace", "recommendations", "__idle__", "closes ", "Recorded", "no prometheus on the PATH", "Try next"):
        assert text in said


@pytest.mark.parametrize("command", [command for command, _ in module.SUGGESTIONS])
@pytest.mark.usefixtures("without_prometheus")
def test_what_it_suggests_works(run: Run, command: str) -> None:
    program, *arguments = shlex.split(command)
    assert program == "farthing"
    code, said, complaint = run(*arguments)
    assert (code, complaint) == (0, "")
    assert "closes " in said
    assert "Nothing matches" not in said


@pytest.mark.usefixtures("without_prometheus")
def test_a_document_has_no_afterword(run: Run) -> None:
    _, said, _ = run("demo", "-o", "json", "--by", "team")
    assert {row["name"] for row in json.loads(said)["rows"]} >= {"storefront", "payments", "data", "machine-learning", "platform"}


@pytest.mark.real
@pytest.mark.slow
def test_a_prometheus_of_its_own_shows_the_same(run: Run) -> None:
    if not can_run_prometheus():
        pytest.skip("prometheus is not installed (Debian: apt-get install prometheus)")
    documents: list[dict[str, Any]] = []
    for form in ([], ["--recorded"]):
        code, said, _ = run("demo", "-o", "json", "--by", "cluster,namespace,pod", *form)
        assert code == 0
        documents.append(json.loads(said))
    live, played = documents
    assert live["rows"] == played["rows"]
    assert live["closing"] == played["closing"]


@pytest.mark.usefixtures("without_prometheus")
def test_shared_costs_come_from_flags_and_settings(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def document(*flags: str) -> dict[str, Any]:
        code, said, complaint = run("demo", "-o", "json", "--idle", "share", *flags)
        assert (code, complaint) == (0, "")
        found: dict[str, Any] = json.loads(said)
        return found

    flags = ("--idle-by", "cluster", "--share-namespaces", "kube-system,moni*", "--share-cost", "500", "--share-split", "even")
    found = document(*flags)
    assert found["idle_by"] == "cluster"
    assert found["sharing"]["overhead"] == pytest.approx(500 / 730 * 24)
    assert found["shown"]["whole"] == pytest.approx(found["closing"]["assets"] + 500 / 730 * 24)
    assert not {"kube-system", "monitoring"} & {row["name"] for row in found["rows"]}
    monkeypatch.setenv("FARTHING_SHARING__NAMESPACES", "monitoring")
    assert document()["sharing"]["namespaces"] == ["monitoring"]
    assert document("--no-sharing")["sharing"] is None
