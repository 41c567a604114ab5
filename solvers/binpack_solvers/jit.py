"""How the kernels that work on groups of bins are compiled, and when what is cached of them is stale.

numba takes a cached kernel for good as long as its own file is unchanged, but what it calls is compiled into it. So here the
files of all kernels decide together.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from numba import njit


def _stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Name, time of change and size of every file of kernels in a folder."""
    files = [(file.name, file.stat()) for file in sorted(folder.glob("*.py"))]
    return tuple((name, found.st_mtime_ns, found.st_size) for name, found in files)


STAMP = _stamp(Path(__file__).parent / "kernels")


def _cached(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """``njit`` with a cache that is stale as soon as any file of kernels has changed."""

    def compiled(function: Callable[..., Any]) -> Any:
        dispatcher = njit(cache=True, **options)(function)
        dispatcher._cache._cache_file._source_stamp = STAMP
        return dispatcher

    return compiled


helper = _cached(no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""For functions that only kernels call: without entry points from Python they compile faster."""

uncounted = _cached(no_cpython_wrapper=True, no_cfunc_wrapper=True, _nrt=False)
"""For those that make no arrays: they need not count references to the twenty that they are handed, which takes longer to
compile than what they do. numba refuses to compile one that makes an array."""

kernel = _cached(no_cfunc_wrapper=True)
"""For those that Python calls; no other program does, through C."""

uncounted_kernel = _cached(no_cfunc_wrapper=True, _nrt=False)
"""For those of them that make no arrays, neither do the functions that they call."""

inlined = njit(inline="always")
"""For those that a kernel calls in one place: compiled by themselves they are optimised again, with all that they call, in
every caller, and that several levels deep. Halves the time that the first run compiles."""
