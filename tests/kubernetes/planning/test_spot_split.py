"""Spot nodes planned apart from the others: every copy packed once, all rules kept, and never dearer for it."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
from binpack_solvers.check import violations
from binpack_solvers.portfolio import solve
from binpack_solvers.problem import Problem
from hypothesis import given, settings
from hypothesis import strategies as st

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.planning.model import Bins, problem_of
from binpack.kubernetes.planning.node_class import NodeClass, NodeType, node_classes
from binpack.kubernetes.planning.planner import plan_nodes
from binpack.kubernetes.planning.pod_sets import PodSet
from binpack.kubernetes.planning.rules import rules_between
from binpack.kubernetes.planning.spot import split_for_spot, spot_classes
from binpack.kubernetes.planning.spot_nodes import is_spot, spot_taint
from binpack.kubernetes.planning.spot_split import apart
from tests.kubernetes.planning.small_workloads import draw_sets, pod_sets
from tests.kubernetes.small_clusters import pod

GIB = 1 << 30
TAINT = spot_taint(["aws"])
TYPES = [
    NodeType("small", {"cpu": 4000, "memory": 8 * GIB, "pods": 20}, 10),
    NodeType("large", {"cpu": 16_000, "memory": 64 * GIB, "pods": 60}, 36),
]
ON_DEMAND = node_classes(TYPES, "ab")
SPOT = spot_classes([NodeClass(c.node, c.type_name, c.price * 3 // 10) for c in ON_DEMAND], TAINT)
CLASSES = [*ON_DEMAND, *SPOT]
IS_SPOT = np.array([is_spot(c.node) for c in CLASSES], np.bool_)


def problem_for(sets: tuple[PodSet, ...]) -> Problem:
    state = ClusterState([c.node for c in CLASSES])
    bins = Bins([dict(c.node.allocatable) for c in CLASSES], [c.price for c in CLASSES], [-1] * len(CLASSES))
    return problem_of(sets, state, bins, rules_between(sets, state, given=False))


@settings(max_examples=40)
@given(st.integers(0, 2**32))
def test_both_parts_together(seed: int) -> None:
    """All copies stand once and every rule of the whole is kept, or there is no such packing; those that may not stand on
    spot nodes do not, and the others do."""
    sets = split_for_spot(pod_sets(draw_sets(random.Random(seed), 9)), Fraction(1, 2), TAINT)
    problem = problem_for(sets)
    packing = apart(problem, IS_SPOT, lambda part: solve(part, "auto", 5).packing)
    if packing is not None:
        assert not violations(problem, packing)
        assert np.array_equal(packing.placed(problem.item_types), problem.demands)
        for k, content, _ in packing.patterns:
            assert all(sets[i].name.endswith(".spot") == IS_SPOT[k] for i in content if i < len(sets))


def test_one_part_alone_is_no_split() -> None:
    """Where all copies may stand on spot nodes, or none, there is nothing to plan apart."""
    sets = (PodSet("web", "Deployment", 4, pod("{requests: {cpu: 1}}").template),)
    for share in (Fraction(0), Fraction(1)):
        assert apart(problem_for(split_for_spot(sets, share, TAINT)), IS_SPOT, lambda part: None) is None


def test_no_dearer_than_two_plans() -> None:
    """Many workloads, half of each on spot nodes: the plan costs no more than both halves planned by themselves."""
    draw = random.Random(3)
    sets = tuple(
        PodSet(
            f"s{n}", "Deployment", draw.choice([2, 4, 6]), pod(f"{{requests: {{cpu: {cpu}m, memory: 512Mi}}}}").template
        )
        for n, cpu in enumerate(draw.choices([100, 250, 300, 700, 1100], k=40))
    )
    divided = split_for_spot(sets, Fraction(1, 2), TAINT)
    halves = [
        plan_nodes([pods for pods in divided if pods.name.endswith(".spot") == spot], classes, time_limit=2)
        for spot, classes in ((False, ON_DEMAND), (True, SPOT))
    ]
    both = plan_nodes(divided, CLASSES, time_limit=20)
    assert not both.accepted.refused
    prices = [sum(node.of.price for node in plan.nodes) for plan in (*halves, both)]
    assert prices[2] <= prices[0] + prices[1]
