"""The order of a plan, asked pod by pod."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.filters import default_profile
from binpack.kubernetes.filters.outcome import Outcome
from binpack.kubernetes.planning import acceptance
from binpack.kubernetes.planning.acceptance import acceptance_order
from binpack.kubernetes.planning.node_class import ZONE, NodeType, node_classes
from binpack.kubernetes.planning.planner import plan_nodes
from binpack.kubernetes.planning.pod_sets import PodSet
from binpack.kubernetes.pod import Pod
from tests.kubernetes.planning.small_workloads import draw_node, draw_sets, namespace_labels, node_class, pod_sets
from tests.kubernetes.planning.test_rules import HOST, W, affinity, spread, term
from tests.kubernetes.small_clusters import pod


@settings(max_examples=100)
@given(st.integers(0, 2**32))
def test_each_pod_is_accepted_when_it_comes(seed: int) -> None:
    """Asked one after the other in the order given, the filters take every pod where it stands."""
    draw = random.Random(seed)
    sets = pod_sets(draw_sets(draw, 9, own_spread=False))
    classes = [node_class(draw_node(draw, f"n{number}", "abc"), 1) for number in range(3)]
    plan = plan_nodes(sets, classes, namespaces=namespace_labels(), time_limit=5)
    state = ClusterState([planned.node for planned in plan.nodes], namespace_labels())
    for each, node in plan.accepted.order:
        assert default_profile.filter_nodes(state, each)[state.index[node]] is None
        state.add(each, node)
    assert sorted(each.key for planned in plan.nodes for each in planned.pods) == sorted(
        [each.key for each, _ in plan.accepted.order] + [each.key for each, _, _ in plan.accepted.refused]
    )


def test_equal_pods_are_judged_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of pods that stand apart one verdict is enough, of pods spread over three zones one for every three of them."""
    judged: list[Pod] = []

    def counted(state: ClusterState, one: Pod) -> Outcome:
        judged.append(one)
        return default_profile.judge(state, one)

    monkeypatch.setattr(acceptance, "judge", counted)
    classes = node_classes([NodeType("node", {"cpu": 4000, "memory": 1 << 33, "pods": 9})], "abc")
    nodes = [c.named(f"{c.node.name}-{n}") for c in classes for n in range(4)]
    for text, verdicts in ((affinity("podAntiAffinity", term("w", HOST)), 1), (spread(key=ZONE), 4)):
        judged.clear()
        apart = PodSet("w", "Deployment", 12, pod(f"{{{W}, {text}}}").template)
        placed = [(apart.pod(n), node.name) for n, node in enumerate(nodes)]
        accepted = acceptance_order(ClusterState(nodes), placed)
        assert len(accepted.order) == 12
        assert len(judged) == verdicts
