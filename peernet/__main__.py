"""``python -m peernet``."""

import sys

from peernet.cli import main

sys.exit(main())
