"""One settings tree. A docstring under a field is its reference text.

Sources, strongest first: flags, environment (`FARTHING_PROMETHEUS__URL`), a YAML file, the defaults here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

MASK = "**********"
_CREDENTIALS_IN_URL = re.compile(r"(?<=://)[^/@\s]+@")


class Sensitive:
    """Marks a field whose texts may be secret though they are not SecretStr, such as headers."""


def mask(value: object, *, secret: bool) -> object:
    """`value` as a person may see it: a secret one masked, credentials inside a URL always."""
    if isinstance(value, SecretStr):
        return value
    if isinstance(value, dict):
        return {name: mask(text, secret=secret) for name, text in value.items()}
    if secret:
        return MASK if value not in ("", None) else value
    return _CREDENTIALS_IN_URL.sub(f"{MASK}@", value) if isinstance(value, str) else value


class Section(BaseModel):
    """A branch of the tree. Unknown keys are errors; its repr shows no secrets."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, allow_inf_nan=False)

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        for name, value in super().__repr_args__():
            field = type(self).model_fields.get(name or "")
            yield name, mask(value, secret=field is not None and any(isinstance(m, Sensitive) for m in field.metadata))


class PrometheusSettings(Section):
    """The server that holds the series."""

    url: str = ""
    """Base URL of a server that speaks Prometheus' HTTP API, e.g. http://localhost:9090."""
    username: str = ""
    """User name for basic auth."""
    password: SecretStr = SecretStr("")
    """Password for basic auth."""
    bearer_token: SecretStr = SecretStr("")
    """Bearer token."""
    bearer_token_file: Path | None = None
    """File that holds the bearer token; read again when it changes."""
    headers: Annotated[dict[str, str], Sensitive()] = Field(default_factory=dict)
    """Headers to send with every request."""
    tenant: str = ""
    """Tenant id, sent as X-Scope-OrgID (Mimir, Cortex, Loki-style multi-tenancy)."""
    params: Annotated[dict[str, str], Sensitive()] = Field(default_factory=dict)
    """Query parameters to send with every request, e.g. dedup=true for Thanos."""
    ca_file: Path | None = None
    """PEM file of the authority that signed the server's certificate."""
    client_cert_file: Path | None = None
    """PEM file of our client certificate."""
    client_key_file: Path | None = None
    """PEM file of the client certificate's key."""
    insecure_skip_verify: bool = False
    """Do not verify the server's certificate."""
    proxy: str = ""
    """URL of an HTTP proxy. Empty: HTTP_PROXY, HTTPS_PROXY and NO_PROXY of the environment count."""
    timeout_seconds: float = Field(120, gt=0)
    """Longest wait for one answer."""
    retries: int = Field(4, ge=0, le=20)
    """How often a failed request (429, 5xx, no connection, cut off) is tried again."""
    concurrency: int = Field(2, ge=1, le=64)
    """Most queries under way at once."""
    max_queries: int = Field(20_000, ge=1)
    """Most queries one command may send."""
    max_series: int = Field(1_000_000, ge=1)
    """Most series one query may answer with."""
    max_samples: int = Field(20_000_000_000, ge=1)
    """Most samples one command may make the server read."""


class MeteringSettings(Section):
    """How quantities are read from series."""

    cluster_label: str = ""
    """Label that tells clusters apart. Empty: found among cluster, cluster_id, cluster_name, …"""
    cluster_id: str = ""
    """Name for the cluster of series that carry no cluster label. Empty: the server's external label, else `default`."""
    settle_minutes: float = Field(10, ge=0)
    """An hour counts as closed this long after its end."""
    unobserved_hole_hours: float = Field(6, gt=0)
    """In a hole in the data longer than this, cost of nodes that nobody is known to have held is unobserved, not idle."""
    look_around_hours: int = Field(24, ge=1, le=168)
    """How far before and after the window samples are looked for when the window's edge lies in a hole."""
    rows_at_once: int = Field(250_000, ge=1000)
    """Container-hours held in memory at once; longer windows are done in pieces."""


class SamplesSettings(Section):
    """The embedded store of raw samples, for clusters without a Prometheus."""

    path: Path | None = None
    """Folder that holds the samples. Empty: nothing is kept."""
    targets: Path | None = None
    """YAML file with the targets to scrape. Empty: samples only come by remote write."""
    retention_hours: int = Field(72, ge=4)
    """Hours of samples that are kept before the newest one. More than metering.look_around_hours is needed."""
    sync_seconds: float = Field(5, gt=0)
    """Samples are safe on disk after this long at most."""
    sync_bytes: int = Field(8 << 20, ge=1)
    """Samples are synced to disk earlier when there are this many bytes of them."""
    log_bytes: int = Field(64 << 20, ge=1 << 16)
    """Size at which the log of an hour that still goes on is put into columns."""
    future_seconds: float = Field(600, ge=0)
    """Samples that are further ahead of the clock than this are left out."""
    most_body_bytes: int = Field(64 << 20, ge=1024)
    """Longest answer of a target, and longest body of remote write once unpacked."""
    most_scrapes: int = Field(16, ge=1, le=256)
    """Most targets scraped at the same time."""


class PricingSettings(Section):
    """Where prices come from."""

    book: Path | None = None
    """Price book (YAML), or OpenCost's custom pricing (JSON or CSV). Empty: the default book."""


class SharingSettings(Section):
    """Costs of some that are shared out among all others of the cluster."""

    namespaces: str = ""
    """Namespaces whose cost is shared out, joined by commas; a * at the end of a name stands for any ending."""
    labels: str = ""
    """Labels whose pods' cost is shared out, KEY=VALUE joined by commas."""
    monthly_cost: float = Field(0, ge=0)
    """Amount a month (730 hours) that no asset has, in the book's currency, shared out over all clusters hour by hour."""
    split: Literal["weighted", "even"] = "weighted"
    """How it is divided: by what each pays itself, or evenly among pods by the time they held."""
    management: bool = False
    """Share out control-plane and licence fees."""
    load_balancers: bool = False
    """Share out load balancers."""


class ServeSettings(Section):
    """The HTTP server."""

    host: str = "127.0.0.1"
    """Address to listen on. Without tokens configured only loopback addresses are allowed."""
    port: int = Field(9090, ge=1, le=65535)
    """Port to listen on."""
    token: SecretStr = SecretStr("")
    """Token that every request must send as `Authorization: Bearer …`, 16 characters or more. Without one nothing can be written."""
    token_file: Path | None = None
    """File with one such token a line; read again when it changes."""
    hosts: str = ""
    """Comma list of names that the server is asked by beside those of this machine, e.g. costs.example.org."""


class LakeSettings(Section):
    """Where the facts of all clusters are kept: Delta Lake tables in a folder or an object store."""

    url: str = "~/.farthing/lake"
    """A folder, file:///folder or s3://bucket/prefix. Every cluster has a folder of its own in it."""
    endpoint: str = ""
    """S3: base URL of a server that is not AWS, e.g. http://localhost:8333. Empty: AWS."""
    region: str = ""
    """S3: region of the bucket. Empty: AWS_REGION of the environment, else us-east-1."""
    access_key_id: str = ""
    """S3: access key. Empty: what the environment offers (variables, web identity, instance role)."""
    secret_access_key: SecretStr = SecretStr("")
    """S3: secret of the access key."""
    session_token: SecretStr = SecretStr("")
    """S3: token of temporary keys."""
    allow_http: bool = False
    """S3: allow an endpoint without TLS."""
    timeout_seconds: float = Field(30, gt=0)
    """Longest wait for one answer of the object store."""
    retries: int = Field(5, ge=0, le=20)
    """How often a failed request (5xx, no connection, cut off) is tried again."""
    lease_seconds: float = Field(300, gt=0)
    """How long an agent's claim on a cluster holds without being renewed, by the object store's clock."""
    keep_hours: float = Field(48, ge=1)
    """Files that no table refers to any more are kept this long, for readers and writers that are under way."""


class WarehouseSettings(Section):
    """Where costed hours lie ready for questions: derived from the lake, it may be deleted and is built again."""

    path: str = "~/.farthing/warehouse.duckdb"
    """The file. One server uses it at a time."""
    memory_mib: int = Field(256, ge=128)
    """Most memory for questions, in MiB."""
    threads: int = Field(2, ge=1, le=128)
    """Threads for questions."""


class CollectSettings(Section):
    """What is collected from the server that holds the series, and when."""

    every_seconds: float = Field(30, gt=0)
    """How often newly closed hours are looked for."""
    backfill: bool = True
    """Collect what the server still has of the past, newest days first."""
    backfill_days: int = Field(400, ge=1)
    """How far back the past is looked for."""
    late_hours: int = Field(24, ge=0, le=720)
    """Every hour is measured once more so long after it closed, for samples that came late; 0: never."""


class Settings(Section):
    """Everything that can be set."""

    prometheus: PrometheusSettings = PrometheusSettings()
    metering: MeteringSettings = MeteringSettings()
    samples: SamplesSettings = SamplesSettings()
    pricing: PricingSettings = PricingSettings()
    sharing: SharingSettings = SharingSettings()
    serve: ServeSettings = ServeSettings()
    lake: LakeSettings = LakeSettings()
    warehouse: WarehouseSettings = WarehouseSettings()
    collect: CollectSettings = CollectSettings()
    log_level: Literal["debug", "info", "warning", "error"] = "warning"
    """Least severe message that is logged."""
