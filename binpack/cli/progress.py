"""A sign of life on standard error for anything that takes longer than a second."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

DELAY_SECONDS = 1.0
_CLEAR = "\r\x1b[K"


class Say(Protocol):
    """Takes what is current; ``at_once``: shown now, however little time has passed."""

    def __call__(self, text: str, at_once: bool = False) -> None: ...


@contextmanager
def progress(text: str, quiet: bool = False) -> Iterator[Say]:
    """Says ``text`` if the block takes longer than a second, and then whatever the block passes to the function it gets.

    On a terminal there is one line, which vanishes at the end; elsewhere only what is current after a second is printed,
    and what has to be said at once.
    """
    if quiet:
        yield lambda text, at_once=False: None
        return
    line = _Line(text)
    line.timer.start()
    try:
        yield line.say
    finally:
        line.end()


class _Line:
    """The line on standard error: what it would say, and whether it is shown yet."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.shown = False
        self.terminal = sys.stderr.isatty()
        self.lock = threading.Lock()
        self.timer = threading.Timer(DELAY_SECONDS, self._show)
        self.timer.daemon = True

    def say(self, text: str, at_once: bool = False) -> None:
        with self.lock:
            self.text = text
            if at_once or (self.shown and self.terminal):
                self.shown = True
                self._print()

    def end(self) -> None:
        self.timer.cancel()
        self.timer.join()
        if self.terminal and self.shown:
            print(_CLEAR, end="", file=sys.stderr, flush=True)

    def _show(self) -> None:
        with self.lock:
            if not self.shown:
                self.shown = True
                self._print()

    def _print(self) -> None:
        start, end = (_CLEAR, "") if self.terminal else ("", "\n")
        print(f"{start}{self.text} ...", end=end, file=sys.stderr, flush=True)
