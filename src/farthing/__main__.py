"""`python -m farthing` is the command `farthing`."""

import sys

from farthing.cli import main

sys.exit(main())
