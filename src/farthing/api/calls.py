"""One request as handlers see it, and its way back: ETag, 304, compression. Handlers know nothing of HTTP."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from fastapi import Request
from fastapi.responses import Response, StreamingResponse

from farthing.core.errors import BadParameter
from farthing.core.settings import Settings
from farthing.core.windows import Window, parse_moment
from farthing.views import CostSource, Sharing

from . import encodings
from .behind import NOTHING, Behind
from .failures import JSON
from .parameters import AS_OF, checked

CACHE = "private, no-cache"  # kept by the client alone, and asked about every time


@dataclass(frozen=True)
class Reply:
    """What is answered: bytes, or parts of them. `filename`: to be saved under that name. `packed`: compressed in itself."""

    body: bytes | Iterator[bytes]
    media_type: str = JSON
    filename: str = ""
    packed: bool = False
    status: int = 200


class Unchanged(Exception):
    """The client has this answer already."""


@dataclass(frozen=True)
class House:
    """What is set for all questions: what is shared out unless one says otherwise, the currency of costs, what the server can do,
    and whether all of it is made up. `as_of`: what answers as things were known at a time; None where nothing does. `behind`: what works
    behind the server; `settings`: its own."""

    sharing: Sharing | None = None
    currency: str = "USD"
    cluster: str = ""
    tokens: bool = False
    receives_samples: bool = False
    simulated: bool = False
    as_of: Callable[[datetime], CostSource] | None = None
    behind: Behind = NOTHING
    settings: Settings = field(default_factory=Settings)


@dataclass
class Call:
    """A question that came over HTTP: its path, its parameters in order, and what answers it."""

    source: CostSource
    house: House
    path: str
    items: list[tuple[str, str]]
    known: str = ""
    etag: str = field(default="", init=False)

    @property
    def now(self) -> datetime:
        """The present, as the source sees it."""
        return self.source.now()

    @property
    def as_of(self) -> datetime:
        """Until when data can be known: the end of what the source has, at most the present (the full minute)."""
        ends = [extent.last for extent in self.source.extents()]
        now = self.source.now().replace(second=0, microsecond=0)
        return min(now, datetime.fromtimestamp(max(ends), now.tzinfo)) if ends else now

    def refuse_parameters(self) -> None:
        """For a path that takes none. Raises BadParameter."""
        checked(self.items, {})

    def stamp(self, *parts: object) -> None:
        """Name the answer that is about to be made: the data's version, the question and `parts`, what else it depends on (windows).

        Raises Unchanged when the client has it. A source that tells no version gets no stamp.
        """
        version = self.source.version()
        if not version:
            return
        found = hashlib.blake2b(digest_size=12)
        for part in (version, self.path, *itertools.chain.from_iterable(sorted(self.items)), *map(_spelled, parts)):
            found.update(part.encode("utf-8", "surrogatepass") + b"\0")
        self.etag = f'W/"{found.hexdigest()}"'
        known = {one.strip().removeprefix("W/") for one in self.known.split(",")}
        if "*" in known or self.etag.removeprefix("W/") in known:
            raise Unchanged


def _spelled(part: object) -> str:
    return ",".join(map(str, part.unix)) if isinstance(part, Window) else str(part)


Handler = Callable[[Call], Reply]


def endpoint(source: CostSource, house: House, handler: Handler) -> Callable[[Request], Response]:
    """A plain function for a route: the server runs it in its threads, so that a long question does not stop the others."""

    def answer(request: Request) -> Response:
        items = request.query_params.multi_items()
        call = Call(source, house, request.url.path, items, request.headers.get("if-none-match", ""))
        try:
            call.source = _source_of(call)
            reply = handler(call)
        except Unchanged:
            return Response(status_code=304, headers=_headers(call, Reply(b"")))
        return respond(call, reply, request.headers.get("accept-encoding", ""))

    return answer


def _source_of(call: Call) -> CostSource:
    """Who answers: with `asOf`, what was known then. Raises BadParameter where that cannot be told."""
    texts = {value.strip() for name, value in call.items if name.lower() == AS_OF.lower()} - {""}
    if not texts:
        return call.source
    if len(texts) > 1:
        raise BadParameter(f"{AS_OF} is given twice: {', '.join(sorted(texts))}", expected="one value")
    (text,) = texts
    when = parse_moment(text, now=call.source.now())
    if when > call.source.now():
        raise BadParameter(f"{AS_OF}={text} lies in the future", expected="a time that has been")
    if call.house.as_of is None:
        raise BadParameter(
            f"{AS_OF} cannot be answered: no history is kept here", expected=f"a question without {AS_OF}", cure="run farthing up"
        )
    return call.house.as_of(when)


def respond(call: Call, reply: Reply, accepted: str) -> Response:
    """The reply over HTTP, compressed where that pays and the client takes it."""
    headers = _headers(call, reply)
    encoding = None if reply.packed else encodings.choose(accepted)
    if isinstance(reply.body, bytes):
        body = reply.body
        if encoding and len(body) >= encodings.LEAST_BYTES:
            body = encodings.compressed(body, encoding)
            headers["content-encoding"] = encoding
        return Response(body, status_code=reply.status, headers=headers, media_type=reply.media_type)
    parts = reply.body
    # The first part is made before the answer begins: what fails there is still told with its status.
    parts = itertools.chain([next(parts, b"")], parts)
    if encoding:
        parts = encodings.compressing(parts, encoding)
        headers["content-encoding"] = encoding
    return StreamingResponse(parts, status_code=reply.status, headers=headers, media_type=reply.media_type)


def _headers(call: Call, reply: Reply) -> dict[str, str]:
    headers = {"cache-control": CACHE, "vary": "Accept-Encoding, Authorization"}
    if call.etag:
        headers["etag"] = call.etag
    if reply.filename:
        headers["content-disposition"] = f'attachment; filename="{reply.filename}"'
    return headers
