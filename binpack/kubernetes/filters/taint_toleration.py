"""TaintToleration: taints that a pod does not tolerate."""

from __future__ import annotations

import numpy as np

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.filters.outcome import Outcome
from binpack.kubernetes.pod import Pod
from binpack.kubernetes.refusal import UNRESOLVABLE, Refusal
from binpack.kubernetes.taints import Taint, Toleration, first_untolerated

PLUGIN = "TaintToleration"


def taint_toleration(state: ClusterState, pod: Pod) -> Outcome | None:
    """Refuses nodes with a taint NoSchedule or NoExecute that the pod does not tolerate; the reason names the first
    (``plugins/tainttoleration/taint_toleration.go``, ``Filter``)."""
    return state.fixed(untolerated, pod.template.tolerations)


def untolerated(state: ClusterState, tolerations: tuple[Toleration, ...]) -> Outcome | None:
    """The nodes on which a pod with these tolerations may not start. Taints are compared once for each list of them."""
    first: dict[tuple[Taint, ...], int] = {}
    codes = np.zeros(len(state.nodes), dtype=np.int64)
    refusals: dict[Refusal, int] = {}
    for position, node in enumerate(state.nodes):
        if node.taints not in first:
            taint = first_untolerated(node.taints, tolerations)
            first[node.taints] = 0 if taint is None else refusals.setdefault(_refusal(taint), len(refusals) + 1)
        codes[position] = first[node.taints]
    return Outcome(codes, tuple(refusals)) if refusals else None


def _refusal(taint: Taint) -> Refusal:
    return Refusal(PLUGIN, UNRESOLVABLE, (f"node(s) had untolerated taint {{{taint.key}: {taint.value}}}",))
