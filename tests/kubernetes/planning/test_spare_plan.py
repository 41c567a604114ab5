"""Plans with spares against brute force: every failure is survived, nothing cheaper is missed that a bound forbids."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binpack.errors import InputError
from binpack.kubernetes.cluster_node import ClusterNode
from binpack.kubernetes.planning.failures import Spare, failures_of
from binpack.kubernetes.planning.node_class import HOSTNAME, ZONE, NodeClass, NodeType, node_classes
from binpack.kubernetes.planning.planner import NodePlan, plan_nodes
from binpack.kubernetes.planning.pod_sets import PodSet
from binpack.kubernetes.planning.spare_nodes import SpareNodes
from binpack.kubernetes.planning.spare_plan import SpareSearch, plan_with_spares
from binpack.kubernetes.planning.survival import Replays
from binpack.report.node_plan_survival import survival_lines
from tests.kubernetes.naive_planning import renamed
from tests.kubernetes.naive_survival import cheapest_surviving, survives
from tests.kubernetes.planning.small_workloads import (
    Object,
    draw_node,
    draw_sets,
    namespace_labels,
    node_class,
    pod_sets,
)
from tests.kubernetes.planning.test_rules import HOST, W, affinity, spread, term
from tests.kubernetes.small_clusters import pod

FOUR_CPU = NodeType("node", {"cpu": 4000, "memory": 1 << 33, "pods": 9})
SPARES: st.SearchStrategy[Spare] = st.sampled_from([1, "zone"])


def zoned_node(draw: random.Random, name: str, zone: str) -> Object:
    """A node in a zone of the cloud, which is its ``zone`` as well."""
    node = draw_node(draw, name, zone)
    node["metadata"]["labels"] |= {"zone": zone, ZONE: zone}
    return node


def copies(count: int, *texts: str) -> list[PodSet]:
    """A Deployment of so many copies for each pod."""
    return [PodSet(f"s{n}", "Deployment", count, pod(f"{{{text}}}").template) for n, text in enumerate(texts)]


def planned(sets: list[PodSet], spare: Spare, zones: str = "abc", **more: object) -> NodePlan:
    """A plan over nodes of 4 CPU."""
    return plan_with_spares(sets, node_classes([FOUR_CPU], zones), SpareSearch(spare, time_limit=5, **more))  # type: ignore[arg-type]


def by_name(plan: NodePlan, kinds: list[tuple[Object, int]], sets: list[tuple[Object, int]]) -> bool:
    """Does the plan survive by the naive filters?"""
    kind = {node["metadata"]["name"]: node for node, _ in kinds}
    nodes = [renamed(kind[n.of.node.name], n.node.name) for n in plan.nodes]
    counts = []
    for n in plan.nodes:
        on = Counter(pod.key.rpartition("-")[0] for pod in n.pods)
        counts.append(tuple(on[pods.key] for pods in plan.sets))
    assert plan.survival is not None
    return survives(nodes, tuple(counts), sets, plan.survival.spare, [node for node, _ in kinds])


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), SPARES)
def test_what_survives_is_no_dearer_than_proven(seed: int, spare: Spare) -> None:
    """Each failure leaves a cluster in which naive filters take every lost pod in some order; no plan is below brute force,
    and no bound above it."""
    draw = random.Random(seed)
    sets = draw_sets(draw, 3)
    kinds = [(zoned_node(draw, f"n{zone}", zone), draw.choice([2, 2, 3])) for zone in "ab"]
    search = SpareSearch(spare, namespaces=namespace_labels(), time_limit=5)
    plan = plan_with_spares(pod_sets(sets), [node_class(node, price) for node, price in kinds], search)
    if not plan.nodes:
        return
    assert plan.survival is not None
    assert not plan.accepted.refused
    names = {pods.key for pods in plan.sets}
    sets = [each for each, pods in zip(sets, pod_sets(sets), strict=True) if pods.key in names]
    best = cheapest_surviving(kinds, sets, spare, 4)
    assert plan.solution.cost is not None
    if not plan.survival.pending:
        assert by_name(plan, kinds, sets)
        assert best is None or (plan.solution.cost * plan.unit, len(plan.nodes)) >= best
    if best is not None and not plan.rules.stricter:
        assert plan.solution.cost_lower_bound * plan.unit <= best[0]
        assert len({price for _, price in kinds}) > 1 or plan.solution.lower_bound <= best[1]


@pytest.mark.parametrize(("spare", "nodes"), [(1, 5), (2, 6), ("zone", 6)])
def test_full_nodes(spare: Spare, nodes: int) -> None:
    """Four pods that fill a node each: one more node for each that may fail, half as many again for one zone of three."""
    plan = planned(copies(4, f"{W}, requests: {{cpu: 3}}"), spare)
    assert (len(plan.nodes), plan.solution.lower_bound, plan.solution.status) == (nodes, nodes, "optimal")
    assert plan.holds_all


def test_room_that_is_there_needs_no_spare() -> None:
    """Three nodes that a single pod each leaves half empty survive as they are."""
    plan = planned(copies(3, f"{W}, requests: {{cpu: 2}}"), 1, minimum_nodes=3)
    assert len(plan.nodes) == 3
    assert plan.solution.status == "optimal"


def test_an_empty_node_would_break_a_spread_over_hosts() -> None:
    """With one pod to a node more than on another, a spare node takes its part of the pods."""
    plan = planned(copies(6, f"{W}, requests: {{cpu: 1300m}}, {spread(key=HOST)}"), 1)
    assert plan.holds_all
    assert (len(plan.nodes), plan.solution.status) == (3, "optimal")
    assert sorted(len(n.pods) for n in plan.nodes) == [2, 2, 2]


def test_each_zone_of_a_spread_helps_itself() -> None:
    """Copies spread over zones come again in their own zone, as long as any node of it is left: a spare in each."""
    plan = planned(copies(6, f"{W}, requests: {{cpu: 3}}, {spread(key=ZONE)}"), 1)
    assert plan.holds_all
    assert (len(plan.nodes), plan.solution.status) == (9, "optimal")


def test_what_no_number_of_nodes_mends_is_named() -> None:
    """Copies that no two of share a zone, one in each: without a zone one of them waits, whatever else there is."""
    plan = planned(copies(3, f"{W}, {affinity('podAntiAffinity', term('w', ZONE))}"), "zone")
    assert plan.nodes
    assert plan.survival is not None
    assert not plan.holds_all
    assert {len(loss.pending) for loss in plan.survival.losses} == {1}
    assert plan.solution.status == "feasible"


def test_pods_of_one_zone_are_lost_with_it() -> None:
    """They are named with their zone, and no node is added for them."""
    fixed = f"labels: {{app: db}}, requests: {{cpu: 3}}, nodeSelector: {{{ZONE}: a}}"
    plan = planned(copies(1, fixed, f"{W}, requests: {{cpu: 3}}"), "zone")
    assert plan.survival is not None
    assert plan.holds_all
    named = {loss.lost: [pod.key for pod in loss.excepted] for loss in plan.survival.losses}
    assert named.pop("zone a") == ["default/s0-0"]
    assert not any(named.values())
    assert len(plan.nodes) == 3


def test_a_volume_keeps_a_pod_in_its_zone() -> None:
    """A pod whose volume is where it first stood comes again in that zone if its node fails, and not if its zone does."""
    sets = copies(3, f"{W}, requests: {{cpu: 3}}")
    zonal = frozenset(sets[0].pod(n).key for n in range(3))
    by_node = planned(sets, 1, zonal=zonal)
    zones = Counter(n.node.labels[ZONE] for n in by_node.nodes)
    held = {n.node.labels[ZONE] for n in by_node.nodes if n.pods}
    assert by_node.holds_all
    assert all(zones[zone] > sum(bool(n.pods) for n in by_node.nodes if n.node.labels[ZONE] == zone) for zone in held)
    by_zone = planned(sets, "zone", zonal=zonal)
    assert by_zone.survival is not None
    assert sum(len(loss.excepted) for loss in by_zone.survival.losses) == 3
    assert len(by_zone.nodes) == 3


def test_equal_nodes_fail_once() -> None:
    """Three equal nodes and another one: a single one fails in two ways, two of them in two more."""
    plan = planned(copies(4, f"{W}, requests: {{cpu: 3}}"), 1, zones="a")
    nodes = [*plan.nodes[:3], next(n for n in plan.nodes if not n.pods)]
    assert [len(failures_of(nodes, count)) for count in (1, 2)] == [2, 4]
    assert len(failures_of(nodes, "zone")) == 1


def test_one_zone_cannot_be_spared() -> None:
    """There is no other."""
    with pytest.raises(InputError, match="two zones at least"):
        planned(copies(1, W), "zone", zones="a")


def test_spares_are_of_no_further_type() -> None:
    """A large and a small type, of which one at most may be used: the spare is of that one."""
    small = NodeType("small", {"cpu": 1000, "memory": 1 << 33, "pods": 9}, 2)
    large = NodeType("large", {"cpu": 3000, "memory": 1 << 33, "pods": 9}, 5)
    sets = copies(1, f"{W}, requests: {{cpu: 3}}", "labels: {app: s}, requests: {cpu: 1}")
    classes = node_classes([small, large], "ab")
    types = {}
    for most in (None, 1):
        plan = plan_with_spares(sets, classes, SpareSearch("zone", most_types=most, time_limit=4))
        assert plan.holds_all
        types[most] = {n.of.type_name for n in plan.nodes}
    assert types == {None: {"small", "large"}, 1: {"large"}}


def test_a_limited_class_is_not_exceeded() -> None:
    """Of nodes of which there are two there is no third; then pods are left, and named."""
    labels = {HOSTNAME: "n", ZONE: "a"}
    few = NodeClass(ClusterNode("n", {"cpu": 4000, "memory": 1 << 33, "pods": 9}, labels), "node", available=2)
    plan = plan_with_spares(copies(2, f"{W}, requests: {{cpu: 3}}"), [few], SpareSearch(1, time_limit=2))
    assert len(plan.nodes) == 2
    assert not plan.holds_all


@pytest.mark.parametrize("spare", [1, 2])
def test_without_time_to_mend_each_class_has_its_spares(spare: int) -> None:
    """Full nodes of a small and of a large type: empty ones of the large type alone take over from both."""
    small = NodeType("small", {"cpu": 1000, "memory": 1 << 33, "pods": 9}, 2)
    large = NodeType("large", {"cpu": 3000, "memory": 1 << 33, "pods": 9}, 5)
    sets = copies(2, f"{W}, requests: {{cpu: 3}}", "labels: {app: s}, requests: {cpu: 1}")
    classes = node_classes([small, large], "a")
    first = plan_nodes(sets, classes, time_limit=2)
    replays = Replays(sets, classes)
    nodes = SpareNodes(first, replays, spare).mended(first.nodes, -inf)
    more = Counter(n.of.type_name for n in nodes) - Counter(n.of.type_name for n in first.nodes)
    assert more == {"large": spare}
    assert replays.survival(nodes, spare, 0.0, inf).holds


def test_what_is_not_replayed_is_not_survived() -> None:
    """Two ways to fail and time for one of them: the plan does not hold, though nothing was found against it."""
    plan = planned(copies(4, f"{W}, requests: {{cpu: 3}}"), 1, zones="a")
    classes = node_classes([FOUR_CPU], "a")
    survival = Replays(plan.sets, classes).survival(plan.nodes, 1, 0.0, -inf)
    assert (len(survival.losses), survival.failures, survival.pending) == (1, 2, ())
    assert not replace(plan, survival=survival).holds_all
    assert (
        "not known to survive the loss of any one node (1 of 2 failures replayed)" in survival_lines(survival, 120)[0]
    )
