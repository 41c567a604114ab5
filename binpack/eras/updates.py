"""Updates without downtime: whether an orchestrator can replace every application while enough of its copies run.

One application is updated after the other, as ``rollouts`` says. Where copies may be missing and others are left, the update
goes on by itself. Else the new copy starts before an old one stops (in Swarm with ``start-first``), which takes room for one
more; where there is none, so many more machines are needed. The only copy of a StatefulSet stops before the new one starts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from binpack.era_plan import Machine
from binpack.eras.compilation import Compiled, admits
from binpack.eras.era import Era, Setting
from binpack.eras.rollouts import ONE_BY_ONE, rollout
from binpack.eras.spares import left
from binpack.eras.use import taken_in, taken_on
from binpack.workload.application import Application, Resources

Kind = tuple[str, str]
"""Machine type and kernel family."""


@dataclass(frozen=True)
class Node:
    """What an orchestrator schedules on: what is free, and whose copies are on its machine."""

    os: str
    labels: Mapping[str, str]
    free: Resources
    here: Mapping[str, int]

    def takes(self, application: Application, needs: Resources) -> bool:
        """Whether one more copy has room, and may be here."""
        rules = application.placement
        limit = rules.max_per_host
        return (
            self.os == application.os
            and all(self.free.get(resource, 0) >= amount for resource, amount in needs.items() if amount)
            and (limit is None or self.here.get(application.key, 0) < limit)
            and not any(other in self.here for other in rules.apart_from)
            and not any(self.here.get(other, 0) > most for other, most in rules.most_beside.items())
            and not (application.isolation == "machine" and self.here)
            and admits(rules.node_selector, {**self.labels, "kubernetes.io/os": self.os})
        )


def updates(era: Era, machines: Sequence[Machine], compiled: Compiled, setting: Setting) -> str:
    """``yes``, ``no`` or ``with n more machines``; machines that take everyone's new copy in turn are counted once."""
    if not era.orchestrated:
        return "no"
    waiting = [a for a in setting.workload.placed if not a.job and not _goes_on(era, a)]
    if any(application.kind == ONE_BY_ONE for application in waiting):
        return "no"
    nodes = [node for machine in machines for node in _nodes(era, machine, setting.applications)]
    needs = _needs(compiled)
    homeless = [a for a in waiting if a.key in needs and not any(node.takes(a, needs[a.key]) for node in nodes)]
    more = _more_machines(homeless, machines, setting)
    if more is None:
        return "no"
    return f"with {more} more machine{'s' if more > 1 else ''}" if more else "yes"


def _goes_on(era: Era, application: Application) -> bool:
    """Whether some copies may be missing while others run."""
    unavailable = rollout(era.name, application).unavailable
    return 0 < unavailable < application.replicas


def _needs(compiled: Compiled) -> dict[str, dict[str, int]]:
    """Application -> what one copy takes, in its first form."""
    found: dict[str, dict[str, int]] = {}
    for piece in compiled.pieces:
        if piece.application is not None:
            found.setdefault(piece.application.key, {r: piece.amount(r) for r in compiled.resources})
    return found


def _nodes(era: Era, machine: Machine, of: Mapping[str, Application]) -> Iterator[Node]:
    """The machine, or its VMs where those are the nodes. of : applications by key."""
    here: dict[str, int] = {}
    for instance in machine.instances:
        here[instance.application] = here.get(instance.application, 0) + instance.count
    if not era.nodes_are_vms:
        free = {r: amount - taken_on(machine, r) for r, amount in machine.capacity.items()}
        yield Node(machine.labels["kubernetes.io/os"], machine.labels, free, here)
        return
    guests = {i.inside: of[i.application].os for i in machine.instances}
    for vm in machine.virtual_machines:
        free = {r: amount - taken_in(machine, r, vm.name) for r, amount in vm.capacity.items()}
        yield Node(guests.get(vm.name, "linux"), machine.labels, free, here)


def _more_machines(homeless: Sequence[Application], machines: Sequence[Machine], setting: Setting) -> int | None:
    """Machines of the kinds that the applications stand on already, each for as many of them as do; None where there are
    no more of these."""
    types = {machine.name: machine for machine in setting.machines}
    used: dict[str, int] = {}
    for machine in machines:
        used[machine.type] = used.get(machine.type, 0) + machine.count
    added: list[Kind] = []
    for application in homeless:
        kinds = {
            (machine.type, application.os): None
            for machine in machines
            if any(instance.application == application.key for instance in machine.instances)
        }
        if any(kind in added for kind in kinds):
            continue
        chosen = next((k for k in kinds if left(types[k[0]], used[k[0]]) != 0), None)
        if chosen is None:
            return None
        used[chosen[0]] += 1
        added.append(chosen)
    return len(added)
