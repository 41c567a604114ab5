"""What pods ask for that no era applies though it may change the number of machines: one line for each rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from binpack.kubernetes.pod_terms import pod_terms
from binpack.listing import listed
from binpack.workload.kubernetes_affinity import HOSTNAME, node_terms
from binpack.workload.kubernetes_pods import PodSource

_SHOWN = 3  # applications that a line names


def ignored_rules(sources: Sequence[PodSource]) -> list[str]:
    """A note for every rule that some application has, with the applications that have it. Wishes are not among them."""
    notes = []
    for what, asks in _RULES:
        names = [source.application.key for source in sources if asks(source)]
        if names:
            notes.append(f"not applied, {what}: {listed(names, _SHOWN)}")
    return notes


def _spreads(source: PodSource) -> bool:
    constraints = source.spec.find_list("topologySpreadConstraints")
    return any(c.find_text("whenUnsatisfiable", default="DoNotSchedule") == "DoNotSchedule" for c in constraints)


def _by_zone(source: PodSource) -> bool:
    kinds = ("podAffinity", "podAntiAffinity")
    return any(t.topology_key != HOSTNAME for kind in kinds for t in pod_terms(source.spec, kind, source.labels))


def _several_nodes(source: PodSource) -> bool:
    terms = node_terms(source.spec)
    return len(terms) > 1 or any(r.operator != "In" or len(r.values) > 1 for term in terms for r in term)


def _volumes(source: PodSource) -> bool:
    volumes = source.spec.find_list("volumes")
    return source.claims > 0 or any(volume.find("persistentVolumeClaim") is not None for volume in volumes)


def _has(*keys: str) -> Callable[[PodSource], bool]:
    return lambda source: any(source.spec.find(key) is not None for key in keys)


_RULES: tuple[tuple[str, Callable[[PodSource], bool]], ...] = (
    ("spread over zones or nodes (topologySpreadConstraints)", _spreads),
    ("affinity or separation by anything but the host", _by_zone),
    ("node affinity with more than one value for a label", _several_nodes),
    ("persistent volumes (their disk, zone and number per node)", _volumes),
    ("tolerations (no machine here has a taint)", _has("tolerations")),
    ("priorities (nothing is evicted for another)", _has("priorityClassName", "priority")),
    ("the node that it is bound to (nodeName)", _has("nodeName")),
)
