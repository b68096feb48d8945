"""python -m scripts.screen install | build | run NAME… | node FILE…"""

from __future__ import annotations

import sys

from . import BuildFailed, build, install, node, run

USAGE = "usage: python -m scripts.screen install | build | run NAME… | node FILE…"


def main(arguments: list[str]) -> int:
    """Do what the arguments say; the exit code."""
    match arguments:
        case ["install"]:
            install()
        case ["build"]:
            build()
        case ["run", first, *others]:
            for name in (first, *others):
                run(name)
        case ["node", file, *others]:
            node(file, *others)
        case _:
            print(USAGE, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except BuildFailed as error:
        sys.exit(str(error))
