"""What licences a plan's machines need, counted again: the units of each, machine by machine."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Any

from binpack.machines.licence import Licence
from binpack.machines.machine_type import MachineType
from binpack.verify.facts import Facts
from binpack.verify.hypervisors import BARE_METAL, NATIVE

Json = Mapping[str, Any]

MICRO = 10**6
HOURS_PER_MONTH = 730


def licences(plan: Json, facts: Facts) -> list[dict[str, Any]]:
    """The list of licences as a row has to give it. Every machine type of the plan is known."""
    found = []
    for licence in facts.licences:
        counts = [_units(licence, plan["era"], m, facts.machines[m["type"]], facts) for m in plan["machines"]]
        units = cost = None
        if None not in counts:
            paid = [(n or 0) * machine["count"] for n, machine in zip(counts, plan["machines"], strict=True)]
            prices = [_price(licence, facts.machines[machine["type"]]) for machine in plan["machines"]]
            units, cost = sum(paid), sum(n * price for n, price in zip(paid, prices, strict=True)) / MICRO
        found.append({"name": licence.name, "per": licence.per, "units": units, "cost_per_month": cost})
    return found


def _price(licence: Licence, kind: MachineType) -> int:
    """Micro-units a month for a unit on a machine: of the rent, all hours at what it is dearer with Windows."""
    return ((kind.windows_price or 0) - (kind.price or 0)) * HOURS_PER_MONTH if licence.with_rent else licence.price


def _units(licence: Licence, era: str, machine: Json, kind: MachineType, facts: Facts) -> int | None:
    """Units on one machine; none of the rent where that with Windows is not known."""
    if licence.with_rent and None in (kind.price, kind.windows_price):
        return 0
    hosts_vms = facts.hosts_vms(era)
    family = machine["labels"]["kubernetes.io/os"]
    vms = sum(_guest_needs(licence, machine, vm["name"], facts) for vm in machine["virtual_machines"])
    outside = [facts.applications[i["application"]] for i in machine["instances"] if i["inside"] is None]
    system = not (hosts_vms and facts.hypervisor in BARE_METAL)
    own = system and licence.os in (None, family)
    if licence.applications:
        own = system and any(licence.name in application.licences for application in outside)
    if licence.hypervisor is not None:
        running = facts.hypervisor if hosts_vms else NATIVE[family]
        vms = len(machine["virtual_machines"]) if running == licence.hypervisor else 0
        own = running == licence.hypervisor and licence.per != "vm" and (hosts_vms or vms > 0)
    if licence.per == "vm":
        return vms + own
    if not (vms or own):
        return 0
    whole = max(1, ceil(vms / licence.covers_vms)) if licence.covers_vms else 1
    if licence.per == "host":
        return whole
    if kind.sockets is None or (licence.per == "core" and kind.cores is None):
        return None
    least = kind.sockets * licence.minimum_per_socket if licence.per == "core" else 0
    there = kind.cores if licence.per == "core" else kind.sockets
    return whole * max(there or 0, least, licence.minimum_per_host)


def _guest_needs(licence: Licence, machine: Json, vm: str, facts: Facts) -> bool:
    """Whether a virtual machine is one that needs the licence, leaving hypervisors aside."""
    inside = [facts.applications[i["application"]] for i in machine["instances"] if i["inside"] == vm]
    if licence.applications:
        return any(licence.name in application.licences for application in inside)
    return licence.os in (None, inside[0].os if inside else "linux")
