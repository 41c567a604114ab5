"""LimitRanges that pods of the input break: said in the API server's words
(``plugin/pkg/admission/limitranger/admission.go``, v1.34)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from binpack.kubernetes.quantity import parse_quantity
from binpack.kubernetes.resource_list import MILLI, MilliAmounts, read_resource_list
from binpack.workload.documents import Node
from binpack.workload.kubernetes_amounts import all_containers, overhead, pod_limits, written
from binpack.workload.kubernetes_object import KubernetesObject
from binpack.workload.kubernetes_pods import PodSource


def limit_range_refusals(sources: Sequence[PodSource], ranges: Sequence[KubernetesObject]) -> dict[str, str]:
    """Application -> why none of its pods would be admitted."""
    refusals: dict[str, str] = {}
    for source in sources:
        said = [
            fault
            for item in ranges
            if item.namespace == source.application.group
            for entry in item.node.find_list("spec", "limits")
            for fault in _faults(entry, source)
        ]
        if said:
            text = said[0] if len(said) == 1 else f"[{', '.join(said)}]"
            refusals[source.application.key] = text
    return refusals


def _faults(entry: Node, source: PodSource) -> Iterator[str]:
    kind = entry.find_text("type")
    if kind == "Container":
        for container in all_containers(source):
            yield from _checked(entry, kind, container.requests, container.limits)
    elif kind == "Pod":
        besides = overhead(source)
        requests = {name: amount - besides.get(name, 0) for name, amount in source.size.requests.items()}
        yield from _checked(entry, kind, requests, pod_limits(source))


def _checked(entry: Node, kind: str, requests: MilliAmounts, limits: MilliAmounts) -> Iterator[str]:
    """``minConstraint``, ``maxConstraint`` and ``limitRequestRatioConstraint`` of one entry."""
    for name, bound, text in _bounds(entry, "min"):
        said = f"minimum {name} usage per {kind} is {text}"
        if name not in requests:
            yield f"{said}.  No request is specified"
        elif requests[name] < bound:
            yield f"{said}, but request is {written(requests[name])}"
        elif limits.get(name, bound) < bound:
            yield f"{said}, but limit is {written(limits[name])}"
    for name, bound, text in _bounds(entry, "max"):
        said = f"maximum {name} usage per {kind} is {text}"
        if name not in limits:
            yield f"{said}.  No limit is specified"
        elif limits[name] > bound:
            yield f"{said}, but limit is {written(limits[name])}"
        elif requests.get(name, 0) > bound:
            yield f"{said}, but request is {written(requests[name])}"
    for name, bound, text in _bounds(entry, "maxLimitRequestRatio"):
        said = f"{name} max limit to request ratio per {kind} is {text}"
        if not requests.get(name):
            yield f"{said}, but no request is specified or request is 0"
        elif not limits.get(name):
            yield f"{said}, but no limit is specified or limit is 0"
        elif limits[name] * MILLI > requests[name] * bound:
            yield f"{said}, but provided ratio is {limits[name] / requests[name]:f}"


def _bounds(entry: Node, key: str) -> Iterator[tuple[str, int, str]]:
    """Resource, bound in thousandths, and the bound as the API server writes it."""
    node = entry.find(key)
    for name, bound in read_resource_list(node, lambda _: None).items():
        value = None if node is None else node.find(name)
        yield name, bound, "0" if value is None else str(parse_quantity(value.text.strip()))
