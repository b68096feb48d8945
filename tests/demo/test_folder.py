"""The folder of a demo: which company lives there, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from farthing.core.errors import SettingsError
from farthing.core.settings import ServeSettings
from farthing.demo import Home
from farthing.metering.samples import check_reach
from farthing.pricing import load_book

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def test_the_company_stays_what_it_was_founded_as(tmp_path: Path) -> None:
    home = Home(tmp_path / "new" / "folder")
    founded = home.found(NOW, 7)
    again = home.found(NOW + timedelta(days=3), None)
    assert (again.seed, again.anchor, again.founded) == (7, founded.anchor, founded.founded)
    assert founded.anchor == datetime(2026, 11, 24, tzinfo=UTC).timestamp()


def test_its_prices_are_written_once(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.found(NOW, None)
    assert load_book(home.prices).currency == "USD"
    mine = home.prices.read_text() + "# mine\n"
    home.prices.write_text(mine)
    home.found(NOW, None)
    assert home.prices.read_text() == mine


def test_another_seed_is_refused(tmp_path: Path) -> None:
    Home(tmp_path).found(NOW, 7)
    with pytest.raises(SettingsError, match="seed 7, not 8"):
        Home(tmp_path).found(NOW, 8)


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("all of it")
    with pytest.raises(SettingsError, match="no folder of a demo"):
        Home(tmp_path).found(NOW, None)
    assert [one.name for one in tmp_path.iterdir()] == ["thesis.txt"]
    with pytest.raises(SettingsError, match="no folder of a demo"):
        Home(tmp_path / "thesis.txt").found(NOW, None)


@pytest.mark.parametrize(
    "text", ["", "{}", '{"founded": "yesterday", "seed": 1}', '{"founded": "2026-11-24T09:30:00+00:00", "seed": null}']
)
def test_a_damaged_note_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "demo.json").write_text(text)
    with pytest.raises(SettingsError, match=r"demo\.json cannot be read"):
        Home(tmp_path).found(NOW, None)


def test_samples_are_forgotten_and_nothing_else(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.forget_samples()
    home.samples.mkdir()
    (home.samples / "hour.log").write_text("")
    home.forget_samples()
    assert list(tmp_path.iterdir()) == []


def test_the_settings_fit_together(tmp_path: Path) -> None:
    settings = Home(tmp_path).settings(ServeSettings(port=9999), "error")
    check_reach(settings.samples, settings.metering)
    assert (settings.serve.port, settings.log_level, settings.collect.backfill) == (9999, "error", False)
    assert settings.metering.settle_minutes <= 1
