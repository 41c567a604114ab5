"""VolumeBinding: nodes that reach the volumes of a pod's claims, or for which volumes can be found or made."""

from __future__ import annotations

import numpy as np

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.cluster_volumes import NO_PROVISIONER, Claim, ClusterVolumes, PersistentVolume
from binpack.kubernetes.filters.outcome import Outcome
from binpack.kubernetes.node_affinity import NodeAffinity
from binpack.kubernetes.node_labels import Mask
from binpack.kubernetes.pod import Pod, PodTemplate
from binpack.kubernetes.refusal import UNRESOLVABLE, Refusal

PLUGIN = "VolumeBinding"
_CONFLICT = "node(s) had volume node affinity conflict"
_NOTHING_TO_BIND = "node(s) didn't find available persistent volumes to bind"
_NO_VOLUME = "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)"


def unusable_claim(state: ClusterState, pod: Pod) -> Refusal | None:
    """The refusal of a pod with a claim that is lost, being deleted, or not bound though it does not wait for a pod
    (``plugins/volumebinding/volume_binding.go``, ``PreFilter``)."""
    if state.volumes is None:
        return None
    unbound = False
    for name in pod.template.volumes.claims:
        claim = state.volumes.claims.get((pod.template.namespace, name))
        if claim is None:
            return _refusal(f'waiting for ephemeral volume controller to create the persistentvolumeclaim "{name}"')
        if claim.lost:
            return _refusal(f'persistentvolumeclaim "{name}" bound to non-existent persistentvolume "{claim.volume}"')
        if claim.terminating:
            return _refusal(f'persistentvolumeclaim "{name}" is being deleted')
        if not claim.volume and claim.storage_class and claim.storage_class not in state.volumes.classes:
            return _refusal(f'storageclass.storage.k8s.io "{claim.storage_class}" not found')
        unbound |= not claim.volume and not (claim.storage_class and state.volumes.classes[claim.storage_class].waits)
    return _refusal("pod has unbound immediate PersistentVolumeClaims") if unbound else None


def volume_binding(state: ClusterState, pod: Pod) -> Outcome | None:
    """Refuses nodes that a bound volume does not reach, and nodes for which a waiting claim finds no volume and no class
    that makes one (``plugins/volumebinding/binder.go``, ``FindPodVolumes``).

    Claims of pods that are placed while they wait are not bound to volumes here: each pod chooses among all free ones.
    Capacity that a CSI driver publishes is not looked at.
    """
    if state.volumes is None or not pod.template.volumes.claims:
        return None
    return state.fixed(_outcome, pod.template)


def _outcome(state: ClusterState, template: PodTemplate) -> Outcome | None:
    volumes = state.volumes or ClusterVolumes()
    claims = {name: volumes.claims[template.namespace, name] for name in template.volumes.claims}
    lost = any(claim.volume and claim.volume not in volumes.volumes for claim in claims.values())
    reached = np.ones(len(state.nodes), dtype=np.bool_)
    for claim in claims.values():
        if claim.volume in volumes.volumes:
            reached &= _reach(state, volumes.volumes[claim.volume])
    waiting = {f"{template.namespace}/{name}": claim for name, claim in claims.items() if not claim.volume}
    sets = 1 * ~reached + 2 * ~_bindable(state, volumes, waiting) + 4 * lost
    found, codes = np.unique(np.append(0, sets), return_inverse=True)
    return Outcome(codes[1:].astype(np.int64), tuple(_refusals(int(s)) for s in found[1:])) if len(found) > 1 else None


def _refusals(reasons: int) -> Refusal:
    named = (_CONFLICT, _NOTHING_TO_BIND, _NO_VOLUME)
    return Refusal(PLUGIN, UNRESOLVABLE, tuple(reason for bit, reason in enumerate(named) if reasons >> bit & 1))


def _reach(state: ClusterState, volume: PersistentVolume) -> Mask:
    return state.labels.matching(NodeAffinity(terms=volume.terms))


def _bindable(state: ClusterState, volumes: ClusterVolumes, waiting: dict[str, Claim]) -> Mask:
    """Nodes where every waiting claim finds a volume of its own, the smallest that serves it, or a class that makes one.

    Claims choose in the order of their size, as in ``findMatchingVolumes``.
    """
    held = np.ones(len(state.nodes), dtype=np.bool_)
    taken: dict[str, Mask] = {}
    by_size = sorted(volumes.volumes.items(), key=lambda item: (item[1].capacity, item[0]))
    for key, claim in sorted(waiting.items(), key=lambda item: item[1].request):
        served = np.zeros(len(state.nodes), dtype=np.bool_)
        for name, volume in by_size:
            if _serves(volume, key, claim):
                used = taken.setdefault(name, np.zeros(len(state.nodes), dtype=np.bool_))
                chosen = _reach(state, volume) & ~used & ~served
                used |= chosen
                served |= chosen
        held &= served | _made_for(state, volumes, claim)
    return held


def _serves(volume: PersistentVolume, key: str, claim: Claim) -> bool:
    if volume.claim:
        return volume.claim == key
    alike = volume.storage_class == claim.storage_class and claim.access_modes <= volume.access_modes
    return (
        alike and volume.capacity >= claim.request and (claim.selector.absent or claim.selector.matches(volume.labels))
    )


def _made_for(state: ClusterState, volumes: ClusterVolumes, claim: Claim) -> Mask:
    """The nodes for which the class of a claim makes volumes; a claim with a selector gets none made."""
    made_by = volumes.classes[claim.storage_class]
    if made_by.provisioner == NO_PROVISIONER or not claim.selector.absent:
        return np.zeros(len(state.nodes), dtype=np.bool_)
    made = np.full(len(state.nodes), not made_by.topologies)
    for topology in made_by.topologies:
        made |= state.labels.matching(NodeAffinity(selector=topology))
    return made


def _refusal(reason: str) -> Refusal:
    return Refusal(PLUGIN, UNRESOLVABLE, (reason,))
