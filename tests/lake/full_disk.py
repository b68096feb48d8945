"""`python -m tests.lake.full_disk FOLDER`: fill a lake until its disk is full, make room, go on; prints what came of it as JSON.

FOLDER lies on a disk of its own that is small.
"""

from __future__ import annotations

import sys
from pathlib import Path

import orjson

from farthing.core.errors import LakeFull
from farthing.core.ledger import Span
from farthing.core.settings import LakeSettings
from farthing.lake import open_lake
from tests.lake.facts import CLUSTER, HOUR, NOW, T0, assert_same, facts

MOST_HOURS = 60


def fill(folder: Path) -> dict[str, object]:
    """Commit hour after hour until there is no room; then, with room again, the hour that failed and those after it."""
    ballast = folder / "ballast"
    ballast.write_bytes(b"\0" * 400_000)
    settings = LakeSettings(url=str(folder / "lake"))
    cluster = open_lake(settings).cluster(CLUSTER)
    done, said = 0, ""
    for hour in range(MOST_HOURS):
        try:
            cluster.commit(facts(first=hour), now=NOW)
        except LakeFull as error:
            said = str(error)
            break
        done += 1
    full = open_lake(settings).cluster(CLUSTER)
    assert full.hours().height == done
    assert_same(full.read(Span(T0, T0 + MOST_HOURS * HOUR)), facts(hours=done))
    errors = [finding.what for finding in full.verify().findings if finding.gravity == "error"]
    ballast.unlink()
    cluster.commit(facts(first=done), now=NOW)
    cluster.commit(facts(first=done + 1), now=NOW)
    assert_same(cluster.read(Span(T0, T0 + MOST_HOURS * HOUR)), facts(hours=done + 2))
    after = [finding.what for finding in open_lake(settings).cluster(CLUSTER).verify().findings]
    return {"done": done, "said": said, "errors": errors, "after": after}


if __name__ == "__main__":
    sys.stdout.buffer.write(orjson.dumps(fill(Path(sys.argv[1]))))
