"""Plans of new nodes against brute force over every order that the scheduler could take."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from binpack.kubernetes.planning.planner import NodePlan, plan_nodes
from tests.kubernetes.naive_filters import admits, untolerated
from tests.kubernetes.naive_planning import cheapest_nodes
from tests.kubernetes.planning.small_workloads import (
    Object,
    draw_node,
    draw_pod,
    draw_sets,
    named,
    namespace_labels,
    node_class,
    pod_sets,
)

SEEDS = st.integers(0, 2**32)


def draw_classes(draw: random.Random) -> list[Object]:
    return [draw_node(draw, f"n{number}") for number in range(draw.randint(1, 3))]


def planned(
    sets: list[tuple[Object, int]], classes: list[tuple[Object, int]], minimum: int, daemons: list[Object] | None = None
) -> NodePlan:
    return plan_nodes(
        pod_sets(sets, daemons),
        [node_class(node, price) for node, price in classes],
        minimum_nodes=minimum,
        namespaces=namespace_labels(),
        time_limit=20,
    )


def assert_minimal(plan: NodePlan, best: tuple[int, int] | None) -> None:
    """What is planned the scheduler can do, so nothing is below brute force; without stricter rules nothing is above."""
    assert not plan.accepted.refused
    if plan.solution.bins is None:
        assert plan.solution.status == "infeasible"
        assert best is None or plan.rules.stricter
        return
    value = (plan.solution.cost * plan.unit, plan.solution.bins)
    assert best is not None
    assert value >= best
    if not plan.rules.stricter:
        assert plan.solution.status == "optimal"
        assert value == best


def kept(plan: NodePlan, sets: list[tuple[Object, int]]) -> list[tuple[Object, int]]:
    """The sets that the plan has not left out."""
    names = {pods.key for pods in plan.sets}
    return [each for each, pods in zip(sets, pod_sets(sets), strict=True) if pods.key in names]


@settings(max_examples=60)
@given(SEEDS)
def test_fewest_nodes(seed: int) -> None:
    """Nodes of one price: as few as any order of pods admits; every pod is placed once and accepted."""
    draw = random.Random(seed)
    sets, minimum = draw_sets(draw, 4), draw.choice([0, 0, 2])
    classes = [(node, 1) for node in draw_classes(draw)]
    plan = planned(sets, classes, minimum)
    if plan.unplaced and not plan.rules.stricter:
        assert cheapest_nodes(classes, sets, 0, sum(n for _, n in sets)) is None
    sets = kept(plan, sets)
    assert_minimal(plan, cheapest_nodes(classes, sets, minimum, max(minimum, sum(n for _, n in sets))))
    if plan.solution.bins is not None:
        assert len(plan.nodes) == plan.solution.bins >= minimum
        assert len({pod.key for pod, _ in plan.accepted.order}) == sum(n for _, n in sets) == len(plan.accepted.order)


@settings(max_examples=40)
@given(SEEDS)
def test_lowest_cost(seed: int) -> None:
    """Nodes of two prices: cost comes first, then number."""
    draw = random.Random(seed)
    sets = draw_sets(draw, 4)
    classes = [(node, draw.choice([2, 3])) for node in draw_classes(draw)]
    plan = planned(sets, classes, 0)
    sets = kept(plan, sets)
    assert_minimal(plan, cheapest_nodes(classes, sets, 0, sum(n for _, n in sets)))


@settings(max_examples=60)
@given(SEEDS)
def test_spread_that_counts_others(seed: int) -> None:
    """Rules that hold at the end are never weaker than the scheduler's: every plan is accepted, pod by pod."""
    draw = random.Random(seed)
    plan = planned(draw_sets(draw, 6, own_spread=False), [(node, 1) for node in draw_classes(draw)], 0)
    assert not plan.accepted.refused
    assert plan.solution.status in ("optimal", "infeasible")


@settings(max_examples=40)
@given(SEEDS)
def test_daemons(seed: int) -> None:
    """Each daemon is on every node that its node affinity and tolerations admit, and on no other."""
    draw = random.Random(seed)
    daemons = [draw_pod(draw, "daemon", rules=0) for _ in range(2)]
    for daemon in daemons:
        daemon["spec"] |= {"nodeSelector": {"disk": "ssd"}} if draw.random() < 0.5 else {}
        daemon["spec"] |= {"tolerations": [{"operator": "Exists"}]} if draw.random() < 0.5 else {}
    classes = draw_classes(draw)
    plan = planned(draw_sets(draw, 4), [(node, 1) for node in classes], 0, daemons)
    assert not plan.accepted.refused
    objects = {node["metadata"]["name"]: node for node in classes}
    for node in plan.nodes:
        wanted = {
            f"d{n}-"
            for n, daemon in enumerate(daemons)
            if admits(daemon["spec"], objects[node.of.node.name])
            and untolerated(named(daemon, "d"), objects[node.of.node.name]) is None
        }
        assert {pod.name[:3] for pod in node.pods if pod.name[0] == "d"} == wanted
