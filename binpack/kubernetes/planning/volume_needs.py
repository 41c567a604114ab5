"""What claims ask of new nodes: the zones that reach their volumes, and room to attach them.

Nodes of a plan do not exist yet, so neither do their CSINodes. Where a bound volume lies becomes node affinity of the pods,
and how many volumes of a driver a node attaches a resource of pods and nodes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from binpack.kubernetes.cluster_node import ClusterNode
from binpack.kubernetes.cluster_volumes import NO_PROVISIONER, Claim, ClusterVolumes, PersistentVolume
from binpack.kubernetes.node_affinity import NodeTerm
from binpack.kubernetes.planning.claims import claims_of
from binpack.kubernetes.planning.node_class import ZONE, NodeClass
from binpack.kubernetes.planning.pod_sets import PodSet
from binpack.kubernetes.pod import PodTemplate
from binpack.kubernetes.resource_list import MILLI
from binpack.kubernetes.selectors import Requirement

ATTACHED = "attachable-volumes-csi-"
"""Before a driver's name: the resource by which the API server counted attached volumes before there were CSINodes."""
BOUNDLESS = 2**31 - 1
ZONE_LABELS = frozenset(
    {
        ZONE,
        "failure-domain.beta.kubernetes.io/zone",
        "topology.ebs.csi.aws.com/zone",
        "topology.gke.io/zone",
        "topology.disk.csi.azure.com/zone",
    }
)
"""Labels that drivers give the nodes that they run on, all with the zone's name."""
MIGRATED = {
    "kubernetes.io/aws-ebs": "ebs.csi.aws.com",
    "kubernetes.io/gce-pd": "pd.csi.storage.gke.io",
    "kubernetes.io/azure-disk": "disk.csi.azure.com",
}
"""Provisioners of old, whose volumes these drivers attach (``csi-translation-lib``)."""
Terms = tuple[NodeTerm, ...] | None


@dataclass(frozen=True)
class VolumeNeeds:
    """terms : of nodes, one of which must hold; None: any node. attached : driver and how many volumes, by name."""

    terms: Terms = None
    attached: tuple[tuple[str, int], ...] = ()


def with_volume_needs(sets: Iterable[PodSet], volumes: ClusterVolumes) -> tuple[PodSet, ...]:
    """The sets with what their claims ask for as affinity and requests; copies whose claims ask for different nodes apart.

    Each copy is taken to attach a claim that several share, as if on a node of its own.
    """
    found: list[PodSet] = []
    for pods in sets:
        alike: dict[VolumeNeeds, list[int]] = {}
        for number, claims in enumerate(claims_of(pods, volumes)):
            alike.setdefault(_needs(claims.values(), volumes), []).append(number)
        for needs, numbers in alike.items():
            part = numbers if len(alike) > 1 else ()
            found.append(
                replace(pods, copies=len(numbers), template=_asking(pods.template, needs), numbers=tuple(part))
            )
        found += [] if alike else [pods]
    return tuple(found)


def with_attach_limits(nodes: Sequence[ClusterNode], limits: Mapping[str, Mapping[str, int]]) -> list[ClusterNode]:
    """The nodes with what their CSINodes say as resources. limits : node name -> driver -> most volumes."""
    return [replace(node, allocatable={**node.allocatable, **attachable(limits.get(node.name, {}))}) for node in nodes]


def attachable(limits: Mapping[str, int]) -> dict[str, int]:
    """Resources of a node that attaches so many volumes of each driver."""
    return {f"{ATTACHED}{driver}": count for driver, count in limits.items()}


def with_known_limits(
    sets: Sequence[PodSet], classes: Sequence[NodeClass]
) -> tuple[tuple[PodSet, ...], tuple[NodeClass, ...]]:
    """Requests to attach only where a class of nodes has a limit; a class without one has room for any number."""
    asked = {name for pods in sets for name, _ in pods.template.requests if name.startswith(ATTACHED)}
    known = {name for name in asked if any(name in c.node.allocatable for c in classes)}
    boundless = dict.fromkeys(known, BOUNDLESS)
    roomy = [replace(c, node=replace(c.node, allocatable={**boundless, **c.node.allocatable})) for c in classes]
    return tuple(_without_requests(pods, asked - known) for pods in sets), tuple(roomy)


def zonal_pods(sets: Iterable[PodSet]) -> frozenset[str]:
    """The pods (``namespace/name``) with a volume that a node of another zone cannot attach: they come again in the zone
    that they have stood in, whether the volume is there already or made where the pod first stands."""
    drivers = {f"{ATTACHED}{driver}" for driver in MIGRATED.values()}
    held = (pods for pods in sets if any(name in drivers for name, _ in pods.template.requests))
    return frozenset(pods.pod(number).key for pods in held for number in range(pods.copies))


def kept_in_zone(template: PodTemplate, zone: str) -> PodTemplate:
    """The template for nodes of that zone alone."""
    here = (NodeTerm((Requirement(ZONE, "In", (zone,)),)),)
    affinity = replace(template.node_affinity, terms=_both(template.node_affinity.terms, here))
    return replace(template, node_affinity=affinity)


def _needs(claims: Iterable[Claim], volumes: ClusterVolumes) -> VolumeNeeds:
    terms: Terms = None
    attached = Counter[str]()
    for claim in claims:
        own, driver = _of_claim(claim, volumes)
        terms = _both(terms, own)
        attached[driver] += bool(driver)
    return VolumeNeeds(terms, tuple(sorted((+attached).items())))


def _of_claim(claim: Claim, volumes: ClusterVolumes) -> tuple[Terms, str]:
    """Where a claim's volume is, or where its class makes volumes; and the driver that attaches it."""
    if claim.volume:
        volume = volumes.volumes.get(claim.volume)
        return (None, "") if volume is None else (_reach(volume), volume.driver)
    made_by = volumes.classes.get(claim.storage_class)
    if made_by is None or made_by.provisioner == NO_PROVISIONER:
        return None, ""
    terms = tuple(NodeTerm(tuple(map(_by_zone, topology))) for topology in made_by.topologies) or None
    return terms, MIGRATED.get(made_by.provisioner, made_by.provisioner)


def _reach(volume: PersistentVolume) -> Terms:
    """The nodes of a volume's affinity that are in one of the zones of its label, which two underscores join."""
    terms = volume.terms
    if terms is not None:
        terms = tuple(replace(term, expressions=tuple(map(_by_zone, term.expressions))) for term in terms)
    for key in ZONE_LABELS & set(volume.labels):
        zones = tuple(zone.strip() for zone in volume.labels[key].split("__"))
        terms = _both(terms, (NodeTerm((Requirement(ZONE, "In", zones),)),))
    return terms


def _by_zone(requirement: Requirement) -> Requirement:
    return replace(requirement, key=ZONE) if requirement.key in ZONE_LABELS else requirement


def _both(some: Terms, others: Terms) -> Terms:
    """Alternatives of two affinities, each of one with each of the other."""
    if some is None or others is None:
        return others if some is None else some
    pairs = product((term for term in some if not term.matches_nothing), (t for t in others if not t.matches_nothing))
    return tuple(
        NodeTerm((*a.expressions, *b.expressions), (*a.fields, *b.fields), a.broken or b.broken) for a, b in pairs
    )


def _asking(template: PodTemplate, needs: VolumeNeeds) -> PodTemplate:
    affinity = replace(template.node_affinity, terms=_both(template.node_affinity.terms, needs.terms))
    asked = {f"{ATTACHED}{driver}": count * MILLI for driver, count in needs.attached}
    return replace(
        template, node_affinity=affinity, requests=tuple(sorted({**dict(template.requests), **asked}.items()))
    )


def _without_requests(pods: PodSet, names: set[str]) -> PodSet:
    kept = tuple((name, amount) for name, amount in pods.template.requests if name not in names)
    return replace(pods, template=replace(pods.template, requests=kept)) if kept != pods.template.requests else pods
