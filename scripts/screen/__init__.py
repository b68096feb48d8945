"""The build of the screen: from ui/ to src/farthing/_screen, whence the package and the frontend's image serve it.

`python -m scripts.screen install` gets npm's packages, `build` builds, packs and tells the licences, `run NAME…` runs scripts of
ui/package.json, `node FILE…` one of ui/scripts. The Makefile says what is stale.
"""

from .building import build, install, node, run
from .node import BuildFailed

__all__ = ["BuildFailed", "build", "install", "node", "run"]
