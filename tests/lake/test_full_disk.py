"""A disk that is full, a real one: nothing that was committed is lost, and the hour that failed can be committed when there is room."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

ROOT = Path(__file__).parents[2]
SIZE = "900k"


@pytest.mark.slow
@pytest.mark.real
def test_a_full_disk(tmp_path: Path) -> None:
    if shutil.which("unshare") is None or subprocess.run(["unshare", "-rm", "true"], check=False, capture_output=True).returncode:
        pytest.skip("no file system can be mounted here (unshare of util-linux, and user namespaces)")
    mounted = f'mount -t tmpfs -o size={SIZE} tmpfs "{tmp_path}" && exec "{sys.executable}" -m tests.lake.full_disk "{tmp_path}"'
    done = subprocess.run(["unshare", "-rm", "sh", "-c", mounted], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    told = orjson.loads(done.stdout)
    assert told["done"] > 2
    assert told["said"].startswith("no space left: writing ")
    assert "make room and try again" in told["said"]
    assert told["errors"] == []
    assert told["after"] == []
