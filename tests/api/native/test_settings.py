"""/api/v1/settings: what holds, where it came from, and no secrets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from farthing.api import Behind
from farthing.api.native.models_machine import SettingsInForce
from farthing.core.settings import Settings
from farthing.core.settings_loader import load_settings
from farthing.pricing import load_book, parse_book

from ..conftest import iso
from .kept import client_of, warehouse
from .test_status import Told

PATH = "/api/v1/settings"
BOOK = """
currency: EUR
rules:
  - name: gpu pool
    match: {instance_type: "p3.*", lifecycle: spot}
    price: {node: 3 EUR/hour}
  - name: fast disks
    match: {storage_class: gp3}
    price: {volume: 0.73 EUR/GiB-month}
"""


def told(client: TestClient) -> dict[str, Any]:
    answer = client.get(PATH)
    assert (answer.status_code, "etag" in answer.headers) == (200, False), answer.text
    found: dict[str, Any] = answer.json()
    SettingsInForce.model_validate(found, strict=True, extra="forbid")
    return found


def by_key(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["key"]: one for section in found["sections"] for one in section["settings"]}


def test_each_setting_with_its_source_and_no_secrets(tmp_path: Path) -> None:
    file = tmp_path / "farthing.yaml"
    file.write_text(
        "prometheus:\n  url: https://ann:hush-hush@prom.example.org\n  headers: {X-Key: very-secret}\n"
        "lake: {secret_access_key: also-secret}\n"
    )
    loaded = load_settings(
        file=file, env={"FARTHING_SERVE__TOKEN": "sixteen-characters"}, flags={"serve.port": "9191"}, flag_names={"serve.port": "--port"}
    )
    behind = Behind(Told(), origins=loaded.sources)
    client = client_of(warehouse(), loaded.settings, behind=behind)
    client.headers["authorization"] = "Bearer sixteen-characters"
    answer = client.get(PATH)
    assert all(secret not in answer.text for secret in ("hush-hush", "very-secret", "also-secret", "sixteen-characters"))
    found = told(client)
    keys = by_key(found)
    assert keys["prometheus.url"] | {"source": "file", "origin": f"{file}:2", "default": '""'} == keys["prometheus.url"]
    assert keys["prometheus.url"]["value"] == "https://**********@prom.example.org"
    assert keys["prometheus.headers"]["value"] == "{X-Key: **********}"
    assert (keys["serve.token"]["value"], keys["serve.token"]["source"]) == ("**********", "environment")
    assert keys["serve.port"] | {"value": "9191", "default": "9090", "source": "flag", "origin": "flag --port"} == keys["serve.port"]
    assert keys["collect.backfill_days"] | {"source": "default", "origin": "", "value": "400"} == keys["collect.backfill_days"]
    assert keys["serve.port"]["doc"] == "Port to listen on."
    assert [section["section"] for section in found["sections"]][-2:] == ["collect", ""]
    assert found["sections"][0]["doc"] == "The server that holds the series."
    assert [one["name"] for one in found["sections"][-1]["settings"]] == ["log_level"]
    assert found["priceBook"] is None
    assert found["sources"] == [
        {"name": "Prometheus-compatible server", "kind": "prometheus", "url": "https://**********@prom.example.org", "dataUntil": iso(3)},
        {"name": "lake", "kind": "lake", "url": "~/.farthing/lake", "dataUntil": iso(3)},
    ]


def test_values_that_no_loader_knows_of(client: TestClient) -> None:
    made = Settings.model_validate({"prometheus": {"url": "http://prom:9090"}})
    found = told(client_of(warehouse(), made))
    keys = by_key(found)
    assert (keys["prometheus.url"]["source"], keys["prometheus.concurrency"]["source"]) == ("command", "default")
    assert [one["kind"] for one in found["sources"]] == ["prometheus"]  # nothing is kept here
    assert told(client)["sources"] == []


def test_the_price_book_is_readable() -> None:
    book = parse_book("ours.yaml", BOOK)
    found = told(client_of(warehouse(), behind=Behind(book=lambda: book)))["priceBook"]
    assert (found["name"], found["currency"], found["isDefault"], found["origin"]) == ("ours.yaml", "EUR", False, "")
    assert found["rules"][0] == {
        "name": "gpu pool", "kind": "rule", "match": "instance_type=p3.*, lifecycle=spot",
        "prices": [{"priced": found["rules"][0]["prices"][0]["priced"], "lifecycle": None, "value": 3.0, "unit": "$/node-hour",
                    "written": "3 EUR/hour"}],
    }  # fmt: skip
    disks = found["rules"][1]["prices"][0]
    assert (disks["value"], disks["unit"]) == (pytest.approx(0.001), "$/GiB-hour")


def test_the_default_book() -> None:
    found = told(client_of(warehouse(), behind=Behind(book=lambda: load_book(None))))["priceBook"]
    assert found["isDefault"]
    assert {rule["kind"] for rule in found["rules"]} == {"default rate"}
    assert {price["lifecycle"] for rule in found["rules"] for price in rule["prices"]} == {"on_demand", "spot", None}


def test_it_takes_no_parameters(client: TestClient) -> None:
    assert client.get(PATH, params={"section": "serve"}).status_code == 400
