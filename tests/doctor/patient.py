"""A small cluster of known faults or none, and its examination on a real server.

Data from 07:00 to 12:15, when it is examined: of the window from 09:00 on, the hours to 12:00 are closed.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from farthing.core.settings import MeteringSettings, PrometheusSettings, Settings
from farthing.core.windows import Window
from farthing.doctor import CHECKS, Diagnosis, Finding, examine
from farthing.metering.prometheus import PrometheusClient
from farthing.pricing import PriceBook, load_book
from tests.kit import Cluster, Container

START = 1_760_000_400  # 2025-10-09T09:00:00Z
HOUR = 3600
END = START + 3 * HOUR + 900
NOW = datetime.fromtimestamp(END, UTC)
WINDOW = Window(datetime.fromtimestamp(START, UTC), NOW)
GIB = 2**30


class Client(PrometheusClient):
    """A client whose server's clock shows the test's time (the real one shows today) and that tells a retention if asked to."""

    skew = 0.0
    retention = "90d"

    def server_time(self) -> float | None:
        return NOW.timestamp() + self.skew if super().server_time() is not None else None

    def runtime_info(self) -> dict[str, Any] | None:
        info = super().runtime_info()
        return None if info is None else {**info, "storageRetention": self.retention}


def app(name: str = "app", **more: Any) -> Container:
    return Container(name, **{"cpu": 0.5, "ram_gib": 1, "uses_cpu": 0.25, "uses_ram_gib": 0.5, **more})


def farm(*, nodes: int = 2, **more: Any) -> Cluster:
    """`nodes` nodes of 4 cores and 16 GiB, each with one pod of half a core that runs all the time, owned and labelled."""
    cluster = Cluster(START - 2 * HOUR, END, **{"name": "east", **more})
    cluster.namespace("kube-system", labels={"team": "platform"})
    cluster.namespace("shop", labels={"team": "shop"})
    owner = cluster.deployment("shop", "web")
    for i in range(nodes):
        cluster.node(f"n{i}", cores=4, gib=16)
        cluster.pod(
            "shop", f"web-{i}", node=f"n{i}", containers=[app()], owner=owner, labels={"app": "web"}, annotations={"note": "x"},
            network=(1000.0, 2000.0),
        )  # fmt: skip
    return cluster


OWN_PRICES = """
name: ours
currency: USD
rules:
  - name: nodes
    price: {cpu: 0.04 $/core-hour, ram: 0.005 $/GiB-hour, gpu: 2 $/card-hour}
  - name: volumes
    match: {storage_class: "*"}
    price: {volume: 0.0001 $/GiB-hour}
  - name: balancers
    price: {load_balancer: 0.02 $/hour}
"""


def book(folder: Path, text: str = OWN_PRICES) -> PriceBook:
    """A price book of our own, by default with a price for everything."""
    path = folder / "prices.yaml"
    path.write_text(text)
    return load_book(path)


def diagnose(
    url: str,
    *,
    client: type[PrometheusClient] = Client,
    prices: PriceBook | None = None,
    only: str = "",
    now: datetime = NOW,
    window: Window = WINDOW,
    **metering: Any,
) -> Diagnosis:
    """The diagnosis of a server: by all checks, or by the one named `only`."""
    settings = Settings(prometheus=PrometheusSettings(url=url), metering=MeteringSettings(**metering))
    checks = [c for c in CHECKS if c.name == only] if only else CHECKS
    assert checks, f"no check is called {only}"
    with client(settings.prometheus) as asked:
        return examine(asked, settings, prices, window=window, now=now, checks=checks)


def only(diagnosis: Diagnosis) -> Finding:
    """The one finding of a diagnosis."""
    assert len(diagnosis.findings) == 1, diagnosis.findings
    return diagnosis.findings[0]
