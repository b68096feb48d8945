"""The steps of the build. Each leaves a mark when it is whole, for the Makefile to go by."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

from .licences import third_party
from .node import BuildFailed, Node, find_node
from .packing import pack

ROOT = Path(__file__).parents[2]
UI = ROOT / "ui"
SCREEN = ROOT / "src/farthing/_screen"
MARK = ".made"


def install() -> None:
    """npm's packages into ui/node_modules, exactly those of the lock file. Raises BuildFailed."""
    _npm(find_node(UI), "ci", "--no-audit", "--no-fund")
    (UI / "node_modules" / MARK).touch()


def build() -> None:
    """The page into src/farthing/_screen, packed files beside plain ones, and the licences of what is in it. Raises BuildFailed."""
    begun = time.time()
    _npm(find_node(UI), "run", "build")
    if not (SCREEN / "index.html").is_file():
        raise BuildFailed(f"npm run build wrote no {SCREEN / 'index.html'}\nexpected: build.outDir of ui/vite.config.ts is {SCREEN}")
    (SCREEN / "THIRD-PARTY.txt").write_text(third_party(UI), encoding="utf-8")
    before, after = pack(SCREEN)
    print(f"{SCREEN.relative_to(ROOT)}: {before / 1024:,.0f} KiB of text, {after / 1024:,.0f} KiB packed")
    (SCREEN / MARK).touch()
    os.utime(SCREEN / MARK, (begun, begun))  # what is changed while it is built is not in it


def run(name: str) -> None:
    """A script of ui/package.json. Raises BuildFailed."""
    _npm(find_node(UI), "run", name)


def node(*arguments: str) -> None:
    """A script of Node, in ui/. Raises BuildFailed."""
    found = find_node(UI)
    _ended(found, [str(found.program), *arguments])


def _npm(node: Node, *arguments: str) -> None:
    _ended(node, [*node.npm, *arguments])


def _ended(node: Node, command: list[str]) -> None:
    done = subprocess.run(command, cwd=UI, env=node.environment(), stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        told = " ".join([Path(command[0]).name, *command[1:]])
        raise BuildFailed(f"{told} ended with {done.returncode} (Node {node.version}, in ui/); its words are above")
