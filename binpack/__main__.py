"""``python -m binpack`` is the command ``binpack``."""

from __future__ import annotations

import sys

from binpack.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
