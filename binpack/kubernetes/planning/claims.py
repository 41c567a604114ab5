"""The claims of each copy of an object: those that all copies share, and those that are made for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.cluster_volumes import Claim, ClusterVolumes, read_claim
from binpack.kubernetes.planning.pod_sets import PodSet
from binpack.kubernetes.pod import Pod
from binpack.kubernetes.pod_volumes import PodVolumes, read_pod_volumes
from binpack.workload.documents import Node
from binpack.workload.kubernetes_pods import template_of

Claims = dict[str, Claim]
"""By name; a claim that is not bound yet is as its template has it."""


def claims_of(pods: PodSet, volumes: ClusterVolumes) -> list[Claims]:
    """For each copy its claims, as the cluster has them, or else as they will be made: by a StatefulSet, whose claims are
    called ``template-pod`` (``pkg/controller/statefulset``, ``getPersistentVolumeClaimName``), or for a generic ephemeral
    volume. Claims of which nothing is known are left out."""
    return [dict(_claims(pods, number, volumes)) for number in range(pods.copies)]


def with_claims(
    state: ClusterState, sets: Iterable[PodSet], volumes: ClusterVolumes
) -> tuple[ClusterState, list[list[Pod]]]:
    """The pods of each set, and the cluster with the claims that they have, or that will be made for each of them.

    volumes : that come with the sets. A cluster of which no volume is known stays as it is, and claims are not judged.
    """
    if state.volumes is None:
        return state, [[pods.pod(number) for number in range(pods.copies)] for pods in sets]
    known = state.volumes.with_more(volumes)
    made = dict(known.claims)
    found = []
    for pods in sets:
        claims = claims_of(pods, known)
        found.append([_with_claims(pods.pod(number), own) for number, own in enumerate(claims)])
        made |= {(pods.template.namespace, name): claim for own in claims for name, claim in own.items()}
    fresh = ClusterState(state.nodes, state.namespaces.known, replace(known, claims=made))
    for pod, node in state.pods():
        fresh.add(pod, node)
    return fresh, found


def _with_claims(pod: Pod, claims: Claims) -> Pod:
    """The pod with these claims, and those of its template that are not made for each pod."""
    own = pod.template.volumes
    shared = (name for name in own.claims if name not in own.generated)
    names = tuple(dict.fromkeys([*shared, *claims]))
    if names == own.claims:
        return pod
    return replace(pod, template=replace(pod.template, volumes=PodVolumes(names, (), own.disks)))


def _claims(pods: PodSet, number: int, volumes: ClusterVolumes) -> Iterator[tuple[str, Claim]]:
    item, pod = pods.source, pods.pod(number)
    if item is None:
        return
    if item.members:
        own = item.members[number]
        names = read_pod_volumes(_spec(own), own.find_text("metadata", "name")).claims
    else:
        names = tuple(name for name in pod.template.volumes.claims if name not in pod.template.volumes.generated)
    for name in names:
        claim = volumes.claims.get((pod.template.namespace, name))
        if claim is not None:
            yield name, claim
    for name, template in () if item.members else _to_be_made(pods, pod.name):
        yield (
            name,
            volumes.claims.get((pod.template.namespace, name)) or _with_usual_class(read_claim(template), volumes),
        )


def _to_be_made(pods: PodSet, pod_name: str) -> Iterator[tuple[str, Node]]:
    """Names and templates of the claims that are made for one copy."""
    assert pods.source is not None
    if pods.source.kind == "StatefulSet":
        for template in pods.source.node.find_list("spec", "volumeClaimTemplates"):
            yield f"{template.find_text('metadata', 'name')}-{pod_name}", template
    for volume in _spec(template_of(pods.source)).find_list("volumes"):
        made = volume.find("ephemeral", "volumeClaimTemplate")
        if made is not None:
            yield f"{pod_name}-{volume.find_text('name')}", made


def _spec(template: Node) -> Node:
    spec = template.find("spec")
    assert spec is not None
    return spec


def _with_usual_class(claim: Claim, volumes: ClusterVolumes) -> Claim:
    """The claim with the cluster's default class where it names none (admission plug-in ``DefaultStorageClass``)."""
    usual: Sequence[str] = [name for name, made_by in volumes.classes.items() if made_by.usual]
    return claim if claim.storage_class or not usual else replace(claim, storage_class=usual[0])
