"""Fewer nodes for the pods that run, and room for those that wait, by moving running pods, with the order of the moves.

Wanted are the most waiting pods by priority, then the cheapest nodes with pods, the fewest of these, and the fewest moves.
Plans come from the placement that moves nothing, from nodes emptied one by one, and from the search over all places; each is
taken as far as an order of moves exists, and the best is replayed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from binpack_solvers.check import violations
from binpack_solvers.objective import evaluate
from binpack_solvers.packing import Packing
from binpack_solvers.solution import Solution

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.disruption import OF_THE_NODE
from binpack.kubernetes.filters.default_profile import judge
from binpack.kubernetes.planning.draining import drain_nodes, nodes_in_use
from binpack.kubernetes.planning.given_nodes import Placed, left_out, place_on_nodes, placed_in, with_reasons
from binpack.kubernetes.planning.migration import Step, migrate, moved, replay
from binpack.kubernetes.planning.moving_model import MovingModel, moving_model
from binpack.kubernetes.planning.moving_search import find_places
from binpack.kubernetes.pod import Pod, PodTemplate
from binpack.kubernetes.simulation import simulate

SHARE_AT_REST = 0.25
"""Of the time, for the placement that moves nothing."""
REFUSED = "the scheduler would not take them again where they are"

Steps = Sequence[Step]


class Limits(NamedTuple):
    """Of a search. moves : the most evictions; None: any number. seconds, threads, seed : as ``solve`` has them."""

    moves: int | None = None
    seconds: float = 10.0
    threads: int = 1
    seed: int = 0


@dataclass(frozen=True)
class Consolidated:
    """placed : the waiting pods; ``proven``: no places for all pods that keep every rule at the end take in more of them, by
    priority, or so many on cheaper nodes (without prices: fewer). steps : every move and start in its order.

    before, after : the nodes with pods that are not of the node itself. staying : why pods are not moved, and how many.
    least : cost of nodes with pods below which no plan that keeps every rule goes; 0 where none is known. priced : whether
    that is of given costs, not a number of nodes.
    unreached : pods that the search would have elsewhere, for which it found no order without a further free place.
    with_fewer_moves : nodes and moves of another plan that leaves out no more pods; None: there is none with fewer.
    """

    placed: Placed
    steps: tuple[Step, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    staying: Mapping[str, int]
    least: int = 0
    priced: bool = False
    unreached: int = 0
    with_fewer_moves: tuple[int, int] | None = None

    @property
    def moves(self) -> int:
        """How many pods are evicted, those twice that go to a place in between."""
        return moved(self.steps)

    @property
    def emptied(self) -> tuple[str, ...]:
        """The nodes that only their own pods are left on."""
        return tuple(node for node in self.before if node not in self.after)


def consolidate(
    state: ClusterState,
    waiting: Sequence[Pod],
    stays: Mapping[str, str],
    limits: Limits | None = None,
    costs: Mapping[str, int] | None = None,
) -> Consolidated:
    """Place what waits and move what runs; ``state`` holds all pods where they are at the end.

    stays : for each pod that runs why it is not moved, empty where it may be (``disruption.reasons_to_stay``); one that is
    not named is of its node itself. One that the scheduler would not take again where it is stays as well: rules broken
    meanwhile are no reason to move. With a limit of moves the search is over the pods of the nodes that take the fewest
    moves to empty.

    costs : of each node in use, whole numbers; None: 1 each.
    """
    limits = limits or Limits()
    cluster = _cluster(state, waiting, stays, costs or {node.name: 1 for node in state.nodes})
    at_rest = cluster.fresh()
    seconds = SHARE_AT_REST * limits.seconds
    placed = place_on_nodes(at_rest, waiting, time_limit=seconds, threads=limits.threads, seed=limits.seed)
    starts = [Step(pod, "", node) for pod, node in placed.order]
    if limits.moves == 0:
        return _answer(state, cluster, placed, starts)
    drained = _drained(cluster, at_rest, starts, limits)
    found = _searched(cluster, at_rest, limits)
    best = min((starts, drained, found.steps), key=cluster.worth)
    left, cost, nodes, moves = cluster.worth(drained)
    smaller = cluster.worth(best)[0] == left and cost < cluster.cost() and moves < moved(best)
    placed = replace(placed, solution=found.solution, proven=found.proves == cluster.worth(best)[:2])
    return replace(
        _answer(state, cluster, placed, best),
        least=found.least,
        priced=costs is not None,
        unreached=found.unreached,
        with_fewer_moves=(nodes, moves) if smaller else None,
    )


class _Cluster(NamedTuple):
    """As it is before. movable : pods that may move, as they come again. residents : keys of pods of their node itself."""

    pods: list[tuple[Pod, str]]
    waiting: Sequence[Pod]
    movable: dict[str, Pod]
    residents: frozenset[str]
    staying: Counter[str]
    nodes: ClusterState
    costs: Mapping[str, int]

    def fresh(self) -> ClusterState:
        """A state that holds it."""
        state = ClusterState(self.nodes.nodes, self.nodes.namespaces.known, self.nodes.volumes)
        for pod, node in self.pods:
            state.add(pod, node)
        return state

    def used(self, steps: Steps = ()) -> tuple[str, ...]:
        """The nodes in use after the steps, in their order."""
        at = {pod.key: node for pod, node in self.pods if pod.key not in self.residents}
        at |= {step.pod.key: step.node for step in steps}
        busy = set(at.values())
        return tuple(node.name for node in self.nodes.nodes if node.name in busy)

    def cost(self, steps: Steps = ()) -> int:
        """Of the nodes in use after the steps."""
        return sum(self.costs[node] for node in self.used(steps))

    def worth(self, steps: Steps) -> tuple[list[int], int, int, int]:
        """Waiting pods left out, of the highest priority first; cost of the nodes in use, and their number; moves."""
        left = Counter(pod.template.priority for pod in self.waiting)
        left.subtract(step.pod.template.priority for step in steps if not step.origin)
        return (
            [left[rank] for rank in sorted(left, reverse=True)],
            self.cost(steps),
            len(self.used(steps)),
            moved(steps),
        )


class _Found(NamedTuple):
    """steps : as far as an order was found. proves : pods left out and cost of nodes in use that are proven the best; None:
    nothing is. least : cost of nodes in use at the least, 0 where none is known. unreached : pods that the order does not
    bring where they should be."""

    steps: Steps
    proves: tuple[list[int], int] | None
    least: int
    unreached: int
    solution: Solution


def _cluster(
    state: ClusterState, waiting: Sequence[Pod], stays: Mapping[str, str], costs: Mapping[str, int]
) -> _Cluster:
    pods = list(state.pods())
    may = {pod.key: replace(pod, node_name="") for pod, _ in pods if stays.get(pod.key, OF_THE_NODE) == ""}
    movable = _accepted_again(state, may)
    staying = Counter(reason for reason in stays.values() if reason)
    staying += Counter({REFUSED: len(may) - len(movable)})
    residents = frozenset(pod.key for pod, _ in pods if stays.get(pod.key, OF_THE_NODE) == OF_THE_NODE)
    return _Cluster(pods, waiting, movable, residents, staying, state, costs)


def _accepted_again(state: ClusterState, pods: Mapping[str, Pod]) -> dict[str, Pod]:
    """Those of the pods that their node would take again; equal ones on a node alike."""
    verdicts: dict[tuple[PodTemplate, str], bool] = {}
    for key, pod in pods.items():
        node = state.node_of(key) or ""
        if (pod.template, node) not in verdicts:
            before = state.remove(key)
            verdicts[pod.template, node] = bool(judge(state, pod).passes[state.index[node]])
            state.add(before, node)
    return {key: pod for key, pod in pods.items() if verdicts[pod.template, state.node_of(key) or ""]}


def _drained(cluster: _Cluster, at_rest: ClusterState, starts: Steps, limits: Limits) -> Steps:
    """Nodes emptied one by one; ``at_rest`` holds the pods then. Pods that came to a node that was emptied later go to where
    they end at once, if there is an order for that."""
    one_by_one = [*starts, *drain_nodes(at_rest, cluster.movable, cluster.residents, limits.moves)]
    model = moving_model(cluster.fresh(), cluster.waiting, cluster.movable, cluster.residents, cluster.costs)
    at_once, _ = _ordered(cluster, model, model.packing_of(at_rest), limits.moves)
    return min(one_by_one, at_once, key=cluster.worth)


def _searched(cluster: _Cluster, at_rest: ClusterState, limits: Limits) -> _Found:
    """The search over all places, from the nodes emptied one by one, and the order of moves to what it finds."""
    movable = _few(cluster, limits.moves)
    model = moving_model(cluster.fresh(), cluster.waiting, movable, cluster.residents, cluster.costs)
    packings = [model.packing_of(state) for state in (at_rest, cluster.fresh())]
    start = next((packing for packing in packings if not violations(model.problem, packing)), None)
    found = find_places(model.problem, start, (1 - SHARE_AT_REST) * limits.seconds, limits.threads, limits.seed)
    whole = len(movable) == len(cluster.movable) and not model.rules.stricter
    held = sum(cluster.costs[node] for node in model.held)
    least = held + found.least_cost if whole else 0
    if found.solution.packing is None:
        return _Found([], None, least, 0, found.solution)
    value = evaluate(model.problem, found.solution.packing)
    proves = (list(value.unplaced[1:]), held + value.cost) if whole and found.proven else None
    steps, left = _ordered(cluster, model, found.solution.packing, limits.moves)
    return _Found(steps, proves, least, left, found.solution)


def _ordered(cluster: _Cluster, model: MovingModel, packing: Packing, moves: int | None) -> tuple[Steps, int]:
    """The steps to the packing, after which what still waits starts where it can, and how many pods do not come so far."""
    state = cluster.fresh()
    migration = migrate(state, model.groups(packing), moves)
    others = simulate(state, left_out(cluster.waiting, _started(migration.steps)))
    more = [Step(pod, "", node) for pod, node in placed_in(others)]
    return [*migration.steps, *more], len(migration.left)


def _few(cluster: _Cluster, moves: int | None) -> dict[str, Pod]:
    """The movable pods of the nodes that are emptied with the fewest moves, so many in all as may be moved."""
    if moves is None or len(cluster.movable) <= moves:
        return cluster.movable
    in_use = nodes_in_use(cluster.nodes, cluster.residents)
    found: dict[str, Pod] = {}
    for node in sorted(in_use, key=lambda name: (len(in_use[name]), name)):
        if all(key in cluster.movable for key in in_use[node]) and len(found) + len(in_use[node]) <= moves:
            found |= {key: cluster.movable[key] for key in in_use[node]}
    return found


def _answer(state: ClusterState, cluster: _Cluster, placed: Placed, steps: Steps) -> Consolidated:
    """The steps replayed on the state, and who is left out at the end."""
    replay(state, steps)
    order = _started(steps)
    placed = replace(placed, order=order, pending=with_reasons(state, left_out(cluster.waiting, order)))
    return Consolidated(placed, tuple(steps), cluster.used(), cluster.used(steps), dict(cluster.staying))


def _started(steps: Steps) -> tuple[tuple[Pod, str], ...]:
    """The pods that waited, with the nodes that they come to."""
    return tuple((step.pod, step.node) for step in steps if not step.origin)
