"""The nodes of an orchestrator's plan as an update finds them: what is free, who is there, whom they let in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from binpack.era_plan import Machine
from binpack.eras.era import Era, Setting, admitted_agents
from binpack.eras.packing.compilation import ARCH_LABEL, OS_LABEL, VCPUS, admits
from binpack.eras.use import taken_in, taken_on
from binpack.eras.virtual_machines import vcpu_room
from binpack.units import CPU, DISK, LARGEST, MEMORY, THREAD
from binpack.workload.application import LINUX, Application, Resources


@dataclass(frozen=True)
class Node:
    """What an orchestrator schedules on, ``count`` of them alike: what is free, and whose copies are on its machine."""

    os: str
    labels: Mapping[str, str]
    free: Resources
    here: Mapping[str, Application]
    copies: Mapping[str, int]
    count: int

    def has(self, needs: Resources) -> bool:
        """Whether so much is free."""
        return all(self.free.get(resource, 0) >= amount for resource, amount in needs.items() if amount)

    def takes(self, application: Application, needs: Resources) -> bool:
        """Whether one more copy has room, and may be here."""
        return self.os == application.os and self.has(needs) and self._admits(application)

    def _admits(self, application: Application) -> bool:
        """Whether the rules of the copy, and of those that are here, let it in."""
        rules = application.placement
        limit = rules.max_per_host
        others = [each for key, each in self.here.items() if key != application.key]
        return (
            (limit is None or self.copies.get(application.key, 0) < limit)
            and not any(other in self.here for other in rules.apart_from)
            and all(other in self.here for other in rules.together_with if other != application.key)
            and not any(self.copies.get(other, 0) > most for other, most in rules.most_beside.items())
            and not any(_repels(each, application, self.copies.get(application.key, 0) + 1) for each in others)
            and not (application.isolation == "machine" and self.here)
            and admits(rules.node_selector, {**self.labels, OS_LABEL: self.os})
        )


def _repels(standing: Application, application: Application, copies: int) -> bool:
    """Whether an application that is here does not bear so many copies of another beside it."""
    rules = standing.placement
    alone = standing.isolation == "machine" or application.key in rules.apart_from
    return alone or copies > rules.most_beside.get(application.key, copies)


def nodes_of(era: Era, machines: Sequence[Machine], setting: Setting) -> list[Node]:
    """The machines, or their VMs where those are the nodes."""
    return [node for machine in machines for node in _on(era, machine, setting)]


def agents_on(nodes: Sequence[Node], setting: Setting) -> list[tuple[Application, list[Node]]]:
    """Each agent with the nodes that it is on."""
    admitted = [
        {agent.key for agent in admitted_agents(setting.workload, node.os, node.labels[ARCH_LABEL])} for node in nodes
    ]
    return [
        (agent, [node for node, keys in zip(nodes, admitted, strict=True) if agent.key in keys])
        for agent in setting.workload.agents
    ]


def _on(era: Era, machine: Machine, setting: Setting) -> Iterator[Node]:
    copies: dict[str, int] = {}
    for instance in machine.instances:
        copies[instance.application] = copies.get(instance.application, 0) + instance.count
    here = {key: setting.applications[key] for key in copies}
    promised = {CPU: setting.options.cpu_overcommit}
    if not era.nodes_are_vms:
        promised[MEMORY] = setting.options.memory_overcommit
        taken = {r: taken_on(machine, r) for r in machine.capacity}
        free = _free(machine.capacity, taken, promised)
        free[VCPUS] = _vcpus(machine, setting)
        yield Node(machine.labels[OS_LABEL], machine.labels, free, here, copies, machine.count)
        return
    guests = {i.inside: setting.applications[i.application].os for i in machine.instances}
    within = taken_in(machine)
    for vm in machine.virtual_machines:
        taken = {r: within[vm.name, r] for r in vm.capacity}
        free = _free(vm.capacity, taken, promised)
        yield Node(guests.get(vm.name, LINUX), machine.labels, free, here, copies, machine.count)


def _free(capacity: Resources, taken: Resources, promised: Mapping[str, Fraction]) -> dict[str, int]:
    """What is promised and not taken; of a disk that is not had, as a rented machine's, as much as anybody asks for."""
    free = {r: int(amount * promised.get(r, 1)) - taken.get(r, 0) for r, amount in capacity.items()}
    return free if DISK in capacity else {**free, DISK: LARGEST}


def _vcpus(machine: Machine, setting: Setting) -> int:
    """vCPUs that no VM beside containers has yet, in thousandths."""
    had = sum(vm.vcpus for vm in machine.virtual_machines) * THREAD
    return vcpu_room(machine.capacity, setting)[VCPUS] - had
