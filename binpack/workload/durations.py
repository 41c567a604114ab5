"""Durations as Go and Compose write them: ``90s``, ``1m30s``, ``1.5h``."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from operator import attrgetter

from binpack.units import LARGEST
from binpack.workload.node import Node

_PART = re.compile(r"([0-9]{1,18}(?:\.[0-9]{0,18})?|\.[0-9]{1,18})(ns|us|µs|μs|ms|s|m|h)")
_NANOSECONDS = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "μs": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
_WRITTEN = ("h", "m", "s", "ms", "us")


def parse_duration(text: str) -> int:
    """Nanoseconds, fractions of one cut off (Go ``time.ParseDuration``). ValueError for what is none, or below 0."""
    written = text.strip()
    if written in ("0", "+0", "-0"):
        return 0
    if written.startswith("-"):
        raise ValueError("it is below 0")
    body = written.removeprefix("+")
    parts = list(_PART.finditer(body))
    if not body or "".join(part[0] for part in parts) != body:
        raise ValueError("it has no unit" if re.fullmatch(r"[0-9.]+", body) else "it is no duration")
    total = sum(int(Fraction(part[1].removesuffix(".")) * _NANOSECONDS[part[2]]) for part in parts)
    if total > LARGEST:
        raise ValueError("it is too long")
    return total


def duration_text(nanoseconds: int) -> str:
    """A duration that reads back as itself: ``10s``, ``1500ms``."""
    for unit in _WRITTEN:
        if nanoseconds % _NANOSECONDS[unit] == 0:
            return f"{nanoseconds // _NANOSECONDS[unit]}{unit}"
    return f"{nanoseconds // 1000}us{nanoseconds % 1000}ns"


def read_duration(node: Node, text: Callable[[Node], str] = attrgetter("text")) -> int:
    """The nanoseconds of a value, which stands as it is unless ``text`` says how it is read. InputError for what is no
    duration of at least 0."""
    try:
        return parse_duration(text(node))
    except ValueError as error:
        raise node.error(f"{node.describe()} ({error})", "a duration of at least 0", "such as 10s or 1m30s") from None
