"""The rules of sharing as a generation keeps them: whatever was given out in it was given out by these."""

from __future__ import annotations

import dataclasses

import orjson

from farthing.views import Sharing, Split


def kept(sharing: Sharing | None) -> Sharing | None:
    """What of the rules a generation holds. A monthly amount is divided over all clusters of an hour, which are not taken in together:
    questions about it are answered from the hours themselves."""
    held = dataclasses.replace(sharing, monthly=0.0) if sharing else None
    return held or None


def written(sharing: Sharing | None) -> str:
    """Rules as a text."""
    return orjson.dumps(dataclasses.asdict(sharing) if sharing else None).decode()


def read(text: str) -> Sharing | None:
    """The reverse of `written`."""
    fields = orjson.loads(text)
    if fields is None:
        return None
    labels = tuple((key, tuple(values)) for key, values in fields.pop("labels"))
    return Sharing(namespaces=tuple(fields.pop("namespaces")), labels=labels, split=Split(fields.pop("split")), **fields)
