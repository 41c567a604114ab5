"""What each pod, and each namespace, pays of its node: for what it requests, and of the room that nobody requests.

A pod's weight on a node is its dominant share there: the largest of its requests over what the node has to give, its slot
among the node's pods included (Ghodsi et al. 2011, "Dominant resource fairness"). The weights' sum, at most all of the node,
is the part of the price that is requested; the rest is idle room. Both are divided in proportion to the weights, in whole
micro-units by largest remainders, so that nothing is lost or made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from binpack.kubernetes.cluster_node import ClusterNode
from binpack.kubernetes.planning.node_class import requested
from binpack.kubernetes.pod import Pod, PodTemplate


class CostShare(NamedTuple):
    """Micro-units of the currency: for what is requested, and for a part of the idle room."""

    requested: int
    idle: int

    @property
    def total(self) -> int:
        """Both together."""
        return self.requested + self.idle


@dataclass(frozen=True)
class PricedNode:
    """A node, what it costs (a month, say), and the pods on it."""

    node: ClusterNode
    cost: int
    pods: Sequence[Pod]


@dataclass(frozen=True)
class NamespaceCost:
    """pods : how many the namespace has."""

    pods: int
    cost: CostShare


def pod_shares(priced: PricedNode) -> list[CostShare]:
    """What each of the node's pods pays; the sum is the node's cost exactly. Empty where it has none."""
    if not priced.pods:
        return []
    known: dict[PodTemplate, Fraction] = {}
    for pod in priced.pods:
        if pod.template not in known:
            known[pod.template] = _dominant_share(priced.node.allocatable, pod.template)
    weights = [known[pod.template] for pod in priced.pods]
    used = min(Fraction(1), sum(weights, Fraction(0)))
    for_requests = int(priced.cost * used)
    asked = apportioned(for_requests, weights)
    idle = apportioned(priced.cost - for_requests, weights)
    return [CostShare(*pair) for pair in zip(asked, idle, strict=True)]


def namespace_costs(nodes: Iterable[PricedNode]) -> tuple[dict[str, NamespaceCost], int]:
    """Namespace -> what it pays, the dearest first; and the cost of nodes that have no pod. Together they are all that the
    nodes cost."""
    pods: dict[str, int] = {}
    sums: dict[str, CostShare] = {}
    empty = 0
    for priced in nodes:
        empty += 0 if priced.pods else priced.cost
        for pod, share in zip(priced.pods, pod_shares(priced), strict=True):
            namespace = pod.template.namespace
            before = sums.get(namespace, CostShare(0, 0))
            sums[namespace] = CostShare(before.requested + share.requested, before.idle + share.idle)
            pods[namespace] = pods.get(namespace, 0) + 1
    order = sorted(sums, key=lambda name: (-sums[name].total, name))
    return {name: NamespaceCost(pods[name], sums[name]) for name in order}, empty


def apportioned(total: int, weights: Sequence[Fraction]) -> list[int]:
    """Whole parts of a total in proportion to weights, by largest remainders (Hamilton's method; of equal ones the first).

    Weights are at least 0, not all 0.
    """
    denominator = lcm(*(weight.denominator for weight in weights))
    whole = [weight.numerator * (denominator // weight.denominator) for weight in weights]
    divisor = sum(whole)
    parts = [total * weight // divisor for weight in whole]
    order = sorted(range(len(whole)), key=lambda k: -(total * whole[k] % divisor))
    for k in order[: total - sum(parts)]:
        parts[k] += 1
    return parts


def _dominant_share(allocatable: Mapping[str, int], template: PodTemplate) -> Fraction:
    """The slot counts as at least one pod's, so that no weight is 0."""
    slot = Fraction(1, max(1, allocatable.get("pods", 0)))
    asked = requested(template).items()
    return max([slot, *(Fraction(amount, allocatable[r]) for r, amount in asked if allocatable.get(r))])
