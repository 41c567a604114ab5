"""A slow obvious oracle for Kubernetes on VMs: every way of putting copies into VMs of a catalogue on machines. What systems
and nodes keep is the checker's word, not the eras'."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from binpack.machines.machine_type import MachineType
from binpack.machines.vm_size import VmSize
from binpack.verify.facts import Facts
from binpack.verify.hypervisors import host_share, vm_share
from binpack.verify.nodes import node
from binpack.workload.application import Application

ERA = "kubernetes_on_vms"
PODS = 110


@dataclass
class Vm:
    """What is left of a VM."""

    cpu: Fraction
    memory: int
    pods: int


@dataclass
class Host:
    """What is left of a machine, its VMs, and the copies on it."""

    vcpus: Fraction
    memory: Fraction
    vms: list[Vm] = field(default_factory=list)
    copies: Counter[str] = field(default_factory=Counter)


def fewest_machines(
    applications: Sequence[Application], machine: MachineType, sizes: Sequence[VmSize], facts: Facts
) -> int | None:
    """The fewest machines, no fewer than nodes have to be on; None where a copy fits no VM."""
    copies = [a for a in applications for _ in range(a.replicas)]
    empty = [vm for size in sizes if (vm := _vm(size, machine, facts)) is not None]
    if not all(any(_holds(vm, a, facts) for _, vm in empty) for a in applications):
        return None
    for machines in range(1, len(copies) + 1):
        if _placed(copies, [], machines, machine, empty, facts):
            return max(machines, facts.minimum_nodes)
    return None


def _placed(
    copies: Sequence[Application],
    hosts: list[Host],
    machines: int,
    machine: MachineType,
    empty: Sequence[tuple[VmSize, Vm]],
    facts: Facts,
) -> bool:
    """Whether the copies find places on these hosts and further ones, so many in all."""
    if not copies:
        return True
    first, rest = copies[0], copies[1:]
    more = [_host(machine, facts)] if len(hosts) < machines else []
    for host in (*hosts, *more):
        if not _admits(host, first):
            continue
        on = hosts if host in hosts else [*hosts, host]
        on = [h for h in on if h is not host]
        for vm in host.vms:
            if _holds(vm, first, facts) and _placed(
                rest, [*on, _with(host, vm, first)], machines, machine, empty, facts
            ):
                return True
        for size, vm in empty:
            opened = _opened(host, size, vm, facts)
            if opened is not None and _holds(vm, first, facts):
                filled = _with(opened, opened.vms[-1], first)
                if _placed(rest, [*on, filled], machines, machine, empty, facts):
                    return True
    return False


def _host(machine: MachineType, facts: Facts) -> Host:
    """A machine with its host's system and the hypervisor."""
    memory = machine.capacity["memory"] * facts.overcommit.get("memory", Fraction(1))
    memory -= facts.overheads["host_os.linux.memory"]
    memory -= host_share(facts.hypervisor, machine.capacity["memory"], facts.overheads)
    vcpus = machine.capacity["cpu"] * facts.node_overcommit - facts.overheads["host_os.linux.cpu"]
    return Host(Fraction(vcpus), Fraction(memory))


def _vm(size: VmSize, machine: MachineType, facts: Facts) -> tuple[VmSize, Vm] | None:
    """A VM of a size with what its system and the node keep; None where that is more than it has, or than threads are."""
    capacity = {"cpu": size.vcpus * 1000, "memory": size.memory, "pods": PODS}
    kept = node(ERA, {"labels": {}, "type": machine.name}, capacity, "linux", "guest_os", facts)
    taken = {r: sum(n for (_, of), n in kept.items() if of == r) for r in capacity}
    taken = {r: n + facts.overheads.get(f"guest_os.linux.{r}", 0) for r, n in taken.items()}
    cpu = capacity["cpu"] * facts.overcommit.get("cpu", Fraction(1)) - taken["cpu"]
    vm = Vm(Fraction(cpu), size.memory - taken["memory"], PODS - taken["pods"])
    fits = min(vm.cpu, vm.memory, vm.pods) >= 0 and capacity["cpu"] <= machine.capacity["cpu"]
    return (size, vm) if fits else None


def _opened(host: Host, size: VmSize, vm: Vm, facts: Facts) -> Host | None:
    """The host with one more empty VM, if it has room for that."""
    memory = size.memory + vm_share(facts.hypervisor, size.memory, size.vcpus, facts.overheads)
    if size.vcpus * 1000 > host.vcpus or memory > host.memory:
        return None
    vms = [*host.vms, Vm(vm.cpu, vm.memory, vm.pods)]
    return Host(host.vcpus - size.vcpus * 1000, host.memory - memory, vms, host.copies)


def _admits(host: Host, copy: Application) -> bool:
    most = copy.placement.max_per_host
    return most is None or host.copies[copy.key] < most


def _holds(vm: Vm, copy: Application, facts: Facts) -> bool:
    return copy.size["cpu"] <= vm.cpu and copy.size["memory"] <= vm.memory and vm.pods >= 1


def _with(host: Host, vm: Vm, copy: Application) -> Host:
    """The host with a copy in one of its VMs."""
    filled = Vm(vm.cpu - copy.size["cpu"], vm.memory - copy.size["memory"], vm.pods - 1)
    vms = [filled if each is vm else each for each in host.vms]
    return Host(host.vcpus, host.memory, vms, host.copies + Counter([copy.key]))
