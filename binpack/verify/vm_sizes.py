"""Sizes of a plan's virtual machines: of the catalogue in the eras on VMs, and for a single copy as small as can be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from binpack.machines.vm_size import VmSize
from binpack.verify.charges import lost_cpu
from binpack.verify.facts import Facts
from binpack.verify.images import CONTAINER_ERAS, HELPER, own_image_charge
from binpack.workload.application import Application

Json = Mapping[str, Any]

THREAD = 1000


def vm_size_faults(era: str, machine: Json, facts: Facts) -> Iterator[str]:
    """VMs of another size than they should have."""
    of_catalogue = bool(facts.vm_sizes) and facts.hosts_vms(era)
    if of_catalogue:
        yield from _strangers(machine, facts)
    if facts.on_vms(era) or not facts.overheads:
        return
    vms = {vm["name"]: vm for vm in machine["virtual_machines"]}
    for copy in machine["instances"]:
        vm = vms.get(copy["inside"])
        if vm is not None and vm["name"] != HELPER and copy["application"] in facts.applications:
            needed = _needed(era, copy, facts)
            faults = _not_smallest(vm, needed, facts) if of_catalogue else _not_to_measure(vm, needed, facts)
            yield from (f"{machine['name']}: {vm['name']} {fault}" for fault in faults)


def _strangers(machine: Json, facts: Facts) -> Iterator[str]:
    """VMs that the catalogue does not have as they are."""
    for vm in machine["virtual_machines"]:
        size, capacity = facts.vm_sizes.get(vm["type"]), vm["capacity"]
        if size is None:
            yield f"{machine['name']}: {vm['name']} is of no size of the catalogue: {vm['type']!r}"
            continue
        disk = capacity.get("disk", 0) if size.disk is None else size.disk
        found = (vm["vcpus"], capacity.get("memory", 0), capacity.get("disk", 0))
        if found != (size.vcpus, size.memory, disk):
            yield f"{machine['name']}: {vm['name']} has {found}, its size {size.name} is {(size.vcpus, size.memory, disk)}"


def _needed(era: str, copy: Json, facts: Facts) -> VmSize:
    """What one copy needs of a VM with the guest, and the images of its containers, in it."""
    application = facts.applications[copy["application"]]
    rows, guest = facts.overheads, f"guest_os.{application.os}"
    lost = sum(lost_cpu(application, ("vm",), 1, facts).values())
    cpu, memory, disk = (_most(copy, application, resource) for resource in ("cpu", "memory", "disk"))
    if era in CONTAINER_ERAS:
        disk += own_image_charge(application).total()
    memory = max(memory + rows[f"{guest}.memory"], rows[f"{guest}.minimum_memory"])
    return VmSize("", max(1, (cpu + lost + THREAD - 1) // THREAD), memory, disk + rows[f"{guest}.disk"])


def _most(copy: Json, application: Application, resource: str) -> int:
    """What a copy takes of a resource, of one that has a curve at its peak."""
    return max([copy["requests"].get(resource, 0), *(a or 0 for a in application.curves.get(resource, ()))])


def _not_to_measure(vm: Json, needed: VmSize, facts: Facts) -> Iterator[str]:
    """Memory in steps, but not a step more than it needs; vCPUs and disk as they are needed."""
    step, memory = facts.overheads["vm.memory_step"], vm["capacity"].get("memory", 0)
    if memory % step or not needed.memory <= memory < needed.memory + step:
        yield f"has {memory} of memory; in steps of {step} it needs {needed.memory}"
    found = (vm["vcpus"], vm["capacity"].get("disk", 0))
    if found != (needed.vcpus, needed.disk):
        yield f"has {found[0]} vCPUs and {found[1]} of disk; it needs {needed.vcpus} and {needed.disk}"


def _not_smallest(vm: Json, needed: VmSize, facts: Facts) -> Iterator[str]:
    """Room for the copy and its guest, and no size that is smaller in memory or vCPUs and larger in neither would do.
    Of a size that does not state its disk, the disk is as it is needed."""
    found = facts.vm_sizes.get(vm["type"])
    if found is None:
        return
    if not found.holds(needed.vcpus, needed.memory, needed.disk or 0):
        yield f"of {found.name} is too small: {needed.vcpus} vCPUs and {needed.memory} of memory are needed"
    if found.disk is None and vm["capacity"].get("disk", 0) != needed.disk:
        yield f"has {vm['capacity'].get('disk', 0)} of disk; it needs {needed.disk}"
    for other in facts.vm_sizes.values():
        smaller = found.holds(other.vcpus, other.memory, 0) and not other.holds(found.vcpus, found.memory, 0)
        if smaller and other.holds(needed.vcpus, needed.memory, needed.disk or 0):
            yield f"is of {found.name}, though {other.name} would do"
