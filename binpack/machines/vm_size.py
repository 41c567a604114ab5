"""VmSize: one size of virtual machine, as a catalogue lists it or as a copy needs it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class VmSize:
    """Whole vCPUs, bytes of memory, and bytes of disk; None: as much disk as is asked for."""

    name: str
    vcpus: int
    memory: int
    disk: int | None = None

    def holds(self, vcpus: int, memory: int, disk: int) -> bool:
        """Whether it has at least so much."""
        return self.vcpus >= vcpus and self.memory >= memory and (self.disk is None or self.disk >= disk)
