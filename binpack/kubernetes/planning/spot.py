"""Spot nodes: cheaper ones that the provider may take back, and the pods that may stand on them.

Of each workload a share of the copies, rounded down, may be there; no more than these are lost when all spot nodes are taken
back at once. Copies that are not replaced elsewhere by themselves, or that keep their identity, may not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from binpack.kubernetes.planning.current_fleet import Fleet
from binpack.kubernetes.planning.node_class import NodeClass
from binpack.kubernetes.planning.pod_sets import PodSet
from binpack.kubernetes.planning.spot_nodes import SPOT, is_spot
from binpack.kubernetes.pod import PodTemplate
from binpack.kubernetes.taints import Taint, Toleration

_MADE_ANEW = ("pod-template-hash", "batch.kubernetes.io/job-name", "job-name")
"""Labels of pods that a Deployment or a Job makes, which starts another one when one is lost."""
_OF_SET = "statefulset.kubernetes.io/pod-name"


def spot_classes(classes: Sequence[NodeClass], taint: Taint) -> list[NodeClass]:
    """The same nodes as spot ones; their prices are those of spot already."""
    found = []
    for each in classes:
        node = each.node
        labels = {**node.labels, taint.key: taint.value}
        marked = replace(each, node=replace(node, labels=labels, taints=(*node.taints, taint)))
        found.append(replace(marked, node=marked.named(f"{node.name}-spot"), type_name=f"{each.type_name}{SPOT}"))
    return found


def no_more_spot(fleet: Fleet) -> list[NodeClass]:
    """The fleet's classes, of spot nodes no more than there are: what nobody asked for is not planned."""
    return [replace(c, available=fleet.of.count(k)) if is_spot(c.node) else c for k, c in enumerate(fleet.classes)]


def split_for_spot(sets: Sequence[PodSet], share: Fraction, taint: Taint) -> tuple[PodSet, ...]:
    """The sets, of each at most ``share`` of the copies as a set of its own that tolerates the taint of spot nodes; daemons
    tolerate it as well."""
    toleration = Toleration(taint.key, "Equal", taint.value, taint.effect)
    found: list[PodSet] = []
    for pods in sets:
        movable = int(pods.copies * share) if _replaced(pods) else 0
        tolerant = replace(pods, template=_tolerating(pods.template, toleration))
        if pods.daemon or (pods.copies and movable == pods.copies):
            found.append(tolerant)
        elif movable:
            found.append(replace(pods, copies=pods.copies - movable))
            found.append(replace(tolerant, name=f"{pods.name}.spot", copies=movable))
        else:
            found.append(pods)
    return tuple(found)


def _replaced(pods: PodSet) -> bool:
    """Does a controller put another pod in the place of a lost one, wherever there is room?"""
    labels = dict(pods.template.labels)
    if pods.daemon or pods.kind == "StatefulSet" or _OF_SET in labels:
        return False
    return pods.kind != "Pod" or any(label in labels for label in _MADE_ANEW)


def _tolerating(template: PodTemplate, toleration: Toleration) -> PodTemplate:
    return replace(template, tolerations=(*template.tolerations, toleration))
