"""The folder that a demo lives in: which company it is, its lake, warehouse, samples and prices."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import orjson

from farthing.core.errors import SettingsError
from farthing.core.settings import (
    CollectSettings,
    LakeSettings,
    MeteringSettings,
    PricingSettings,
    SamplesSettings,
    ServeSettings,
    Settings,
    WarehouseSettings,
)
from farthing.simulator import Organisation, company, price_book_yaml

FOUNDED = "demo.json"
SETTLE_MINUTES = 1.0  # every exporter is scraped once more by then
LOOK_AROUND_HOURS = 4  # there are no holes in a simulator's series
RETENTION_HOURS = 8
COLLECT_SECONDS = 1.0


@dataclass(frozen=True)
class Home:
    """Where the files of a demo lie."""

    path: Path

    @property
    def lake(self) -> Path:
        return self.path / "lake"

    @property
    def warehouse(self) -> Path:
        return self.path / "warehouse.duckdb"

    @property
    def samples(self) -> Path:
        return self.path / "samples"

    @property
    def prices(self) -> Path:
        """The price book; who changes it sees everything costed again."""
        return self.path / "prices.yaml"

    def found(self, now: datetime, seed: int | None) -> Organisation:
        """The company that lives here: the one that was founded here before, else one that is founded `now`.

        Raises SettingsError for a folder that holds something else, or the company of another seed.
        """
        told = self.path / FOUNDED
        if told.exists():
            return self._known(told, seed)
        if self.path.exists() and (not self.path.is_dir() or any(self.path.iterdir())):
            raise SettingsError(
                f"{self.path} is no folder of a demo, and not empty",
                expected="a folder that an earlier demo was kept in, an empty one, or one that is yet to be made",
                cure="name another with --keep",
            )
        made = _company(now, seed)
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self.prices.write_text(price_book_yaml(made), encoding="utf-8")
            # last: a folder with it is whole
            told.write_bytes(orjson.dumps({"founded": now.isoformat(), "seed": made.seed}, option=orjson.OPT_APPEND_NEWLINE))
        except OSError as error:
            raise SettingsError(f"{self.path} cannot be written: {error.strerror}", expected="a folder that we may write") from error
        return made

    def forget_samples(self) -> None:
        """Remove what is left of the series: they are shown anew. Only for whoever has the warehouse open, so that nobody else has."""
        if self.samples.exists():
            shutil.rmtree(self.samples)

    def settings(self, serve: ServeSettings, log_level: str) -> Settings:
        """The settings of a demo here; of the user's own count those that tell how it is served and logged."""
        return Settings(
            metering=MeteringSettings(settle_minutes=SETTLE_MINUTES, look_around_hours=LOOK_AROUND_HOURS),
            samples=SamplesSettings(path=self.samples, retention_hours=RETENTION_HOURS),
            pricing=PricingSettings(book=self.prices),
            serve=serve,
            lake=LakeSettings(url=str(self.lake)),
            warehouse=WarehouseSettings(path=str(self.warehouse)),
            collect=CollectSettings(every_seconds=COLLECT_SECONDS, backfill=False),
            log_level=log_level,
        )

    def _known(self, told: Path, seed: int | None) -> Organisation:
        try:
            document = orjson.loads(told.read_bytes())
            founded, known = datetime.fromisoformat(document["founded"]).astimezone(UTC), int(document["seed"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SettingsError(
                f"{told} cannot be read: {error}", expected="what an earlier demo wrote", cure="name another folder with --keep"
            ) from error
        if seed not in (None, known):
            raise SettingsError(
                f"the company in {self.path} was made with seed {known}, not {seed}",
                expected=f"--seed {known}, or none",
                cure="leave --seed out, or name another folder with --keep",
            )
        return _company(founded, known)


def _company(now: datetime, seed: int | None) -> Organisation:
    made = company(now)
    return made if seed is None else replace(made, seed=seed)
