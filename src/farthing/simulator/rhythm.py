"""How what is used goes up and down: over the day, over the week, and a little by chance; with integrals in closed form."""

from __future__ import annotations

import math
from dataclasses import dataclass

import polars as pl

from .dice import DAY_SECONDS, draw

TURN = 2 * math.pi
# Faster swings of each container's own: how often a day, and how strong beside the rhythm's `ripple`.
RIPPLES = ((5, 1.0), (11, 0.6))
MONDAY = 3  # day 0 of unix time was a Thursday


@dataclass(frozen=True)
class Rhythm:
    """A rate around its mean: `swing` is how far it goes up at `peak_hour` (UTC) and down twelve hours later, as a share of the mean.

    `weekend` is the share of a working day's that Saturdays and Sundays have; `noise` how much days differ by chance; `ripple` how
    strong the faster swings of single containers are. swing + 1.6 · ripple stays below 1.
    """

    name: str
    swing: float = 0.0
    peak_hour: float = 14.0
    weekend: float = 1.0
    noise: float = 0.04
    ripple: float = 0.06

    def __post_init__(self) -> None:
        if self.swing + sum(share for _, share in RIPPLES) * self.ripple >= 1:
            raise ValueError(f"the rhythm {self.name} would fall below nothing: swing {self.swing}, ripple {self.ripple}")

    def of_day(self, day: int) -> float:
        """The factor of a day (days since 1970), by which all of it is multiplied."""
        level = self.weekend if (day + MONDAY) % 7 >= 5 else 1.0
        return level * (1 + self.noise * (2 * draw("rhythm", self.name, day) - 1))


STEADY = Rhythm("steady", swing=0.1, noise=0.02)
FLAT = Rhythm("flat", noise=0.0, ripple=0.0)


def day_table(rhythms: set[Rhythm], first: int, last: int) -> pl.DataFrame:
    """`rhythm`, `day`, `factor`, `before` (sum of the factors of the days from `first` to the one before) of days first … last."""
    names: list[str] = []
    days: list[int] = []
    factors: list[float] = []
    before: list[float] = []
    for rhythm in sorted(rhythms, key=lambda one: one.name):
        total = 0.0
        for day in range(first, last + 1):
            factor = rhythm.of_day(day)
            names.append(rhythm.name)
            days.append(day)
            factors.append(factor)
            before.append(total)
            total += factor
    data = {"rhythm": names, "day": days, "factor": factors, "before": before}
    return pl.DataFrame(data, schema={"rhythm": pl.String, "day": pl.Int32, "factor": pl.Float64, "before": pl.Float64})


def day_of(t: pl.Expr) -> pl.Expr:
    """Days since 1970 of unix seconds."""
    return (t / DAY_SECONDS).floor().cast(pl.Int32)


def since_midnight(second: pl.Expr, strength: float = 1.0) -> pl.Expr:
    """∫ of the shape of a day from midnight to `second` (of that day, 0 to 86,400), in seconds; a whole day has 86,400.

    Columns read: `swing`, `peak` (s), `ripple`, `phase` (of the container's own swings, radians). `strength` weakens all swings.
    """
    wave = strength * pl.col("swing") * (DAY_SECONDS / TURN) * ((TURN / DAY_SECONDS * (second - pl.col("peak"))).sin() + _at_midnight())
    for times, share in RIPPLES:
        angle, start = TURN * times / DAY_SECONDS * second + times * pl.col("phase"), times * pl.col("phase")
        wave = wave + strength * pl.col("ripple") * (share * DAY_SECONDS / (TURN * times)) * (angle.sin() - start.sin())
    return second + wave


def shape(second: pl.Expr, strength: float = 1.0) -> pl.Expr:
    """The rate itself at `second` of its day, around 1."""
    level = 1 + strength * pl.col("swing") * (TURN / DAY_SECONDS * (second - pl.col("peak"))).cos()
    for times, share in RIPPLES:
        level = level + strength * pl.col("ripple") * share * (TURN * times / DAY_SECONDS * second + times * pl.col("phase")).cos()
    return level


def _at_midnight() -> pl.Expr:
    return (TURN / DAY_SECONDS * pl.col("peak")).sin()
