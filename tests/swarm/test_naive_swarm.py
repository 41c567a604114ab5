"""Filters, trees and placements against the naive ones, on random swarms."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from binpack.swarm.filters.pipeline import Pipeline
from binpack.swarm.placement import place_on_nodes
from binpack.swarm.service import Service
from binpack.swarm.swarm_node import SwarmNode
from binpack.swarm.swarm_state import SwarmState
from tests.swarm.naive_swarm import Tasks, explain, first_refusal, greedy, place_group
from tests.swarm.strategies import services, spread_swarms, swarm_nodes


def by_node(placements: dict[str, dict[str, int]], nodes: list[SwarmNode]) -> dict[str, dict[str, int]]:
    found = {node.name: dict[str, int]() for node in nodes}
    for name, counts in placements.items():
        for node, tasks in counts.items():
            found[node][name] = tasks
    return found


def counted(tasks: Tasks) -> dict[str, dict[str, int]]:
    return {node: {one.name: sum(o.name == one.name for o in on) for one in on} for node, on in tasks.items()}


@given(swarm_nodes(), services(), st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=8))
def test_filters(nodes: list[SwarmNode], some: list[Service], running: list[tuple[int, int]]) -> None:
    """With any tasks in place, also more than fit, every node's first refusal and the explanation are the naive ones."""
    state, tasks = SwarmState(nodes), {node.name: list[Service]() for node in nodes}
    for which, where in running if nodes else ():
        one, on = some[which % len(some)], nodes[where % len(nodes)].name
        state.add(one, on)
        tasks[on].append(one)
    for one in some:
        pipeline = Pipeline(one)
        for node in nodes:
            refusal = pipeline.refusal(state.infos[node.name])
            expected = first_refusal(one, node, tasks)
            assert (refusal.words if refusal is not None else "") == expected
            assert pipeline.accepts(state.infos[node.name]) == (not expected)
        assert pipeline.explain(state.nodes) == explain(one, nodes, tasks)


@given(swarm_nodes(5), services(preferences=False))
def test_an_empty_swarm_is_filled_task_by_task(nodes: list[SwarmNode], some: list[Service]) -> None:
    """Without preferences and tasks in place it is the fewest tasks of the service, the fewest tasks, the name, each time;
    what waits is refused by every node, which its reason says."""
    placed = place_on_nodes(some, nodes)
    tasks, waiting = greedy(some, nodes)
    assert by_node(placed.placements, nodes) == counted(tasks)
    assert {pending.service: pending.tasks for pending in placed.pending} == waiting
    for pending in placed.pending:
        one = next(one for one in some if one.name == pending.service)
        words = explain(one, nodes, tasks)
        assert pending.reason == (f"no suitable node ({words})" if words else "no suitable node")


@given(swarm_nodes(6), services(), st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=10))
def test_groups_over_trees(nodes: list[SwarmNode], some: list[Service], running: list[tuple[int, int]]) -> None:
    """Preferences of several levels, with tasks in place: the same tasks on every node as by the naive tree."""
    tasks = {node.name: list[Service]() for node in nodes}
    before = [(some[w % len(some)], nodes[n % len(nodes)].name) for w, n in running] if nodes else []
    for one, on in before:
        tasks[on].append(one)
    placed = place_on_nodes(some, nodes, before)
    for one in some:
        number = max(0, one.replicas - sum(other.name == one.name for other, _ in before))
        waiting = place_group(one, number, sorted(nodes, key=lambda node: node.name), tasks) if number else 0
        assert sum(pending.tasks for pending in placed.pending if pending.service == one.name) == waiting
    assert by_node(placed.placements, nodes) == counted(tasks)


@settings(max_examples=300)
@given(spread_swarms())
def test_full_branches(swarm: tuple[list[SwarmNode], Service, list[str]]) -> None:
    """Trees with tasks in place and branches that fill up: the same tasks on every node as by the naive tree."""
    nodes, one, running = swarm
    tasks = {node.name: [one] * running.count(node.name) for node in nodes}
    placed = place_on_nodes([one], nodes, [(one, node) for node in running])
    number = max(0, one.replicas - len(running))
    waiting = place_group(one, number, nodes, tasks) if number else 0
    assert sum(pending.tasks for pending in placed.pending) == waiting
    assert by_node(placed.placements, nodes) == counted(tasks)


@given(swarm_nodes(5), services())
def test_nothing_waits_that_has_a_node(nodes: list[SwarmNode], some: list[Service]) -> None:
    """A task waits only where every node refuses it; every service has its tasks placed or pending."""
    placed = place_on_nodes(some, nodes)
    tasks = {node.name: list[Service]() for node in nodes}
    for one in some:
        for on, number in placed.placements.get(one.name, {}).items():
            tasks[on] += [one] * number
    for one in some:
        waiting = sum(pending.tasks for pending in placed.pending if pending.service == one.name)
        assert sum(placed.placements.get(one.name, {}).values()) + waiting == one.replicas
        assert not waiting or all(first_refusal(one, node, tasks) for node in nodes)
