"""The repository itself: what it may and may not hold."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("name", ["runtime.txt", "dev.txt"])
def test_lock_files_hold_hashes_and_no_address(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text()
    assert "://" not in text
    assert not re.search(r"^--", text, re.MULTILINE), "an option of pip stands in the lock file"
    pinned = re.findall(r"^([a-z0-9._-]+)==(\S+) \\\n    --hash=sha256:[0-9a-f]{64}", text, re.MULTILINE)
    required = re.findall(r"^[a-z0-9][^\n]*", text, re.MULTILINE | re.IGNORECASE)
    assert len(pinned) == len(required) > 10


def test_lock_files_hold_every_declared_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    runtime = set(re.findall(r"^([a-z0-9._-]+)==", (ROOT / "requirements/runtime.txt").read_text(), re.MULTILINE))
    dev = set(re.findall(r"^([a-z0-9._-]+)==", (ROOT / "requirements/dev.txt").read_text(), re.MULTILINE))

    def names(requirements: list[str]) -> set[str]:
        return {re.split(r"[<>=!~\[; ]", requirement)[0] for requirement in requirements}

    assert names(project["dependencies"]) <= runtime
    assert names(project["optional-dependencies"]["dev"]) <= dev
    assert runtime <= dev


def test_the_two_locks_agree() -> None:
    def pins(name: str) -> dict[str, str]:
        return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", (ROOT / "requirements" / name).read_text(), re.MULTILINE))

    dev = pins("dev.txt")
    assert {name: version for name, version in pins("runtime.txt").items() if dev[name] != version} == {}


def test_no_file_names_where_it_was_made() -> None:
    """The project stands alone: no path of one machine in any tracked file."""
    machine_paths = re.compile(rb"(?<![\w./-])/(?:work|root|home/\w+)/(?!$)|\.\./shared")
    found = [
        f"{path.relative_to(ROOT)}: {match.group().decode()}"
        for path in tracked_files()
        if path != Path(__file__) and (match := machine_paths.search(path.read_bytes()))
    ]
    assert found == []


def test_files_are_not_long() -> None:
    """Over 400 lines a file holds a second noun (CONTRIBUTING.md)."""
    long = {
        str(path.relative_to(ROOT)): count
        for path in tracked_files()
        if path.suffix == ".py" and (count := len(path.read_text().splitlines())) > 400
    }
    assert long == {}


def test_names_of_files_are_nouns_of_the_field() -> None:
    banned = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base2"}
    assert [str(path) for path in tracked_files() if path.suffix == ".py" and path.stem in banned] == []
