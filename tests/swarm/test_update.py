"""Updates: how long they take, how many failures they bear, and whether they go through."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binpack.swarm.placement import simulate
from binpack.swarm.service import PublishedPort, Service
from binpack.swarm.swarm_node import SwarmNode
from binpack.swarm.swarm_state import SwarmState
from binpack.swarm.update import UpdateRun, run_update
from binpack.swarm.update_config import SECOND, UpdateConfig, failures_allowed, outcome, update_duration
from tests.swarm.small_swarms import amounts, node, nodes, service


@pytest.mark.parametrize(
    ("config", "tasks", "seconds"),
    [
        (UpdateConfig(), 3, 3 * (10 + 4) + 5),
        (UpdateConfig(parallelism=2), 3, 2 * 14 + 5),
        (UpdateConfig(parallelism=0), 3, 14 + 5),
        (UpdateConfig(parallelism=9), 3, 14 + 5),
        (UpdateConfig(delay=10 * SECOND), 3, 3 * 24 + 11),
        (UpdateConfig(delay=4 * SECOND), 3, 3 * 18 + 5),
        (UpdateConfig(order="start-first"), 3, 3 * 4 + 5),
        (UpdateConfig(), 0, 0),
    ],
)
def test_duration(config: UpdateConfig, tasks: int, seconds: int) -> None:
    """Rounds of so many at a time, a delay after each, and a watch at the end that outlasts the delay; tasks here take 10 s
    to stop and 4 s to start."""
    assert update_duration(config, tasks, 4 * SECOND, 10 * SECOND) == seconds * SECOND


def test_an_old_task_is_waited_for_a_minute_at_most() -> None:
    """After that the new one starts."""
    assert update_duration(UpdateConfig(), 1, 0, 500 * SECOND) == 65 * SECOND


@given(st.integers(1, 50), st.integers(0, 9), st.integers(0, 5), st.integers(0, 5))
def test_duration_by_workers(tasks: int, parallelism: int, change: int, delay: int) -> None:
    """The same as when each worker takes the next task once it is free."""
    config = UpdateConfig(parallelism, delay * SECOND, 20 * SECOND)
    free = [0] * (parallelism or tasks)
    for _ in range(tasks):
        free.sort()
        free[0] += change + delay
    assert update_duration(config, tasks, change * SECOND) == (max(free) + 20) * SECOND


def test_failures() -> None:
    """More than the share that may fail pauses or rolls back; a rollback pauses; with continue nothing stops it."""
    tenth = UpdateConfig(max_failure_ratio=Fraction(1, 10))
    assert [outcome(tenth, 20, failures) for failures in (0, 2, 3)] == ["completed", "completed", "paused"]
    back = UpdateConfig(failure_action="rollback")
    assert (outcome(back, 20, 1), outcome(back, 20, 1, rolling_back=True)) == ("rolled back", "paused")
    assert outcome(UpdateConfig(failure_action="continue"), 20, 20) == "completed"
    assert failures_allowed(UpdateConfig(), 20) == 0


def updated(one: Service, on: list[SwarmNode], **config: object) -> UpdateRun:
    state = SwarmState(on)
    assert simulate(state, [one]) == []
    return run_update(state, one, replace(one, update=UpdateConfig(**config)))  # type: ignore[arg-type]


def test_stop_first_needs_no_room() -> None:
    """Full nodes are updated in place; meanwhile so many tasks fewer run."""
    full = service(12, reserves=amounts(1))
    assert updated(full, nodes(3), parallelism=2) == UpdateRun(12, 12, 10)
    assert updated(full, nodes(3), parallelism=0) == UpdateRun(12, 12, 0)


def test_start_first_needs_room() -> None:
    """Room for the new ones beside the old; where it is for one alone, the other worker waits until an old task has gone;
    with none at all the update stands still."""
    assert updated(service(9, reserves=amounts(1)), nodes(3), parallelism=3, order="start-first") == UpdateRun(9, 12, 9)
    assert updated(service(11, reserves=amounts(1)), nodes(3), parallelism=2, order="start-first") == UpdateRun(
        11, 12, 11
    )
    stuck = updated(service(12, reserves=amounts(1)), nodes(3), parallelism=2, order="start-first")
    assert (stuck.replaced, stuck.most, stuck.fewest) == (0, 12, 12)
    assert list(map(str, stuck.pending)) == ["web: 2 tasks: no suitable node (insufficient resources on 3 nodes)"]


def test_start_first_with_limits_by_node() -> None:
    """Old and new tasks count together for max_replicas and for ports of the host."""
    stuck = updated(service(3, max_replicas=1), nodes(3), order="start-first")
    assert stuck.pending[0].reason == "no suitable node (max replicas per node limit exceed)"
    stuck = updated(service(3, host_ports=frozenset({PublishedPort("tcp", 80)})), nodes(3), order="start-first")
    assert stuck.pending[0].reason == "no suitable node (host-mode port already in use on 3 nodes)"
    assert updated(service(3, max_replicas=1), nodes(4), order="start-first").pending == ()
    assert updated(service(3, max_replicas=1), nodes(3)).pending == ()


def test_a_new_version_that_is_larger() -> None:
    """With stop-first the old tasks have gone by then: fewer run, and the update waits."""
    old = service(3, reserves=amounts(3))
    state = SwarmState(nodes(3))
    simulate(state, [old])
    run = run_update(state, old, replace(old, reserves=amounts(5)))
    assert (run.replaced, run.fewest) == (0, 2)
    assert str(run.pending[0]) == "web: 1 task: no suitable node (insufficient resources on 3 nodes)"


def test_global_services() -> None:
    """Each new task is for its own node; a full node holds its worker, not the others."""
    agent = service(mode="global", reserves=amounts(2), name="agent")
    assert updated(agent, nodes(3), parallelism=1) == UpdateRun(3, 3, 2)
    assert updated(agent, nodes(3), order="start-first") == UpdateRun(3, 4, 3)
    some = [node("a", has=amounts(3)), node("b"), node("c", has=amounts(2))]
    run = updated(agent, some, order="start-first", parallelism=2)
    assert run.replaced == 1
    assert list(map(str, run.pending)) == [
        "agent: 1 task for a: insufficient resources on 1 node",
        "agent: 1 task for c: insufficient resources on 1 node",
    ]


def test_a_global_service_that_leaves_nodes() -> None:
    """Nodes that the new version does not match lose their task, apart from the update."""
    old = service(mode="global", name="agent")
    state = SwarmState([node("a", "disk=ssd"), node("b")])
    simulate(state, [old])
    new = service(1, "node.labels.disk==ssd", mode="global", name="agent")
    assert run_update(state, old, new) == UpdateRun(1, 1, 0)
    assert +state.placed["agent"] == {"a": 1}


@given(st.integers(1, 12), st.integers(0, 4), st.sampled_from(["start-first", "stop-first"]), st.integers(0, 3))
def test_what_is_updated_is_there(replicas: int, parallelism: int, order: str, cpus: int) -> None:
    """A complete update leaves as many tasks as before, and the amounts of the nodes add up."""
    one = service(replicas, reserves=amounts(cpus))
    state = SwarmState(nodes(3))
    waiting = sum(pending.tasks for pending in simulate(state, [one]))
    run = run_update(state, one, replace(one, update=UpdateConfig(parallelism, order=order)))  # type: ignore[arg-type]
    if not run.pending:
        assert run.replaced == replicas - waiting
    assert (run.most == replicas - waiting) if order == "stop-first" else (run.fewest == replicas - waiting)
    for info in state.nodes:
        assert info.nano_cpus == info.node.has.nano_cpus - state.placed["web"][info.node.name] * one.reserves.nano_cpus
        assert info.active == state.placed["web"][info.node.name]


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"parallelism": -1}, "update parallelism -1 is below 0"),
        ({"delay": -1}, "update delay -1 is below 0"),
        ({"max_failure_ratio": Fraction(3, 2)}, "max_failure_ratio 3/2 is not from 0 to 1"),
    ],
)
def test_refused(config: dict[str, object], said: str) -> None:
    """One clear line."""
    with pytest.raises(ValueError) as caught:
        UpdateConfig(**config)  # type: ignore[arg-type]
    assert str(caught.value) == said
