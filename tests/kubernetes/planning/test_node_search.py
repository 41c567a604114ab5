"""Plans of few types of nodes."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from binpack.kubernetes.planning.node_class import NodeClass, NodeType, node_classes
from binpack.kubernetes.planning.planner import plan_nodes
from binpack.kubernetes.planning.pod_sets import PodSet
from tests.kubernetes.planning.small_workloads import draw_node, draw_sets, namespace_labels, node_class, pod_sets
from tests.kubernetes.planning.test_rules import W
from tests.kubernetes.small_clusters import pod

GIB = 1 << 30
TYPES = [
    NodeType("cpu", {"cpu": 8000, "memory": 8 * GIB, "pods": 9}, 4),
    NodeType("memory", {"cpu": 2000, "memory": 32 * GIB, "pods": 9}, 4),
    NodeType("both", {"cpu": 8000, "memory": 32 * GIB, "pods": 9}, 9),
]
CLASSES = node_classes(TYPES, "abc")


def sets_of(*requests: str, copies: int = 4) -> list[PodSet]:
    templates = [pod(f"{{{W}, requests: {{{text}}}}}").template for text in requests]
    return [PodSet(f"s{n}", "Deployment", copies, template) for n, template in enumerate(templates)]


def test_at_most_so_many_types() -> None:
    """Two types are cheapest, neither of which takes both sets; one that does costs more. The bound stays that of all."""
    sets = sets_of("cpu: 6, memory: 1Gi", "cpu: 1, memory: 24Gi")
    best, single = plan_nodes(sets, CLASSES), plan_nodes(sets, CLASSES, most_types=1)
    assert {node.of.type_name for node in best.nodes} == {"cpu", "memory"}
    assert (best.solution.status, best.solution.cost) == ("optimal", 32)
    assert {node.of.type_name for node in single.nodes} == {"both"}
    assert (single.solution.status, single.solution.cost, single.solution.cost_lower_bound) == ("feasible", 36, 32)


@settings(max_examples=40)
@given(st.integers(0, 2**32), st.integers(1, 3))
def test_never_more_types_where_fewer_do(seed: int, most: int) -> None:
    """No more types than asked for, unless no plan of those kept was found; never below the cost with all of them."""
    draw = random.Random(seed)
    sets = pod_sets(draw_sets(draw, 5))
    nodes = [draw_node(draw, f"n{number}") for number in range(3)]
    classes = [replace(node_class(node, draw.choice([2, 3])), type_name=f"t{n}") for n, node in enumerate(nodes)]

    def planned(some: list[NodeClass], limit: int | None):  # type: ignore[no-untyped-def]
        return plan_nodes(sets, some, most_types=limit, namespaces=namespace_labels(), time_limit=10)

    every, few = planned(classes, None), planned(classes, most)
    assert not few.accepted.refused
    assert bool(few.nodes) == bool(every.nodes)
    if few.nodes:
        assert few.solution.cost >= every.solution.cost >= few.solution.cost_lower_bound
        used = {node.of.type_name for node in few.nodes}
        assert len(used) <= most or few.solution.cost == every.solution.cost
