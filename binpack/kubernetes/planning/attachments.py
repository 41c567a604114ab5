"""Volumes that waiting pods would attach to given nodes, as a resource of the packing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.planning.pod_sets import PodSet
from binpack.kubernetes.planning.volume_needs import ATTACHED, BOUNDLESS, attachable


def attachment_needs(sets: Sequence[PodSet], state: ClusterState) -> list[dict[str, int]]:
    """For each set how many volumes of each driver a pod attaches that no other pod attaches as well.

    A volume that several use takes room once on a node, which no sum over pods says; it is left to the filters.
    """
    if state.volumes is None:
        return [{} for _ in sets]
    used = [state.volumes.attachments(pods.template) for pods in sets]
    users = Counter[tuple[str, str]]()
    for pods, volumes in zip(sets, used, strict=True):
        users.update(dict.fromkeys(volumes, pods.copies))
    for pod, _ in state.pods():
        users.update(state.volumes.attachments(pod.template))
    limited = {driver for limits in state.volumes.attach_limits.values() for driver in limits}
    alone = [Counter(d for d, handle in volumes if d in limited and users[d, handle] == 1) for volumes in used]
    return [attachable(counts) for counts in alone]


def free_attachments(state: ClusterState) -> list[dict[str, int]]:
    """For each node what it may still attach of each driver for which any node has a limit."""
    limits = {} if state.volumes is None else state.volumes.attach_limits
    drivers = {driver for own in limits.values() for driver in own}
    in_use = state.volumes_in_use
    return [
        {
            f"{ATTACHED}{d}": max(0, limits.get(node.name, {}).get(d, BOUNDLESS) - in_use.attached(d, position))
            for d in drivers
        }
        for position, node in enumerate(state.nodes)
    ]
