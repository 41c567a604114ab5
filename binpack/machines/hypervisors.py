"""Hypervisors: what each stands on, and what it takes of its host's memory for itself and for each virtual machine.

One formula for all, with the amounts of ``datasets/overheads``; ESXi's share for a VM is a table of its own.
Each is subadditive in the size of the VM: one large VM never takes more than two that are as large together.
"""

from __future__ import annotations

import csv
from fractions import Fraction
from functools import cache

from binpack.datasets_path import datasets_path
from binpack.machines.overheads import Overheads
from binpack.units import GIB, MIB
from binpack.workload.application import LINUX, WINDOWS

HYPERVISORS: dict[str, str | None] = {"kvm": LINUX, "esxi": None, "hyperv": WINDOWS, "xen": None}
"""Name -> kernel family of the operating system that it is part of; None: bare metal, no host OS is charged.

Xen's control domain is a system too, but one that the hypervisor brings: its memory is the hypervisor's.
"""
HOSTED = {LINUX: "kvm", WINDOWS: "hyperv"}  # the hypervisor of a machine that runs processes of a family as well
ESXI = "ESXi 6.5/6.7"  # the table in use of those in datasets/vm_overheads


def host_memory(hypervisor: str, memory: int, overheads: Overheads) -> int:
    """Bytes that the hypervisor keeps for itself on a host with so much memory."""
    name = f"hypervisor.{hypervisor}.host_memory"
    share = -(-memory * overheads.amount(f"{name}_per_mille") // 1000)
    kept = overheads[name] + share
    most = overheads.amount(f"{name}_most")
    return min(kept, most) if most else kept


def vm_memory(hypervisor: str, memory: int, vcpus: int, overheads: Overheads) -> int:
    """Bytes that the hypervisor takes on its host for one VM, beyond the VM's own memory.

    So much for each VM, for each vCPU and for its memory, of which the first ``vm_memory_covered`` may be free of charge.
    """
    if hypervisor == "esxi":
        return _esxi_overhead(memory, vcpus)
    name = f"hypervisor.{hypervisor}.vm_memory"
    beyond = max(0, memory - overheads.amount(f"{name}_covered"))
    fixed = overheads.amount(name) + vcpus * overheads.amount(f"{name}_per_vcpu")
    return fixed + vm_memory_beyond(hypervisor, beyond, overheads)


def vm_memory_beyond(hypervisor: str, memory: int, overheads: Overheads) -> int:
    """Bytes that the hypervisor takes at the most for so much more memory in a VM: where its share is one of memory, that
    share, rounded up; parts counted one by one are never less than ``vm_memory`` of the whole."""
    name = f"hypervisor.{hypervisor}.vm_memory"
    share = -(-memory * overheads.amount(f"{name}_per_mille") // 1000)
    return share - (-memory * overheads.amount(f"{name}_per_gib") // GIB)


def host_memory_source(hypervisor: str, overheads: Overheads) -> str:
    """The source of ``host_memory``."""
    return overheads.source(f"hypervisor.{hypervisor}.host_memory")


def vm_memory_source(hypervisor: str, overheads: Overheads) -> str:
    """The source of ``vm_memory``."""
    if hypervisor == "esxi":
        return _esxi_table()[2]
    name = f"hypervisor.{hypervisor}.vm_memory"
    return overheads.source(name if name in overheads else f"{name}_per_vcpu")


@cache
def _esxi_table() -> tuple[dict[int, tuple[int, ...]], tuple[int, ...], str]:
    """Memory in MiB -> overhead in hundredths of a MiB by number of vCPUs; those numbers; the source."""
    with open(datasets_path() / "vm_overheads" / "esxi.csv", newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["hypervisor"] == ESXI]
    vcpus = tuple(sorted({int(row["vcpus"]) for row in rows}))
    table: dict[int, dict[int, int]] = {}
    for row in rows:
        hundredths = int(Fraction(row["overhead_mib"]) * 100)
        table.setdefault(int(row["memory_bytes"]) // MIB, {})[int(row["vcpus"])] = hundredths
    return {size: tuple(table[size][n] for n in vcpus) for size in sorted(table)}, vcpus, rows[0]["source"]


def _esxi_overhead(memory: int, vcpus: int) -> int:
    """On the line between the table's entries for memory, the next larger one for vCPUs; beyond the last ones, on along
    the steepest of the last slopes. (Otherwise one VM would be charged more than two of half its size: with the next
    larger entry for memory, or with slopes that rise with the size.)"""
    table, counts, _ = _esxi_table()
    sizes = list(table)
    mib = max(sizes[0], -(-memory // MIB))
    column = next((k for k, count in enumerate(counts) if count >= vcpus), len(counts) - 1)
    k = next((k for k in range(1, len(sizes) - 1) if sizes[k] >= mib), len(sizes) - 1)
    low, high = sizes[k - 1], sizes[k]
    within = min(mib, high)
    hundredths = table[low][column] - (table[low][column] - table[high][column]) * (within - low) // (high - low)
    steepest = max(after - before for before, after in zip(table[low], table[high], strict=True))
    hundredths += -(-steepest * (mib - within) // (high - low))
    if vcpus > counts[-1]:
        steepest = max(row[-1] - row[-2] for row in table.values())
        hundredths += -(-steepest * (vcpus - counts[-1]) // (counts[-1] - counts[-2]))
    return -(-hundredths * MIB // 100)
