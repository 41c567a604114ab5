"""Explanations: the event in kubectl's words, and changes that help and are the smallest of their kind."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from bench.kubernetes.instance import document
from binpack.kubernetes.cluster_node import read_cluster_node
from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.filters.default_profile import feasible_nodes
from binpack.kubernetes.planning.explain import explain, explain_many
from binpack.kubernetes.planning.given_nodes import place_on_nodes
from binpack.kubernetes.planning.node_class import NodeType, node_classes
from binpack.kubernetes.planning.pod_rules import PodRule, relaxed, rules_of
from binpack.kubernetes.planning.pod_sets import PodSet
from binpack.kubernetes.planning.smallest_changes import with_more_nodes
from binpack.kubernetes.pod import Pod, read_pod
from tests.kubernetes.own_cases import draw_case
from tests.kubernetes.planning.small_workloads import namespace_labels
from tests.kubernetes.planning.test_rules import DB, HOST, W, affinity, spread, term
from tests.kubernetes.small_clusters import cluster, pod, silent

CLASSES = node_classes([NodeType("big", {"cpu": 16_000, "memory": 1 << 36, "pods": 110})], "ab")


def test_event_in_kubectls_words() -> None:
    """Reasons with their numbers in the order of the texts; preemption by whether an eviction could help."""
    state = cluster(
        {
            "a": "{taints: [{key: x, value: '1', effect: NoSchedule}]}",
            "b": "{taints: [{key: x, value: '1', effect: NoSchedule}]}",
            "c": "{allocatable: {cpu: 1}}",
            "d": "{}",
            "e": "{unschedulable: true}",
        },
        [("d", "{requests: {cpu: 3}}")],
    )
    explanation = explain(state, pod("{requests: {cpu: 2}}"))
    assert explanation.event == (
        "0/5 nodes are available: 1 node(s) were unschedulable, 2 Insufficient cpu, 2 node(s) had untolerated taint {x: 1}. "
        "preemption: 0/5 nodes are available: 1 No preemption victims found for incoming pod, "
        "4 Preemption is not helpful for scheduling."
    )
    assert explanation.unresolvable == ("a", "b", "c", "e")
    assert explanation.text().splitlines()[0] == f"default/p: {explanation.event}"


def test_preemption_that_helps() -> None:
    """A pod of lower priority is in the way: it is named, and where its going does not help the event says what is left."""
    state = cluster({"a": "{}", "b": "{}"}, [("a", "{requests: {cpu: 4}}"), ("b", "{requests: {cpu: 1}}")])
    first = explain(state, pod("{priority: 5, requests: {cpu: 4}}"))
    assert [(n, [p.key for p in v.pods]) for n, v in first.preemption.items()] == [
        ("a", ["default/e0"]),
        ("b", ["default/e1"]),
    ]
    assert first.event == "0/2 nodes are available: 2 Insufficient cpu."
    assert "preemption would evict default/e0 on node a" in first.text().splitlines()
    hard = pod(f"{{priority: 5, requests: {{cpu: 4}}, {affinity('podAffinity', term('none'))}}}")
    assert explain(state, hard).preemption == {}
    state.add(pod("{priority: 9, requests: {cpu: 3}}", "high"), "b")
    second = explain(cluster({"a": "{}"}, [("a", "{priority: 9, requests: {cpu: 3}}"), ("a", "{requests: {cpu: 1}}")]),
                     pod("{priority: 5, requests: {cpu: 2}}"))  # fmt: skip
    assert second.event.endswith("preemption: 0/1 nodes are available: 1 Insufficient cpu.")
    never = explain(state, pod("{priority: 5, preemptionPolicy: Never, requests: {cpu: 4}}"))
    assert never.preemption == {}
    assert never.event == (
        "0/2 nodes are available: 2 Insufficient cpu. preemption: not eligible due to preemptionPolicy=Never."
    )


def test_refused_before_any_node() -> None:
    """Gates, and terms that name different nodes at once, are told without numbers."""
    state = cluster({"a": "{}"})
    assert explain(state, pod("{schedulingGates: [{name: g}]}")).event == (
        "Scheduling is blocked due to non-empty scheduling gates"
    )
    fields = ", ".join(f"{{key: metadata.name, operator: In, values: [{name}]}}" for name in "ab")
    required = "requiredDuringSchedulingIgnoredDuringExecution"
    torn = f"{{affinity: {{nodeAffinity: {{{required}: {{nodeSelectorTerms: [{{matchFields: [{fields}]}}]}}}}}}}}"
    assert explain(state, pod(torn)).event.startswith(
        "0/1 nodes are available: pod affinity terms conflict. preemption: "
    )


def test_smaller_requests() -> None:
    """How much exactly, where it is least; a set of two resources only where neither is enough."""
    state = cluster({"a": "{}", "b": "{}"}, [("a", "{requests: {cpu: 3}}"), ("b", "{requests: {memory: 7Gi}}")])
    both = explain(state, pod("{requests: {cpu: 2500m, memory: 3Gi}}"))
    assert [(change.less, change.node) for change in both.requests] == [
        ({"cpu": 1500}, "a"),
        ({"memory": 2 << 30}, "b"),
    ]
    assert "  1500m cpu less, on a" in both.text().splitlines()
    large = explain(state, pod("{requests: {cpu: 5, memory: 9Gi}}"))
    assert [(change.less, change.node) for change in large.requests] == [({"cpu": 4000, "memory": 1 << 30}, "a")]


def test_rules_relaxed() -> None:
    """One rule where one is enough, else all smallest sets; the anti-affinity of pods in place is one of them."""
    apart = affinity("podAntiAffinity", term("w", HOST))
    state = cluster({"a": "{labels: {disk: ssd}}", "b": "{}"}, [("a", f"{{{W}, {apart}}}")])
    explanation = explain(state, pod(f"{{{W}, {apart}, nodeSelector: {{disk: ssd}}}}"))
    assert [[rule.words for rule in change.rules] for change in explanation.rules] == [["nodeSelector disk=ssd"]]
    pinned = explain(cluster({"a": "{}"}, [("a", f"{{{W}, {apart}}}")]), pod(f"{{{W}, {apart}}}"))
    assert [[rule.words for rule in change.rules] for change in pinned.rules] == [
        [
            f"anti-affinity over {HOST} (app=w)",
            f"anti-affinity of pods in place of namespace default over {HOST} (app=w)",
        ]
    ]
    assert "without anti-affinity over" in pinned.text()


def test_a_rule_and_a_request() -> None:
    """Where neither is enough by itself both are told together."""
    explanation = explain(cluster({"a": "{}"}), pod("{requests: {cpu: 5}, nodeSelector: {disk: ssd}}"))
    assert not explanation.rules
    assert not explanation.requests
    assert "  without nodeSelector disk=ssd, and 1000m cpu less, on a" in explanation.text().splitlines()


def test_more_nodes() -> None:
    """A class that takes the pod; none in a zone without the company that the pod wants; daemons take their part."""
    state = cluster({"a": "{labels: {topology.kubernetes.io/zone: a}}"}, [("a", f"{{{DB}, requests: {{cpu: 4}}}}")])
    zone = "topology.kubernetes.io/zone"
    explanation = explain(state, pod(f"{{requests: {{cpu: 1}}, {affinity('podAffinity', term('db', zone))}}}"), CLASSES)
    assert [(n.of.node.name, n.count) for n in explanation.nodes] == [("big-a", 1)]
    daemon = PodSet("agent", "DaemonSet", 1, pod("{requests: {cpu: 15}}").template, daemon=True)
    assert not explain(state, pod("{requests: {cpu: 2}}"), CLASSES, daemons=[daemon]).nodes


def test_all_pending_at_once() -> None:
    """Five pods, two to a node of sixteen CPU: as many nodes as it takes for all, and no fewer, proven."""
    state = cluster({"a": "{}"})
    waiting = [pod("{requests: {cpu: 8}}", f"p{n}") for n in range(5)]
    placed = place_on_nodes(state, waiting)
    found = explain_many(state, placed, CLASSES)
    assert [count for _, count in found.each] == [5]
    assert [(n.of.node.name, n.count, proven) for n, proven in found.for_all] == [
        ("big-a", 3, True),
        ("big-b", 3, True),
    ]
    assert "all of them: 3 more of big-a" in found.text()


def test_fits() -> None:
    """A pod that fits somewhere has nothing to explain."""
    explanation = explain(cluster({"a": "{}"}), pod(f"{{{W}, {spread(key=HOST)}}}"), CLASSES)
    assert explanation.fits
    assert explanation.event == ""
    assert explanation.text() == "default/p: fits\n  fits: a"


def fits_without(case: dict[str, object], waiting: Pod, rules: tuple[PodRule, ...]) -> bool:
    """In a cluster made anew, with pods in place that never had the terms of these rules."""
    owned = {(rule.owned.namespace, rule.owned.term) for rule in rules if rule.owned is not None}
    state = state_of(case)
    fresh = ClusterState(state.nodes, namespace_labels())
    for placed, node in state.pods():
        kept = tuple(t for t in placed.template.anti_affinity if (placed.template.namespace, t) not in owned)
        fresh.add(replace(placed, template=replace(placed.template, anti_affinity=kept)), node)
    return bool(feasible_nodes(fresh, replace(waiting, template=relaxed(waiting.template, rules))).any())


def state_of(case: dict[str, object]) -> ClusterState:
    state = ClusterState([read_cluster_node(document(n), silent) for n in case["nodes"]], namespace_labels())  # type: ignore[attr-defined]
    for item in case["pods"]:  # type: ignore[attr-defined]
        read = read_pod(document(item), silent)
        if read.node_name:
            state.add(read, read.node_name)
    return state


@settings(max_examples=150)
@given(st.integers(0, 2**32))
def test_smallest_of_each_kind(seed: int) -> None:
    """Random clusters: each change makes the pod fit; no smaller set of rules does, and nothing less of a request."""
    case = draw_case(random.Random(seed))
    state = state_of(case)
    before = sorted(map(str, state.pods()))
    for item in case["pods"]:
        waiting = read_pod(document(item), silent)
        if waiting.node_name:
            continue
        explanation = explain(state, waiting, CLASSES)
        assert sorted(map(str, state.pods())) == before
        if explanation.fits:
            continue
        assert explanation.event
        assert explanation.text()
        rules = rules_of(state, waiting)
        for change in explanation.rules:
            assert change.smallest
            assert fits_without(case, waiting, change.rules)
        size = min((len(change.rules) for change in explanation.rules), default=len(rules) + 1)
        for smaller in range(min(size, 4)):
            for chosen in combinations(rules, smaller):
                assert not fits_without(case, waiting, chosen)
        for helping in explanation.nodes:
            assert feasible_nodes(with_more_nodes(state, helping.of, 1), waiting)[-1]
        for asked in explanation.requests:
            assert fits_with_less(state, waiting, dict(asked.less))
            for name, amount in asked.less.items():
                assert not fits_with_less(state, waiting, {**asked.less, name: amount - 1}, asked.node)
                if len(asked.less) > 1:
                    assert not fits_with_less(state, waiting, {name: waiting.template.amounts[name]})
        if explanation.both is not None:
            together, request = explanation.both
            lighter = replace(waiting, template=relaxed(waiting.template, together.rules))
            assert fits_with_less(state, lighter, dict(request.less))


def fits_with_less(state: ClusterState, waiting: Pod, less: dict[str, int], node: str | None = None) -> bool:
    """Does the pod fit, on any node or on this one, with its amounts less by these?"""
    amounts = {name: amount - less.get(name, 0) for name, amount in waiting.template.amounts.items()}
    requests = tuple((name, amount if name == "cpu" else amount * 1000) for name, amount in amounts.items())
    mask = feasible_nodes(state, replace(waiting, template=replace(waiting.template, requests=requests)))
    return bool(mask.any() if node is None else mask[state.index[node]])
