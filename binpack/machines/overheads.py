"""Overheads: what operating systems, hypervisors, engines and orchestrators take, by name, with a source each."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from binpack.datasets_path import datasets_path
from binpack.errors import input_error
from binpack.units import MIB

OVERRIDDEN = "the workload file"
ESXI = "ESXi 6.5/6.7"  # the table in use of those in datasets/vm_overheads


@dataclass(frozen=True)
class Overhead:
    """One amount: an exact integer in ``unit``. evidence: ``read`` in the source named, or a stated ``parameter``."""

    name: str
    amount: int
    unit: str
    evidence: str
    source: str


class Overheads:
    """The rows of ``datasets/overheads``, some of them overridden. ``used`` collects the names that a run asked for."""

    def __init__(self, rows: Mapping[str, Overhead]) -> None:
        self._rows = rows
        self.used: set[str] = set()

    def __getitem__(self, name: str) -> int:
        self.used.add(name)
        return self._rows[name].amount

    def __contains__(self, name: object) -> bool:
        return name in self._rows

    def source(self, name: str) -> str:
        """Where the amount comes from, in words fit for a report."""
        row = self._rows[name]
        return row.source if row.evidence == "read" else f"parameter {name}: {row.source}"

    def rows_used(self) -> list[Overhead]:
        """The rows that a run has asked for, in the order of the file."""
        return [row for name, row in self._rows.items() if name in self.used]

    def vm_memory(self, hypervisor: str, memory: int, vcpus: int) -> int:
        """Bytes that the hypervisor takes on its host for one VM, beyond the VM's own memory."""
        if hypervisor == "esxi":
            return _esxi_overhead(memory, vcpus)
        share = -(-memory * self["hypervisor.kvm.vm_memory_per_mille"] // 1000)
        return share + self["hypervisor.kvm.vm_memory"] + vcpus * self["hypervisor.kvm.vm_memory_per_vcpu"]

    def vm_memory_source(self, hypervisor: str) -> str:
        """The source of ``vm_memory``."""
        return _esxi_table()[2] if hypervisor == "esxi" else self.source("hypervisor.kvm.vm_memory")


def load_overheads(overrides: Mapping[str, int] | None = None) -> Overheads:
    """The built-in rows with ``overrides`` (name -> amount in the row's unit) in place; unknown names are refused."""
    with open(datasets_path() / "overheads" / "overheads.csv", newline="", encoding="utf-8") as file:
        rows = {
            row["name"]: Overhead(row["name"], int(row["amount"]), row["unit"], row["evidence"], row["source"])
            for row in csv.DictReader(file)
        }
    for name, amount in (overrides or {}).items():
        if name not in rows:
            raise input_error(OVERRIDDEN, f"overhead {name!r}", "one of " + ", ".join(sorted(rows)))
        rows[name] = Overhead(name, amount, rows[name].unit, "read", OVERRIDDEN)
    return Overheads(rows)


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
    """The table's next larger entry; beyond its last row and column, on along its last slope."""
    table, counts, _ = _esxi_table()
    sizes = list(table)
    mib = -(-memory // MIB)
    column = next((k for k, count in enumerate(counts) if count >= vcpus), len(counts) - 1)
    size = next((size for size in sizes if size >= mib), sizes[-1])
    hundredths = table[size][column]
    if mib > size:
        slope = table[sizes[-1]][column] - table[sizes[-2]][column]
        hundredths += -(-slope * (mib - size) // (sizes[-1] - sizes[-2]))
    if vcpus > counts[-1]:
        per_vcpu = -(-(table[size][-1] - table[size][-2]) // (counts[-1] - counts[-2]))
        hundredths += per_vcpu * (vcpus - counts[-1])
    return -(-hundredths * MIB // 100)
