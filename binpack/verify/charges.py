"""What a machine has to charge, computed again from the amounts of a run: operating systems, hypervisor, engine, sandboxes,
lost CPU, and what nodes keep; every byte of it once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from binpack.verify.facts import KUBERNETES, Facts
from binpack.verify.hypervisors import GIB, NATIVE, host_share, vm_share
from binpack.verify.images import CONTAINER_ERAS, HELPER, image_charge, own_image_charge
from binpack.verify.nodes import Charges, node, nodes_in, orchestrator_faults
from binpack.workload.application import Application

Json = Mapping[str, Any]

CHECKED = ("host_os", "hypervisor", "guest_os", "engine", "images", "kubelet", "agents")
HYPERVISOR_OS = {"kvm": "linux", "hyperv": "windows"}
SANDBOX_OS = {"kata": "linux", "firecracker": "linux", "hyperv": "windows"}
LOST_AS = {"container": "engine", "microvm": "guest_os", "vm": "hypervisor"}
WHOLE = 1000


def charge_faults(plan: Json, facts: Facts) -> Iterator[str]:
    """Kinds of overhead of which a machine charges another amount than it has to; nothing without amounts."""
    if not facts.overheads:
        return
    if not plan["unplaced"]:
        yield from orchestrator_faults(plan, facts)
    for machine in plan["machines"]:
        if any(instance["application"] not in facts.applications for instance in machine["instances"]):
            continue  # nobody knows what a copy of a stranger takes; that it is there is a fault of its own
        expected, found = _expected(plan["era"], machine, facts), _found(machine)
        for kind, resource in sorted({*expected, *found}):
            should, does = expected[kind, resource], found[kind, resource]
            if should != does:
                yield f"{machine['name']}: charges {does} {resource} for {kind}, not {should}"


def _found(machine: Json) -> Charges:
    found: Charges = Counter()
    for charge in machine["overhead"]:
        if charge["what"] in CHECKED:
            found[charge["what"], charge["resource"]] += charge["amount"]
    return found


def _expected(era: str, machine: Json, facts: Facts) -> Charges:
    os = machine["labels"].get("kubernetes.io/os", "linux")
    if facts.on_vms(era):
        return _host_of_vms(machine, facts) + _nodes(era, machine, facts)
    kept = node(era, machine, machine["capacity"], os, "host_os", facts)
    if era == "virtual_machines":
        return kept + _host_of_vms(machine, facts) + _own_vms(era, machine, facts.hypervisor, facts)
    total = kept + _system("host_os", os, facts)
    if machine["virtual_machines"]:
        total["hypervisor", "memory"] += host_share(NATIVE[os], 0, facts.overheads)
    if era.startswith("physical"):
        return total + _own_vms(era, machine, NATIVE[os], facts)
    beside = [i for i in machine["instances"] if i["inside"] in (None, HELPER)]
    total += _processes(era, beside, facts) + _own_vms(era, machine, NATIVE[os], facts)
    total += image_charge(beside, os, machine, facts)
    if any(vm["name"] == HELPER for vm in machine["virtual_machines"]):
        total += _helper([i for i in beside if i["inside"] == HELPER], NATIVE[os], facts)
    return total


def _helper(instances: Sequence[Json], hypervisor: str, facts: Facts) -> Charges:
    """The VM of another family's containers: a guest system, the hypervisor's share for it while it is empty, and that for
    what each container brings along, one by one."""
    memory = facts.overheads["linux_helper_vm.memory"]
    total = _system("guest_os", "linux", facts)
    total["guest_os", "memory"] = memory
    total["hypervisor", "memory"] = vm_share(hypervisor, memory, 1, facts.overheads)
    per_gib = facts.overheads.get(f"hypervisor.{hypervisor}.vm_memory_per_gib", 0)
    for instance in instances:
        copy = instance["requests"].get("memory", 0) + _process(facts.applications[instance["application"]], facts)
        total["hypervisor", "memory"] += (copy * per_gib + GIB - 1) // GIB * instance["count"]
    return total


def _system(kind: str, os: str, facts: Facts) -> Charges:
    """An operating system on a machine, or in a VM that is a node."""
    return Counter({(kind, r): facts.overheads[f"{kind}.{os}.{r}"] for r in ("cpu", "memory", "disk")})


def _host_of_vms(machine: Json, facts: Facts) -> Charges:
    """A machine for VMs: its hypervisor, and the system that this is part of, if any."""
    os = HYPERVISOR_OS.get(facts.hypervisor)
    total = _system("host_os", os, facts) if os else Counter()
    total["hypervisor", "memory"] += host_share(facts.hypervisor, machine["capacity"].get("memory", 0), facts.overheads)
    return total


def _own_vms(era: str, machine: Json, hypervisor: str, facts: Facts) -> Charges:
    """VMs of one copy each: all of a VM's memory and disk that is not the copy's, nor of its images, is the guest's."""
    total: Charges = Counter()
    copies = {i["inside"]: i for i in machine["instances"]}
    for vm in machine["virtual_machines"]:
        copy = copies.get(vm["name"])
        if vm["name"] == HELPER or copy is None:
            continue
        application = facts.applications[copy["application"]]
        total["guest_os", "memory"] += vm["capacity"].get("memory", 0) - copy["requests"].get("memory", 0)
        total["guest_os", "cpu"] += facts.overheads[f"guest_os.{application.os}.cpu"]
        own = own_image_charge(application) if era in CONTAINER_ERAS else Counter()
        total += own
        total["guest_os", "disk"] += vm["capacity"].get("disk", 0) - copy["requests"].get("disk", 0) - own.total()
        total["hypervisor", "memory"] += vm_share(
            hypervisor, vm["capacity"].get("memory", 0), vm["vcpus"], facts.overheads
        )
        total += lost_cpu(application, ("vm",), 1, facts)
    return total


def _nodes(era: str, machine: Json, facts: Facts) -> Charges:
    """VMs that hold many copies: a guest system each, and within it what a machine would have."""
    total: Charges = Counter()
    for vm, within, os in nodes_in(machine, facts):
        total += _system("guest_os", os, facts) + _processes(era, within, facts, around=("vm",))
        total += image_charge(within, os, machine, facts)
        total += node(era, machine, vm["capacity"], os, "guest_os", facts)
        memory = vm["capacity"].get("memory", 0)
        total["hypervisor", "memory"] += vm_share(facts.hypervisor, memory, vm["vcpus"], facts.overheads)
    return total


def _processes(era: str, instances: Sequence[Json], facts: Facts, around: tuple[str, ...] = ()) -> Charges:
    """An engine and what runs in it. A Kubernetes node reserves for engine and shims together; a sandbox has its own."""
    total: Charges = Counter()
    if era not in KUBERNETES:
        total += Counter({("engine", r): facts.overheads[f"engine.{r}"] for r in ("cpu", "memory")})
    for instance in instances:
        within = ("vm",) if instance["inside"] == HELPER else around
        total += copy_charges(era, facts.applications[instance["application"]], instance["count"], within, facts)
    return total


def copy_charges(era: str, application: Application, count: int, around: tuple[str, ...], facts: Facts) -> Charges:
    """What so many copies in containers take beside what they request. around : the layers about the containers."""
    total: Charges = Counter()
    kubernetes = era in KUBERNETES
    runtime = _sandbox(application, kubernetes, facts)
    if runtime is not None:
        for resource in ("cpu", "memory"):
            total["guest_os", resource] += facts.overheads[f"runtime.{runtime}.{resource}"] * count
    elif not kubernetes:
        total["engine", "memory"] += _process(application, facts) * count
    layers = ("container", *("microvm",) * (runtime is not None), *around)
    return total + lost_cpu(application, layers, count, facts)


def _process(application: Application, facts: Facts) -> int:
    """What the containers of a copy take beyond its own processes."""
    row = {"linux": "shim.memory", "windows": "windows_container.memory"}[application.os]
    return facts.overheads[row] * (len(application.containers) or 1)


def _sandbox(application: Application, kubernetes: bool, facts: Facts) -> str | None:
    """The runtime that puts a copy into a VM: the one chosen for its family, or what a Pod gets that asks for a VM."""
    if SANDBOX_OS.get(facts.runtime) == application.os:
        return facts.runtime
    if kubernetes and application.isolation == "vm":
        return "kata" if application.os == "linux" else "hyperv"
    return None


def lost_cpu(application: Application, layers: Sequence[str], count: int, facts: Facts) -> Charges:
    """CPU that the layers take of so many copies, the innermost first, each copy's rounded up in each layer."""
    total: Charges = Counter()
    needed = application.size.get("cpu", 0)
    for layer in layers:
        share = facts.overheads[f"cpu_efficiency.{layer}"]
        grown = (needed * WHOLE + share - 1) // share
        total[LOST_AS[layer], "cpu"] += (grown - needed) * count
        needed = grown
    return total
