"""A sign of life on standard error for anything that takes longer than a second."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

DELAY_SECONDS = 1.0
COMPILING = "the first run after an installation compiles the kernels, once"


@contextmanager
def progress(text: str, quiet: bool = False) -> Iterator[None]:
    """Says ``text`` if the block takes longer than a second: on a terminal the line vanishes at the end."""
    if quiet:
        yield
        return
    terminal = sys.stderr.isatty()
    shown = threading.Event()

    def show() -> None:
        shown.set()
        print(f"{text} ...", end="" if terminal else "\n", file=sys.stderr, flush=True)

    timer = threading.Timer(DELAY_SECONDS, show)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        if terminal and shown.is_set():
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
