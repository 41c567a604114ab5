"""NodeAffinity: nodeSelector and required node affinity."""

from __future__ import annotations

from binpack.kubernetes import node_affinity as rules
from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.filters.outcome import Outcome, refused
from binpack.kubernetes.node_labels import Mask
from binpack.kubernetes.pod import Pod
from binpack.kubernetes.refusal import UNRESOLVABLE, Refusal

PLUGIN = "NodeAffinity"
REFUSAL = Refusal(PLUGIN, UNRESOLVABLE, ("node(s) didn't match Pod's node affinity/selector",))
CONFLICT = Refusal(PLUGIN, UNRESOLVABLE, ("pod affinity terms conflict",))


def node_affinity(state: ClusterState, pod: Pod) -> Outcome | None:
    """Refuses nodes that the pod's nodeSelector and required node affinity do not match
    (``plugins/nodeaffinity/node_affinity.go``, ``Filter``)."""
    return state.fixed(_outcome, pod.template.node_affinity)


def admitted(state: ClusterState, affinity: rules.NodeAffinity) -> Mask:
    """The nodes that an affinity matches; use it with :meth:`ClusterState.fixed`."""
    return state.labels.matching(affinity)


def named_nodes(pod: Pod) -> frozenset[str] | None:
    """The only nodes that the terms leave open by name, None where they do not say so (``PreFilter``).

    They do where each term has ``metadata.name In``. The empty set: each term contradicts itself.
    """
    terms = pod.template.node_affinity.terms
    if not terms:
        return None
    names: set[str] = set()
    for term in terms:
        listed = [set(field.values) for field in term.fields if field.operator == "In"]
        if not listed:
            return None
        names |= set.intersection(*listed)
    return frozenset(names)


def _outcome(state: ClusterState, affinity: rules.NodeAffinity) -> Outcome | None:
    return refused(~state.fixed(admitted, affinity), REFUSAL)
