"""The option of ``eras`` and ``plan`` for the cabinets that racked machines stand in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from binpack.cli.numbers import number, pairs
from binpack.errors import input_error

if TYPE_CHECKING:
    from binpack.machines.cabinet import Cabinet

OPTION = "--cabinet"
MOST_UNITS = 1000
KILO = 1000
WORDS = "such as kw=15,units=42"


def cabinet(text: str) -> Cabinet:
    """``kw=10,units=47``, each once and as in Cabinet where it is not named; InputError for what makes no sense."""
    from dataclasses import replace

    from binpack.machines.cabinet import Cabinet

    found: dict[str, str] = {}
    for name, value in pairs(OPTION, text, "NAME=NUMBER", WORDS):
        if name not in ("kw", "units") or name in found:
            raise input_error(OPTION, repr(name), "kw and units, each at most once", WORDS)
        found[name] = value
    given = Cabinet()
    if "kw" in found:
        power = number(found["kw"])
        if not power:
            raise input_error(OPTION, f"kw={found['kw']}", "more than 0 kilowatts", WORDS)
        given = replace(given, watts=power * KILO)
    if "units" in found:
        units = number(found["units"])
        if units is None or units.denominator != 1 or not 1 <= units <= MOST_UNITS:
            raise input_error(OPTION, f"units={found['units']}", f"a whole number from 1 to {MOST_UNITS}", WORDS)
        given = replace(given, units=int(units))
    return given
