"""Where a lake lies: its URL, the object store under it, and names of clusters as folders."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from obstore.store import LocalStore, S3Store

from farthing.core.errors import NoData, SettingsError
from farthing.core.settings import LakeSettings

if TYPE_CHECKING:
    from obstore.store import ObjectStore

FORMS = "a folder, file:///folder, or s3://bucket/prefix"
LONGEST_FOLDER = 240  # file systems take 255 bytes
_KEPT = re.compile(r"[A-Za-z0-9.-]")
_FOLDER = re.compile(r"(?:[A-Za-z0-9.-]|_[0-9a-f]{2})+")
FIRST_PAUSE = timedelta(milliseconds=100)
LONGEST_PAUSE = timedelta(seconds=5)


@dataclass(frozen=True)
class Place:
    """A folder of an object store: obstore's view of it, and what delta-rs needs to open tables in it. Secrets stay out of its repr."""

    url: str
    store: ObjectStore = field(repr=False)
    options: Mapping[str, str] = field(repr=False)
    folder: Path | None = None
    retries: int = 0

    def table(self, path: str) -> str:
        """URL of the table at `path`."""
        return f"{self.url.rstrip('/')}/{path}"


def open_place(settings: LakeSettings, *, must_exist: bool = False) -> Place:
    """The place that `settings` name; a local folder is made, or NoData raised where it is missing and `must_exist`.

    Raises SettingsError for a URL that no lake can have.
    """
    url = settings.url.strip()
    scheme = url.partition("://")[0].lower() if "://" in url else ""
    if scheme == "s3":
        return _s3(url, settings)
    if scheme == "file":
        parts = urlsplit(url)
        if parts.netloc not in ("", "localhost"):
            raise SettingsError(f"lake.url = {url} names the machine {parts.netloc}", expected=FORMS, cure="write file:///folder")
        return _local(unquote(parts.path), url, must_exist=must_exist)
    if scheme:
        raise SettingsError(f"lake.url = {url} is of a kind that no lake can have: {scheme}", expected=FORMS)
    return _local(url, url, must_exist=must_exist)


def folder_of(cluster_id: str) -> str:
    """The folder of a cluster: letters, digits, dots and hyphens stay, every other byte becomes _ and two hexadecimal digits.

    Raises SettingsError for an empty id and one whose folder would be longer than file systems take.

    >>> folder_of("arn:aws:eks/prod_1")
    'arn_3aaws_3aeks_2fprod_5f1'
    """
    written = "".join(c if _KEPT.fullmatch(c) else "".join(f"_{b:02x}" for b in c.encode("utf-8", "surrogatepass")) for c in cluster_id)
    if written.startswith("."):
        written = "_2e" + written[1:]
    if not written or len(written) > LONGEST_FOLDER:
        told = f"the cluster id {cluster_id[:80]!r} takes {len(written)} bytes as the name of a folder"
        raise SettingsError(told, expected=f"1 to {LONGEST_FOLDER}", cure="name the cluster with metering.cluster_id")
    return written


def cluster_of(folder: str) -> str | None:
    """The cluster whose folder this is; None where no cluster's folder is called so.

    >>> cluster_of("prod_5f1"), cluster_of("_books")
    ('prod_1', None)
    """
    if not _FOLDER.fullmatch(folder):
        return None
    raw = re.sub(rb"_([0-9a-f]{2})", lambda m: bytes([int(m[1], 16)]), folder.encode())
    try:
        cluster = raw.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return None
    return cluster if folder_of(cluster) == folder else None


def _local(path: str, url: str, *, must_exist: bool) -> Place:
    if not path:
        raise SettingsError("lake.url is empty", expected=FORMS)
    folder = Path(path).expanduser().absolute()
    if must_exist and not folder.is_dir():
        raise NoData(f"there is no lake at {folder}", expected="a folder that an agent has written to", cure="name the lake with --lake")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"lake.url = {url}: the folder cannot be made: {error.strerror}", expected="a folder that can be written"
        ) from None
    return Place(folder.as_uri(), LocalStore(folder), {}, folder)


def _s3(url: str, settings: LakeSettings) -> Place:
    parts = urlsplit(url)
    if not parts.netloc or parts.query or parts.fragment or "@" in parts.netloc:
        raise SettingsError(f"lake.url = {url} is no bucket and prefix", expected="s3://bucket/prefix")
    if settings.endpoint.startswith("http://") and not settings.allow_http:
        raise SettingsError(
            f"lake.endpoint = {settings.endpoint} is without TLS", expected="an https:// endpoint", cure="or set lake.allow_http to true"
        )
    given = {
        "endpoint": settings.endpoint,
        "region": settings.region,
        "access_key_id": settings.access_key_id,
        "secret_access_key": settings.secret_access_key.get_secret_value(),
        "session_token": settings.session_token.get_secret_value(),
    }
    keys = {name: text for name, text in given.items() if text}
    seconds = f"{settings.timeout_seconds:g}s"
    patience = timedelta(seconds=settings.timeout_seconds)
    store = S3Store(
        parts.netloc,
        prefix=parts.path.strip("/") or None,
        config=keys,  # type: ignore[arg-type]
        client_options={"allow_http": settings.allow_http, "timeout": patience, "connect_timeout": patience},
        retry_config={
            "max_retries": settings.retries,
            "backoff": {"init_backoff": FIRST_PAUSE, "max_backoff": LONGEST_PAUSE, "base": 2},
            "retry_timeout": patience * (settings.retries + 1),
        },
    )
    options = {f"aws_{name}": text for name, text in keys.items()} | {
        "allow_http": str(settings.allow_http).lower(),
        "timeout": seconds,
        "connect_timeout": seconds,
        "max_retries": str(settings.retries),
        "retry_timeout": f"{settings.timeout_seconds * (settings.retries + 1):g}s",
        "backoff_config.init_backoff": "100ms",
        "backoff_config.max_backoff": "5s",
    }
    return Place(url.rstrip("/"), store, options, retries=settings.retries)
