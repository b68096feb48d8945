"""What a wheel or an sdist needs beside the sources: the built page. Nothing of it where the package stays editable."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

WITHOUT = "FARTHING_WITHOUT_SCREEN"


class ScreenHook(BuildHookInterface[Any]):
    """Builds the page where it is missing and Node is there."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Before anything is packed. Raises SystemExit with what to do where there is no page and none can be built."""
        root = Path(self.root)
        if version == "editable" or (root / "src/farthing/_screen/index.html").is_file() or os.environ.get(WITHOUT) == "1":
            return
        sys.path.insert(0, self.root)
        try:
            from scripts.screen import BuildFailed, build, install

            try:
                install()
                build()
            except BuildFailed as error:
                raise SystemExit(
                    f"the page of Farthing is not built: {error}\nor: set {WITHOUT}=1 for a package that answers its API and has no page"
                ) from None
        finally:
            sys.path.remove(self.root)
