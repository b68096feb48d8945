"""What every test runs under: in continuous integration (CI=true) a test that is skipped has failed."""

from __future__ import annotations

import os
from collections.abc import Generator

import hypothesis
import pytest

pytest_plugins = ["tests.kit.fixtures"]

# No deadlines: a busy machine is no wrong answer. In CI every run tries the same examples, elsewhere new ones.
hypothesis.settings.register_profile("farthing", deadline=None, derandomize=os.environ.get("CI", "").lower() == "true", print_blob=True)
hypothesis.settings.load_profile("farthing")


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure that says why it was skipped. An expected failure (xfail) is no skip."""
    if report.outcome != "skipped" or hasattr(report, "wasxfail"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    report.outcome = "failed"
    report.longrepr = f"CI=true allows no skip. {reason}\nTo do: let scripts/system-servers install what is missing."


def _continuous_integration() -> bool:
    return os.environ.get("CI", "").lower() == "true"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if _continuous_integration():
        _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if _continuous_integration():
        _refuse_skip(report)
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests told of themselves (`record_property("told", …)`): shares of generated cases and the like."""
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        for name, value in report.user_properties:
            if name == "told":
                terminalreporter.write_line(f"told: {value}")
