"""What licences a plan's machines need, and what they cost a month.

A system is the machine's own, unless its hypervisor is bare metal, or that of one of its virtual machines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from binpack.comparison import LicenceCost
from binpack.era_plan import Machine
from binpack.eras.packing.compilation import OS_LABEL
from binpack.machines.hypervisors import HOSTED, HYPERVISORS
from binpack.machines.licence import Licence
from binpack.workload.application import LINUX, Application

if TYPE_CHECKING:
    from binpack.eras.era import Era, Setting

System = tuple[str, list[Application], bool]
"""Kernel family, the applications that run on it, and whether it is a virtual machine's."""


def licence_costs(era: Era, machines: Sequence[Machine], setting: Setting) -> tuple[LicenceCost, ...]:
    """Each licence of the run with what is paid for; units and cost are None where cores are not known."""
    return tuple(_cost(licence, era, machines, setting) for licence in setting.licences)


def _cost(licence: Licence, era: Era, machines: Sequence[Machine], setting: Setting) -> LicenceCost:
    total = cost = 0
    for machine in machines:
        in_need = _in_need(licence, era, machine, setting)
        units = licence.units(setting.types[machine.type], len(in_need), sum(in_need))
        if units is None:
            return LicenceCost(licence.name, licence.per, None, None)
        total += units * machine.count
        cost += units * machine.count * licence.price_on(setting.types[machine.type])
    return LicenceCost(licence.name, licence.per, total, cost)


def _in_need(licence: Licence, era: Era, machine: Machine, setting: Setting) -> list[bool]:
    """For each system of a machine that needs the licence whether it is a virtual machine's. A hypervisor's is needed by
    the VMs that it runs, and by its host, which is no VM; where processes run beside VMs, it is the system's own."""
    if licence.hypervisor is None:
        return [vm for family, on_it, vm in _systems(era, machine, setting) if needs(licence, family, on_it)]
    vms = [True] * len(machine.virtual_machines)
    running = setting.options.hypervisor if era.hosts_vms else HOSTED[machine.labels[OS_LABEL]]
    if running != licence.hypervisor or not (vms or era.hosts_vms):
        return []
    return vms if licence.per == "vm" else [False, *vms]


def _systems(era: Era, machine: Machine, setting: Setting) -> Iterator[System]:
    within: dict[str | None, list[Application]] = {None: []}
    for instance in machine.instances:
        within.setdefault(instance.inside, []).append(setting.applications[instance.application])
    if not era.hosts_vms or HYPERVISORS[setting.options.hypervisor] is not None:
        yield machine.labels[OS_LABEL], within[None], False
    for vm in machine.virtual_machines:
        inside = within.get(vm.name, [])
        yield inside[0].os if inside else LINUX, inside, True


def needs(licence: Licence, family: str, applications: Sequence[Application]) -> bool:
    """Whether a system needs a licence that is no hypervisor's."""
    if licence.applications:
        return any(licence.name in application.licences for application in applications)
    return licence.os in (None, family)
