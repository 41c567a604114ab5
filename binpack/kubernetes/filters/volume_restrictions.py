"""VolumeRestrictions: disks that two pods may not share, and claims for one pod only."""

from __future__ import annotations

import numpy as np

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.cluster_volumes import READ_WRITE_ONCE_POD
from binpack.kubernetes.filters.outcome import Outcome, refused_in_turn
from binpack.kubernetes.pod import Pod
from binpack.kubernetes.refusal import UNRESOLVABLE, UNSCHEDULABLE, Refusal

PLUGIN = "VolumeRestrictions"
DISK = Refusal(PLUGIN, UNSCHEDULABLE, ("node(s) had no available disk",))
ONE_POD = Refusal(
    PLUGIN,
    UNSCHEDULABLE,
    ("node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode",),
)


def volume_restrictions(state: ClusterState, pod: Pod) -> Outcome | None:
    """Refuses nodes where a disk named in the pod is in use, and every node while another pod uses a ReadWriteOncePod
    claim of this one (``plugins/volumerestrictions/volume_restrictions.go``, ``Filter``)."""
    used = pod.template.volumes
    if not used.disks and not used.claims:
        return None
    taken = np.zeros(len(state.nodes), dtype=np.bool_)
    taken[list(set().union(*(state.volumes_in_use.nodes_against(disk) for disk in used.disks)))] = True
    everywhere = np.full(len(state.nodes), _claimed_by_another(state, pod))
    return refused_in_turn((taken, DISK), (everywhere, ONE_POD))


def missing_claim(state: ClusterState, pod: Pod) -> Refusal | None:
    """The refusal of a pod that uses a claim which does not exist (``PreFilter``)."""
    if state.volumes is None:
        return None
    used = pod.template.volumes
    for name in used.claims:
        if name not in used.generated and (pod.template.namespace, name) not in state.volumes.claims:
            return Refusal(PLUGIN, UNRESOLVABLE, (f'persistentvolumeclaim "{name}" not found',))
    return None


def _claimed_by_another(state: ClusterState, pod: Pod) -> bool:
    if state.volumes is None:
        return False
    namespace = pod.template.namespace
    claims = {name: state.volumes.claims.get((namespace, name)) for name in pod.template.volumes.claims}
    return any(
        claim is not None
        and READ_WRITE_ONCE_POD in claim.access_modes
        and state.volumes_in_use.users(namespace, name) > 0
        for name, claim in claims.items()
    )
