"""The one thing that can be written: samples, by Prometheus' remote write."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from fastapi import Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from farthing.core.errors import TooLarge

PATH = "/api/v1/write"
MOST_BYTES = 64 * 2**20
BODY = {"requestBody": {"required": True, "content": {"application/x-protobuf": {"schema": {"type": "string", "format": "binary"}}}}}
# Takes the body as sent and its headers (names in lower case); gives headers for the answer. What it raises becomes the status: 4xx tells
# the sender to drop the samples, 5xx to send them again.
Receiver = Callable[[bytes, Mapping[str, str]], Mapping[str, str] | None]


def write_endpoint(receive: Receiver) -> Callable[[Request], Awaitable[Response]]:
    """`POST /api/v1/write`: 204 once the samples are taken."""

    async def write(request: Request) -> Response:
        body = await _body(request)
        told = await run_in_threadpool(receive, body, {name.lower(): value for name, value in request.headers.items()})
        return Response(status_code=204, headers=dict(told or {}))

    return write


async def _body(request: Request) -> bytes:
    said = request.headers.get("content-length", "0")
    if said.isdigit() and int(said) > MOST_BYTES:
        raise _too_large(int(said))
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > MOST_BYTES:
            raise _too_large(size)
        parts.append(part)
    return b"".join(parts)


def _too_large(size: int) -> TooLarge:
    return TooLarge(f"the body has {size} bytes or more", expected=f"at most {MOST_BYTES}", cure="set a smaller max_samples_per_send")
