"""All filters of the default profile, in its order: which nodes take a pod, and who refuses the others and why.

Follows kube-scheduler v1.34 (``pkg/scheduler/apis/config/v1/default_plugins.go``; ``schedule_one.go``,
``findNodesThatFitPod``). Dynamic resource allocation is not judged.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.filters.inter_pod_affinity import inter_pod_affinity
from binpack.kubernetes.filters.node_affinity import CONFLICT, named_nodes, node_affinity
from binpack.kubernetes.filters.node_name import node_name
from binpack.kubernetes.filters.node_ports import node_ports
from binpack.kubernetes.filters.node_resources_fit import node_resources_fit
from binpack.kubernetes.filters.node_unschedulable import node_unschedulable
from binpack.kubernetes.filters.node_volume_limits import node_volume_limits
from binpack.kubernetes.filters.outcome import Outcome
from binpack.kubernetes.filters.pod_topology_spread import pod_topology_spread
from binpack.kubernetes.filters.taint_toleration import taint_toleration
from binpack.kubernetes.filters.volume_binding import unusable_claim, volume_binding
from binpack.kubernetes.filters.volume_restrictions import missing_claim, volume_restrictions
from binpack.kubernetes.filters.volume_zone import volume_zone
from binpack.kubernetes.node_labels import Mask
from binpack.kubernetes.pod import Pod
from binpack.kubernetes.refusal import UNRESOLVABLE, UNSCHEDULABLE, Refusal

Filter = Callable[[ClusterState, Pod], Outcome | None]

FILTERS: tuple[Filter, ...] = (
    node_unschedulable,
    node_name,
    taint_toleration,
    node_affinity,
    node_ports,
    node_resources_fit,
    volume_restrictions,
    node_volume_limits,
    volume_binding,
    volume_zone,
    pod_topology_spread,
    inter_pod_affinity,
)

EXCLUDED = Refusal("PreFilter", UNSCHEDULABLE, ("excluded by PreFilter",))
"""A node that no filter is asked about, because the pod's node affinity names others."""


def judge(state: ClusterState, pod: Pod) -> Outcome:
    """For every node the first refusal, in the order of the plug-ins, as numbers into a list of refusals."""
    everywhere = refused_before_filters(state, pod)
    if everywhere is not None:
        return Outcome(np.ones(len(state.nodes), dtype=np.int64), (everywhere,))
    codes, refusals = np.zeros(len(state.nodes), dtype=np.int64), []
    names = named_nodes(pod)
    if names is not None:
        codes[[position for position, node in enumerate(state.nodes) if node.name not in names]] = 1
        refusals.append(EXCLUDED)
    for plugin in FILTERS:
        outcome = plugin(state, pod)
        if outcome is not None:
            np.copyto(codes, outcome.codes + len(refusals), where=(codes == 0) & (outcome.codes > 0))
            refusals += outcome.refusals
    return Outcome(codes, tuple(refusals))


def filter_nodes(state: ClusterState, pod: Pod) -> list[Refusal | None]:
    """For every node, in the order of ``state.nodes``, its refusal, None where the pod fits."""
    outcome = judge(state, pod)
    table: tuple[Refusal | None, ...] = (None, *outcome.refusals)
    return [table[code] for code in outcome.codes.tolist()]


def feasible_nodes(state: ClusterState, pod: Pod) -> Mask:
    """For every node whether the pod fits."""
    return judge(state, pod).passes


def refused_before_filters(state: ClusterState, pod: Pod) -> Refusal | None:
    """What keeps the pod from every node: gates (``PreEnqueue``), then the plug-ins' ``PreFilter`` in their order."""
    if pod.template.gates:
        gates = " ".join(pod.template.gates)
        return Refusal("SchedulingGates", UNRESOLVABLE, (f"waiting for scheduling gates: [{gates}]",))
    if named_nodes(pod) == frozenset():
        return CONFLICT
    return missing_claim(state, pod) or unusable_claim(state, pod)
