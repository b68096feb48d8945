"""What the README shows is what is printed, and what it says to type can be typed."""

from __future__ import annotations

import re
import shlex
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
import typer
import typer.core

from farthing.api import ALLOCATION_PARAMETERS, ALLOCATION_PATHS, ASSET_PARAMETERS, ASSET_PATHS
from farthing.cli import commands
from farthing.cli.telling import tell
from farthing.demo import tellings
from farthing.simulator import company
from scripts.screen.pictures import PICTURES

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
LINES = [line for block in re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL) for line in block.splitlines()]


@pytest.mark.slow
def test_the_excerpt_is_what_the_demo_tells(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    shown = re.search(r"^```text\n(.*?)\n^```", README, re.MULTILINE | re.DOTALL)
    founded = re.search(r"founded on (\d{4}-\d\d-\d\d) at (\d\d:\d\d) UTC", README)
    assert shown
    assert founded
    now = datetime.fromisoformat(f"{founded[1]}T{founded[2]}+00:00")
    made = company(now)
    capfd.readouterr()
    for telling in tellings(made, made.anchor - 30 * 86400, now):
        tell(telling, "http://127.0.0.1:9090")
    printed = iter(capfd.readouterr().out.splitlines())
    missing = [line for line in shown.group(1).splitlines() if line not in printed]  # in the order in which they are told
    assert missing == [], "copy what farthing demo tells into README.md"


@pytest.mark.parametrize("line", [line for line in LINES if line.startswith("farthing ")])
def test_its_commands_can_be_typed(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    group = typer.main.get_command(commands)
    assert isinstance(group, typer.core.TyperGroup)
    _, name, *arguments = shlex.split(line)
    group.commands[name].make_context(name, arguments)


@pytest.mark.parametrize("line", [line for line in LINES if line.startswith("curl ")])
def test_its_questions_are_of_the_api(line: str) -> None:
    words = shlex.split(line)
    (url,) = (urlsplit(word) for word in words if word.startswith("http://"))
    told = [value for flag, value in pairwise(words) if flag in ("-d", "--data-urlencode")]
    asked = {name for name, _ in [*parse_qsl(url.query, strict_parsing=bool(url.query)), *(one.split("=", 1) for one in told)]}
    path = url.path.removeprefix("/model")
    assert path in (*ALLOCATION_PATHS, *ASSET_PATHS)
    assert asked <= set(ALLOCATION_PARAMETERS if path in ALLOCATION_PATHS else ASSET_PARAMETERS)
    assert "window" in asked


def test_it_has_both_kinds_of_lines() -> None:
    assert {line.split()[0] for line in LINES} == {"farthing", "curl"}


@pytest.mark.parametrize("file", ["README.md", "CONTRIBUTING.md", "docs/screen.md"])
def test_links_lead_somewhere(file: str) -> None:
    found = re.findall(r"\]\(([^)#\s]+)[^)]*\)", (ROOT / file).read_text(encoding="utf-8"))
    assert found
    assert [link for link in found if "://" not in link and not (ROOT / file).parent.joinpath(link).exists()] == []


def test_pictures_are_those_that_are_made_and_shown() -> None:
    made = {one.file(theme) for one in PICTURES for theme in one.themes}
    shown = set(re.findall(r"pictures/([\w-]+\.png)", README + (ROOT / "docs/screen.md").read_text(encoding="utf-8")))
    there = {file.name for file in (ROOT / "docs/pictures").iterdir()}
    assert there == made
    assert shown <= made
