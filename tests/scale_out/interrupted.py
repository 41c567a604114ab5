"""A script that sleeps in two worker processes, for the tests to interrupt or kill: python interrupted.py FOLDER."""

from __future__ import annotations

import signal
import sys

from binpack_solvers.scale_out.tasks import Call, results_in_order
from scale_out.processes import sleep_long

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever starts the tests may have it ignored
    try:
        list(results_in_order([Call("sleep", sleep_long, (sys.argv[1], 600.0))] * 6, workers=2))
    except KeyboardInterrupt:
        sys.exit(130)
