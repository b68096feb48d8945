"""The rules that browsers hold a built page to, on standard output: python deploy/frontend/policy.py PATH/index.html

The same that Farthing serves the page with. Needs nothing but Python.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

RULES = Path(__file__).parents[2] / "src/farthing/api/page_policy.py"

if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python deploy/frontend/policy.py PATH/index.html")
    page = Path(sys.argv[1])
    if not page.is_file():
        sys.exit(f"there is no {page}\nexpected: the index.html that make screen builds")
    sys.stdout.write(runpy.run_path(str(RULES))["policy"](page.read_text(encoding="utf-8")) + "\n")
