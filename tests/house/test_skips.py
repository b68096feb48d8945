"""CI=true turns every skip into a failure; elsewhere a skip stays a skip."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).parents[1] / "conftest.py"

CASES = """
import pytest

def test_fine():
    pass

@pytest.mark.skip(reason="no server")
def test_marked():
    pass

def test_called():
    pytest.skip("no binary")

@pytest.mark.xfail(reason="known", strict=True)
def test_expected_failure():
    assert False
"""

MODULE = """
import pytest
pytest.importorskip("no_such_module_anywhere")
"""


def outcomes(folder: Path, source: str, ci: str) -> tuple[int, str]:
    # only the hooks of our conftest, not the fixtures that it lists
    hooks = "\n".join(line for line in CONFTEST.read_text().splitlines() if not line.startswith("pytest_plugins"))
    (folder / "conftest.py").write_text(hooks)
    (folder / "test_sample.py").write_text(source)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")} | {"CI": ci}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(folder), str(folder)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize(
    ("ci", "code", "summary"),
    [("true", 1, "1 failed, 1 passed, 1 xfailed, 1 error"), ("", 0, "1 passed, 2 skipped, 1 xfailed")],
)
def test_skipped_tests(tmp_path: Path, ci: str, code: int, summary: str) -> None:
    returned, printed = outcomes(tmp_path, CASES, ci)
    assert returned == code
    assert summary in printed
    if ci:
        assert "no server" in printed
        assert "no binary" in printed


@pytest.mark.parametrize(("ci", "summary"), [("true", "1 error"), ("", "1 skipped")])
def test_skipped_modules(tmp_path: Path, ci: str, summary: str) -> None:
    _, printed = outcomes(tmp_path, MODULE, ci)
    assert summary in printed
