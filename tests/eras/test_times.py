"""How long starting, replacing and stopping takes: ranges from sources, machines at once, so many a time on each."""

from __future__ import annotations

from collections import Counter
from math import ceil

import pytest
from eras.estates import app, estates, rows
from hypothesis import given, settings
from hypothesis import strategies as st

from binpack.comparison import Duration
from binpack.eras.operation.rollouts import rollout
from binpack.eras.operation.times import _rounds
from binpack.report.era_table import era_table
from binpack.workload.application import Application
from binpack.workload.update_strategy import STOP_ONE


def ends(found: Duration | None) -> tuple[float, float] | None:
    """Seconds at the least and at the most."""
    return None if found is None else (float(found.low), float(found.high))


def test_one_copy_takes_its_stages() -> None:
    """A machine, a VM, a container, a VM and a container in it; whatever runs beside it."""
    found = rows([app("web", 8)], ("physical", "virtual_machines", "containers", "kubernetes_on_vms"))
    assert ends(found["physical"].times.start) == (47, 900)
    assert ends(found["virtual_machines"].times.start) == (25.8, 53)
    assert ends(found["containers"].times.start) == (0.25, 0.25)
    assert ends(found["kubernetes_on_vms"].times.start) == pytest.approx((26.05, 53.25))
    assert all(row.times.start is not None and row.times.start.source for row in found.values())


@pytest.mark.parametrize(("parallel", "rounds"), [(1, 8), (3, 3), (100, 1)])
def test_all_copies_take_turns_on_a_machine(parallel: int, rounds: int) -> None:
    """Eight copies on one machine, so many at a time; machines of the physical era all at once."""
    found = rows([app("web", 8)], ("physical", "virtual_machines", "containers"), parallel_starts=parallel)
    assert ends(found["physical"].times.deploy_all) == (47, 900)
    assert ends(found["virtual_machines"].times.deploy_all) == pytest.approx((rounds * 25.8, rounds * 53))
    assert ends(found["containers"].times.deploy_all) == (rounds * 0.25, rounds * 0.25)
    assert ends(found["containers"].times.destroy_all) == pytest.approx((rounds * 0.12, rounds * 10))


def test_an_update_stops_the_old_and_starts_the_new() -> None:
    """Of a container on a node that stays: what stopping and starting it takes; Kubernetes grants it 30 s to stop."""
    found = rows([app("web", 3)], ("containers", "kubernetes_on_vms"))
    assert ends(found["containers"].times.update) == pytest.approx((0.37, 10.25))
    assert ends(found["kubernetes_on_vms"].times.update) == pytest.approx((0.69, 30.25))


def test_an_orchestrator_replaces_only_so_many_at_a_time() -> None:
    """Swarm one task of a service; of ten copies of a Deployment five, of a StatefulSet one."""
    found = rows([app("web", 10)], ("docker_swarm", "kubernetes"), parallel_starts=100)
    assert ends(found["docker_swarm"].times.update_all) == pytest.approx((10 * 0.37, 10 * 10.25))
    assert ends(found["kubernetes"].times.update_all) == pytest.approx((2 * 0.69, 2 * 30.25))
    ordered = rows([app("db", 10, update=STOP_ONE)], ("kubernetes",), parallel_starts=100)["kubernetes"]
    assert ends(ordered.times.update_all) == pytest.approx((10 * 0.69, 10 * 30.25))


@given(st.integers(1, 200))
def test_a_deployment_never_stands_still_and_keeps_three_quarters(copies: int) -> None:
    """maxSurge rounds up and maxUnavailable down, so at least one is replaced at a time."""
    found = rollout("kubernetes", Application("web", copies), copies)
    assert found.surge == ceil(copies * 0.25)
    assert found.unavailable == int(copies * 0.25)
    assert found.rounds == ceil(copies / (found.surge + found.unavailable))


def test_what_nobody_has_measured_is_unknown() -> None:
    """A container on Windows has no time, under Hyper-V isolation none to stop, nor has a machine; a time that is given is
    used."""
    old = [app("old", 2, os="windows")]
    plain, isolated = (rows(old, ("containers",), runtime=r)["containers"].times for r in ("runc", "hyperv"))
    assert (plain.start, plain.destroy, isolated.destroy) == (None, None, None)
    assert ends(isolated.start) == (4, 15)
    found = rows(old, ("physical",))["physical"].times
    assert (found.update, found.destroy, found.update_all) == (None, None, None)


@pytest.mark.parametrize("era", ["docker_swarm", "kubernetes"])
def test_what_nobody_has_measured_is_left_out_and_named(era: str) -> None:
    """Beside containers on Windows, of which no source knows how they start, the others have the times that they
    have alone; nothing is known of all where it is known of none."""
    others = [app("web", 2), app("api", 3)]
    alone = rows(others, (era,), parallel_starts=100)[era].times
    found = rows([app("old", 2, os="windows"), *others], (era,), parallel_starts=100)[era].times
    for name in ("start", "update", "deploy_all", "update_all"):
        known, partly = getattr(alone, name), getattr(found, name)
        assert (ends(partly), partly.unknown, known.unknown) == (ends(known), ("shop/old",), ())


def test_a_report_marks_times_that_are_not_of_all() -> None:
    """The column has a mark, the legend the name."""
    table = [app("web", 2), app("old", 2, os="windows")]
    row = rows(table, ("docker_swarm",))["docker_swarm"]
    text = "\n".join(era_table([row], 200))
    assert "0.25 s*" in text
    assert "*: of others; no source gives it for shop/old" in text
    assert "*" not in "\n".join(era_table([rows(table[:1], ("docker_swarm",))["docker_swarm"]], 200)).replace("#", "")


def test_kernel_families_have_times_of_their_own() -> None:
    """From the quicker to the slower for one copy; both on the machine for all."""
    row = rows([app("web"), app("old", os="windows")], ("virtual_machines",))["virtual_machines"]
    assert row.machines == 1
    assert ends(row.times.start) == (25.8, 240)
    assert ends(row.times.deploy_all) == pytest.approx((25.8 + 45, 53 + 240))


@given(st.dictionaries(st.sampled_from("abcd"), st.tuples(st.integers(1, 9), st.integers(0, 5))), st.integers(1, 4))
def test_rounds_are_counted_without_listing_what_starts(things: dict[str, tuple[int, int]], step: int) -> None:
    """Against the lengths of all one by one, the longest first, of which each round takes its first."""
    one_by_one = sorted((length for count, length in things.values() for _ in range(count)), reverse=True)
    counts = Counter({name: count for name, (count, _) in things.items()})
    assert _rounds(counts, {name: length for name, (_, length) in things.items()}, step) == sum(one_by_one[::step])


@settings(max_examples=20, deadline=None)
@given(estates(), st.integers(1, 4))
def test_all_take_at_least_as_long_as_one_and_more_at_a_time_never_longer(
    estate: list[Application], parallel: int
) -> None:
    """Whatever is known of all is at least what the quickest one takes, and no slower with more at a time."""
    eras = ("virtual_machines", "containers", "docker_swarm")
    one, several = rows(estate, eras), rows(estate, eras, parallel_starts=parallel)
    for era, row in several.items():
        if row.plan.machines != one[era].plan.machines:
            continue
        for each, whole in (("start", "deploy_all"), ("update", "update_all"), ("destroy", "destroy_all")):
            single, together, slower = (
                ends(getattr(times, name))
                for times, name in ((row.times, each), (row.times, whole), (one[era].times, whole))
            )
            assert (single is None) == (together is None) == (slower is None)
            if single and together and slower:
                assert single[0] <= together[0] <= slower[0]
                assert single[1] <= together[1] <= slower[1]


@pytest.mark.parametrize(
    ("row", "moved"),
    [
        ("start.vm.linux", {"virtual_machines", "kubernetes_on_vms"}),
        ("stop.vm.linux", {"virtual_machines"}),
        ("stop.runc", {"containers", "docker_swarm"}),
        ("stop.pod.runc", {"kubernetes", "kubernetes_on_vms"}),
    ],
)
def test_a_time_of_ones_own_moves_the_eras_that_wait_for_it_alone(row: str, moved: set[str]) -> None:
    """In place of a row, 1,000 s: to destroy a copy takes as long, or to start it so much longer; no other era changes."""
    eras = ("virtual_machines", "containers", "docker_swarm", "kubernetes", "kubernetes_on_vms")
    before, after = (rows([app("web", 4)], eras, own_overheads=own) for own in ({}, {row: "1000000"}))
    stops = row.startswith("stop")
    for era in eras:
        old, new = before[era].times, after[era].times
        assert (old != new) == (era in moved)
        if era in moved and stops:
            assert ends(new.destroy) == (1_000, 1_000)
            first, last = (25.8, 53) if era == "virtual_machines" else (0.25, 0.25)
            assert ends(new.update) == pytest.approx((1_000 + first, 1_000 + last))
