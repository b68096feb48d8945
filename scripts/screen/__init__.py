"""The build of the screen: from ui/ to src/farthing/_screen, whence the package and the frontend's image serve it.

`python -m scripts.screen install` gets npm's packages, `build` builds, packs and tells the licences, `run NAME…` runs scripts of
ui/package.json. The Makefile says what is stale.
"""

from .building import build, install, run
from .node import BuildFailed

__all__ = ["BuildFailed", "build", "install", "run"]
