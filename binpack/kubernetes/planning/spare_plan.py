"""Plans of new nodes that survive: after the loss of any so many nodes, or of any zone, every pod finds a node again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from time import monotonic

import numpy as np

from binpack.errors import input_error
from binpack.kubernetes.planning.failures import Spare
from binpack.kubernetes.planning.node_class import UNLIMITED, ZONE, NodeClass
from binpack.kubernetes.planning.planner import NodePlan, accepted, plan_nodes
from binpack.kubernetes.planning.pod_sets import PodSet
from binpack.kubernetes.planning.spare_bound import (
    Bound,
    bound_of,
    bound_of_rest,
    priced_alike,
    with_lost_nodes,
    with_lost_zone,
)
from binpack.kubernetes.planning.spare_nodes import SEARCH, SpareNodes
from binpack.kubernetes.planning.survival import Nodes, Replays
from binpack.kubernetes.planning.zone_floors import nodes_of_zones
from binpack.kubernetes.selectors import Labels

FIRST, EACH = 0.3, 0.1
"""Of the time, for the plan without spares, and for each of the bounds and of the other plans to begin with. Half of what
is left is for mending, the rest to do without nodes."""
REPLAY = 5.0
"""Seconds after the time limit for the failures of the plan that is chosen."""


@dataclass(frozen=True)
class SpareSearch:
    """What plans are searched with. zonal : pods that come again in the zone that they have stood in."""

    spare: Spare
    minimum_nodes: int = 0
    most_types: int | None = None
    namespaces: Mapping[str, Labels] | None = None
    zonal: frozenset[str] = frozenset()
    time_limit: float = 10.0
    threads: int = 1
    seed: int = 0

    def plan(self, sets: Sequence[PodSet], classes: Sequence[NodeClass], share: float, minimum_nodes: int) -> NodePlan:
        """A plan without spares, in a share of the time."""
        return plan_nodes(
            sets,
            classes,
            minimum_nodes=minimum_nodes,
            most_types=self.most_types,
            namespaces=self.namespaces,
            time_limit=share * self.time_limit,
            threads=self.threads,
            seed=self.seed,
        )


def plan_with_spares(sets: Sequence[PodSet], classes: Sequence[NodeClass], search: SpareSearch) -> NodePlan:
    """The cheapest nodes found with which the plan survives every failure, and what no such plan goes below.

    Every failure is replayed through the scheduler's filters. Where no further node helps, ``survival`` names the pods that
    stay without one. Without any plan it is None. InputError for spare zones where there are no two.
    """
    zones = sorted({c.node.labels[ZONE] for c in classes if ZONE in c.node.labels})
    if search.spare == "zone" and len(zones) < 2:
        raise input_error("--spare zone", f"{len(zones)} zone", "nodes in two zones at least")
    end = monotonic() + search.time_limit
    first = search.plan(sets, classes, FIRST, search.minimum_nodes)
    if not first.nodes or first.accepted.refused:
        return first
    replays = Replays(sets, classes, search.namespaces, search.zonal)
    spares = SpareNodes(first, replays, search.spare, search.most_types)
    starts, bound = [first.nodes, *_of_smaller_nodes(first, sets, zones, search)], bound_of(first)
    if search.spare == "zone":
        rests = _without_each_zone(first, sets, zones, search)
        starts = [*_even_over_zones(first, rests, sets, spares, search), *starts]
        bound = bound.or_more(_bound_of_zones(rests, classes, search))
    else:
        rest = bound_of_rest(first, EACH * search.time_limit, search.threads, search.seed)
        cheapest = min(c.price for c in classes)
        bound = bound.or_more(with_lost_nodes(rest, search.spare, cheapest))
        count = nodes_of_zones(first, search.spare, EACH * search.time_limit)
        bound = bound.or_more(Bound(count, count * cheapest))
    return _answer(first, _cheapest(starts, spares, end), spares, bound)


def _of_smaller_nodes(
    first: NodePlan, sets: Sequence[PodSet], zones: Sequence[str], search: SpareSearch
) -> list[Nodes]:
    """A plan with as many nodes as spares would make of the first: where prices differ, so many smaller ones may cost no
    more, and a spare then costs less."""
    if priced_alike(first.problem):
        return []
    count = len(first.nodes)
    least = -(-count * len(zones) // (len(zones) - 1)) if search.spare == "zone" else count + search.spare
    plan = search.plan([*first.sets, *(pods for pods in sets if pods.daemon)], first.classes, EACH, least)
    return [plan.nodes] if plan.nodes and not plan.unplaced else []


def _without_each_zone(
    first: NodePlan, sets: Sequence[PodSet], zones: Sequence[str], search: SpareSearch
) -> dict[str, NodePlan]:
    """For each zone a plan over the others, without the pods that might be lost with it for good; one for all zones where
    nothing tells them apart."""
    kept = [pods for pods in first.sets if not any(pods.pod(n).key in search.zonal for n in range(pods.copies))]
    kept += [pods for pods in sets if pods.daemon]
    tried = zones[:1] if _zones_are_alike(first, zones) else zones
    share = EACH / len(tried)
    found = [search.plan(kept, [c for c in first.classes if c.node.labels.get(ZONE) != z], share, 0) for z in tried]
    return dict(zip(zones, found * (len(zones) // len(found)), strict=True))


def _zones_are_alike(plan: NodePlan, zones: Sequence[str]) -> bool:
    """Can any two zones be exchanged: the same types in each, and no rule that knows one from another?"""
    problem = plan.problem
    of = np.array([zones.index(c.node.labels[ZONE]) if ZONE in c.node.labels else -1 for c in plan.classes])
    facts: dict[int, list[tuple[object, ...]]] = {}
    for k, each in enumerate(plan.classes):
        column = (tuple(problem.capacity[k].tolist()), problem.compatible[:, k].tobytes())
        facts.setdefault(int(of[k]), []).append((each.type_name, each.price, each.available, *column))
    first, *others = (sorted(rows) for rows in facts.values())
    by_zone = [len({*zip(of.tolist(), column, strict=True)}) == len(zones) for column in problem.topology.T.tolist()]
    one_each = [len(set(column)) in (1, len(zones)) for column in problem.topology.T.tolist()]
    return -1 not in facts and all(rows == first for rows in others) and all(by_zone) and all(one_each)


def _bound_of_zones(rests: Mapping[str, NodePlan], classes: Sequence[NodeClass], search: SpareSearch) -> Bound:
    plans = list({id(rest): rest for rest in rests.values()}.values())
    seconds = EACH * search.time_limit / len(plans)
    bounds = {id(rest): bound_of_rest(rest, seconds, search.threads, search.seed) for rest in plans}
    return with_lost_zone([bounds[id(r)] for r in rests.values()], any(ZONE not in c.node.labels for c in classes))


def _even_over_zones(
    first: NodePlan, rests: Mapping[str, NodePlan], sets: Sequence[PodSet], spares: SpareNodes, search: SpareSearch
) -> list[Nodes]:
    """A plan with as many nodes of each type in every zone as make up what all but one zone need; none where that holds
    not all pods."""
    most = Counter[str]()
    for rest in rests.values():
        most |= Counter(planned.of.type_name for planned in rest.nodes)
    if not most:
        return []
    each = {name: -(-count // (len(rests) - 1)) for name, count in most.items()}
    classes = [c for c in first.classes if c.type_name in each and ZONE in c.node.labels]
    free = [each[c.type_name] if c.available == UNLIMITED else min(each[c.type_name], c.available) for c in classes]
    capped = [replace(c, available=count) for c, count in zip(classes, free, strict=True)]
    plan = search.plan([*first.sets, *(pods for pods in sets if pods.daemon)], capped, EACH, search.minimum_nodes)
    if not plan.nodes or plan.unplaced:
        return []
    return [spares.with_all(plan.nodes, {c.node.name: c.available for c in capped})]


def _cheapest(starts: Sequence[Nodes], spares: SpareNodes, end: float) -> Nodes:
    """The best of several ways, each of which is trimmed if it stands; another one is tried while there is time."""
    found: list[tuple[tuple[bool, int, int], Nodes]] = []
    middle = (monotonic() + end) / 2
    for number, nodes in enumerate(_ways(starts, spares, middle)):
        stands = spares.stands(nodes, end)
        if stands:
            part = (end - monotonic()) / max(1, 2 * len(starts) - number)
            nodes = spares.trimmed(nodes, monotonic() + part)
        found.append(((not stands, sum(planned.of.price for planned in nodes), len(nodes)), nodes))
        if monotonic() > end:
            break
    return min(found, key=lambda pair: pair[0])[1] if found else starts[-1]


def _ways(starts: Sequence[Nodes], spares: SpareNodes, end: float) -> Iterator[Nodes]:
    """Each start with what mends it, by ``end``; then the same nodes with the pods placed evenly, which may leave room
    everywhere."""
    found = []
    for start in starts:
        kept = spares.acceptable(start)
        if kept is not None:
            found.append(spares.mended(kept, end))
            yield found[-1]
    for nodes in found:
        levelled = spares.levelled(nodes)
        if levelled is not None:
            yield spares.mended(levelled, end)


def _answer(first: NodePlan, nodes: Nodes, spares: SpareNodes, bound: Bound) -> NodePlan:
    """The nodes as a plan of the same problem, with what it survives."""
    replays = spares.replays
    survival = replays.survival(nodes, spares.spare, SEARCH, monotonic() + REPLAY)
    cost, least = sum(n.of.price for n in nodes) // first.unit, -(-bound.cost // first.unit)
    met = cost == least and survival.holds
    solution = replace(
        first.solution,
        status="optimal" if met and len(nodes) == bound.nodes else "feasible",
        packing=spares.packing(nodes),
        bins=len(nodes),
        cost=cost,
        lower_bound=bound.nodes,
        cost_lower_bound=least,
        certificate=None,
        statistics=replace(first.solution.statistics, cost_proven=met),
    )
    order = accepted(nodes, replays.namespaces)
    return replace(first, nodes=nodes, accepted=order, solution=solution, survival=survival)
