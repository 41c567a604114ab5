"""Scores against the naive ones, strategies by their formulas, and the scheduler simulated."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.kubernetes.cases import read_case
from bench.kubernetes.instance import document
from binpack.kubernetes.filters.default_profile import feasible_nodes, filter_nodes
from binpack.kubernetes.scores.default_profile import score_nodes
from binpack.kubernetes.scores.node_resources_fit import node_resources_fit
from binpack.kubernetes.scores.strategies import (
    LeastAllocated,
    MostAllocated,
    RequestedToCapacityRatio,
    Strategy,
    percent,
)
from binpack.kubernetes.simulation import simulate
from tests.kubernetes import naive_scores as naive
from tests.kubernetes.own_cases import cluster_of, draw_case
from tests.kubernetes.small_clusters import cluster, pod

WISHES = "preferredDuringSchedulingIgnoredDuringExecution"


@given(st.integers(0, 2**32), st.booleans())
def test_total_scores(seed: int, most: bool) -> None:
    """The total of all plug-ins with their weights, on random clusters, for every pod that fits somewhere."""
    drawn = draw_case(random.Random(seed))
    case, slow = read_case(document(drawn)), cluster_of(drawn["nodes"], drawn["pods"])
    strategy: Strategy = MostAllocated() if most else LeastAllocated()
    for verdict in drawn["verdicts"]:
        tried = case.pods[verdict["pod"]]
        source = next(p for p in drawn["pods"] if p["metadata"]["name"] == tried.name)
        feasible = [slow.nodes[entry["node"]] for entry in verdict["nodes"] if entry["fits"]]
        if feasible:
            expected = naive.totals(slow, source, feasible, naive.most_allocated if most else naive.least_allocated)
            mask = feasible_nodes(case.state, tried)
            assert score_nodes(case.state, tried, mask, strategy).tolist() == expected
        if verdict["placed"]:
            slow.placed.append((source, slow.nodes[verdict["placed"]]))
            case.state.add(tried, verdict["placed"])


@pytest.mark.parametrize(
    ("strategy", "score"),
    [
        (LeastAllocated(), (25 + 62) // 2), (MostAllocated(), (75 + 37) // 2),
        (RequestedToCapacityRatio(), (75 + 37 + 1) // 2),
        (RequestedToCapacityRatio(((0, 10), (50, 10), (100, 0))), (50 + 100) // 2),
        (RequestedToCapacityRatio(((40, 0), (100, 10))), 58),  # memory scores 0 and has no weight
        (LeastAllocated({"cpu": 3, "memory": 1}), (3 * 25 + 62) // 4),
        (MostAllocated({"nvidia.com/gpu": 5, "cpu": 1}), 75),  # the pod asks for no device
        (MostAllocated({"ephemeral-storage": 5, "cpu": 1}), 75),  # the node has no storage to give
    ],
)  # fmt: skip
def test_strategies(strategy: Strategy, score: int) -> None:
    """A node of 4 CPU and 8 GiB with 3 CPU and 3 GiB requested, the pod's own among them."""
    state = cluster({"n": "{allocatable: {nvidia.com/gpu: 2}}"}, [("n", "{requests: {cpu: 2, memory: 2Gi}}")])
    assert node_resources_fit(state, pod("{requests: {cpu: 1, memory: 1Gi}}"), np.array([0]), strategy).tolist() == [
        score
    ]


@pytest.mark.parametrize("shape", [(), ((50, 1), (0, 2)), ((0, 1), (0, 2)), ((0, 11),), ((-1, 0),)])
def test_shapes_that_are_none(shape: tuple[tuple[int, int], ...]) -> None:
    """Points are by growing utilization, from 0 to 100, with scores from 0 to 10."""
    with pytest.raises(ValueError, match=r"shape|utilization"):
        RequestedToCapacityRatio(shape)


@given(st.lists(st.tuples(st.integers(0, 2**63 - 1), st.integers(1, 2**63 - 1)), min_size=1))
def test_percent_is_exact(pairs: list[tuple[int, int]]) -> None:
    """Hundredths of any 64-bit amounts, rounded down."""
    pairs = [(min(pair), max(pair)) for pair in pairs]
    found = percent(np.array([p for p, _ in pairs]), np.array([w for _, w in pairs]))
    assert found.tolist() == [100 * p // w for p, w in pairs]


def test_the_simulated_scheduler() -> None:
    """Higher priority first; the best score wins, of equals the first name; what fits nowhere stays pending with reasons."""
    state = cluster({"b": "{}", "a": "{}", "small": "{allocatable: {cpu: 1}, unschedulable: true}"})
    big, late = pod("{requests: {cpu: 4}}", "big"), pod("{requests: {cpu: 1}}", "late")
    first = pod("{requests: {cpu: 1}, priority: 5}", "first")
    placed = simulate(state, [big, late, first])
    assert [(p.pod.name, p.node) for p in placed] == [("first", "a"), ("big", "b"), ("late", "a")]
    again = simulate(state, [pod("{requests: {cpu: 3}}", "none")])[0]
    assert again.node is None
    assert again.reasons == {"Insufficient cpu": 2, "node(s) were unschedulable": 1}
    with pytest.raises(ValueError, match="default/big is placed already"):
        simulate(state, [big])


def test_a_preferred_node_wins() -> None:
    """Preferred node affinity counts twice, more than free room here; terms of pods in place draw others to them."""
    expression = "{matchExpressions: [{key: d, operator: Exists}]}"
    wish = f"{{nodeAffinity: {{{WISHES}: [{{weight: 1, preference: {expression}}}]}}}}"
    state = cluster({"a": "{}", "b": "{labels: {d: x}}"}, [("b", "{requests: {cpu: 1}}")])
    assert simulate(state, [pod(f"{{affinity: {wish}}}", "p")])[0].node == "b"
    term = "{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: w}}}"
    near = f"{{podAffinity: {{{WISHES}: [{{weight: 9, podAffinityTerm: {term}}}]}}}}"
    state = cluster({"a": "{}", "b": "{}"}, [("b", f"{{affinity: {near}}}")])
    assert simulate(state, [pod("{labels: {app: w}}", "p")])[0].node == "b"
    assert simulate(state, [pod("{labels: {app: v}}", "q")])[0].node == "a"


@given(st.integers(0, 2**32))
def test_the_simulation_obeys_the_filters(seed: int) -> None:
    """Each pod lands on a node that takes it at that moment, and is pending only where none does."""
    drawn = draw_case(random.Random(seed))
    case, replay = read_case(document(drawn)), read_case(document(drawn))
    waiting = [p for p in case.pods.values() if not p.node_name]
    for placement in simulate(case.state, waiting):
        verdicts = filter_nodes(replay.state, placement.pod)
        if placement.node is None:
            assert None not in verdicts
        else:
            assert verdicts[replay.state.index[placement.node]] is None
            replay.state.add(placement.pod, placement.node)
