"""A lake in a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from farthing.core.settings import LakeSettings
from farthing.lake import Lake, open_lake


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return open_lake(LakeSettings(url=str(tmp_path / "lake")))
