"""How spot nodes, which the provider may take back, are told from others."""

from __future__ import annotations

from collections.abc import Sequence

from binpack.kubernetes.cluster_node import ClusterNode
from binpack.kubernetes.taints import Taint

SPOT = " spot"
"""What is put behind the name of a type."""
KARPENTER = ("karpenter.sh/capacity-type", "spot")
LABELS = {
    "aws": ("eks.amazonaws.com/capacityType", "SPOT"),
    "azure": ("kubernetes.azure.com/scalesetpriority", "spot"),
    "gcp": ("cloud.google.com/gke-spot", "true"),
}
"""What marks spot nodes with each provider; AKS has a taint of the same key and value on them by itself."""
KNOWN = frozenset((*LABELS.values(), KARPENTER, ("cloud.google.com/gke-preemptible", "true")))


def is_spot(node: ClusterNode) -> bool:
    """Does a label say that the provider may take the node back?"""
    return any(node.labels.get(key) == value for key, value in KNOWN)


def spot_taint(providers: Sequence[str]) -> Taint:
    """What keeps all other pods off new spot nodes; its key and value are their label too. providers : of the machines."""
    key, value = LABELS.get(providers[0], KARPENTER) if len(set(providers)) == 1 else KARPENTER
    return Taint(key, value)
