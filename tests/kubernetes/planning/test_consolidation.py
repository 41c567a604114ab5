"""Running pods moved onto fewer nodes: every step is accepted, and of tiny clusters nothing better can be reached."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.kubernetes.instance import document
from binpack.errors import RefusedPlanError
from binpack.kubernetes.cluster_node import read_cluster_node
from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.disruption import OF_THE_NODE
from binpack.kubernetes.filters.default_profile import filter_nodes
from binpack.kubernetes.planning.consolidation import REFUSED, Consolidated, Limits, consolidate
from binpack.kubernetes.planning.given_nodes import place_on_nodes
from binpack.kubernetes.planning.migration import Group, Step, migrate, replay
from binpack.kubernetes.pod import read_pod
from tests.kubernetes.naive_moves import Moves
from tests.kubernetes.planning.small_workloads import APPS, Object, draw_node, draw_pod, named, namespace_labels
from tests.kubernetes.small_clusters import cluster, silent
from tests.kubernetes.small_clusters import pod as new_pod

SEEDS = st.integers(0, 2**32)
STAYS = ("", "", "", "", "", "", "an annotation keeps them", OF_THE_NODE)


class Running:
    """Nodes, and pods that came to them one by one as the filters had it, some of which may not move; others wait.

    simple : without spread and affinity, so that what holds of each pod as it comes holds of all at the end.
    """

    def __init__(self, seed: int, simple: bool) -> None:
        draw = random.Random(seed)
        self.nodes = [draw_node(draw, f"n{number}") for number in range(draw.randint(2, 3))]
        self.state = self.empty()
        self.pods: dict[str, Object] = {}
        self.stays: dict[str, str] = {}
        for number in range(draw.randint(1, 4)):
            pod = _drawn(draw, f"e{number}", simple)
            refusals = filter_nodes(self.state, read_pod(document(pod), silent))
            fitting = [k for k, refusal in enumerate(refusals) if refusal is None]
            if fitting:
                pod["spec"]["nodeName"] = self.state.nodes[draw.choice(fitting)].name
                came = read_pod(document(pod), silent)
                self.state.add(came, came.node_name)
                self.pods[came.key] = pod
                self.stays[came.key] = draw.choice(STAYS)
        self.waits = [_drawn(draw, f"w{number}", simple) for number in range(draw.randint(0, 2))]
        self.waiting = [read_pod(document(pod), silent) for pod in self.waits]
        self.costs = {node.name: draw.randint(1, 2) for node in self.state.nodes}
        self.before = {pod.key: node for pod, node in self.state.pods()}

    def empty(self) -> ClusterState:
        return ClusterState([read_cluster_node(document(n), silent) for n in self.nodes], namespace_labels())

    def fresh(self) -> ClusterState:
        """The state as it was."""
        state = self.empty()
        for pod in self.pods.values():
            state.add(read_pod(document(pod), silent), pod["spec"]["nodeName"])
        return state

    def consolidated(self, moves: int | None = None) -> Consolidated:
        return consolidate(self.state, self.waiting, self.stays, Limits(moves, 20), self.costs)

    def best(self) -> tuple[list[int], int]:
        """By brute force. A pod of its node itself takes room, but keeps no node in use."""
        names = [node["metadata"]["name"] for node in self.nodes]
        running = [(_free(pod), names.index(self.before[key])) for key, pod in self.pods.items() if not self.stays[key]]
        standing = [pod for key, pod in self.pods.items() if self.stays[key]]
        residents = [pod for key, pod in self.pods.items() if self.stays[key] == OF_THE_NODE]
        return Moves(self.nodes, standing, running, self.waits, residents, [*self.costs.values()]).best()


def _drawn(draw: random.Random, name: str, simple: bool) -> Object:
    pod = named(draw_pod(draw, draw.choice(APPS)), name)
    if simple:
        pod["spec"].pop("topologySpreadConstraints", None)
        pod["spec"]["affinity"].pop("podAffinity", None)
    return pod


def _free(pod: Object) -> Object:
    return {**pod, "spec": {key: value for key, value in pod["spec"].items() if key != "nodeName"}}


def value(running: Running, found: Consolidated) -> tuple[list[int], int]:
    """Waiting pods left out, of the highest priority first, and what the nodes with pods cost."""
    ranks = sorted({pod.template.priority for pod in running.waiting}, reverse=True)
    left = [sum(pod.template.priority == rank for pod, _ in found.placed.pending) for rank in ranks]
    return left, sum(running.costs[node] for node in found.after)


def assert_sound(running: Running, found: Consolidated) -> None:
    """Each step is accepted when it comes and moves nothing that stays; the state, the nodes in use and the counts agree."""
    state = running.fresh()
    for pod, origin, node in found.steps:
        assert state.node_of(pod.key) == (origin or None)
        if origin:
            assert not running.stays[pod.key]
            state.remove(pod.key)
        assert filter_nodes(state, pod)[state.index[node]] is None
        state.add(pod, node)
    at = {pod.key: node for pod, node in state.pods()}
    assert at == {pod.key: node for pod, node in running.state.pods()}
    assert len(at) + len(found.placed.pending) == len(running.pods) + len(running.waiting)
    used = {node for key, node in at.items() if running.stays.get(key) != OF_THE_NODE}
    assert used == set(found.after)


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_nothing_better_can_be_reached(seed: int) -> None:
    """Where rules hold at the end as they do on the way, what is proven is what brute force over all orders finds."""
    running = Running(seed, simple=True)
    best = running.best()
    found = running.consolidated()
    assert_sound(running, found)
    assert value(running, found) >= best
    if found.placed.proven:
        assert value(running, found) == best


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_every_rule(seed: int) -> None:
    """Spread and affinity too: every step accepted, and never more nodes than now where nothing waits; nor dearer ones."""
    running = Running(seed, simple=False)
    nodes = consolidate(running.fresh(), [], running.stays, Limits(seconds=20))
    assert len(nodes.after) <= len(nodes.before)
    found = running.consolidated()
    assert_sound(running, found)
    if not running.waiting:
        assert sum(running.costs[n] for n in found.after) <= sum(running.costs[n] for n in found.before)


@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_without_moves_as_before(seed: int) -> None:
    """No move allowed: the answer of the placement that moves nothing."""
    running = Running(seed, simple=False)
    at_rest = place_on_nodes(running.fresh(), running.waiting, time_limit=5)
    found = running.consolidated(0)
    assert found.moves == 0
    assert (found.placed.order, found.placed.pending) == (at_rest.order, at_rest.pending)


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.integers(1, 2))
def test_no_more_moves_than_allowed(seed: int, most: int) -> None:
    """So many evictions at the most, and no worse than without any."""
    running = Running(seed, simple=False)
    at_rest = place_on_nodes(running.fresh(), running.waiting, time_limit=5)
    found = running.consolidated(most)
    assert_sound(running, found)
    assert found.moves <= most
    assert len(found.placed.pending) <= len(at_rest.pending)


def test_two_half_empty_nodes_become_one() -> None:
    """Four nodes with a pod of 1 CPU each: one suffices, by three moves."""
    state = cluster({f"n{k}": "{}" for k in range(4)}, [(f"n{k}", "{requests: {cpu: 1}}") for k in range(4)])
    found = consolidate(state, [], {f"default/e{k}": "" for k in range(4)})
    assert (len(found.before), len(found.after), found.moves, found.placed.proven) == (4, 1, 3, True)
    assert len(found.emptied) == 3


def test_room_for_a_pod_that_waits() -> None:
    """Two nodes with 2 CPU free each take a pod of 4 CPU once one of them is empty."""
    state = cluster({"a": "{}", "b": "{}"}, [("a", "{requests: {cpu: 2}}"), ("b", "{requests: {cpu: 2}}")])
    found = consolidate(state, [new_pod("{requests: {cpu: 4}}", "large")], {"default/e0": "", "default/e1": ""})
    assert not found.placed.pending
    assert (found.moves, found.placed.proven) == (1, True)
    assert [bool(step.origin) for step in found.steps] == [True, False]


def test_pods_that_stay() -> None:
    """A node is kept by a pod that may not move, and by one that the scheduler would not take again; not by its own."""
    nodes = {"a": "{}", "b": "{}", "c": "{taints: [{key: k, effect: NoSchedule}]}", "d": "{}"}
    state = cluster(nodes, [(name, "{requests: {cpu: 1}}") for name in nodes])
    stays = {"default/e0": "local storage", "default/e1": "", "default/e2": "", "default/e3": OF_THE_NODE}
    found = consolidate(state, [], stays)
    assert (found.before, found.after) == (("a", "b", "c"), ("a", "c"))
    assert found.staying == {"local storage": 1, OF_THE_NODE: 1, REFUSED: 1}


def test_full_nodes_cannot_exchange_pods() -> None:
    """Two pods that should change places: with a third node by a place in between, else neither moves."""
    pods = [("a", "{requests: {cpu: 4}}"), ("b", "{requests: {cpu: 3}}")]
    for names, moves, left in (("ab", 0, 2), ("abc", 3, 0)):
        state = cluster(dict.fromkeys(names, "{}"), pods)
        groups = [Group([(pod, node)], Counter("b" if node == "a" else "a")) for pod, node in state.pods()]
        found = migrate(state, groups)
        assert (len(found.steps), len(found.left)) == (moves, left)


def test_a_refused_step_is_not_shown() -> None:
    """Replay finds a pod that is not where it should be, and one that its node does not take."""
    state = cluster({"a": "{}", "b": "{}"}, [("a", "{requests: {cpu: 3}}"), ("b", "{requests: {cpu: 3}}")])
    [first, second] = [pod for pod, _ in state.pods()]
    for step in (Step(first, "b", "a"), Step(second, "b", "a")):
        with pytest.raises(RefusedPlanError, match="step 1"):
            replay(state, [step])
