"""`farthing lake`: what it prints, what it does, how it ends."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from farthing.core.settings import LakeSettings
from farthing.lake import open_lake
from tests.lake.facts import CLUSTER, NOW, assert_same, facts
from tests.lake.test_maintenance import age, damage, files

from .conftest import Run


@pytest.fixture
def root(tmp_path: Path) -> Path:
    lake = open_lake(LakeSettings(url=str(tmp_path)))
    for hour in (0, 1, 3):
        lake.cluster(CLUSTER).commit(facts(first=hour), now=NOW)
    lake.cluster("other").commit(facts(cluster="other"), now=NOW)
    return tmp_path


def test_ls(run: Run, root: Path) -> None:
    code, said, _ = run("lake", "ls", "--lake", str(root))
    assert code == 0
    [line] = [line.split() for line in said.splitlines() if line.startswith(CLUSTER)]
    # three hours of four from 20:00; nine rows of usage each; three commits
    assert line[1:7] == ["3", "1", "2026-03-30", "20:00", "2026-03-31", "00:00"]
    assert line[7] == "3"
    assert line[10] == "27"
    code, said, _ = run("lake", "ls", "--lake", str(root), "-o", "json", "--cluster", "other")
    document = json.loads(said)
    assert (document["kind"], document["version"]) == ("farthing.lake", 1)
    assert [(one["cluster"], one["hours"], one["usage_rows"]) for one in document["clusters"]] == [("other", 1, 9)]


def test_verify_tells_what_is_damaged_and_ends_with_1(run: Run, root: Path) -> None:
    code, said, _ = run("lake", "verify", "--lake", str(root))
    assert code == 0
    assert said.count("whole") == 2
    hurt = files(root, "capacity")[0]
    damage(hurt)
    code, said, _ = run("lake", "verify", "--lake", str(root))
    assert code == 1
    assert f"{CLUSTER}: 3 hours" in said
    assert hurt.name in said
    assert "to do restore it" in said
    code, said, _ = run("lake", "verify", "--lake", str(root), "-o", "json")
    assert code == 1
    [found] = [finding for one in json.loads(said)["clusters"] for finding in one["findings"]]
    assert (found["gravity"], found["table"], len(found["hours"])) == ("error", "capacity", 1)


def test_compact_and_vacuum(run: Run, root: Path) -> None:
    code, said, _ = run("lake", "compact", "--dry-run", "--lake", str(root))
    assert code == 0
    assert "usage 2026-03-30: merge, drop what does not count, 3 files of" in said
    assert said.splitlines()[-1] == "4 steps, nothing was done"
    assert len(files(root, "usage")) == 3
    code, said, _ = run("lake", "compact", "--lake", str(root))
    assert code == 0
    assert "3 files of" in said
    assert run("lake", "compact", "--lake", str(root))[1].strip() == "nothing to do"
    assert run("lake", "vacuum", "--lake", str(root))[1].strip() == "nothing to do"
    age(root, timedelta(hours=3))
    assert run("lake", "vacuum", "--lake", str(root))[1].strip() == "nothing to do"
    code, said, _ = run("lake", "vacuum", "--lake", str(root), "--keep-hours", "2", "--cluster", CLUSTER)
    assert code == 0
    assert "objects of" in said
    assert len([path for path in files(root, "usage") if "_delta_log" not in path.parts]) == 1
    assert_same(open_lake(LakeSettings(url=str(root))).cluster(CLUSTER).read(facts(hours=2).span), facts(hours=2))
    assert run("lake", "migrate", "--lake", str(root))[1].strip() == "nothing to do"


def test_what_is_not_there(run: Run, root: Path) -> None:
    code, _, said = run("lake", "ls", "--lake", str(root / "nowhere"))
    assert code == 5
    assert "there is no lake at" in said
    assert not (root / "nowhere").exists()
    code, _, said = run("lake", "verify", "--lake", str(root), "--cluster", "nobody")
    assert code == 5
    assert "has no cluster 'nobody'" in said
    assert "other" in said


def test_a_store_that_cannot_be_reached(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FARTHING_LAKE__SECRET_ACCESS_KEY", "a-secret")
    flags = ("--lake", "s3://b/p", "--endpoint", "http://127.0.0.1:9", "--allow-http", "--access-key-id", "a", "--lake-retries", "0")
    code, _, said = run("lake", "ls", *flags)
    assert code == 6
    assert "cannot be reached" in said
    assert "a-secret" not in said
