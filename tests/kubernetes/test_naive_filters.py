"""The filters against the naive ones, on random clusters; and a state that is changed against one made anew."""

from __future__ import annotations

import gzip
import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.kubernetes.cases import play, read_case, requests_agree
from bench.kubernetes.instance import document
from binpack.kubernetes.cluster_node import read_cluster_node
from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.filters.default_profile import feasible_nodes, filter_nodes
from binpack.kubernetes.pod import Pod, read_pod
from tests.kubernetes.own_cases import COUNT, STORED, Object, draw_case, stored_case
from tests.kubernetes.small_clusters import silent

SEEDS = st.integers(0, 2**32)


def assert_agrees(case: Object) -> None:
    """Requests, and for every pod and node plug-in, code and reasons, are those of the naive filters."""
    read = read_case(document(case))
    for pod, verdict, pairs in play(read):
        assert requests_agree(pod, verdict)
        for pair in pairs:
            assert pair.found == pair.expected


@pytest.fixture(scope="module")
def stored() -> list[Object]:
    """The cases of the file, in the form of the scheduler's verdicts."""
    with gzip.open(STORED, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@pytest.mark.parametrize("number", range(COUNT))
def test_stored_cases(number: int, stored: list[Object]) -> None:
    """Three hundred cases of our own making, with the verdicts that the naive filters gave."""
    assert_agrees(stored[number])


@pytest.mark.parametrize("seed", range(0, COUNT, 10))
def test_stored_cases_are_those_of_their_seeds(seed: int, stored: list[Object]) -> None:
    """Whoever draws them again gets the same cases, and the same verdicts."""
    assert stored_case(seed) == stored[seed]


def test_stored_cases_reach_every_filter(stored: list[Object]) -> None:
    """There are as many as there should be, with refusals by every plug-in that they know of, and pods that fit."""
    assert [case["name"] for case in stored] == [f"own-{seed}" for seed in range(COUNT)]
    plugins = {node.get("plugin") for case in stored for verdict in case["verdicts"] for node in verdict["nodes"]}
    assert plugins == {
        None, "SchedulingGates", "PreFilter", "NodeUnschedulable", "TaintToleration", "NodeAffinity", "NodePorts",
        "NodeResourcesFit", "VolumeRestrictions", "PodTopologySpread", "InterPodAffinity",
    }  # fmt: skip


@given(SEEDS)
def test_random_cases(seed: int) -> None:
    """The same for cases that hypothesis draws."""
    assert_agrees(draw_case(random.Random(seed)))


@given(SEEDS, st.lists(st.integers(0, 10**6), max_size=12))
def test_a_changed_state_equals_one_made_anew(seed: int, steps: list[int]) -> None:
    """Pods come, go and are asked about in any order; the verdicts are those of a state that never saw the others."""
    case = draw_case(random.Random(seed))
    nodes = [read_cluster_node(document(node), silent) for node in case["nodes"]]
    pods = [read_pod(document(pod), silent) for pod in case["pods"]]
    state, placed = ClusterState(nodes), dict[str, tuple[Pod, str]]()
    for step in steps:
        pod, node = pods[step % len(pods)], nodes[step // len(pods) % len(nodes)].name
        filter_nodes(state, pod)  # so that sums are made before and after pods come
        if pod.key in placed:
            assert state.remove(pod.key) == pod
            del placed[pod.key]
        else:
            state.add(pod, node)
            placed[pod.key] = (pod, node)
    fresh = ClusterState(nodes)
    for pod, node in placed.values():
        fresh.add(pod, node)
    assert sorted(map(str, state.pods())) == sorted(map(str, fresh.pods()))
    for pod in pods:
        verdicts = filter_nodes(state, pod)
        assert verdicts == filter_nodes(fresh, pod)
        assert feasible_nodes(state, pod).tolist() == [verdict is None for verdict in verdicts]
