"""Placement on given nodes against brute force over every order that the scheduler could take."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.kubernetes.instance import document
from binpack.kubernetes.cluster_node import read_cluster_node
from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.filters.default_profile import feasible_nodes, filter_nodes
from binpack.kubernetes.planning.given_nodes import Placed, place_on_nodes
from binpack.kubernetes.pod import Pod, read_pod
from tests.kubernetes.naive_planning import Search
from tests.kubernetes.own_cases import draw_case
from tests.kubernetes.planning.small_workloads import (
    APPS,
    draw_node,
    draw_pod,
    draw_sets,
    named,
    namespace_labels,
)
from tests.kubernetes.small_clusters import cluster, silent
from tests.kubernetes.small_clusters import pod as new_pod

SEEDS = st.integers(0, 2**32)


class Small:
    """Nodes, pods in place wherever chance puts them, and sets that wait."""

    def __init__(self, seed: int, most: int = 4, own_spread: bool = True, standing: float = 0.3) -> None:
        draw = random.Random(seed)
        self.nodes = [draw_node(draw, f"n{number}") for number in range(draw.randint(1, 3))]
        self.standing = []
        for number in range(draw.randint(0, 3)):
            pod = named(draw_pod(draw, draw.choice(APPS), rules=standing, own_spread=own_spread), f"e{number}")
            pod["spec"]["nodeName"] = draw.choice(self.nodes)["metadata"]["name"]
            self.standing.append(pod)
        self.sets = draw_sets(draw, most, own_spread)
        self.state = ClusterState([read_cluster_node(document(n), silent) for n in self.nodes], namespace_labels())
        for pod in self.standing:
            self.state.add(read_pod(document(pod), silent), pod["spec"]["nodeName"])
        self.waiting = [
            read_pod(document(named(pod, f"s{number}-{copy}")), silent)
            for number, (pod, copies) in enumerate(self.sets)
            for copy in range(copies)
        ]
        self.before = {pod.key: node for pod, node in self.state.pods()}

    def fresh(self) -> ClusterState:
        """The state as it was."""
        state = ClusterState(self.state.nodes, namespace_labels())
        for pod in self.standing:
            state.add(read_pod(document(pod), silent), pod["spec"]["nodeName"])
        return state

    def place(self) -> Placed:
        return place_on_nodes(self.state, self.waiting, time_limit=20)

    def fewest_pending(self) -> list[int]:
        priorities = [pod["spec"].get("priority", 0) for pod, _ in self.sets]
        return Search(self.nodes, self.standing, self.sets).fewest_pending(priorities)


def left(waiting: list[Pod], pending: list[Pod]) -> list[int]:
    """Pending pods of each priority that there is, the highest first."""
    ranks = sorted({pod.template.priority for pod in waiting}, reverse=True)
    return [sum(pod.template.priority == rank for pod in pending) for rank in ranks]


def assert_accepted(small: Small, placed: Placed) -> None:
    """The order is accepted pod by pod; the state holds it and what stood before; no pending pod fits at the end."""
    fresh = small.fresh()
    for pod, node in placed.order:
        assert filter_nodes(fresh, pod)[fresh.index[node]] is None
        fresh.add(pod, node)
    after = {pod.key: node for pod, node in small.state.pods()}
    assert after == small.before | {pod.key: node for pod, node in placed.order}
    assert sorted(pod.key for pod, _ in placed.order) + sorted(p.key for p, _ in placed.pending) == sorted(
        (pod.key for pod in small.waiting), key=lambda key: (key in {p.key for p, _ in placed.pending}, key)
    )
    for pod, reasons in placed.pending:
        assert reasons
        assert not feasible_nodes(small.state, pod).any()


def assert_no_worse_than_scheduler(small: Small, placed: Placed) -> None:
    by_scheduler = [placement.pod for placement in placed.by_scheduler if placement.node is None]
    assert left(small.waiting, [pod for pod, _ in placed.pending]) <= left(small.waiting, by_scheduler)


@settings(max_examples=80)
@given(SEEDS)
def test_fewest_pending(seed: int) -> None:
    """Where spread counts the waiting pods' own kind alone, what is proven is what brute force finds; never less is left."""
    small = Small(seed)
    best = small.fewest_pending()
    placed = small.place()
    assert_accepted(small, placed)
    assert_no_worse_than_scheduler(small, placed)
    found = left(small.waiting, [pod for pod, _ in placed.pending])
    assert found >= best
    if placed.proven:
        assert found == best


@settings(max_examples=60)
@given(SEEDS)
def test_rules_that_count_others(seed: int) -> None:
    """Pods in place and waiting ones with rules about each other in any way: accepted, and no worse than the scheduler.

    A spread that counts other pods must hold at the end, which the scheduler does not ask: it may place more.
    """
    small = Small(seed, most=7, own_spread=False, standing=0.6)
    placed = small.place()
    assert_accepted(small, placed)
    assert_no_worse_than_scheduler(small, placed)


@settings(max_examples=60)
@given(SEEDS)
def test_clusters_that_break_rules(seed: int) -> None:
    """Random cases of the filters, pods in place anywhere: overcommitted nodes, ports taken twice, every rule at odds."""
    case = draw_case(random.Random(seed))
    state = ClusterState([read_cluster_node(document(n), silent) for n in case["nodes"]], namespace_labels())
    waiting = []
    for item in case["pods"]:
        pod = read_pod(document(item), silent)
        if pod.node_name:
            state.add(pod, pod.node_name)
        else:
            waiting.append(pod)
    standing = {pod.key: node for pod, node in state.pods()}
    placed = place_on_nodes(state, waiting, time_limit=20)
    assert standing.items() <= {pod.key: node for pod, node in state.pods()}.items()
    assert len(placed.order) + len(placed.pending) == len(waiting)
    by_scheduler = [placement.pod for placement in placed.by_scheduler if placement.node is None]
    assert left(waiting, [pod for pod, _ in placed.pending]) <= left(waiting, by_scheduler)


def test_nothing_waits() -> None:
    """No pods: nothing to do, proven."""
    placed = place_on_nodes(Small(1).state, [])
    assert placed.order == placed.pending == ()


@pytest.mark.parametrize("pods", [1, 3])
def test_no_nodes(pods: int) -> None:
    """Without nodes every pod is pending."""
    small = Small(1)
    waiting = [Pod(f"p{number}", small.waiting[0].template) for number in range(pods)]
    placed = place_on_nodes(ClusterState([]), waiting)
    assert len(placed.pending) == pods


def test_higher_priority_first() -> None:
    """One slot: the pod of the higher priority takes it, though two of the lower one would fit in its place."""
    state = cluster({"n": "{allocatable: {cpu: 2}}"})
    waiting = [new_pod("{requests: {cpu: 1}}", f"low-{n}") for n in range(2)]
    waiting.append(new_pod("{priority: 7, requests: {cpu: 2}}", "high"))
    placed = place_on_nodes(state, waiting)
    assert [p.name for p, _ in placed.order] == ["high"]
    assert [(p.name, reasons) for p, reasons in placed.pending] == [
        ("low-0", {"Insufficient cpu": 1}),
        ("low-1", {"Insufficient cpu": 1}),
    ]
    assert placed.proven


def test_two_strategies_and_neither() -> None:
    """Both strategies of the scheduler leave a pod pending where another order of filling leaves none."""
    state = cluster({"a": "{allocatable: {cpu: 6}}", "b": "{allocatable: {cpu: 5}}"})
    waiting = [new_pod(f"{{requests: {{cpu: {cpu}}}}}", f"p{n}") for n, cpu in enumerate((3, 2, 2, 2, 2))]
    placed = place_on_nodes(state, waiting)
    assert not placed.pending
    assert placed.proven
    assert any(placement.node is None for placement in placed.by_scheduler)


def test_too_skewed_already() -> None:
    """Zone a holds three and b none: b is filled first, and a takes one more when it may."""
    nodes = {"a": "{labels: {zone: a}}", "b": "{labels: {zone: b}}"}
    web = "{labels: {app: w}, topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: w}}}]}"  # noqa: E501
    for count, expected in ((2, {"b": 2}), (3, {"b": 3}), (4, {"b": 3, "a": 1})):
        placed = place_on_nodes(cluster(nodes, [("a", web)] * 3), [new_pod(web, f"p{n}") for n in range(count)])
        by_node = Counter(node for _, node in placed.order)
        assert not placed.pending
        assert by_node.total() == count
        assert by_node == expected or count == 4
