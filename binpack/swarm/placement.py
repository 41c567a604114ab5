"""Where Docker Swarm puts the tasks of services on given nodes, and why some stay pending.

placed = place_on_nodes(services, nodes)
placed.placements["shop_web"]["node-1"]  # so many tasks
for pending in placed.pending:
    print(pending)  # shop_db: 2 tasks: no suitable node (insufficient resources on 3 nodes)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from binpack.swarm.constraints import node_matches
from binpack.swarm.filters.pipeline import Pipeline
from binpack.swarm.node_info import NodeInfo
from binpack.swarm.published_ports import port_conflict
from binpack.swarm.service import Service
from binpack.swarm.swarm_node import SwarmNode
from binpack.swarm.swarm_state import SwarmState
from binpack.swarm.task_group import TaskGroup

Running = Iterable[tuple[Service, str]]
"""Tasks in place: the service and the node's name, one entry a task."""


@dataclass(frozen=True)
class Pending:
    """Tasks of a service that no node takes, and why, in Swarm's words. node : of a global service's task."""

    service: str
    tasks: int
    reason: str
    node: str = ""

    def __str__(self) -> str:
        where = f" for {self.node}" if self.node else ""
        return f"{self.service}: {self.tasks} {'task' if self.tasks == 1 else 'tasks'}{where}: {self.reason}"


@dataclass(frozen=True)
class Placed:
    """service -> node -> tasks, those that ran before among them; and what waits."""

    placements: Mapping[str, Mapping[str, int]]
    pending: tuple[Pending, ...]


def place_on_nodes(services: Sequence[Service], nodes: Sequence[SwarmNode], running: Running = ()) -> Placed:
    """The services on these nodes, as Swarm's scheduler places them, one service after the other.

    running : tasks in place, which stay; the tasks that their services lack are added. ValueError for two services or two
    nodes of one name, KeyError for a task on a node that is not there.
    """
    state = SwarmState(nodes)
    for service, node in running:
        state.add(service, node)
    pending = simulate(state, services)
    placements = {name: dict(+counts) for name, counts in state.placed.items() if counts.total()}
    return Placed(placements, tuple(pending))


def simulate(state: SwarmState, services: Sequence[Service]) -> list[Pending]:
    """Place what the services lack, changing the state; what waits is told with the reason that Swarm settles on.

    Global services come first (``scheduler.go``, ``processPreassignedTasks``), then the others, in the order given (Swarm
    has none). Jobs are taken to start all their tasks at once. ValueError for two services of one name.
    """
    if len({service.name for service in services}) != len(services):
        raise ValueError("two services have the same name")
    created, pending = _created(state, services)
    for service in created:
        if service.is_global:
            pending += _place_global(state, service)
    waiting: list[tuple[Service, int]] = []
    for service in created:
        if not service.is_global:
            lacking = max(0, service.replicas - _tasks(state, service))
            waiting.append((service, schedule(state, service, lacking)))
    return pending + [no_suitable_node(state, service, tasks) for service, tasks in waiting if tasks]


def _created(state: SwarmState, services: Sequence[Service]) -> tuple[list[Service], list[Pending]]:
    """The services that Swarm takes, those with tasks in place first, and the others with the port that they lack."""
    created: list[Service] = []
    pending: list[Pending] = []
    for service in sorted(services, key=lambda service: not _tasks(state, service)):
        if said := port_conflict(service, created):
            wanted = len(global_nodes(state, service)) if service.is_global else service.replicas
            pending.append(Pending(service.name, wanted - _tasks(state, service), said))
        else:
            created.append(service)
    order = {service.name: position for position, service in enumerate(services)}
    created.sort(key=lambda service: order[service.name])
    return created, [one for one in pending if one.tasks > 0]


def _tasks(state: SwarmState, service: Service) -> int:
    return state.placed.get(service.name, Counter()).total()


def schedule(state: SwarmState, service: Service, tasks: int) -> int:
    """Place so many tasks more of a service that is not global, and say how many wait."""

    def record(info: NodeInfo) -> None:
        state.record(service, info)

    return TaskGroup(service, tasks, record).schedule(state.nodes)


def no_suitable_node(state: SwarmState, service: Service, tasks: int) -> Pending:
    """Tasks that wait, with the reason of an attempt on the nodes as they stand, which is where Swarm's retries end
    (``noSuitableNode``)."""
    explanation = Pipeline(service).explain(state.nodes)
    return Pending(service.name, tasks, f"no suitable node ({explanation})" if explanation else "no suitable node")


def global_nodes(state: SwarmState, service: Service) -> list[NodeInfo]:
    """The nodes on which a global service has a task: those that match its constraints, neither down nor drained, and not
    paused (``manager/orchestrator/global/global.go``, ``reconcileServices``)."""
    return [
        info
        for info in state.nodes
        if info.node.state != "down"
        and info.node.availability == "active"
        and node_matches(service.constraints, info.node)
    ]


def _place_global(state: SwarmState, service: Service) -> list[Pending]:
    """One task on each node of the service that has none; the filters are asked all the same (``taskFitNode``)."""
    pipeline, pending = Pipeline(service), []
    for info in global_nodes(state, service):
        if state.placed.get(service.name, Counter())[info.node.name]:
            continue
        if pipeline.accepts(info):
            state.add(service, info.node.name)
        else:
            pending.append(Pending(service.name, 1, pipeline.explain([info]), info.node.name))
    return pending
