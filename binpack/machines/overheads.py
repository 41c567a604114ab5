"""Overheads: what operating systems, hypervisors, engines and orchestrators take, by name, with a source each."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass

from binpack.datasets_path import datasets_path
from binpack.errors import input_error
from binpack.units import MIB

OVERRIDDEN = "the workload file"


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
        return ESXI_SOURCE if hypervisor == "esxi" else self.source("hypervisor.kvm.vm_memory")


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


ESXI_SOURCE = "vSphere 6.5/6.7 Resource Management, Table 6-1 (VMX swap and hardware MMU on)"
# Memory in MiB -> overhead in hundredths of a MB at 1, 2, 4 and 8 vCPUs.
_ESXI_TABLE = {
    256: (2029, 2428, 3223, 4816),
    1024: (2590, 2991, 3786, 5382),
    4096: (4864, 5272, 6067, 7678),
    16384: (13962, 14398, 15193, 16860),
}
_ESXI_VCPUS = (1, 2, 4, 8)


def _esxi_overhead(memory: int, vcpus: int) -> int:
    """The table's next larger entry; beyond its last row and column, on along its last slope."""
    mib = -(-memory // MIB)
    column = next((k for k, count in enumerate(_ESXI_VCPUS) if count >= vcpus), len(_ESXI_VCPUS) - 1)
    row = next((size for size in _ESXI_TABLE if size >= mib), None)
    hundredths = _ESXI_TABLE[row or 16384][column]
    if row is None:
        slope = _ESXI_TABLE[16384][column] - _ESXI_TABLE[4096][column]
        hundredths += -(-slope * (mib - 16384) // (16384 - 4096))
    if vcpus > _ESXI_VCPUS[-1]:
        per_vcpu = -(-(_ESXI_TABLE[row or 16384][3] - _ESXI_TABLE[row or 16384][2]) // 4)
        hundredths += per_vcpu * (vcpus - _ESXI_VCPUS[-1])
    return -(-hundredths * MIB // 100)
