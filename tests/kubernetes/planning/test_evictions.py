"""Placement with evictions against brute force: every set of pods that may go, and every order of the others."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from bench.kubernetes.instance import document
from binpack.kubernetes.cluster_node import read_cluster_node
from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.filters.default_profile import feasible_nodes, filter_nodes
from binpack.kubernetes.planning.evictions import place_with_evictions
from binpack.kubernetes.planning.given_nodes import Placed
from binpack.kubernetes.pod import read_pod
from tests.kubernetes import naive_preemption as naive
from tests.kubernetes.budget_objects import Object, allowing, read_budgets
from tests.kubernetes.naive_planning import Search
from tests.kubernetes.planning.small_workloads import APPS, draw_node, draw_pod, draw_sets, named, namespace_labels
from tests.kubernetes.small_clusters import cluster, pod, silent
from tests.kubernetes.test_preemption import draw_budget, low


class Drawn:
    """Nodes with pods of several priorities, budgets, and sets that wait, some of which may push out none."""

    def __init__(self, seed: int) -> None:
        draw = random.Random(seed)
        self.nodes = [draw_node(draw, f"n{number}") for number in range(draw.randint(1, 3))]
        self.standing: list[Object] = []
        for number in range(draw.randint(1, 5)):
            self.standing.append(self._standing(draw, number))
        self.budgets = [draw_budget(draw, number) for number in range(draw.randint(0, 2))]
        self.sets = draw_sets(draw, 3)
        for item, _ in self.sets:
            item["spec"]["priority"] = draw.choice([0, 3, 5])
            if draw.random() < 0.1:
                item["spec"]["preemptionPolicy"] = "Never"
        self.waiting = [
            read_pod(document(named(item, f"s{number}-{copy}")), silent)
            for number, (item, copies) in enumerate(self.sets)
            for copy in range(copies)
        ]

    def _standing(self, draw: random.Random, number: int) -> Object:
        """A pod, as a rule where it fits."""
        found = named(draw_pod(draw, draw.choice([*APPS, "x", "y", "z"]), rules=0.15), f"e{number}")
        found["spec"]["priority"] = draw.choice([-1, 0, 0, 3, 4, 9])
        state = self.state()
        fitting = [state.nodes[k].name for k in feasible_nodes(state, read_pod(document(found), silent)).nonzero()[0]]
        names = [node.name for node in state.nodes]
        found["spec"]["nodeName"] = draw.choice(fitting if fitting and draw.random() < 0.95 else names)
        return found

    def state(self, gone: Sequence[str] = ()) -> ClusterState:
        """The cluster without some of its pods."""
        state = ClusterState([read_cluster_node(document(n), silent) for n in self.nodes], namespace_labels())
        for item in self.standing:
            if naive.name(item) not in gone:
                state.add(read_pod(document(item), silent), item["spec"]["nodeName"])
        return state

    def levels(self) -> list[int]:
        """Priorities of the waiting pods that may preempt, the highest first."""
        able = [item["spec"] for item, _ in self.sets if item["spec"].get("preemptionPolicy") != "Never"]
        return sorted({spec["priority"] for spec in able}, reverse=True)

    def lost(self, pending: Sequence[int], gone: Sequence[Object]) -> list[int]:
        """Losses from the most important on. pending : pods of each set that wait on."""
        breaking = naive.violating(naive.by_importance(gone), self.budgets)
        levels, found = self.levels(), []
        for level in (5, 3, 0):
            found.append(
                sum(n for n, (item, _) in zip(pending, self.sets, strict=True) if naive.priority(item) == level)
            )
            below = max((other for other in levels if other < level), default=-9)
            for broken in (True, False):
                part = [naive.priority(p) for p in gone if any(p is b for b in breaking) == broken]
                ranks = range(level - 1, below - 1, -1) if level in levels else ()
                found += [part.count(rank) for rank in ranks]
        return found

    def best(self) -> list[int]:
        """The least that can be lost."""
        found = []
        for gone in self._subsets():
            left = [item for item in self.standing if not any(item is g for g in gone)]
            for state in Search(self.nodes, left, self.sets).reachable():
                placed = [sum(on[s] for on in state) for s in range(len(self.sets))]
                pending = [copies - n for (_, copies), n in zip(self.sets, placed, strict=True)]
                found.append(self.lost(pending, gone))
        return min(found)

    def _subsets(self) -> Iterator[tuple[Object, ...]]:
        highest = max(self.levels(), default=-(10**9))
        lower = [item for item in self.standing if naive.priority(item) < highest]
        for size in range(len(lower) + 1):
            yield from combinations(lower, size)


def place(drawn: Drawn) -> tuple[Placed, ClusterState]:
    state = drawn.state()
    budgets = read_budgets(drawn.budgets)
    return place_with_evictions(state, drawn.waiting, budgets=budgets, time_limit=20), state


def assert_accepted(drawn: Drawn, placed: Placed, state: ClusterState) -> None:
    """Without the evicted pods the filters accept each at its moment; the state holds them, and nothing pending fits."""
    gone = [each.pod.key for each in placed.evicted]
    fresh = drawn.state(gone)
    for each, node in placed.order:
        assert filter_nodes(fresh, each)[fresh.index[node]] is None
        fresh.add(each, node)
    assert {p.key: n for p, n in fresh.pods()} == {p.key: n for p, n in state.pods()}
    assert len(placed.order) + len(placed.pending) == len(drawn.waiting)
    for each, reasons in placed.pending:
        assert reasons
        assert not feasible_nodes(state, each).any()


@settings(max_examples=80)
@given(st.integers(0, 2**32))
def test_the_least_is_lost(seed: int) -> None:
    """Never less than brute force finds, and as much where it is proven; nothing goes but for more important pods."""
    drawn = Drawn(seed)
    placed, state = place(drawn)
    assert_accepted(drawn, placed, state)
    gone = [item for item in drawn.standing if naive.name(item) in {each.pod.key for each in placed.evicted}]
    pending = Counter(p.name.rpartition("-")[0] for p, _ in placed.pending)
    found = drawn.lost([pending[f"s{n}"] for n in range(len(drawn.sets))], gone)
    best = drawn.best()
    assert found >= best
    if placed.proven and all(p.template.preempts for p, _ in placed.pending):
        assert found == best
    assert all(each.pod.template.priority < max(drawn.levels()) for each in placed.evicted)


APART = (
    "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: "
    "[{topologyKey: zone, labelSelector: {matchLabels: {app: w}}}]}}"
)


def went(placed: Placed) -> list[tuple[str, str, bool]]:
    """Who goes from where, and whether that breaks a budget."""
    return [(each.pod.name, each.node, each.breaks_budget) for each in placed.evicted]


def test_nothing_goes_where_there_is_room() -> None:
    """A pod of high priority takes the node that is free, though no eviction would make it wait for one."""
    state = cluster({"a": "{}", "b": "{}"}, [("a", low(0, "4"))])
    placed = place_with_evictions(state, [pod("{priority: 9, requests: {cpu: 4}}")])
    assert [(p.name, node) for p, node in placed.order] == [("p", "b")]
    assert not placed.evicted


def test_pods_of_two_nodes_for_one() -> None:
    """Pods on two nodes of a zone keep the pod away: the scheduler, which evicts from one node alone, leaves it pending."""
    labels = "{labels: {zone: z}}"
    state = cluster({"a": labels, "b": labels}, [(node, low(0, labels="{app: w}")) for node in "ab"])
    placed = place_with_evictions(state, [pod(f"{{priority: 5, requests: {{cpu: 1}}, {APART}}}")])
    assert [(each.node, each.evicted) for each in placed.by_scheduler] == [(None, ())]
    assert went(placed) == [("e0", "a", False), ("e1", "b", False)]
    assert placed.proven


def test_waiting_pods_make_room_first() -> None:
    """The scheduler puts the small pod on the emptier node and evicts for the large one; together they need no eviction."""
    state = cluster({"a": "{}", "b": "{allocatable: {cpu: 2}}"}, [("a", low(0, "1")), ("b", low(9, "1"))])
    waiting = [pod("{priority: 5, requests: {cpu: 1}}", "small"), pod("{priority: 5, requests: {cpu: 3}}", "large")]
    placed = place_with_evictions(state, waiting)
    assert [v.name for each in placed.by_scheduler for v in each.evicted] == ["e0"]
    assert not placed.pending
    assert not placed.evicted


def test_nobody_goes_for_the_less_important() -> None:
    """One pod must go for the pod of priority 5. That of priority 3 has room for another one that waits, of priority 1;
    that of priority 0 goes, and the other one waits on."""
    nodes = {"a": "{}", "b": "{allocatable: {cpu: 1}}"}
    state = cluster(nodes, [("a", low(3, "4")), ("b", low(0, "1"))])
    waiting = [pod("{priority: 5, requests: {cpu: 1}}", "p5"), pod("{priority: 1, requests: {cpu: 3}}", "p1")]
    placed = place_with_evictions(state, waiting)
    assert went(placed) == [("e1", "b", False)]
    assert [(p.name, node) for p, node in placed.order] == [("p5", "b")]
    assert placed.proven


def test_who_never_preempts() -> None:
    """It takes what is free, by its priority, and nobody goes for it."""
    state = cluster({"a": "{}", "b": "{}"}, [("b", low(0, "4"))])
    never = [pod("{priority: 5, preemptionPolicy: Never, requests: {cpu: 4}}", f"never-{n}") for n in range(2)]
    placed = place_with_evictions(state, [*never, pod("{priority: 3, requests: {cpu: 4}}", "able")])
    assert sorted(p.name for p, _ in placed.order) == ["able", "never-0"]
    assert went(placed) == [("e0", "b", False)]
    state = cluster({"b": "{}"}, [("b", low(0, "4"))])
    assert len(place_with_evictions(state, never).pending) == 2


def test_budgets_first() -> None:
    """Two pods without a budget go before one of which the budget allows none to go; of a budget that allows one, one."""
    pods = [("a", low(0, "4", "{app: w}")), ("b", low(0, "2")), ("b", low(0, "2"))]
    waiting = [pod("{priority: 5, requests: {cpu: 4}}")]
    for allowed, expected in ((0, [("e1", "b", False), ("e2", "b", False)]), (1, [("e0", "a", False)])):
        budgets = read_budgets([allowing("w", allowed)])
        placed = place_with_evictions(cluster({"a": "{}", "b": "{}"}, pods), waiting, budgets=budgets)
        assert went(placed) == expected
        assert placed.proven
    pods = [(node, low(0, "4", "{app: w}")) for node in "abc"]
    waiting = [pod("{priority: 5, requests: {cpu: 4}}", f"p{n}") for n in range(2)]
    state = cluster(dict.fromkeys("abc", "{}"), pods)
    placed = place_with_evictions(state, waiting, budgets=read_budgets([allowing("w", 1)]))
    assert [broken for _, _, broken in went(placed)] == [False, True]
    assert placed.proven
