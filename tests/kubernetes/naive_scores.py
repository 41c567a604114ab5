"""The scheduler's scores as plainly as they can be said: node by node, walks over all pods, plain dictionaries."""

from __future__ import annotations

import math
from collections.abc import Callable

from tests.kubernetes.naive_filters import (
    Cluster,
    Object,
    admits,
    labels_of,
    spread_counts,
    term_holds,
    together,
    tolerated,
    untolerated,
    wanted_by,
)
from tests.kubernetes.naive_requests import amount, counted

PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
HOSTNAME = "kubernetes.io/hostname"
Of = Callable[[int, int], int]  # the score of requested and allocatable


def totals(cluster: Cluster, pod: Object, nodes: list[Object], of: Of) -> list[int]:
    """The total score of each of these nodes, which are the feasible ones."""
    fit = [resources(cluster, pod, node, of) + balance(cluster, pod, node) for node in nodes]
    rest = [(3, taints(pod, nodes)), (2, preferred_nodes(pod, nodes))]
    rest += [(2, spread(cluster, pod, nodes)), (2, between_pods(cluster, pod, nodes))]
    return [one + sum(weight * scores[k] for weight, scores in rest) for k, one in enumerate(fit)]


def least_allocated(requested: int, allocatable: int) -> int:
    return 0 if requested > allocatable else (allocatable - requested) * 100 // allocatable


def most_allocated(requested: int, allocatable: int) -> int:
    return min(requested, allocatable) * 100 // allocatable


def assumed(spec: Object) -> dict[str, int]:
    """CPU and memory with 100m and 200Mi for every container that names none."""
    full = dict(spec)
    for kind in ("containers", "initContainers"):
        full[kind] = []
        for container in spec.get(kind) or []:
            lists = container.get("resources") or {}
            known = {**(lists.get("limits") or {}), **(lists.get("requests") or {})}
            known = {"cpu": "100m", "memory": "200Mi", **known}
            full[kind].append({**container, "resources": {"requests": known}})
    return counted(full)


def allocatable(node: Object, name: str) -> int:
    return int(amount(node["status"]["allocatable"].get(name, "0")) * (1000 if name == "cpu" else 1))


def resources(cluster: Cluster, pod: Object, node: Object, of: Of) -> int:
    scores = []
    for name in ("cpu", "memory"):
        requested = sum(assumed(other["spec"]).get(name, 0) for other in [*cluster.on(node), pod])
        if allocatable(node, name):
            scores.append(of(requested, allocatable(node, name)))
    return sum(scores) // len(scores) if scores else 0


def balance(cluster: Cluster, pod: Object, node: Object) -> int:
    if not any(counted(pod["spec"]).get(name) for name in ("cpu", "memory")):
        return 0
    shares = []
    for name in ("cpu", "memory"):
        requested = sum(counted(other["spec"]).get(name, 0) for other in [*cluster.on(node), pod])
        if allocatable(node, name):
            shares.append(min(requested / allocatable(node, name), 1.0))
    return int((1 - (abs(shares[0] - shares[1]) / 2 if len(shares) == 2 else 0.0)) * 100)


def taints(pod: Object, nodes: list[Object]) -> list[int]:
    counts = []
    for node in nodes:
        soft = [t for t in node["spec"].get("taints") or [] if t["effect"] == "PreferNoSchedule"]
        counts.append(sum(not tolerated(pod, taint) for taint in soft))
    return [100 - (100 * count // max(counts) if max(counts) else 0) for count in counts]


def preferred_nodes(pod: Object, nodes: list[Object]) -> list[int]:
    terms = ((pod["spec"].get("affinity") or {}).get("nodeAffinity") or {}).get(PREFERRED) or []
    sums = [sum(term["weight"] for term in terms if term_holds(term["preference"], node)) for node in nodes]
    return [100 * one // max(sums) if max(sums) else 0 for one in sums]


def spread(cluster: Cluster, pod: Object, nodes: list[Object]) -> list[int]:
    soft = [c for c in pod["spec"].get("topologySpreadConstraints") or [] if c["whenUnsatisfiable"] == "ScheduleAnyway"]
    if not soft:
        return [0] * len(nodes)
    keyed = [all(c["topologyKey"] in labels_of(node) for c in soft) for node in nodes]
    scores = []
    for node, has_all in zip(nodes, keyed, strict=True):
        total = 0.0
        for constraint in soft if has_all else []:
            key, scored = constraint["topologyKey"], [n for n, k in zip(nodes, keyed, strict=True) if k]
            domains = len(scored) if key == HOSTNAME else len({labels_of(n)[key] for n in scored})
            total += (
                neighbours(cluster, pod, node, constraint, soft) * math.log(domains + 2) + constraint["maxSkew"] - 1
            )
        scores.append(math.floor(total + 0.5))
    least = min((s for s, k in zip(scores, keyed, strict=True) if k), default=0)
    most = max((s for s, k in zip(scores, keyed, strict=True) if k), default=0)
    return [
        0 if not k else 100 if most == 0 else 100 * (most + least - s) // most
        for s, k in zip(scores, keyed, strict=True)
    ]


def neighbours(cluster: Cluster, pod: Object, node: Object, constraint: Object, soft: list[Object]) -> int:
    """The pods that a constraint counts in the domain of a node, on nodes that its policies admit."""
    count = 0
    for other, place in cluster.placed:
        if not spread_counts(constraint, pod, other):
            continue
        if constraint["topologyKey"] == HOSTNAME:
            count += place is node
        elif together(place, node, constraint["topologyKey"]):
            admitted = constraint.get("nodeAffinityPolicy", "Honor") == "Ignore" or admits(pod["spec"], place)
            free = constraint.get("nodeTaintsPolicy", "Ignore") == "Ignore" or untolerated(pod, place) is None
            count += admitted and free and all(c["topologyKey"] in labels_of(place) for c in soft)
    return count


def weighted(pod: Object, required: bool) -> list[tuple[Object, int]]:
    """Preferred terms with their weights, and required affinity with 1."""
    found = []
    for kind, sign in (("podAffinity", 1), ("podAntiAffinity", -1)):
        terms = (pod["spec"].get("affinity") or {}).get(kind) or {}
        found += [(term["podAffinityTerm"], sign * term["weight"]) for term in terms.get(PREFERRED) or []]
        if required and kind == "podAffinity":
            found += [(term, 1) for term in terms.get(REQUIRED) or []]
    return found


def between_pods(cluster: Cluster, pod: Object, nodes: list[Object]) -> list[int]:
    sums = []
    for node in nodes:
        total = 0
        for other, place in cluster.placed:
            for owner, about, required in ((pod, other, False), (other, pod, True)):
                for term, weight in weighted(owner, required):
                    if wanted_by(cluster, term, owner, about) and together(place, node, term["topologyKey"]):
                        total += weight
        sums.append(total)
    least, most = min(sums), max(sums)
    return [int(100 * ((one - least) / (most - least))) if most > least else 0 for one in sums]
