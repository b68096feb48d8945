"""Makes the demo's recording: whatever any report of its day asks a real Prometheus."""

from __future__ import annotations

import http.client
import threading
from urllib.parse import urlsplit

from farthing.core.settings import PrometheusSettings, Settings
from farthing.metering import ALL_NEEDS
from farthing.metering.prometheus import PrometheusClient
from farthing.pricing import load_book
from farthing.roles import LiveLedger
from farthing.views import check_closes

from .organisation import WINDOW
from .player import responding
from .recording import Answer, Recording, request_key, steady

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ANSWER_SECONDS = 60.0


def record(upstream: str) -> Recording:
    """Ask the server at `upstream` all that a report of the demo's day may ask, and keep every answer."""
    recording = Recording()
    lock = threading.Lock()
    base = urlsplit(upstream)

    def respond(path: str, query: str, form: str) -> Answer:
        connection = http.client.HTTPConnection(base.hostname or "", base.port, timeout=ANSWER_SECONDS)
        try:
            target = f"{path}?{query}" if query else path
            connection.request("POST" if form else "GET", target, form.encode() or None, FORM if form else {})
            reply = connection.getresponse()
            answer = Answer(reply.status, steady(reply.read()))
        finally:
            connection.close()
        with lock:
            recording.answers[request_key(path, (query, form))] = answer
        return answer

    with responding(respond) as url:
        settings = Settings(prometheus=PrometheusSettings(url=url))
        for needs in (frozenset[str](), ALL_NEEDS):
            with PrometheusClient(settings.prometheus) as client:
                client.build_info()
                for piece in LiveLedger(client, load_book(None), settings).pieces(WINDOW, needs=needs):
                    check_closes(piece)
    return recording
