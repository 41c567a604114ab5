"""Exact quantities as integers: CPU in thousandths of a hardware thread, memory and disk in bytes, the rest counted."""

from __future__ import annotations

import re
from fractions import Fraction

CPU = "cpu"
MEMORY = "memory"
DISK = "disk"
PODS = "pods"
THREAD = 1000
MIB = 1024**2
GIB = 1024**3

BYTE_RESOURCES = frozenset({MEMORY, DISK})


def format_cpu(milli: int) -> str:
    """``3.25`` threads from 3250 thousandths, without a trailing zero."""
    return f"{milli / THREAD:,.2f}".rstrip("0").rstrip(".")


def format_bytes(amount: int) -> str:
    """``86 GiB``: at most three significant digits in the largest unit that keeps the number at least 1."""
    value, unit = float(amount), "B"
    for unit in ("B", "KiB", "MiB", "GiB", "TiB", "PiB"):
        if abs(value) < 1024 or unit == "PiB":
            break
        value /= 1024
    digits = 0 if value >= 100 or value == int(value) else 1
    return f"{value:,.{digits}f} {unit}"


def format_amount(resource: str, amount: int) -> str:
    """An amount of any resource, with its unit."""
    if resource == CPU:
        return format_cpu(amount)
    return format_bytes(amount) if resource in BYTE_RESOURCES else f"{amount:,}"


LARGEST = 2**62
_NUMBER = re.compile(r"\s*([+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+))\s*([A-Za-z%]*)\s*")
_LONGEST = 60  # characters of an amount; 2**62 has 19 digits
_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")
_BINARY = {"ki": 1, "mi": 2, "gi": 3, "ti": 4, "pi": 5}
_DECIMAL = {"k": 1, "m": 2, "g": 3, "t": 4, "p": 5}
BYTE_UNITS: dict[str, int] = {
    "": 1,
    "b": 1,
    "byte": 1,
    "bytes": 1,
    **{f"{prefix}{end}": 1024**power for prefix, power in _BINARY.items() for end in ("", "b")},
    **{f"{prefix}{end}": 1000**power for prefix, power in _DECIMAL.items() for end in ("", "b")},
}
CPU_UNITS: dict[str, int] = {
    **dict.fromkeys(("", "cpu", "cpus", "vcpu", "vcpus", "core", "cores", "thread", "threads"), THREAD),
    **dict.fromkeys(("m", "milli", "millis", "millicore", "millicores", "millicpu"), 1),
}
COUNT_UNITS: dict[str, int] = {"": 1}


def units_of(resource: str) -> dict[str, int]:
    """Unit (lower case) -> how much of the integer unit it is, for a resource."""
    if resource == CPU:
        return CPU_UNITS
    return BYTE_UNITS if resource in BYTE_RESOURCES else COUNT_UNITS


def parse_amount(resource: str, text: str, unit: str = "") -> int:
    """An amount such as ``64 GiB``, ``1.5 cores`` or ``500m``, exact, rounded up to the resource's integer unit.

    A decimal comma is read like a point, but not where it may just as well separate thousands (``1,024``).
    unit : what a number without a unit is in. ValueError says what is wrong in words.
    """
    found = _NUMBER.fullmatch(text)
    if found is None or len(text) > _LONGEST:
        raise ValueError("a number with a unit")
    if _THOUSANDS.fullmatch(found[1]):
        raise ValueError("a number without a comma between thousands (is it 1024 or 1.024?)")
    units = units_of(resource)
    written = (found[2] or unit).lower()
    if written not in units:
        named = ", ".join(name for name in units if name)
        raise ValueError(f"a unit of {resource} ({named})" if written and named else "a number")
    value = Fraction(found[1].replace(",", ".").removesuffix(".")) * units[written]
    if value < 0:
        raise ValueError("an amount of at least 0")
    amount = -(-value.numerator // value.denominator)
    if amount > LARGEST:
        raise ValueError("an amount of at most 2**62")
    return amount


def lacks_unit(resource: str, text: str) -> bool:
    """Whether a bare number is no size of memory or disk: above zero and below a mebibyte, so meant in another unit."""
    if resource not in BYTE_RESOURCES or not re.fullmatch(r"[0-9]{1,7}(\.[0-9]*)?", text.strip(), re.ASCII):
        return False
    return 0 < float(text) < MIB
