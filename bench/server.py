"""A real Prometheus over written blocks, with a look at its memory."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.kit.servers import prometheus_command, started

CONFIG = "global: {scrape_interval: 1m, external_labels: {cluster: bench}}\n"


@contextmanager
def serving_blocks(database: Path, folder: Path) -> Iterator[tuple[str, int]]:
    """URL and pid of a Prometheus that serves `database`; its configuration and log lie in `folder`. Stopped by its pid."""
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "prometheus.yml"
    config.write_text(CONFIG)
    with started("prometheus", lambda port: prometheus_command(config, database.resolve(), port), folder / "prometheus.log") as (
        url,
        process,
    ):
        yield url, process.pid


def peak_bytes(pid: int) -> int | None:
    """Most memory the process `pid` has held resident; None where the system does not tell."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return None
    for line in status.read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return None


def cpu_seconds(pid: int) -> float | None:
    """CPU time that the process `pid` has used; None where the system does not tell. Unlike wall time it hardly depends on neighbours."""
    status = Path(f"/proc/{pid}/stat")
    if not status.exists():
        return None
    fields = status.read_text().rpartition(")")[2].split()  # from the third of proc(5) on: the name before may hold spaces
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def reset_peak(pid: int) -> None:
    """Let `peak_bytes` count from now on, where the system can do that."""
    switch = Path(f"/proc/{pid}/clear_refs")
    if switch.exists():
        switch.write_text("5")
