"""What went wrong with one request, in words free of secrets, and what may help."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import httpx
import msgspec

from farthing.core.errors import AccessDenied, SourceError, TimedOut, Unreachable, Unreadable
from farthing.metering.prometheus.auth import without_credentials
from farthing.metering.prometheus.meanings import (
    BASE_URL,
    LOOK_AT_SERVER,
    NO_HOPE,
    PROXY,
    TOO_LATE,
    Hope,
    connection_of,
    meaning_of,
)

SHOWN_CHARACTERS = 600
API_JSON = 'JSON of the form {"status": "success", "data": …}'
_TITLE = re.compile(r"<title[^>]*>\s*(.*?)\s*</title>", re.IGNORECASE | re.DOTALL)


class Fault(Exception):
    """One request failed. `error` is what to tell if nothing helps; `hope` what may help, `after` so many seconds where the server says."""

    def __init__(self, error: SourceError, hope: Hope, *, status: int | None = None, after: float | None = None) -> None:
        super().__init__(error.problem)
        self.error, self.hope, self.status, self.after = error, hope, status, after


class _Said(msgspec.Struct, rename="camel"):
    error: str = ""
    error_type: str = ""
    message: str = ""


@dataclass(frozen=True)
class Subject:
    """What was asked of whom, for messages. `proof` says which credentials were sent. Free of secrets."""

    url: str
    name: str
    query: str
    proof: str
    proxy: str

    @property
    def about(self) -> str:
        return f"{self.name}: {self.url}"

    @property
    def quoted(self) -> str:
        return f"\nquery: {self.query}" if self.query else ""


def fault_of_status(subject: Subject, response: httpx.Response, body: str) -> Fault:
    """Of an answer that is not 200. `body` is its text (its beginning), free of secrets."""
    if response.is_redirect:
        return _redirected(subject, response)
    status = response.status_code
    error_type, words = _words(body)
    meaning = meaning_of(status, error_type, words)
    denied = meaning.error is AccessDenied
    sent = f" ({subject.proof} was sent)" if denied else ""
    after = retry_after(response)
    wait = f" (wait {after:g} seconds, it says)" if after else ""
    error = meaning.error(
        f"{subject.about} answers {status} {response.reason_phrase}{sent}{wait}: {words}{subject.quoted}",
        expected="credentials that may read" if denied else "",
        cure=meaning.cure,
    )
    return Fault(error, meaning.hope, status=status, after=after)


def fault_of_transport(subject: Subject, error: httpx.TransportError | httpx.DecodingError, seconds: float) -> Fault:
    """Of an exchange that broke. `seconds` is the setting that a timeout used up."""
    words = str(error) or type(error).__name__
    about, again = subject.about, Hope(again=True)
    if isinstance(error, httpx.ProxyError):
        return Fault(Unreachable(f"{about}: the proxy {subject.proxy} fails: {words}", cure=PROXY), NO_HOPE)
    if isinstance(error, httpx.ConnectTimeout):
        cure = "check host and port in prometheus.url, firewalls and network policies"
        return Fault(Unreachable(f"{about}: no connection in time", cure=cure), again)
    if isinstance(error, httpx.TimeoutException):
        return timed_out(subject, seconds)
    if isinstance(error, httpx.DecodingError):
        return Fault(Unreadable(f"{about}: the answer cannot be unpacked: {words}", cure=LOOK_AT_SERVER), again)
    if isinstance(error, httpx.RemoteProtocolError) and "complete message body" in words:
        return cut_off(subject, words)
    broken = connection_of(words)
    hope = NO_HOPE if broken.lasting else again
    if subject.proxy and isinstance(error, httpx.ConnectError):
        return Fault(Unreachable(f"{about} through the proxy {subject.proxy}: {words}", cure=f"{PROXY}; {broken.cure}"), hope)
    return Fault(Unreachable(f"{about}: {words}", cure=broken.cure), hope)


def timed_out(subject: Subject, seconds: float) -> Fault:
    """No whole answer within the setting `timeout_seconds`."""
    error = TimedOut(
        f"{subject.about}: no whole answer within {seconds:g} seconds{subject.quoted}",
        expected=f"an answer within prometheus.timeout_seconds = {seconds:g}",
        cure="ask for a shorter window, or raise prometheus.timeout_seconds",
    )
    return Fault(error, TOO_LATE)


def cut_off(subject: Subject, words: str) -> Fault:
    """A body that ends before its end, or is not the JSON the API promises."""
    error = Unreadable(
        f"{subject.about}: the answer is cut off or not what the API promises: {words}{subject.quoted}",
        expected=API_JSON,
        cure="check for a proxy in between that limits the size or time of answers",
    )
    return Fault(error, Hope(again=True))


def not_json(subject: Subject, response: httpx.Response, beginning: str) -> Fault:
    """A 200 that carries a page: a login, a welcome, the wrong server."""
    kind = response.headers.get("content-type", "no content type")
    title = _TITLE.search(beginning)
    came = f"a page titled “{title[1]}”" if title else f"text that begins {beginning[:80]!r}"
    error = Unreadable(
        f"{subject.about} answers {kind}, {came}",
        expected=API_JSON,
        cure=f"{BASE_URL}; if the page is a login, give credentials ({subject.proof} was sent)",
    )
    return Fault(error, Hope(absent=True))


def retry_after(response: httpx.Response) -> float | None:
    """Seconds to wait: Retry-After as a number, or as a date against the answer's own Date; None where the server does not say."""
    text = response.headers.get("retry-after", "").strip()
    if text.isdecimal():
        return float(text)
    try:
        until, now = parsedate_to_datetime(text), parsedate_to_datetime(response.headers.get("date", ""))
        return max(0.0, (until - now).total_seconds())
    except (ValueError, TypeError):
        return None


def _redirected(subject: Subject, response: httpx.Response) -> Fault:
    shown = without_credentials(str(response.headers.get("location", "")))
    asked, led = httpx.URL(subject.url), response.request.url.join(shown)
    if led.path == asked.path and led.host == asked.host:
        cure = f"let prometheus.url begin with {led.scheme}://{led.netloc.decode()}"
    else:
        cure = f"if that is a login, give credentials ({subject.proof} was sent); otherwise {BASE_URL}"
    error = Unreadable(f"{subject.about} leads elsewhere ({response.status_code}): {shown}", expected=API_JSON, cure=cure)
    return Fault(error, Hope(absent=True), status=response.status_code)


def _words(body: str) -> tuple[str, str]:
    """Error type and message of an error answer, whichever way it is written."""
    try:
        said = msgspec.json.decode(body.encode(), type=_Said)
        if said.error or said.message:
            return said.error_type, said.error or said.message
    except msgspec.MsgspecError:
        title = _TITLE.search(body)
        if title:
            return "", f"a page titled “{title[1]}”"
    text = " ".join(body.split())
    return "", (text[:SHOWN_CHARACTERS] + " …" if len(text) > SHOWN_CHARACTERS else text) or "(no words)"
