"""Hypervisors' shares of memory, computed again for the checker."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from math import ceil

from binpack.datasets_path import datasets_path

GIB = 1024**3
ESXI = "ESXi 6.5/6.7"
BARE_METAL = ("esxi", "xen")
NATIVE = {"linux": "kvm", "windows": "hyperv"}  # the hypervisor that is part of a family's system

Amounts = Mapping[str, int]


def host_share(hypervisor: str, memory: int, amounts: Amounts) -> int:
    """Bytes for the hypervisor itself: a fixed part and a share of the host's memory, up to a limit."""
    name = f"hypervisor.{hypervisor}.host_memory"
    taken = amounts[name] + ceil(Fraction(memory * amounts.get(f"{name}_per_mille", 0), 1000))
    return min(taken, amounts.get(f"{name}_most", taken))


def vm_share(hypervisor: str, memory: int, vcpus: int, amounts: Amounts) -> int:
    """Bytes for one VM beyond its own memory."""
    if hypervisor == "esxi":
        return _esxi(memory, vcpus)
    name = f"hypervisor.{hypervisor}.vm_memory"
    charged = max(0, memory - amounts.get(f"{name}_covered", 0))
    share = ceil(Fraction(charged * amounts.get(f"{name}_per_mille", 0), 1000))
    share += ceil(Fraction(charged * amounts.get(f"{name}_per_gib", 0), GIB))
    return amounts.get(name, 0) + amounts.get(f"{name}_per_vcpu", 0) * vcpus + share


def _esxi(memory: int, vcpus: int) -> int:
    """Between two sizes of the table on the line from one to the other, beyond the last along the steepest of the last
    lines; in hundredths of a MiB rounded up."""
    table = _table()
    counts = sorted({count for _, count in table})
    sizes = [size for size, count in sorted(table) if count == counts[0]]
    mib = max(sizes[0], ceil(Fraction(memory, 1024**2)))
    column = min((count for count in counts if count >= vcpus), default=counts[-1])
    above = next((size for size in sizes[1:] if size >= mib), sizes[-1])
    below = sizes[sizes.index(above) - 1]
    slopes = {count: Fraction(table[above, count] - table[below, count], above - below) for count in counts}
    hundredths = ceil(table[below, column] + slopes[column] * (min(mib, above) - below))
    hundredths += ceil(max(slopes.values()) * max(0, mib - above))
    if vcpus > counts[-1]:
        most = max(table[size, counts[-1]] - table[size, counts[-2]] for size in sizes)
        hundredths += ceil(Fraction(most * (vcpus - counts[-1]), counts[-1] - counts[-2]))
    return ceil(Fraction(hundredths * 1024**2, 100))


@cache
def _table() -> dict[tuple[int, int], int]:
    """(memory in MiB, vCPUs) -> hundredths of a MiB."""
    with open(datasets_path() / "vm_overheads" / "esxi.csv", newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["hypervisor"] == ESXI]
    return {
        (int(row["memory_bytes"]) // 1024**2, int(row["vcpus"])): round(Fraction(row["overhead_mib"]) * 100)
        for row in rows
    }
