"""Watts from utilisation."""

from __future__ import annotations

from fractions import Fraction

from binpack.machines.machine_type import MachineType


def watts(machine: MachineType, load: Fraction) -> Fraction | None:
    """Watts at a CPU load, linear from idle to full and no more beyond 1; None without both figures."""
    if machine.watts_idle is None or machine.watts_full is None:
        return None
    return machine.watts_idle + (machine.watts_full - machine.watts_idle) * min(load, Fraction(1))
