"""Updates without downtime: whether an orchestrator can replace every application while enough of its copies run.

One application is updated after the other, as ``rollouts`` says. Where copies may be missing and others are left, the update
goes on by itself; where all may be missing, there is downtime. Else the new copy starts before an old one stops, which takes
room for one more, of the headroom too; where there is none, so many more machines are needed. An agent's new copy has to
find room beside the old one, on its own node, which no other machine helps.
"""

from __future__ import annotations

from collections.abc import Sequence

from binpack.era_plan import Machine, type_counts
from binpack.eras.era import Era, Setting
from binpack.eras.operation.rollouts import rollout
from binpack.eras.operation.spares import left
from binpack.eras.operation.update_nodes import Node, agents_on, nodes_of
from binpack.eras.packing.compilation import Compiled
from binpack.units import PODS
from binpack.workload.application import Application

Kind = tuple[str, str]
"""Machine type and kernel family."""


def updates(era: Era, machines: Sequence[Machine], compiled: Compiled, setting: Setting) -> str:
    """``yes``, ``no`` or ``with n more machines``; machines that take everyone's new copy in turn are counted once."""
    if not era.orchestrated:
        return "no"
    applications = [a for a in setting.workload.placed if not a.job]
    rollouts = {a.key: rollout(era.name, a, a.replicas) for a in applications}
    nodes = nodes_of(era, machines, setting)
    if any(each.stops_all for each in rollouts.values()) or not _agents_go_on(era, nodes, setting):
        return "no"
    needs = _needs(compiled)
    waiting = [a for a in applications if rollouts[a.key].needs_room and a.key in needs]
    homeless = [a for a in waiting if not any(node.takes(a, needs[a.key]) for node in nodes)]
    more = _more_machines(homeless, machines, setting)
    if more is None:
        return "no"
    return f"with {more} more machine{'s' if more > 1 else ''}" if more else "yes"


def _agents_go_on(era: Era, nodes: Sequence[Node], setting: Setting) -> bool:
    """Whether each agent stays on some node, or has room for a second copy on every node that it is on."""
    slot = {PODS: 1} if era.runs_pods else {}
    for agent, on in agents_on(nodes, setting):
        found = rollout(era.name, agent, sum(node.count for node in on))
        if found.stops_all or (found.needs_room and not all(node.has({**agent.size, **slot}) for node in on)):
            return False
    return True


def _needs(compiled: Compiled) -> dict[str, dict[str, int]]:
    """Application -> what one copy takes, in its first form."""
    found: dict[str, dict[str, int]] = {}
    for piece in compiled.pieces:
        if piece.application is not None:
            found.setdefault(piece.application.key, {r: piece.amount(r) for r in compiled.resources})
    return found


def _more_machines(homeless: Sequence[Application], machines: Sequence[Machine], setting: Setting) -> int | None:
    """Machines of the kinds that the applications stand on already, each for as many of them as do; None where there are
    no more of these, or where an application follows another, which an empty machine does not have."""
    used = type_counts(machines)
    added: list[Kind] = []
    for application in homeless:
        if any(other != application.key for other in application.placement.together_with):
            return None
        kinds = {
            (machine.type, application.os): None
            for machine in machines
            if any(instance.application == application.key for instance in machine.instances)
        }
        if any(kind in added for kind in kinds):
            continue
        chosen = next((k for k in kinds if left(setting.types[k[0]], used[k[0]]) != 0), None)
        if chosen is None:
            return None
        used[chosen[0]] += 1
        added.append(chosen)
    return len(added)
