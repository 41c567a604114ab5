"""VolumeZone: the zone and region labels of bound volumes."""

from __future__ import annotations

import numpy as np

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.filters.outcome import Outcome, refused
from binpack.kubernetes.node_labels import Mask
from binpack.kubernetes.pod import Pod, PodTemplate
from binpack.kubernetes.refusal import UNRESOLVABLE, Refusal

REFUSAL = Refusal("VolumeZone", UNRESOLVABLE, ("node(s) had no available volume zone",))
_STABLE = {
    "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
}
_TOPOLOGY_LABELS = (*_STABLE, *_STABLE.values())


def volume_zone(state: ClusterState, pod: Pod) -> Outcome | None:
    """Refuses nodes whose zone or region is not among those of a bound volume's labels; nodes without any such label take
    every volume (``plugins/volumezone/volume_zone.go``, ``Filter``)."""
    if state.volumes is None or not pod.template.volumes.claims:
        return None
    return state.fixed(_outcome, pod.template)


def _outcome(state: ClusterState, template: PodTemplate) -> Outcome | None:
    elsewhere = np.zeros(len(state.nodes), dtype=np.bool_)
    for key, zones in _zones(state, template):
        elsewhere |= ~_lies_in(state, key, zones)
    labelled = np.zeros(len(state.nodes), dtype=np.bool_)
    for key in _TOPOLOGY_LABELS:
        labelled |= state.labels.column(key).present
    return refused(elsewhere & labelled, REFUSAL)


def _zones(state: ClusterState, template: PodTemplate) -> list[tuple[str, frozenset[str]]]:
    """Label and allowed values for each topology label of each bound volume; values are joined by two underscores."""
    found = []
    for name in template.volumes.claims:
        claim = state.volumes.claims.get((template.namespace, name)) if state.volumes is not None else None
        volume = state.volumes.volumes.get(claim.volume) if state.volumes is not None and claim is not None else None
        for key in _TOPOLOGY_LABELS:
            if volume is not None and volume.labels.get(key):
                zones = frozenset(zone.strip() for zone in volume.labels[key].split("__"))
                if "" not in zones:  # a label that cannot be parsed is passed over
                    found.append((key, zones))
    return found


def _lies_in(state: ClusterState, key: str, zones: frozenset[str]) -> Mask:
    """Nodes whose label, or where they lack it the stable one for it, is one of the zones."""
    column, stable = state.labels.column(key), state.labels.column(_STABLE.get(key, key))
    own = np.array([*(value in zones for value in column.values), False], dtype=np.bool_)[column.numbers]
    other = np.array([*(value in zones for value in stable.values), False], dtype=np.bool_)[stable.numbers]
    lies: Mask = np.where(column.present, own, other)
    return lies
