"""What the event of a pod says that is not scheduled, word for word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.filters.default_profile import EXCLUDED
from binpack.kubernetes.filters.node_affinity import CONFLICT
from binpack.kubernetes.filters.volume_binding import unusable_claim
from binpack.kubernetes.filters.volume_restrictions import missing_claim
from binpack.kubernetes.pod import Pod
from binpack.kubernetes.preemption import Victims
from binpack.kubernetes.refusal import Refusal, histogram

NOT_HELPFUL = "Preemption is not helpful for scheduling"
NOT_ELIGIBLE = "not eligible due to preemptionPolicy=Never."
OTHER_NODES = "node(s) didn't satisfy plugin(s) [NodeAffinity]"


def event_words(
    state: ClusterState, pod: Pod, refusals: Sequence[Refusal | None], preempted: Mapping[str, Victims | Refusal]
) -> str:
    """``0/5 nodes are available: 3 Insufficient cpu, ... preemption: 0/5 nodes are available: ...``; empty where it fits.

    refusals : of every node. preempted : what ``dry_run`` finds on those where an eviction may help. Source:
    ``framework/types.go``, ``FitError.Error``; ``framework/preemption``.
    """
    if any(refusal is None for refusal in refusals):
        return ""
    if pod.template.gates:
        return "Scheduling is blocked due to non-empty scheduling gates"
    total = f"0/{len(refusals)} nodes are available:"
    before = missing_claim(state, pod) or unusable_claim(state, pod)
    if before is None and CONFLICT in refusals:
        before = CONFLICT
    reasons = chain.from_iterable(_reasons(refusal) for refusal in refusals if refusal is not None)
    told = str(before) if before is not None else histogram(Counter(reasons))
    words = f"{total} {told}." if told else total
    if not refusals or any(isinstance(found, Victims) for found in preempted.values()):
        return words
    if not pod.template.preempts:
        return f"{words} preemption: {NOT_ELIGIBLE}"
    second = chain.from_iterable(_after_preemption(preempted.get(node.name)) for node in state.nodes)
    return f"{words} preemption: {total} {histogram(Counter(second))}."


def _after_preemption(found: Victims | Refusal | None) -> tuple[str, ...]:
    return found.reasons if isinstance(found, Refusal) else (NOT_HELPFUL,)


def _reasons(refusal: Refusal) -> tuple[str, ...]:
    return (OTHER_NODES,) if refusal == EXCLUDED else refusal.reasons
