"""Tables: what a status code, a server's words or a broken connection mean, what may help, and what to tell."""

from __future__ import annotations

import re
from dataclasses import dataclass

from farthing.core.errors import AccessDenied, Refused, SourceError, TimedOut, Unreachable

FIRST_SERVER_ERROR = 500
ASK_LESS = "ask for a shorter window, or raise the server's limit"
WAIT = "wait, or lower prometheus.concurrency"
LOOK_AT_SERVER = "look at the server's log"
SEE_WORDS = "the server's words say why"
BASE_URL = "check prometheus.url: is it the base URL of a Prometheus? A path prefix (/prometheus, /select/0/prometheus) belongs to it"


@dataclass(frozen=True)
class Hope:
    """What may make a failed request succeed."""

    again: bool = False
    """To ask again, later."""
    divisible: bool = False
    """To ask for less at once."""
    slow: bool = False
    """It failed for lack of time: each further try may cost the whole time limit."""
    method: bool = False
    """Another HTTP method."""
    parameters: bool = False
    """To leave out the parameters that not every server knows."""
    absent: bool = False
    """Nothing: there is no such endpoint."""


@dataclass(frozen=True)
class Meaning:
    """The error to tell if no hope comes true, its cure, and the hope."""

    error: type[SourceError]
    cure: str
    hope: Hope


NO_HOPE = Hope()
TOO_LATE = Hope(divisible=True, slow=True)
OTHER_CLIENT_ERROR = Meaning(Refused, SEE_WORDS, Hope(divisible=True))
OTHER_SERVER_ERROR = Meaning(Unreachable, LOOK_AT_SERVER, Hope(again=True))
STATUS: dict[int, Meaning] = {
    400: Meaning(Refused, SEE_WORDS, Hope(divisible=True, parameters=True)),
    401: Meaning(AccessDenied, "check the credentials in the prometheus settings", NO_HOPE),
    403: Meaning(AccessDenied, "check what these credentials may read, and prometheus.tenant", Hope(method=True)),
    404: Meaning(Refused, BASE_URL, Hope(method=True, absent=True)),
    405: Meaning(Refused, BASE_URL, Hope(method=True, absent=True)),
    407: Meaning(AccessDenied, "the proxy wants credentials: put user:password@ into prometheus.proxy", NO_HOPE),
    408: Meaning(TimedOut, ASK_LESS, TOO_LATE),
    410: Meaning(Refused, BASE_URL, Hope(absent=True)),
    413: Meaning(Refused, ASK_LESS, Hope(divisible=True)),
    422: Meaning(Refused, SEE_WORDS, Hope(divisible=True, parameters=True)),
    425: Meaning(Unreachable, WAIT, Hope(again=True)),
    429: Meaning(Refused, WAIT, Hope(again=True)),
    500: Meaning(Refused, LOOK_AT_SERVER, Hope(again=True)),
    501: Meaning(Refused, BASE_URL, Hope(method=True, absent=True)),
    504: Meaning(TimedOut, ASK_LESS, TOO_LATE),
}


@dataclass(frozen=True)
class Wording:
    """Words that, with one of `statuses` (and `error_type`, where given), tell more than the status."""

    statuses: frozenset[int]
    error_type: str
    pattern: re.Pattern[str]
    meaning: Meaning


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


WORDINGS = (
    Wording(
        frozenset({400}), "", _words("to an HTTPS server"), Meaning(Refused, "the port speaks TLS: write https:// in the url", NO_HOPE)
    ),
    Wording(frozenset({400, 422}), "bad_data", _words("parse error"), Meaning(Refused, "mend the query", NO_HOPE)),
    Wording(frozenset({422, 500, 502, 503}), "", _words("time(d )?-?out|deadline exceeded"), Meaning(TimedOut, ASK_LESS, TOO_LATE)),
    Wording(
        frozenset({422, 500, 503}),
        "",
        _words("too many (samples|points|series|chunks)|exceeds? the (limit|maximum)|memory"),
        Meaning(Refused, ASK_LESS, Hope(divisible=True)),
    ),
)


@dataclass(frozen=True)
class Broken:
    """Words of a connection that fails. `lasting` ones do not pass by waiting."""

    pattern: re.Pattern[str]
    cure: str
    lasting: bool


CONNECTION = (
    Broken(_words("CERTIFICATE_VERIFY_FAILED"), "set prometheus.ca_file to the PEM file of the authority that signed it", True),
    Broken(
        _words("CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE|BAD_CERTIFICATE|UNKNOWN_CA"),
        "the server wants a client certificate that it trusts: set prometheus.client_cert_file and prometheus.client_key_file",
        True,
    ),
    Broken(
        _words("WRONG_VERSION_NUMBER|RECORD_LAYER|UNEXPECTED_EOF|UNSUPPORTED_PROTOCOL"),
        "the port speaks no TLS, or another: http:// for https://?",
        True,
    ),
    Broken(
        _words("name or service not known|name resolution|nodename|getaddrinfo|no address"),
        "check the host name in prometheus.url; names that end in .svc exist only inside the cluster",
        False,
    ),
    Broken(_words("refused"), "nothing listens there: check the port in prometheus.url, or start the port-forward", False),
    Broken(_words("unreachable|no route"), "there is no way to this host: check network, VPN and network policies", False),
)
ANY_CONNECTION = Broken(_words(""), "check prometheus.url, and that the server runs", False)
PROXY = "check prometheus.proxy (or HTTP_PROXY, HTTPS_PROXY, NO_PROXY of the environment)"


def meaning_of(status: int, error_type: str, words: str) -> Meaning:
    """The most telling row for an answer that is not 200."""
    for wording in WORDINGS:
        if status in wording.statuses and wording.error_type in ("", error_type) and wording.pattern.search(words):
            return wording.meaning
    return STATUS.get(status) or (OTHER_CLIENT_ERROR if status < FIRST_SERVER_ERROR else OTHER_SERVER_ERROR)


def connection_of(words: str) -> Broken:
    """The most telling row for a connection that broke with these words."""
    return next((row for row in CONNECTION if row.pattern.search(words)), ANY_CONNECTION)
