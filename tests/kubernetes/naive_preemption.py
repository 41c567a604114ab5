"""Preemption as plainly as it can be said: the cluster copied for each question, the naive filters, plain dictionaries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.kubernetes import naive_filters as naive

Object = dict[str, Any]
Found = tuple[list[str], int]  # names of the victims, the most important first, and how many break a budget
NOW = "9999-12-31T00:00:00Z"


def priority(pod: Object) -> int:
    return int(pod["spec"].get("priority", 0))


def start(pod: Object) -> str:
    return str((pod.get("status") or {}).get("startTime", NOW))


def name(pod: Object) -> str:
    return f"{pod['metadata']['namespace']}/{pod['metadata']['name']}"


def by_importance(pods: Sequence[Object]) -> list[Object]:
    return sorted(pods, key=lambda pod: (-priority(pod), start(pod), name(pod)))


def without(cluster: naive.Cluster, gone: Sequence[Object]) -> naive.Cluster:
    """Another cluster that lacks these pods."""
    left = naive.Cluster(list(cluster.nodes.values()), cluster.namespaces)
    left.placed = [(pod, node) for pod, node in cluster.placed if not any(pod is other for other in gone)]
    return left


def violating(pods: Sequence[Object], budgets: Sequence[Object]) -> list[Object]:
    """Those of pods that go one after the other whose going breaks a budget."""
    left = [budget["status"]["disruptionsAllowed"] for budget in budgets]
    found = []
    for pod in pods:
        broken = False
        for n, budget in enumerate(budgets):
            selector = budget["spec"]["selector"]
            same = budget["metadata"]["namespace"] == pod["metadata"]["namespace"]
            if same and selector["matchLabels"] and naive.selects(selector, naive.labels_of(pod)):
                left[n] -= 1
                broken = broken or left[n] < 0
        found += [pod] if broken else []
    return found


def victims_on(cluster: naive.Cluster, pod: Object, node: Object, budgets: Sequence[Object]) -> Found | None:
    """Who goes from the node, None where that does not help."""
    verdict = naive.judge(cluster, pod, node)
    assert verdict is not None
    if verdict[1] != naive.UNSCHEDULABLE or verdict[0] == "PreFilter" or pod["spec"].get("preemptionPolicy") == "Never":
        return None
    lower = by_importance([other for other in cluster.on(node) if priority(other) < priority(pod)])
    if not lower or naive.judge(without(cluster, lower), pod, node) is not None:
        return None
    breaking, gone = violating(lower, budgets), list(lower)
    for part in (breaking, [other for other in lower if not any(other is b for b in breaking)]):
        for other in part:
            kept = [g for g in gone if g is not other]
            if naive.judge(without(cluster, kept), pod, node) is None:
                gone = kept
    return [name(other) for other in gone], sum(any(other is b for b in breaking) for other in gone)


def chosen(cluster: naive.Cluster, pod: Object, budgets: Sequence[Object]) -> tuple[str, Found] | None:
    """The node and its victims, by the criteria one after the other, each among what the ones before leave equal."""
    pods = {name(other): other for other, _ in cluster.placed}
    left = {n: found for n, node in cluster.nodes.items() if (found := victims_on(cluster, pod, node, budgets))}
    if not left:
        return None

    def highest(found: Found) -> int:
        return max(priority(pods[victim]) for victim in found[0])

    def keep_least(value: Any) -> dict[str, Found]:
        least = min(value(found) for found in left.values())
        return {n: found for n, found in left.items() if value(found) == least}

    left = keep_least(lambda found: found[1])
    left = keep_least(highest)
    left = keep_least(lambda found: sum(priority(pods[victim]) + 2**31 for victim in found[0]))
    left = keep_least(lambda found: len(found[0]))
    earliest = {
        n: min(start(pods[victim]) for victim in found[0] if priority(pods[victim]) == highest(found))
        for n, found in left.items()
    }
    latest = max(earliest.values())
    node = min(n for n in left if earliest[n] == latest)
    return node, left[node]
