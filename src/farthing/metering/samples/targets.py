"""What is scraped: the targets, and the YAML file that lists them.

targets:
  - url: https://10.0.0.4:10250/metrics/cadvisor
    job: kubelet
    cluster: prod
    bearer_token_file: /var/run/secrets/kubernetes.io/serviceaccount/token
    ca_file: /var/run/secrets/kubernetes.io/serviceaccount/ca.crt
    labels: {node: n1}
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from pydantic import Field, ValidationError, field_validator

from farthing.core.errors import SettingsError, nearest
from farthing.core.settings import Section


class ScrapeTarget(Section):
    """An exporter that is asked for its metrics."""

    url: str
    """Where it shows its metrics: http or https, with the path."""
    job: str = Field(min_length=1)
    """Its label job, e.g. kubelet or kube-state-metrics."""
    cluster: str = ""
    """Label cluster of all its series; it wins over one that the exporter shows. Empty: none is put on."""
    interval_seconds: float = Field(60, ge=1, le=600)
    """Time from scrape to scrape."""
    timeout_seconds: float = Field(10, gt=0, le=600)
    """Longest time that an answer may take, all of it; no more than the interval counts."""
    bearer_token_file: Path | None = None
    """File with a bearer token; read anew for every scrape, for tokens are renewed."""
    ca_file: Path | None = None
    """PEM file of the authority that signed the target's certificate. Empty: the system's authorities."""
    insecure_skip_verify: bool = False
    """Do not verify the target's certificate."""
    honor_labels: bool = True
    """Keep an exporter's labels where the target has labels of the same name; otherwise they are called exported_…."""
    labels: Mapping[str, str] = Field(default_factory=dict)
    """More labels for all its series."""

    @field_validator("url")
    @classmethod
    def _is_http(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("no URL with http or https and a host")
        return url

    @property
    def instance(self) -> str:
        """Its label instance: host and port."""
        parts = urlsplit(self.url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        return f"[{parts.hostname}]:{port}" if ":" in (parts.hostname or "") else f"{parts.hostname}:{port}"

    @property
    def phase(self) -> float:
        """Seconds past the full interval at which it is scraped: always the same, and spread over the targets."""
        digest = hashlib.blake2b(f"{self.job}\n{self.url}".encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") / 2**64 * self.interval_seconds

    def own_labels(self) -> dict[str, str]:
        """The labels that it puts on its series."""
        given = {"instance": self.instance, "job": self.job, **self.labels}
        return {k: v for k, v in given.items() if v} | ({"cluster": self.cluster} if self.cluster else {})


def read_targets(path: Path) -> list[ScrapeTarget]:
    """The targets of a YAML file. Raises SettingsError with the target and key that is wrong."""
    try:
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(
            f"samples.targets {path} cannot be read: {error.strerror}", expected="a YAML file that lists targets"
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not YAML: {str(error).splitlines()[0]}", expected="targets: a list of targets") from error
    listed = told.get("targets") if isinstance(told, dict) else None
    if not isinstance(listed, list) or set(told) != {"targets"}:
        raise SettingsError(f"{path} has no list of targets", expected="one key, targets, with a list of targets")
    targets = [_target(path, number, one) for number, one in enumerate(listed, 1)]
    again = next((t for i, t in enumerate(targets) if any((t.url, t.job) == (o.url, o.job) for o in targets[:i])), None)
    if again:
        raise SettingsError(f"{path}: {again.url} is listed twice for the job {again.job}", expected="each target once")
    return targets


def _target(path: Path, number: int, told: object) -> ScrapeTarget:
    where = f"{path}: target {number}"
    if not isinstance(told, dict):
        raise SettingsError(f"{where} is no target", expected="a map with url and job")
    fields = ScrapeTarget.model_fields
    unknown = next((key for key in told if key not in fields), None)
    if unknown is not None:
        raise SettingsError(f"{where}: {unknown} is no key of a target", expected=nearest(str(unknown), fields))
    try:
        return ScrapeTarget.model_validate(told)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        key = str(first["loc"][0]) if first["loc"] else "url"
        raise SettingsError(
            f"{where}: {key} is not valid: {first['msg']}", expected=(fields[key].description or "").split(".")[0]
        ) from None
