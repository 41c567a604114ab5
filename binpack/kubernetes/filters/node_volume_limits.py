"""NodeVolumeLimits: how many volumes of a CSI driver a node can have attached."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.filters.outcome import Outcome, refused
from binpack.kubernetes.pod import Pod
from binpack.kubernetes.refusal import UNSCHEDULABLE, Refusal

REFUSAL = Refusal("NodeVolumeLimits", UNSCHEDULABLE, ("node(s) exceed max volume count",))


def node_volume_limits(state: ClusterState, pod: Pod) -> Outcome | None:
    """Refuses nodes where the pod's volumes that are not attached yet exceed what the node's CSINode allows
    (``plugins/nodevolumelimits/csi.go``, ``Filter``). A driver without a limit has none."""
    if state.volumes is None or not pod.template.volumes.claims:
        return None
    handles: defaultdict[str, list[str]] = defaultdict(list)
    for driver, handle in state.volumes.attachments(pod.template):
        handles[driver].append(handle)
    full = np.zeros(len(state.nodes), dtype=np.bool_)
    for name, limits in state.volumes.attach_limits.items():
        node = state.index.get(name)
        if node is not None:
            full[node] = any(_exceeds(state, node, d, own, limits[d]) for d, own in handles.items() if d in limits)
    return refused(full, REFUSAL)


def _exceeds(state: ClusterState, node: int, driver: str, handles: list[str], limit: int) -> bool:
    in_use = state.volumes_in_use
    new = sum(not in_use.is_attached(driver, handle, node) for handle in handles)
    return new > 0 and in_use.attached(driver, node) + new > limit
