"""The models of the API's answers as an OpenAPI document, on standard output: python -m scripts.openapi

Without paths: the page writes its questions by itself, and what it reads is what types are for.
"""

from __future__ import annotations

import sys
from typing import cast

import orjson

from farthing.api import create_app
from farthing.core.settings import Settings
from farthing.views import CostSource


def document() -> bytes:
    """The document, as JSON."""
    nobody = cast(CostSource, None)  # it is asked for no costs
    return orjson.dumps(create_app(nobody, Settings()).openapi() | {"paths": {}}, option=orjson.OPT_INDENT_2)


if __name__ == "__main__":
    sys.stdout.buffer.write(document() + b"\n")
