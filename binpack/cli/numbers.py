"""Numbers on the command line: exact, at least 0, and of bounded length, so that no exponent makes one without end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from binpack.errors import input_error

if TYPE_CHECKING:
    from fractions import Fraction

_NUMBER = re.compile(r"([0-9]{1,12}(?:\.[0-9]{0,12})?|\.[0-9]{1,12})(?:/([0-9]{1,12}))?", re.ASCII)
MOST_PROMISED = 1000


def number(text: str) -> Fraction | None:
    """``4``, ``0.25`` or ``1/4``; None for anything else."""
    from fractions import Fraction

    found = _NUMBER.fullmatch(text.strip())
    if found is None or int(found[2] or 1) == 0:
        return None
    return Fraction(found[1].removesuffix(".")) / int(found[2] or 1)


def ratio(option: str, text: str) -> Fraction:
    """The same with a sign; InputError for anything else."""
    written = text.strip()
    value = number(written.removeprefix("-"))
    if value is None:
        raise input_error(option, repr(text), "a number")
    return -value if written.startswith("-") else value


def share(option: str, text: str) -> Fraction:
    """``30%`` or ``0.3``, from 0 to below 1; InputError for anything else."""
    written = text.strip()
    value = number(written.removesuffix("%"))
    value = None if value is None else value / (100 if written.endswith("%") else 1)
    if value is None or value >= 1:
        raise input_error(option, repr(text), "a share from 0% to below 100%", "such as 30%")
    return value


def overcommit(option: str, text: str) -> Fraction:
    """``4``, ``1.5`` or ``4:1``: how much is promised of one that is there, at least 1; InputError for anything else."""
    value = number(text.strip().removesuffix(":1"))
    if value is None or not 1 <= value <= MOST_PROMISED:
        raise input_error(option, repr(text), "a ratio of at least 1, at most a thousand", "such as 4 or 4:1")
    return value


def pairs(option: str, text: str, expected: str, fix: str) -> Iterator[tuple[str, str]]:
    """The parts of ``name=value,name=value``."""
    for part in filter(None, text.split(",")):
        name, sign, value = part.partition("=")
        if not sign:
            raise input_error(option, repr(part), expected, fix)
        yield name.strip(), value.strip()
