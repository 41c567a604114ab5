"""Plans zone by zone: every copy dealt out once, and all rules of the whole kept."""

from __future__ import annotations

import random

import numpy as np
import pytest
from binpack_solvers.check import violations
from binpack_solvers.problem import Problem
from hypothesis import given, settings
from hypothesis import strategies as st

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.planning import node_search, planner
from binpack.kubernetes.planning.model import Bins, problem_of
from binpack.kubernetes.planning.node_class import ZONE, NodeType, node_classes
from binpack.kubernetes.planning.planner import plan_nodes
from binpack.kubernetes.planning.pod_sets import PodSet
from binpack.kubernetes.planning.rules import rules_between
from binpack.kubernetes.planning.zone_split import worth_splitting, zone_by_zone
from tests.kubernetes.planning.small_workloads import draw_sets, pod_sets
from tests.kubernetes.planning.test_rules import DB, HOST, W, affinity, spread, term
from tests.kubernetes.small_clusters import pod

CLASSES = node_classes([NodeType("node", {"cpu": 4000, "memory": 1 << 33, "pods": 9}, labels={"disk": "ssd"})], "abc")
STATE = ClusterState([c.node for c in CLASSES])
ZONES = STATE.labels.column(ZONE).numbers
API = "labels: {app: api}"


def problem_for(sets: list[PodSet]) -> Problem:
    bins = Bins([dict(c.node.allocatable) for c in CLASSES], [1] * 3, [-1] * 3)
    return problem_of(sets, STATE, bins, rules_between(sets, STATE, given=False))


def sets_of(*texts: str, copies: int = 7) -> list[PodSet]:
    return [PodSet(f"s{n}", "Deployment", copies, pod(f"{{{text}}}").template) for n, text in enumerate(texts)]


def test_every_kind_of_rule() -> None:
    """Spread, company in the zone and on the host, another set kept out of it: all copies are packed, no rule is broken."""
    problem = problem_for(
        sets_of(
            f"{W}, {spread(key=ZONE)}, requests: {{cpu: 1}}",
            f"{DB}, {affinity('podAffinity', term('db', ZONE))}, requests: {{cpu: 1}}",
            f"{API}, {affinity('podAffinity', term('db', ZONE))}, requests: {{cpu: 500m}}",
            f"labels: {{app: x}}, {affinity('podAntiAffinity', term('db', ZONE))}",
            f"labels: {{app: y}}, {affinity('podAffinity', term('w', HOST))}",
        )
    )
    packing = zone_by_zone(problem, ZONES, 10)
    assert packing is not None
    assert not violations(problem, packing)
    assert np.array_equal(packing.placed(problem.item_types), problem.demands)


def test_no_deal_and_no_zones() -> None:
    """None where a set has no zone left, and where nodes have no zones."""
    torn = affinity("podAntiAffinity", term("w", ZONE))
    problem = problem_for(sets_of(f"{W}, {spread(key=ZONE)}", f"{DB}, {torn}"))
    assert zone_by_zone(problem, ZONES, 5) is None
    assert zone_by_zone(problem, np.full(3, -1), 5) is None
    assert zone_by_zone(problem, np.zeros(3, np.int64), 5) is None


@settings(max_examples=25)
@given(st.integers(0, 2**32))
def test_random_workloads(seed: int) -> None:
    """Whatever is found keeps all rules and places all pods."""
    problem = problem_for(list(pod_sets(draw_sets(random.Random(seed), 9, own_spread=False))))
    packing = zone_by_zone(problem, ZONES, 6)
    if packing is not None:
        assert not violations(problem, packing)
        assert np.array_equal(packing.placed(problem.item_types), problem.demands)


def test_large_workloads_begin_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan that begins zone by zone is accepted pod by pod like any other; small ones are searched whole."""
    sets = sets_of(f"{W}, {spread(key=ZONE)}, requests: {{cpu: 1}}", f"{DB}, requests: {{cpu: 500m}}")
    assert not worth_splitting(problem_for(sets), ZONES)
    monkeypatch.setattr(node_search, "worth_splitting", lambda problem, zones: True)
    monkeypatch.setattr(planner, "first_packings", lambda *parts: [])
    plan = plan_nodes(sets, CLASSES, time_limit=10)
    assert not plan.accepted.refused
    assert plan.solution.bins == 3
