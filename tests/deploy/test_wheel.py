"""What is packed: a wheel with the page in it, or words on how to get one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from .test_building import ROOT, program

pytestmark = pytest.mark.slow

# npm as the build calls it: "ci" installs, "run build" builds.
NPM = """
if [ "$1" = ci ]; then mkdir -p node_modules; exit 0; fi
echo '<title>built now</title>' >../src/farthing/_screen/index.html
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What git has of this project, as far as packages need it."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", "*.toml", "README.md", "LICENSE", "*.py", ".gitignore", "src"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file() and not name.startswith(("tests/", "bench/")):
            (tmp_path / "clone" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tmp_path / "clone" / name)
    (tmp_path / "clone/ui").mkdir()
    (tmp_path / "clone/ui/package.json").write_text('{"engines": {"node": ">=20.19"}}')
    (tmp_path / "clone/ui/package-lock.json").write_text('{"packages": {"": {}}}')
    return tmp_path / "clone"


def page(clone: Path) -> Path:
    folder = clone / "src/farthing/_screen"
    for name, text in (("index.html", "built before"), ("index.html.br", "packed"), ("_s/index-a1.js", "code"), (".made", "")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def pack(clone: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(clone.parent / "out"), "."]
    return subprocess.run(command, cwd=clone, env={**os.environ, **environment}, capture_output=True, text=True, check=False)


def screen_of(clone: Path) -> dict[str, str]:
    (wheel,) = (clone.parent / "out").glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        assert "farthing/api/screen.py" in packed.namelist()
        assert not [name for name in packed.namelist() if name.split("/")[0] in ("ui", "scripts", "tests", "deploy")]
        start = "farthing/_screen/"
        return {name.removeprefix(start): packed.read(name).decode() for name in packed.namelist() if name.startswith(start)}


def test_a_wheel_has_the_page_in_it(clone: Path) -> None:
    page(clone)
    done = pack(clone, PATH="/usr/bin:/bin")
    assert done.returncode == 0, done.stderr
    assert screen_of(clone) == {"index.html": "built before", "index.html.br": "packed", "_s/index-a1.js": "code"}


def test_a_source_distribution_has_the_page_in_it(clone: Path) -> None:
    page(clone)
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(clone.parent)], cwd=clone, check=True)
    (packed,) = clone.parent.glob("*.tar.gz")
    with tarfile.open(packed) as opened:
        names = {name.split("/", 1)[1] for name in opened.getnames()}
    assert {
        "src/farthing/_screen/index.html",
        "src/farthing/_screen/_s/index-a1.js",
        "hatch_build.py",
        "scripts/screen/building.py",
    } <= names
    assert "src/farthing/_screen/.made" not in names


def test_a_missing_page_is_built(clone: Path) -> None:
    (clone / "src/farthing/_screen").mkdir()
    program(clone / "bin/node", "echo v22.12.0")
    program(clone / "bin/npm", NPM)
    done = pack(clone, PATH=f"{clone / 'bin'}:/usr/bin:/bin")
    assert done.returncode == 0, done.stderr
    assert screen_of(clone).keys() == {"index.html", "THIRD-PARTY.txt"}


def test_a_page_that_cannot_be_built_is_told(clone: Path) -> None:
    program(clone / "bin/node", "echo v22.12.0")
    program(clone / "bin/npm", "echo no registry >&2; exit 1")
    done = pack(clone, PATH=f"{clone / 'bin'}:/usr/bin:/bin")
    assert done.returncode != 0
    said = done.stdout + done.stderr
    for words in ("no registry", "the page of Farthing is not built: npm ci", "FARTHING_WITHOUT_SCREEN=1"):
        assert words in said


def test_a_package_without_a_page_when_it_is_wanted_so(clone: Path) -> None:
    done = pack(clone, PATH="/usr/bin:/bin", FARTHING_WITHOUT_SCREEN="1")
    assert done.returncode == 0, done.stderr
    assert screen_of(clone) == {}
