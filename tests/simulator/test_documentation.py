"""The page about the simulator says what is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from farthing import simulator
from farthing.simulator import emit

PAGE = Path(__file__).parents[2] / "docs" / "simulator.md"


@pytest.mark.slow
def test_its_example_runs() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    names: dict[str, object] = {}
    exec(compile(code, str(PAGE), "exec"), names)
    assert isinstance(names["true"], simulator.Books)
    assert 4000 < names["true"].total < 10_000


def test_every_form_is_told() -> None:
    table = PAGE.read_text().partition("## Its series")[2].partition("## ")[0]
    told = set(re.findall(r"`(\w+)`", "".join(line.split("|")[1] for line in table.splitlines() if line.startswith("| `"))))
    assert told <= set(emit.__all__)
    assert {name for name in emit.__all__ if name.islower()} - {"expositions"} == told
