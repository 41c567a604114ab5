"""Which pods in place may be evicted for waiting ones, and as which items of a Problem they may stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from typing import NamedTuple

import numpy as np
from binpack_solvers.problem import NO_ALTERNATIVE

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.disruption_budgets import Budget
from binpack.kubernetes.node_affinity import NodeAffinity
from binpack.kubernetes.planning.losses import Loss, Losses
from binpack.kubernetes.planning.node_class import admitted_nodes, requested
from binpack.kubernetes.pod import Pod, PodTemplate
from binpack.kubernetes.pod_counts import Selection, SpreadSelection, TermSelection, class_of
from binpack.kubernetes.preemption import importance
from binpack.kubernetes.taints import Toleration

OnNode = tuple[Pod, str]


class Stay(NamedTuple):
    """An item: pods of one template that may stay on their node, the most important first.

    loss : what each costs that does not. demand : how many may stay, of all items of a ``share`` together.
    """

    node: str
    pods: tuple[Pod, ...]
    loss: Loss
    demand: int
    share: int = NO_ALTERNATIVE


class _Covered(NamedTuple):
    """Pods of one priority that a budget covers, of which it lets only ``allowed`` go."""

    allowed: int
    pods: list[OnNode]


def evictable_pods(state: ClusterState, losses: Losses, waiting: Sequence[PodTemplate]) -> tuple[list[OnNode], bool]:
    """Pods of lower priority with their nodes, and whether some of lower priority are left out.

    Those that the affinity or the spread of a waiting pod counts stay, as do those of nodes that hold too much, and those
    that a pod beside them would not admit again. Pods that are ending are none of them: they go anyway.
    """
    if losses.highest is None:
        return [], False
    lower = [
        (pod, node) for pod, node in state.pods() if pod.template.priority < losses.highest and not pod.terminating
    ]
    full, counted = _full_nodes(state, lower), list(_counted(waiting))
    found = [(pod, node) for pod, node in lower if node not in full and not _selected(state, pod, counted)]
    admitted = _readmitted(state, found)
    return admitted, len(admitted) < len(lower)


def bare(template: PodTemplate) -> PodTemplate:
    """What of a pod in place counts for those that come: its own rules about where it may stand do not count any more."""
    anywhere = (Toleration(operator="Exists"),)
    return replace(template, affinity=(), spread=(), node_affinity=NodeAffinity(), tolerations=anywhere, gates=())


def _full_nodes(state: ClusterState, pods: Sequence[OnNode]) -> set[str]:
    """Nodes that hold more than they have of something that some of these pods take."""
    resources = {name for pod, _ in pods for name in requested(pod.template)} - {"pods"}
    over = state.resources.pods > state.resources.allocatable("pods")
    for resource in resources:
        over |= state.resources.free(resource) < 0
    return {state.nodes[k].name for k in np.flatnonzero(over).tolist()}


def _counted(waiting: Sequence[PodTemplate]) -> Iterator[Selection]:
    """The pods in place that rules of waiting ones look for."""
    for template in waiting:
        if template.affinity:
            yield TermSelection(template.affinity, template.namespace)
        for constraint in template.spread:
            if constraint.hard:
                yield SpreadSelection(template.namespace, constraint.selector)


def _selected(state: ClusterState, pod: Pod, selections: Sequence[Selection]) -> bool:
    labels = dict(pod.template.labels)
    return any(selection.selects(class_of(pod), labels, state.namespaces) for selection in selections)


def _readmitted(state: ClusterState, pods: Sequence[OnNode]) -> list[OnNode]:
    """Of some pods those that their node would take again without the others of them; the state is then as before."""
    found = list(pods)
    while True:
        for pod, _ in found:
            state.remove(pod.key)
        kept = [pair for pair in found if admitted_nodes(state, bare(pair[0].template))[state.index[pair[1]]]]
        for pod, node in found:
            state.add(pod, node)
        if len(kept) == len(found):
            return found
        found = kept


def stays_of(pods: Sequence[OnNode], budgets: Sequence[Budget], losses: Losses) -> tuple[list[Stay], bool]:
    """The items, and whether they count budgets as the scheduler does: only where a pod is of one budget, and all pods of
    a budget have the same priority.

    Where a budget lets some of its pods go but not all, each pod is two items, of two shares: so many must stay for the
    budget's sake, and the others may. The two exclude each other.
    """
    parts, exact = _by_budget(pods, budgets)
    covered = {pod.key for part in parts for pod, _ in part.pods}
    free = [(pod, node) for pod, node in pods if pod.key not in covered]
    found = list(_alike(free, losses, breaks=False))
    shares = count()
    for part in parts:
        if not part.allowed:
            found += _alike(part.pods, losses, breaks=True)
            continue
        for breaks, demand in ((True, len(part.pods) - part.allowed), (False, part.allowed)):
            share = next(shares)
            for pod, node in part.pods:
                found.append(Stay(node, (pod,), losses.of_evicted(pod.template, breaks), demand, share))
    return found, exact


def _alike(pods: Sequence[OnNode], losses: Losses, breaks: bool) -> Iterator[Stay]:
    """An item for each template on each node."""
    alike: dict[tuple[str, PodTemplate], list[Pod]] = {}
    for pod, node in sorted(pods, key=lambda pair: importance(pair[0])):
        alike.setdefault((node, pod.template), []).append(pod)
    for (node, template), same in alike.items():
        yield Stay(node, tuple(same), losses.of_evicted(template, breaks), len(same))


def _by_budget(pods: Sequence[OnNode], budgets: Sequence[Budget]) -> tuple[list[_Covered], bool]:
    """The pods that a budget keeps from going all at once, the least important of them allowed first."""
    found: list[_Covered] = []
    seen: set[str] = set()
    exact = True
    for budget in budgets:
        covered = sorted((pair for pair in pods if budget.covers(pair[0])), key=lambda pair: pair[0].template.priority)
        if len(covered) <= budget.allowed:
            continue
        levels: dict[int, list[OnNode]] = {}
        for pod, node in covered:
            levels.setdefault(pod.template.priority, []).append((pod, node))
        exact = exact and len(levels) == 1 and not any(pod.key in seen for pod, _ in covered)
        left = budget.allowed
        for same in levels.values():
            new = [(pod, node) for pod, node in same if pod.key not in seen]
            if len(new) > left:
                found.append(_Covered(left, new))
                seen |= {pod.key for pod, _ in new}
            left = max(0, left - len(new))
    return found, exact
