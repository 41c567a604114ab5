"""Pins: with them the default scheduler, whatever comes first, puts every pod where the plan has one of its kind."""

from __future__ import annotations

import random
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.node_affinity import NodeAffinity, NodeTerm
from binpack.kubernetes.planning.given_nodes import place_on_nodes
from binpack.kubernetes.planning.pins import SLOT, left_pending, pinned_node, pins_of, slot
from binpack.kubernetes.planning.planner import plan_nodes
from binpack.kubernetes.planning.pod_sets import PodSet
from binpack.kubernetes.pod import Pod
from binpack.kubernetes.scores.strategies import LeastAllocated, MostAllocated
from binpack.kubernetes.selectors import Requirement, is_label_value
from binpack.kubernetes.simulation import simulate
from tests.kubernetes.planning.small_workloads import draw_node, draw_sets, namespace_labels, node_class, pod_sets
from tests.kubernetes.small_clusters import HOSTNAME, cluster, node, pod

SEEDS = st.integers(0, 2**32)


def scheduled(state: ClusterState, waiting: list[Pod], draw: random.Random) -> list[Pod]:
    """What the default scheduler leaves pending, the pods coming in any order and tried again and again."""
    while waiting:
        draw.shuffle(waiting)
        left = [p.pod for p in simulate(state, waiting, draw.choice([LeastAllocated(), MostAllocated()])) if not p.node]
        if len(left) == len(waiting):
            break
        waiting = left
    return waiting


@settings(max_examples=60)
@given(SEEDS)
def test_the_default_scheduler_keeps_to_the_plan(seed: int) -> None:
    """Random workloads with every rule on new nodes: in any order, by either strategy, nothing stays pending, and each node
    has as many pods of each set as the plan has there; so there are as many nodes."""
    draw = random.Random(seed)
    sets = pod_sets(draw_sets(draw, 6))
    classes = [node_class(draw_node(draw, f"n{number}")) for number in range(draw.randint(1, 3))]
    plan = plan_nodes(sets, classes, namespaces=namespace_labels(), time_limit=20)
    pins = pins_of(plan.sets, plan.accepted.order)
    nodes = [pinned_node(planned.node, pins) for planned in plan.nodes]
    state = ClusterState(nodes, namespace_labels())
    pods = [(pin, pin.pods.pod(n)) for pin in pins for n in range(pin.pods.copies)]
    waiting = [Pod(each.name, pin.pinned(each.template)) for pin, each in pods]
    assert not scheduled(state, waiting, draw)
    found = Counter((pod.name.rpartition("-")[0], on) for pod, on in state.pods())
    assert found == Counter((pod.name.rpartition("-")[0], on) for pod, on in plan.accepted.order)


@settings(max_examples=40)
@given(SEEDS)
def test_beside_pods_in_place(seed: int) -> None:
    """On given nodes with pods that stay, what the plan places is placed again, by the check that the command makes."""
    draw = random.Random(seed)
    nodes = [node_class(draw_node(draw, f"n{number}")).node for number in range(3)]
    state = ClusterState(nodes, namespace_labels())
    for number, pods in enumerate(pod_sets(draw_sets(draw, 2))):
        place_on_nodes(state, [Pod(f"e{number}", pods.template)], time_limit=20)
    sets = pod_sets(draw_sets(draw, 5))
    placed = place_on_nodes(state, [pods.pod(n) for pods in sets for n in range(pods.copies)], time_limit=20)
    before = sorted(map(str, state.pods()))
    pins = pins_of(sets, placed.order)
    assert not left_pending(state, pins)
    assert sum(sum(pin.copies.values()) for pin in pins) == len(placed.order)
    assert sorted(map(str, state.pods())) == before


def test_what_affinity_alone_does_not_fix_is_counted() -> None:
    """One node, or copies apart on as many nodes as copies: affinity is enough. Two on one node and one on another: not."""
    apart = f"labels: {{app: w}}, affinity: {{podAntiAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: [{{topologyKey: {HOSTNAME}, labelSelector: {{matchLabels: {{app: w}}}}}}]}}}}"  # noqa: E501
    for text, places, resource, full in (
        ("{}", "aa", "", False),
        (f"{{{apart}}}", "ab", "", True),
        ("{}", "aab", "binpack/default.web", True),
    ):
        pods = PodSet("web", "Deployment", len(places), pod(text).template)
        [pin] = pins_of([pods], [(pods.pod(n), place) for n, place in enumerate(places)])
        assert (pin.resource, pin.full, pin.copies) == (resource, full, Counter(places))
        asked = Requirement(SLOT, "In", tuple(dict.fromkeys(places)))
        assert pin.pinned(pods.template).node_affinity == NodeAffinity(terms=(NodeTerm((asked,)),))


def test_spread_that_wants_domains_keeps_its_affinity() -> None:
    """With the affinity of two slots, two domains would be left of the three that the spread wants: counts alone pin it."""
    spread = "{maxSkew: 1, minDomains: 3, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {}}"
    pods = PodSet("web", "Deployment", 2, pod(f"{{topologySpreadConstraints: [{spread}]}}").template)
    [pin] = pins_of([pods], [(pods.pod(0), "a"), (pods.pod(1), "b")])
    assert pin.pinned(pods.template).node_affinity == NodeAffinity()
    assert pin.resource


def test_pins_that_do_not_hold_are_found() -> None:
    """A plan that another pod is in the way of: its pod stays pending in the check."""
    state = cluster({"a": "{allocatable: {cpu: 2}}"}, [("a", "{requests: {cpu: 1}}")])
    pods = PodSet("web", "Deployment", 1, pod("{requests: {cpu: 2}}").template)
    state.add(pods.pod(0), "a")
    assert [left.key for left in left_pending(state, pins_of([pods], [(pods.pod(0), "a")]))] == ["default/web-0"]


@given(st.text(max_size=80))
def test_slots_are_label_values(name: str) -> None:
    """Whatever a node is called; names that may be values stay as they are."""
    assert is_label_value(slot(name))
    assert slot(name)
    if is_label_value(name) and name:
        assert slot(name) == name
    assert pinned_node(node("n"), ()).labels[SLOT] == "n"
