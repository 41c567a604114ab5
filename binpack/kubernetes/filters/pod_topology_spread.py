"""PodTopologySpread: hard spread constraints."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.filters.domains import domain_sums
from binpack.kubernetes.filters.node_affinity import admitted
from binpack.kubernetes.filters.outcome import Outcome, refused_in_turn
from binpack.kubernetes.filters.taint_toleration import untolerated
from binpack.kubernetes.node_labels import Column, Mask
from binpack.kubernetes.pod import Pod, PodTemplate
from binpack.kubernetes.pod_counts import Counts, SpreadSelection
from binpack.kubernetes.refusal import UNRESOLVABLE, UNSCHEDULABLE, Refusal
from binpack.kubernetes.topology_spread import SpreadConstraint

PLUGIN = "PodTopologySpread"
_REASON = "node(s) didn't match pod topology spread constraints"
SKEW = Refusal(PLUGIN, UNSCHEDULABLE, (_REASON,))
NO_LABEL = Refusal(PLUGIN, UNRESOLVABLE, (f"{_REASON} (missing required label)",))


class _Constraint(NamedTuple):
    """A constraint with all that does not depend on the pods in place.

    eligible : the nodes whose pods count. domains : the values that eligible nodes have, as numbers of the column.
    room : the skew that other pods may make before this one is added.
    """

    column: Column
    eligible: Mask
    domains: npt.NDArray[np.int64]
    few: bool
    room: int
    selection: SpreadSelection


def pod_topology_spread(state: ClusterState, pod: Pod) -> Outcome | None:
    """Refuses nodes without the label of a hard constraint, and nodes in whose domain one more pod would make the skew
    too large (``plugins/podtopologyspread/filtering.go``, ``Filter``).

    The constraints are asked in turn, so the first that refuses a node names the reason.
    """
    steps: list[tuple[Mask, Refusal]] = []
    for constraint in state.fixed(_constraints, pod.template):
        steps.append((~constraint.column.present, NO_LABEL))
        steps.append((_too_skewed(constraint, state.counts.count(constraint.selection)), SKEW))
    return refused_in_turn(*steps) if steps else None


def eligible_nodes(state: ClusterState, template: PodTemplate, constraint: SpreadConstraint) -> Mask:
    """The nodes that the node inclusion policies of a constraint admit (``matchNodeInclusionPolicies``)."""
    held = np.ones(len(state.nodes), dtype=np.bool_)
    if constraint.affinity_policy == "Honor":
        held &= state.fixed(admitted, template.node_affinity)
    if constraint.taints_policy == "Honor":
        outcome = state.fixed(untolerated, template.tolerations)
        held &= True if outcome is None else outcome.passes
    return held


def _constraints(state: ClusterState, template: PodTemplate) -> list[_Constraint]:
    hard = [constraint for constraint in template.spread if constraint.hard]
    carrying = state.labels.carrying(constraint.topology_key for constraint in hard)
    labels = dict(template.labels)
    found = []
    for constraint in hard:
        column = state.labels.column(constraint.topology_key)
        eligible = carrying & eligible_nodes(state, template, constraint)
        domains = np.unique(column.numbers[eligible])
        found.append(
            _Constraint(
                column,
                eligible,
                domains,
                len(domains) < constraint.minimum_domains,
                constraint.maximum_skew - constraint.selector.matches(labels),
                SpreadSelection(template.namespace, constraint.selector),
            )
        )
    return found


def _too_skewed(constraint: _Constraint, counts: Counts) -> Mask:
    """Where the domain's count, and this pod, exceed the smallest count of any domain by more than is allowed."""
    sums = domain_sums(constraint.column, np.where(constraint.eligible, counts, 0))
    smallest = 0 if constraint.few else int(sums[constraint.domains].min())
    too_many: Mask = (sums - smallest > constraint.room)[constraint.column.numbers]
    return too_many
