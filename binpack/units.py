"""Exact quantities as integers: CPU in thousandths of a hardware thread, memory and disk in bytes, the rest counted."""

from __future__ import annotations

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
