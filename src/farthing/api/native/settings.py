"""`/settings`: what holds now: settings and where each came from, the price book, where facts come from. Nothing can be set here."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from farthing.core.settings import Section, Settings, mask
from farthing.core.settings_keys import SettingKey, setting_keys, value_at
from farthing.core.settings_loader import DEFAULT
from farthing.pricing import BookLine, PriceBook

from ..calls import Call, Reply
from ..moments import iso
from .view import note_json

FLAG = "flag "
ROOT_DOC = "What belongs to no section."


def settings_in_force(call: Call) -> Reply:
    """Settings with secrets masked, the price book, and where facts come from. Never out of a cache."""
    call.refuse_parameters()
    house = call.house
    book = house.behind.book() if house.behind.book else None
    until = iso(call.as_of) if call.source.extents() else None
    document = {
        "sections": list(sections_json(house.settings, house.behind.origins)),
        "priceBook": None if book is None else book_json(book, house.settings),
        "sources": list(sources_json(house.settings, until, keeps=house.behind.machine is not None)),
    }
    return Reply(orjson.dumps(document))


def sections_json(settings: Settings, origins: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Every section of the tree in its order, those settings last that belong to none."""
    docs = {name: inspect.cleandoc(type(value).__doc__ or "") for name, value in settings if isinstance(value, Section)}
    for section, doc in (*docs.items(), ("", ROOT_DOC)):
        mine = [one for one in setting_keys().values() if one.key.rpartition(".")[0] == section]
        yield {"section": section, "doc": doc, "settings": [_setting(one, settings, origins) for one in mine]}


def _setting(setting: SettingKey, settings: Settings, origins: Mapping[str, str]) -> dict[str, str]:
    value = setting.show(value_at(settings, setting.key))
    source, origin = source_of(setting, value, origins.get(setting.key, ""))
    return {
        "key": setting.key,
        "name": setting.key.rpartition(".")[2],
        "value": value,
        "default": setting.default,
        "source": source,
        "origin": origin,
        "environment": setting.environment,
        "valid": setting.valid,
        "doc": setting.doc,
    }


def source_of(setting: SettingKey, value: str, origin: str) -> tuple[str, str]:
    """default, file, environment, flag or command, and the same in full. `origin`: as LoadedSettings has it; empty: it does not know."""
    if not origin or origin == DEFAULT:
        return ("default" if origin == DEFAULT or value == setting.default else "command"), ""
    if origin.startswith(FLAG):
        return "flag", origin
    return ("environment" if origin == setting.environment else "file"), origin


def book_json(book: PriceBook, settings: Settings) -> dict[str, Any]:
    """A price book, readable: what each rule matches, and its prices."""
    lines = itertools.groupby(book.describe(), key=lambda line: (line.name, line.match, line.is_rule, line.is_default))
    return {
        "name": book.name,
        "origin": str(settings.pricing.book or ""),
        "currency": book.currency,
        "isDefault": book.is_default,
        "rules": [_rule(list(group)) for _, group in lines],
        "notes": [note_json(note) for note in book.notes],
    }


def _rule(lines: list[BookLine]) -> dict[str, Any]:
    first = lines[0]
    prices = [
        {"priced": line.priced, "lifecycle": line.lifecycle, "value": line.price, "unit": line.unit, "written": line.written}
        for line in lines
    ]
    kind = "rule" if first.is_rule else "default rate" if first.is_default else "rate"
    return {"name": first.name, "kind": kind, "match": first.match, "prices": prices}


def sources_json(settings: Settings, until: str | None, *, keeps: bool) -> Iterator[dict[str, Any]]:
    """Where facts come from, and where they lie if anything `keeps` them."""
    found = {"prometheus": settings.prometheus.url, "samples": str(settings.samples.path or "") if keeps else ""}
    found["lake"] = settings.lake.url if keeps else ""
    for kind, url in found.items():
        if url:
            yield {"name": NAMES[kind], "kind": kind, "url": mask(url, secret=False), "dataUntil": until}


NAMES = {"prometheus": "Prometheus-compatible server", "samples": "embedded sample store", "lake": "lake"}
