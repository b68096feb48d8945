"""Kill a writer, look, repeat, look. `python -m tests.lake.rounds [--rounds 100] [--s3]` does it at every place and at random moments."""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from farthing.core import faults
from farthing.core.settings import LakeSettings
from farthing.lake import Gravity
from tests.kit.seaweed import seaweed
from tests.lake.facts import CLUSTER
from tests.lake.scenarios import SCENARIOS, kept, opened, state
from tests.lake.writers import FINISHED, KILLED, Writers, writers

LONGEST_SECONDS = 0.4


@dataclass(frozen=True)
class Outcome:
    """What a reader may see before and after a scenario (without the validity of names), and what must be there in the end."""

    before: dict[str, Any]
    between: dict[str, Any]
    after: dict[str, Any]
    kept: dict[str, list[str]]


def outcome(scenario: str, settings: LakeSettings) -> Outcome:
    """What a scenario comes to when nobody is killed."""
    lake = opened(settings)
    SCENARIOS[scenario].before(lake)
    before = state(lake, validity=False)
    SCENARIOS[scenario].act(lake)
    return Outcome(before, state(lake, validity=False), state(lake), kept(lake))


def killed_and_repeated(
    forked: Writers, settings: LakeSettings, scenario: str, told: Outcome, *, place: str = "", after: float = 0.0
) -> int:
    """Kill at `place` or `after` seconds, look, repeat, look; gives how the first writer ended."""
    SCENARIOS[scenario].before(opened(settings))
    ended = forked.run(settings, scenario, fault=place, after=after)
    between = opened(settings)
    assert state(between, validity=False) in (told.before, told.between)
    assert not [f for f in between.cluster(CLUSTER).verify().findings if f.gravity is Gravity.ERROR]
    assert forked.run(settings, scenario) == FINISHED
    lake = opened(settings)
    assert state(lake) == told.after
    assert kept(lake) == told.kept
    assert lake.cluster(CLUSTER).verify().findings == ()
    return ended


def main() -> None:
    """Run the rounds as the command line says; an AssertionError ends them."""
    parser = argparse.ArgumentParser(prog="python -m tests.lake.rounds", description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--s3", action="store_true", help="on a SeaweedFS instead of a folder")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    rnd = random.Random(asked.seed)
    places = [(name, place) for name, told in SCENARIOS.items() for place in faults.declared() if place.startswith(told.places)]
    rnd.shuffle(places)
    ends: Counter[str] = Counter()
    begun = time.monotonic()
    with ExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        forked = stack.enter_context(writers())
        server = stack.enter_context(seaweed(root / "seaweed")) if asked.s3 else None
        told = {name: outcome(name, LakeSettings(url=str(root / name))) for name in SCENARIOS}
        for number in range(asked.rounds):
            settings = server.fresh() if server else LakeSettings(url=str(root / f"round{number}"))
            if number % 2:
                scenario, after = rnd.choice(("commit", "compact")), rnd.uniform(0.005, LONGEST_SECONDS)
                ended = killed_and_repeated(forked, settings, scenario, told[scenario], after=after)
            else:
                scenario, place = places[number // 2 % len(places)]
                ended = killed_and_repeated(forked, settings, scenario, told[scenario], place=place)
            ends[f"{scenario} {'killed' if ended == KILLED else 'finished first'}"] += 1
    where = "SeaweedFS" if asked.s3 else "a folder"
    print(f"{asked.rounds} rounds on {where} in {time.monotonic() - begun:.0f} s, every one as if undisturbed: {dict(ends)}")  # noqa: T201


if __name__ == "__main__":
    main()
