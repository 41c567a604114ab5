"""Says that kernels are being compiled, when they are: what is in numba's cache is loaded without a word."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from binpack.cli.progress import Say

COMPILING = "compiling kernels, once after an installation"


@contextmanager
def announced_compilation(say: Say) -> Iterator[None]:
    """Says it once, at once, if anything is compiled inside (numba's events, ``numba.core.event``); loads numba."""
    from numba.core import event

    class Compilation(event.Listener):
        said = False

        def on_start(self, event: event.Event) -> None:
            if not self.said:
                self.said = True
                say(COMPILING, at_once=True)

        def on_end(self, event: event.Event) -> None:
            """Whether more follows is not known, so the line stays until there is something else to say."""

    with event.install_listener("numba:compile", Compilation()):
        yield
