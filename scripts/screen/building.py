"""The steps of the build. Each leaves a mark when it is whole, for the Makefile to go by."""

from __future__ import annotations

import subprocess
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
    _npm(find_node(UI), "run", "build")
    if not (SCREEN / "index.html").is_file():
        raise BuildFailed(f"npm run build wrote no {SCREEN / 'index.html'}\nexpected: build.outDir of ui/vite.config.ts is {SCREEN}")
    (SCREEN / "THIRD-PARTY.txt").write_text(third_party(UI), encoding="utf-8")
    before, after = pack(SCREEN)
    print(f"{SCREEN.relative_to(ROOT)}: {before / 1024:,.0f} KiB of text, {after / 1024:,.0f} KiB packed")
    (SCREEN / MARK).touch()


def run(name: str) -> None:
    """A script of ui/package.json. Raises BuildFailed."""
    _npm(find_node(UI), "run", name)


def _npm(node: Node, *arguments: str) -> None:
    done = subprocess.run([*node.npm, *arguments], cwd=UI, env=node.environment(), stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise BuildFailed(f"npm {' '.join(arguments)} ended with {done.returncode} (Node {node.version}, in ui/); its words are above")
