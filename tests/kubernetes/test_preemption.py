"""Preemption against a slow plain version on random small clusters, and cases of which the documentation speaks."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.kubernetes.instance import document
from binpack.kubernetes.cluster_node import read_cluster_node
from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.filters.default_profile import filter_nodes
from binpack.kubernetes.pod import Pod, read_pod
from binpack.kubernetes.preemption import Victims, dry_run, preemption
from binpack.kubernetes.simulation import simulate
from tests.kubernetes import naive_preemption as naive
from tests.kubernetes.budget_objects import Object, allowing, budget, read_budgets
from tests.kubernetes.own_cases import cluster_of
from tests.kubernetes.planning.small_workloads import APPS, draw_node, draw_pod, named, namespace_labels
from tests.kubernetes.small_clusters import cluster, pod, silent


class Drawn:
    """Nodes, pods of several priorities and ages wherever chance puts them, budgets, and a pod that comes."""

    def __init__(self, seed: int) -> None:
        draw = random.Random(seed)
        self.nodes = [draw_node(draw, f"n{number}") for number in range(draw.randint(1, 4))]
        self.standing = [self._standing(draw, number) for number in range(draw.randint(1, 9))]
        self.budgets = [draw_budget(draw, number) for number in range(draw.randint(0, 3))]
        self.incoming = named(draw_pod(draw, draw.choice(APPS), rules=0.4), "p")
        self.incoming["spec"]["priority"] = draw.choice([3, 5, 5, 5])
        if draw.random() < 0.1:
            self.incoming["spec"]["preemptionPolicy"] = "Never"

    def _standing(self, draw: random.Random, number: int) -> Object:
        found = named(draw_pod(draw, draw.choice(APPS), rules=0.3), f"e{number}")
        found["spec"]["priority"] = draw.choice([-1, 0, 3, 4, 9])
        found["spec"]["nodeName"] = draw.choice(self.nodes)["metadata"]["name"]
        if draw.random() < 0.8:
            found["status"] = {"startTime": f"2026-01-0{draw.randint(1, 3)}T00:00:00Z"}
        return found

    def state(self) -> ClusterState:
        state = ClusterState([read_cluster_node(document(n), silent) for n in self.nodes], namespace_labels())
        for item in self.standing:
            state.add(read_pod(document(item), silent), item["spec"]["nodeName"])
        return state


def draw_budget(draw: random.Random, number: int) -> Object:
    """A PodDisruptionBudget with a status; one without labels covers nothing here."""
    labels = draw.choice([{"app": app} for app in APPS] + [{}])
    namespace, allowed = draw.choice(["default", "default", "b"]), draw.choice([0, 0, 1])
    return budget(f"b{number}", namespace, {"disruptionsAllowed": allowed}, selector={"matchLabels": labels})


@given(st.integers(0, 2**32))
def test_the_rule(seed: int) -> None:
    """On every node the victims, how many break a budget, and the node chosen; the state is left as it was."""
    drawn = Drawn(seed)
    state, incoming = drawn.state(), read_pod(document(drawn.incoming), silent)
    budgets = read_budgets(drawn.budgets)
    refusals = filter_nodes(state, incoming)
    before = {p.key: n for p, n in state.pods()}
    slow = cluster_of(drawn.nodes, drawn.standing)
    found = dry_run(state, incoming, refusals, budgets)
    for node, refusal in zip(drawn.nodes, refusals, strict=True):
        if refusal is not None:
            entry = found.get(node["metadata"]["name"])
            victims = ([p.key for p in entry.pods], entry.violations) if isinstance(entry, Victims) else None
            assert victims == naive.victims_on(slow, drawn.incoming, node, drawn.budgets)
    if None not in refusals:
        chosen = preemption(state, incoming, budgets)
        expected = naive.chosen(slow, drawn.incoming, drawn.budgets)
        assert (chosen and (chosen[0], ([p.key for p in chosen[1].pods], chosen[1].violations))) == expected
    assert {p.key: n for p, n in state.pods()} == before
    assert filter_nodes(state, incoming) == refusals


@given(st.integers(0, 2**32))
def test_the_simulation_preempts(seed: int) -> None:
    """Only where the pod fits nowhere; it stands where the rule says, and its victims are gone."""
    drawn = Drawn(seed)
    state, incoming = drawn.state(), read_pod(document(drawn.incoming), silent)
    budgets = read_budgets(drawn.budgets)
    fits, chosen = None in filter_nodes(state, incoming), preemption(state, incoming, budgets)
    [placed] = simulate(state, [incoming], budgets=budgets)
    if fits or chosen is None:
        assert not placed.evicted
        assert (placed.node is None) == (not fits)
    else:
        assert (placed.node, placed.evicted) == (chosen[0], chosen[1].pods)
    gone = {victim.key for victim in placed.evicted}
    assert {p.key for p, _ in state.pods()} - {incoming.key} == {naive.name(p) for p in drawn.standing} - gone


def big(priority: int, more: str = "") -> Pod:
    """A pod that takes a node of 4 CPU for itself."""
    return pod(f"{{priority: {priority}, requests: {{cpu: 4}}{more}}}", f"big-{priority}")


def low(priority: int, cpu: str = "1", labels: str = "{}") -> str:
    """A pod in place."""
    return f"{{priority: {priority}, labels: {labels}, requests: {{cpu: {cpu}}}}}"


def evicted(pods: list[tuple[str, str]], incoming: Pod, *budgets: Object) -> tuple[str, list[str]] | None:
    """The node and the victims on nodes a, b ... of 4 CPU."""
    state = cluster(dict.fromkeys(sorted({node for node, _ in pods}), "{}"), pods)
    found = preemption(state, incoming, read_budgets(budgets))
    return found and (found[0], [victim.name for victim in found[1].pods])


@pytest.mark.parametrize(
    ("pods", "expected"),
    [
        (
            [("a", low(3)), ("b", low(2, "4")), ("b", low(2, "0"))],
            ("b", ["e1"]),
        ),  # the lowest of the highest priorities
        ([("a", low(2)), ("a", low(1)), ("b", low(2))], ("b", ["e2"])),  # the smallest sum
        ([("a", low(-5)), ("a", low(-5)), ("b", low(-5))], ("b", ["e2"])),  # which counts from the lowest there is
        ([("a", low(2)), ("b", low(2))], ("a", ["e0"])),  # all equal: the first
        ([("a", low(9)), ("b", low(5))], None),  # nobody of lower priority
    ],
)
def test_which_node(pods: list[tuple[str, str]], expected: tuple[str, list[str]] | None) -> None:
    """Of nodes that differ in one thing each the one that the scheduler chooses."""
    assert evicted(pods, big(5)) == expected


def test_only_who_is_in_the_way() -> None:
    """The more important pods are spared first: of four with one CPU each a pod with two CPU pushes out the two lowest."""
    pods = [("a", low(priority)) for priority in (1, 3, 2, 4)]
    assert evicted(pods, pod("{priority: 9, requests: {cpu: 2}}")) == ("a", ["e2", "e0"])


def test_budgets_are_kept_where_they_can_be() -> None:
    """A pod whose eviction breaks its budget is spared before a more important one; a budget with room changes nothing."""
    pods = [("a", low(1, labels="{app: w}")), ("a", low(2, "3"))]
    taking = pod("{priority: 9, requests: {cpu: 1}}")
    assert evicted(pods, taking, allowing("w", 1)) == ("a", ["e0"])
    assert evicted(pods, taking, allowing("w", 0)) == ("a", ["e1"])
    assert evicted(pods, taking, allowing("w", 0, disruptedPods={"e0": "2026-01-01T00:00:00Z"})) == ("a", ["e0"])
    assert evicted(pods, big(9), allowing("w", 0)) == ("a", ["e1", "e0"])  # budgets are not promised to be kept


def test_the_one_that_runs_longest_is_spared() -> None:
    """Of equal priority the pod that started first stays, and of equal nodes the one whose pod started last is chosen."""
    state = cluster({"a": "{}", "b": "{}"})
    for name, node, start in (("old", "a", 100), ("young", "a", 200), ("middle", "b", 150), ("new", "b", None)):
        template = pod(low(1, "2")).template
        state.add(Pod(name, template, started=start), node)
    found = preemption(state, pod("{priority: 5, requests: {cpu: 2}}"), ())
    assert found is not None
    assert (found[0], [victim.name for victim in found[1].pods]) == ("b", ["new"])
    state.remove("default/new")
    state.add(pod("{priority: 9, requests: {cpu: 2}}", "high"), "b")
    found = preemption(state, pod("{priority: 5, requests: {cpu: 2}}"), ())
    assert found is not None
    assert (found[0], [victim.name for victim in found[1].pods]) == ("a", ["young"])


def test_who_never_preempts() -> None:
    """With ``preemptionPolicy: Never`` a pod waits; so does one that only pods of another node keep away."""
    assert evicted([("a", low(0))], big(5, ", preemptionPolicy: Never")) is None
    term = "{topologyKey: zone, labelSelector: {matchLabels: {app: w}}}"
    required = "requiredDuringSchedulingIgnoredDuringExecution"
    apart = f"affinity: {{podAntiAffinity: {{{required}: [{term}]}}}}"
    nodes = {"a": "{labels: {zone: z}}", "b": "{labels: {zone: z}, unschedulable: true}"}
    state = cluster(nodes, [("b", low(0, labels="{app: w}")), ("a", low(0))])
    assert preemption(state, pod(f"{{priority: 5, {apart}}}"), ()) is None


def test_one_eviction_after_the_other() -> None:
    """Budgets are charged by what went before: the second pod takes the node whose pod has no budget left to break."""
    pods = [("a", low(0, "4", "{app: w}")), ("b", low(0, "4", "{app: w}")), ("c", low(1, "4"))]
    state = cluster(dict.fromkeys("abc", "{}"), pods)
    waiting = [pod("{priority: 5, requests: {cpu: 4}}", f"p{n}") for n in range(4)]
    placed = simulate(state, waiting, budgets=read_budgets([allowing("w", 1)]))
    assert [(p.node, [v.name for v in p.evicted]) for p in placed] == [
        ("a", ["e0"]), ("c", ["e2"]), ("b", ["e1"]), (None, []),
    ]  # fmt: skip
    assert placed[-1].reasons == {"Insufficient cpu": 3}
