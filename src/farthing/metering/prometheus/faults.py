"""What may go wrong with one request, and what each case means: try again, ask for less, ask otherwise, or give up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import httpx
import msgspec

from farthing.core.errors import AccessDenied, Refused, SourceError, TimedOut, Unreachable, Unreadable
from farthing.metering.prometheus.auth import without_credentials

SHOWN_CHARACTERS = 600


class Fault(Exception):
    """One request failed. `error` is what to tell if nothing helps; the flags say what may help.

    `again`: it may pass (after `after` seconds where the server says so). `divisible`: less at once may pass. `slow`: it is about time.
    `absent`: there is no such endpoint. `method`: another HTTP method may pass. `parameters`: without our optional parameters it may pass.
    """

    def __init__(
        self,
        error: SourceError,
        *,
        status: int | None = None,
        again: bool = False,
        after: float | None = None,
        divisible: bool = False,
        slow: bool = False,
        absent: bool = False,
        method: bool = False,
        parameters: bool = False,
    ) -> None:
        super().__init__(error.problem)
        self.error = error
        self.status = status
        self.again, self.after, self.divisible, self.slow = again, after, divisible, slow
        self.absent, self.method, self.parameters = absent, method, parameters


@dataclass(frozen=True)
class Meaning:
    """Of a status code."""

    error: type[SourceError]
    cure: str
    again: bool = False
    divisible: bool = False
    slow: bool = False
    absent: bool = False
    method: bool = False
    parameters: bool = False


ASK_LESS = "ask for a shorter window, or raise the server's limit"
WAIT = "wait, or lower prometheus.concurrency"
LOOK_AT_SERVER = "look at the server's log"
BASE_URL = "check prometheus.url: is it the base URL of a Prometheus? A path prefix (/prometheus, /select/0/prometheus) belongs into it"
OTHER_CLIENT_ERROR = Meaning(Refused, "the server's words above say why", divisible=True)
OTHER_SERVER_ERROR = Meaning(Unreachable, LOOK_AT_SERVER, again=True)
MEANINGS: dict[int, Meaning] = {
    400: Meaning(Refused, "the server's words above say why", divisible=True, parameters=True),
    401: Meaning(AccessDenied, "check the credentials of the prometheus settings"),
    403: Meaning(AccessDenied, "check what these credentials may read, and prometheus.tenant", method=True),
    404: Meaning(Refused, BASE_URL, absent=True, method=True),
    405: Meaning(Refused, BASE_URL, absent=True, method=True),
    407: Meaning(AccessDenied, "the proxy wants credentials: put user:password@ into prometheus.proxy"),
    408: Meaning(TimedOut, ASK_LESS, divisible=True, slow=True),
    410: Meaning(Refused, BASE_URL, absent=True),
    413: Meaning(Refused, ASK_LESS, divisible=True),
    422: Meaning(Refused, "the server's words above say why", divisible=True, parameters=True),
    425: Meaning(Unreachable, WAIT, again=True),
    429: Meaning(Refused, WAIT, again=True),
    500: Meaning(Refused, LOOK_AT_SERVER, again=True),
    501: Meaning(Refused, BASE_URL, absent=True, method=True),
    504: Meaning(TimedOut, ASK_LESS, divisible=True, slow=True),
}

# Wording only widens what is tried; what decides between success and failure is the answer.
TOO_MUCH = re.compile(
    r"time(d)? ?out|too many (samples|points|series|chunks)|deadline exceeded|exceeds? the (limit|maximum)|max.{0,20}memory", re.I
)
TOO_SLOW = re.compile(r"time(d)? ?out|deadline exceeded", re.I)
SYNTAX = re.compile(r"parse error", re.I)

CONNECTION_CURES: tuple[tuple[str, str], ...] = (
    ("CERTIFICATE_VERIFY_FAILED", "set prometheus.ca_file to the PEM file of the authority that signed the server's certificate"),
    (
        "CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE|BAD_CERTIFICATE|UNKNOWN_CA",
        "the server wants a client certificate that it trusts: set prometheus.client_cert_file and prometheus.client_key_file",
    ),
    ("WRONG_VERSION_NUMBER|RECORD_LAYER|UNEXPECTED_EOF|UNSUPPORTED_PROTOCOL", "the port speaks no TLS, or another: http:// for https://?"),
    (
        "Name or service not known|name resolution|nodename|getaddrinfo|No address",
        "check the host name in prometheus.url; names that end in .svc exist only inside the cluster",
    ),
    ("refused", "nothing listens there: check the port in prometheus.url, or start the port-forward"),
    ("unreachable|No route", "there is no way to this host: check network, VPN and network policies"),
)
TLS_WORDS = re.compile(r"SSL|TLS|CERTIFICATE", re.I)


class _Said(msgspec.Struct, rename="camel"):
    error: str = ""
    error_type: str = ""
    message: str = ""


@dataclass(frozen=True)
class Subject:
    """What was asked of whom, for messages. Free of secrets."""

    url: str
    name: str
    query: str = ""
    proof: str = "no credentials"
    proxy: str = ""

    @property
    def about(self) -> str:
        return f"{self.name}: {self.url}"

    @property
    def quoted(self) -> str:
        return f"\nquery: {self.query}" if self.query else ""


def fault_of_status(subject: Subject, response: httpx.Response, body: str) -> Fault:
    """The meaning of an answer that is not 200. `body` is its text (its beginning), free of secrets."""
    status = response.status_code
    if response.is_redirect:
        return _redirected(subject, response)
    error_type, words = _words(body)
    meaning = MEANINGS.get(status) or (OTHER_CLIENT_ERROR if status < 500 else OTHER_SERVER_ERROR)
    if meaning.error is AccessDenied:
        sent = f"sent was: {subject.proof}"
        return Fault(
            AccessDenied(f"{subject.about} answers {status} {response.reason_phrase}: {words}", expected=sent, cure=meaning.cure),
            status=status,
            method=meaning.method,
        )
    error, cure, again, divisible, slow, parameters = (
        meaning.error,
        meaning.cure,
        meaning.again,
        meaning.divisible,
        meaning.slow,
        meaning.parameters,
    )
    if status == 400 and "HTTPS server" in words:
        cure, divisible = "the port speaks TLS: write https:// in prometheus.url", False
    elif error_type == "bad_data" and SYNTAX.search(words):
        cure, divisible, parameters = "mend the query", False, False
    elif status in (422, 500, 502, 503) and TOO_MUCH.search(words):
        again, divisible, slow, cure = False, True, bool(TOO_SLOW.search(words)), ASK_LESS
        error = TimedOut if slow else Refused
    problem = f"{subject.about} answers {status} {response.reason_phrase}: {words}{subject.quoted}"
    return Fault(
        error(problem, cure=cure),
        status=status,
        again=again,
        after=retry_after(response),
        divisible=divisible,
        slow=slow,
        absent=meaning.absent,
        method=meaning.method,
        parameters=parameters,
    )


def fault_of_transport(subject: Subject, error: httpx.TransportError | httpx.DecodingError, seconds: float) -> Fault:
    """The meaning of an exchange that broke. `seconds` is the setting that a timeout used up."""
    words = str(error) or type(error).__name__
    if isinstance(error, httpx.ProxyError):
        return Fault(
            Unreachable(f"{subject.about}: the proxy {subject.proxy} fails: {words}", cure="check prometheus.proxy (or HTTPS_PROXY)")
        )
    if isinstance(error, httpx.ConnectTimeout):
        cure = "check host and port in prometheus.url, firewalls and network policies"
        return Fault(Unreachable(f"{subject.about}: no connection in time", cure=cure), again=True)
    if isinstance(error, httpx.TimeoutException):
        return timed_out(subject, seconds)
    if isinstance(error, httpx.DecodingError):
        return Fault(Unreadable(f"{subject.about}: the answer cannot be unpacked: {words}", cure=LOOK_AT_SERVER), again=True)
    cure = next((cure for pattern, cure in CONNECTION_CURES if re.search(pattern, words, re.I)), "")
    if isinstance(error, httpx.RemoteProtocolError) and "incomplete" in words:
        return Fault(cut_off(subject, words), again=True)
    via = f" through the proxy {subject.proxy}" if subject.proxy and isinstance(error, httpx.ConnectError) else ""
    lasting = bool(TLS_WORDS.search(words)) and bool(cure)
    return Fault(
        Unreachable(f"{subject.about}{via}: {words}", cure=cure or "check prometheus.url and that the server runs"), again=not lasting
    )


def timed_out(subject: Subject, seconds: float) -> Fault:
    """No answer within the setting `timeout_seconds`."""
    error = TimedOut(
        f"{subject.about}: no whole answer within {seconds:g} seconds{subject.quoted}",
        expected=f"an answer within prometheus.timeout_seconds = {seconds:g}",
        cure="ask for a shorter window, or raise prometheus.timeout_seconds",
    )
    return Fault(error, divisible=True, slow=True)


def cut_off(subject: Subject, words: str) -> Unreadable:
    """A body that ends before its end, or is not the JSON the API promises."""
    return Unreadable(
        f"{subject.about}: the answer is cut off or not what the API promises: {words}{subject.quoted}",
        expected='JSON of the form {"status": "success", "data": …}',
        cure="check for a proxy in between that limits size or time of answers",
    )


def not_json(subject: Subject, response: httpx.Response, beginning: str) -> Unreadable:
    """A 200 that carries a page: a login, a welcome, the wrong server."""
    kind = response.headers.get("content-type", "no content type")
    title = re.search(r"<title[^>]*>\s*(.*?)\s*</title>", beginning, re.I | re.S)
    came = f"a page titled “{title[1]}”" if title else f"text that begins {beginning[:80]!r}"
    return Unreadable(
        f"{subject.about} answers {kind}, {came}",
        expected="JSON of Prometheus' HTTP API",
        cure=f"{BASE_URL}; if the page is a login, give credentials ({subject.proof} was sent)",
    )


def retry_after(response: httpx.Response) -> float | None:
    """Seconds to wait: Retry-After as a number, or as a date against the answer's own Date; None where the server does not say."""
    text = response.headers.get("retry-after", "").strip()
    if text.isdigit():
        return float(text)
    try:
        until, now = parsedate_to_datetime(text), parsedate_to_datetime(response.headers.get("date", ""))
        return max(0.0, (until - now).total_seconds())
    except (ValueError, TypeError):
        return None


def _redirected(subject: Subject, response: httpx.Response) -> Fault:
    target = str(response.headers.get("location", ""))
    shown = without_credentials(target)
    asked, led = httpx.URL(subject.url), response.request.url.join(shown)
    if led.host == asked.host and led.path == asked.path:
        cure = f"the server has moved: let prometheus.url begin with {led.scheme}://{led.netloc.decode()}"
    else:
        cure = f"if that is a login, give credentials ({subject.proof} was sent); otherwise {BASE_URL}"
    return Fault(
        Unreadable(
            f"{subject.about} leads elsewhere ({response.status_code}): {shown}", expected="JSON of Prometheus' HTTP API", cure=cure
        ),
        absent=True,
    )


def _words(body: str) -> tuple[str, str]:
    """Error type and message of an error answer, whichever way it is written."""
    try:
        said = msgspec.json.decode(body.encode(), type=_Said)
        if said.error or said.message:
            return said.error_type, said.error or said.message
    except msgspec.MsgspecError:
        title = re.search(r"<title[^>]*>\s*(.*?)\s*</title>", body, re.I | re.S)
        if title:
            return "", f"a page titled “{title[1]}”"
    text = " ".join(body.split())
    return "", (text[:SHOWN_CHARACTERS] + " …" if len(text) > SHOWN_CHARACTERS else text) or "(no words)"
