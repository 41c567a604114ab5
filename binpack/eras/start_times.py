"""How long it takes to start everything: from all at once to one after the other on each machine; None without a source."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from binpack.comparison import Duration
from binpack.era_plan import Machine
from binpack.eras.era import Era, Setting
from binpack.eras.runtimes import RUNTIMES

MILLISECONDS = 1000


def start_time(era: Era, machines: Sequence[Machine], setting: Setting) -> Duration | None:
    """The stages of an era one after the other. Machines start at the same time; VMs and containers of one machine all at
    once at best, one after the other at worst. A machine's VMs beside its containers are a stage as well."""
    stages = era.stages
    if "vm" not in stages and any(machine.virtual_machines for machine in machines):
        stages = ("vm", *stages)
    found = [_stage(stage, machines, setting) for stage in stages]
    known = [duration for duration in found if duration is not None]
    if len(known) < len(found):
        return None
    sources = dict.fromkeys(duration.source for duration in known)
    return Duration(
        sum((d.low for d in known), Fraction(0)), sum((d.high for d in known), Fraction(0)), "; ".join(sources)
    )


def _stage(stage: str, machines: Sequence[Machine], setting: Setting) -> Duration | None:
    """One stage: the slowest of what starts in it; at worst as often as there are of them on one machine."""
    ranges = [setting.overheads.range(f"start.{name}") for name in _names(stage, setting)]
    rows = [each for each in ranges if each is not None]
    if len(rows) < len(ranges):
        return None
    most = max((_started(stage, machine) for machine in machines), default=0)
    low, high = max(row.amount for row, _ in rows), max(row.amount for _, row in rows)
    sources = dict.fromkeys(row.source for pair in rows for row in pair)
    return Duration(Fraction(low, MILLISECONDS), Fraction(high * max(1, most), MILLISECONDS), "; ".join(sources))


def _names(stage: str, setting: Setting) -> list[str]:
    """The rows of a stage: guests by family; the runtimes of containers, ``runc`` for those the chosen one is not for."""
    if stage == "vm":
        return [f"vm.{os}" for os in setting.families]
    if stage == "machine":
        return [stage]
    family = RUNTIMES[setting.options.runtime]
    return list(dict.fromkeys(setting.options.runtime if os == family else "runc" for os in setting.families))


def _started(stage: str, machine: Machine) -> int:
    """How many machines, VMs or copies start on one machine."""
    if stage == "machine":
        return 1
    if stage == "vm":
        return len(machine.virtual_machines)
    return sum(instance.count for instance in machine.instances)
