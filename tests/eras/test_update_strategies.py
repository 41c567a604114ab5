"""What applications ask for decides how orchestrators update them: rounds, room, downtime and time; the checker agrees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from eras.estates import BOX, app, estates, rows
from eras.test_times import ends
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from binpack.cli.era_arguments import Asked
from binpack.comparison import Comparison
from binpack.eras.operation.rollouts import rollout
from binpack.eras.options import PARTS, EraOptions
from binpack.planning import compare_sized
from binpack.report.json import comparison_json, plan_json
from binpack.units import GIB
from binpack.verify import verify_comparison
from binpack.workload.application import Application, Placement
from binpack.workload.monolith import as_monolith
from binpack.workload.scaling import Share
from binpack.workload.sizing import size_workload
from binpack.workload.update_strategy import NONE, ONE, STOP_ALL, STOP_ONE, UpdateStrategy
from binpack.workload.workload import Workload

ORCHESTRATED = ("docker_swarm", "kubernetes", "kubernetes_on_vms")
FULL = 27 * GIB
SURGE_ONE = UpdateStrategy(ONE, NONE)
shares = st.one_of(st.builds(Share, st.integers(0, 9)), st.builds(Share, st.integers(0, 100), st.just(True)))
strategies = st.builds(UpdateStrategy, shares.filter(lambda share: share.number > 0), shares, st.integers(0, 5))


def updates(applications: Sequence[Application], era: str = "kubernetes", **options: object) -> str:
    """What a row says about updates."""
    return rows(list(applications), (era,), **options)[era].updates  # type: ignore[arg-type]


def test_room_is_taken_by_surge_where_nothing_may_be_missing() -> None:
    """Six halves of a machine fill three; maxSurge 1 and maxUnavailable 0 takes a fourth, maxUnavailable 1 none."""
    asked = [app("web", 6, memory=FULL, update=SURGE_ONE)]
    assert {era: updates(asked, era) for era in ORCHESTRATED[:2]} == dict.fromkeys(
        ORCHESTRATED[:2], "with 1 more machine"
    )
    assert updates([app("web", 6, memory=FULL, update=STOP_ONE)]) == "yes"
    assert updates([app("web", 5, memory=FULL, update=SURGE_ONE)]) == "yes"


@pytest.mark.parametrize("era", ORCHESTRATED[:2])
def test_who_may_all_be_missing_is_down(era: str) -> None:
    """Recreate stops all copies; so does one that may be missing of one, though another could start beside it."""
    assert updates([app("web", 4, update=STOP_ALL)], era) == "no"
    assert updates([app("web", 1, update=UpdateStrategy(NONE, ONE))], era) == "no"
    assert updates([app("web", 1, update=UpdateStrategy(ONE, ONE))], era) == "no"
    assert updates([app("web", 2, update=UpdateStrategy(ONE, ONE))], era) == "yes"


def test_copies_below_the_partition_stay() -> None:
    """Of three with two kept one is replaced in one round; with all kept nothing stops, not even the only copy."""
    assert rollout("kubernetes", app("db", 3, update=replace(STOP_ONE, kept=2)), 3).rounds == 1
    assert rollout("kubernetes", app("db", 3, update=replace(STOP_ALL, kept=1)), 3).stops_all is False
    assert updates([app("db", 1, update=replace(STOP_ONE, kept=1))]) == "yes"


def test_an_agent_stays_somewhere_or_has_room_beside_itself() -> None:
    """One node after the other goes on; all nodes at once do not; a second copy needs room on every node."""
    web, small = app("web", 3, placement=Placement(max_per_host=1), memory=8 * GIB, update=STOP_ONE), 1 * GIB
    agent = app("log", memory=small, agent=True)
    assert updates([web, agent]) == "yes"
    assert updates([web, agent], minimum_nodes=1, machine=replace(BOX, available=3)) == "yes"
    assert updates([web, replace(agent, update=STOP_ALL)]) == "no"
    assert updates([web, replace(agent, update=SURGE_ONE)]) == "yes"
    large = replace(web, requests={"cpu": 100, "memory": 55 * GIB})
    assert updates([large, agent]) == "yes"
    assert updates([large, replace(agent, update=SURGE_ONE)]) == "no"


def test_rules_of_those_who_are_there_count() -> None:
    """Who is alone on a machine lets nobody in, nor who keeps apart; who follows another has no use of new machines."""
    alone = app("alone", 3, memory=GIB, isolation="machine", update=STOP_ONE)
    both = [alone, app("db", 2, memory=FULL)]
    assert updates(both, minimum_nodes=1, control_plane="managed") == "with 1 more machine"
    assert updates(both, minimum_nodes=1, control_plane="managed", machine=replace(BOX, available=4)) == "no"
    shy = app("shy", 3, placement=Placement(apart_from=("shop/db",), max_per_host=1), update=STOP_ONE)
    assert updates([shy, app("db", 2, memory=FULL)]) == "with 1 more machine"
    follower = app("follower", 2, memory=FULL, placement=Placement(together_with=("shop/db",)))
    assert updates([app("db", 2, memory=FULL, update=STOP_ONE), follower], "docker_swarm") == "yes"
    one = replace(follower, replicas=1, requests={"cpu": 100, "memory": 31 * GIB})
    assert updates([app("db", 1, memory=FULL, placement=Placement(node_selector={})), one]) == "no"


def test_what_is_promised_more_than_once_is_room() -> None:
    """A machine full of CPU requests has room for another copy at 2:1."""
    asked = [app("web", 3, cpu=12_000, update=SURGE_ONE)]
    assert updates(asked) == "with 1 more machine"
    assert updates(asked, cpu_overcommit=2) == "yes"


def test_time_follows_rounds_and_pauses() -> None:
    """Six copies two at a time are three rounds with three pauses; Recreate is one; an agent takes a round a node."""
    pause = UpdateStrategy(NONE, Share(2), pause=10 * 10**9)
    found = rows([app("web", 6, update=pause)], ("kubernetes",), parallel_starts=100)["kubernetes"]
    assert ends(found.times.update_all) == pytest.approx((3 * 10.69, 3 * 40.25))
    found = rows([app("web", 6, update=STOP_ALL)], ("kubernetes",), parallel_starts=100)["kubernetes"]
    assert ends(found.times.update_all) == pytest.approx((0.69, 30.25))
    agent = [app("web"), app("log", agent=True)]
    found = rows(agent, ("kubernetes",), parallel_starts=100, minimum_nodes=5)["kubernetes"]
    assert ends(found.times.update_all) == pytest.approx((5 * 0.69, 5 * 30.25))


def test_ordered_copies_start_one_after_the_other() -> None:
    """Ten copies in Kubernetes, ready for a second before the next; Swarm knows no order; a VM starts before them once."""
    asked = [app("db", 10, ordered_start=True, update=replace(STOP_ONE, pause=10**9))]
    found = rows(asked, ORCHESTRATED, parallel_starts=100)
    assert ends(found["kubernetes"].times.deploy_all) == pytest.approx((11.5, 11.5))
    assert ends(found["docker_swarm"].times.deploy_all) == pytest.approx((0.25, 0.25))
    assert ends(found["kubernetes_on_vms"].times.deploy_all) == pytest.approx((25.8 + 11.5, 53 + 11.5))


def test_a_joined_process_bears_what_each_of_its_parts_bears() -> None:
    """One part that stops before it starts stops the whole; one that is recreated stops all copies."""

    def joined(*asked: UpdateStrategy | None) -> UpdateStrategy | None:
        parts = tuple(app(f"a{k}", 2, update=each) for k, each in enumerate(asked))
        (whole,) = as_monolith(size_workload(Workload("test", parts))).applications
        return whole.update

    assert joined(None, None) is None
    assert joined(None, SURGE_ONE) == SURGE_ONE
    assert joined(SURGE_ONE, STOP_ONE) == STOP_ONE
    assert joined(STOP_ONE, STOP_ALL, SURGE_ONE) == STOP_ALL
    assert joined(replace(STOP_ONE, kept=1, pause=5), replace(SURGE_ONE, pause=9)) == replace(STOP_ONE, pause=9)


@given(st.integers(1, 40), st.sampled_from(ORCHESTRATED[:2]), strategies, st.booleans())
def test_rounds_are_those_of_a_controller(copies: int, era: str, asked: UpdateStrategy, agent: bool) -> None:
    """Old copies end and new ones start as far as surge and unavailable let them, until as many are new as are not kept."""
    found = rollout(era, Application("web", agent=agent, update=asked), copies)
    old, new, rounds = copies, 0, 0
    goal = max(0, copies - asked.kept)
    while new < goal:
        rounds += 1
        begun = min(goal - new, found.surge + found.unavailable)
        assert old + new + min(begun, found.surge) <= copies + found.surge
        old, new = old - begun, new + begun
    assert found.rounds == rounds
    assert found.stops_all == (goal >= copies and found.unavailable >= copies)


@st.composite
def asking(draw: st.DrawFn) -> list[Application]:
    """An estate of all strategies and rules, with an agent."""
    estate = draw(estates(("linux",)))
    keys = [each.key for each in estate]
    asked = []
    for each in estate:
        apart = tuple(key for key in draw(st.lists(st.sampled_from(keys), max_size=1)) if key != each.key)
        rules = Placement(max_per_host=draw(st.sampled_from((None, None, 1, 2))), apart_from=apart)
        asked.append(replace(each, placement=rules, update=draw(st.none() | strategies), isolation=None))
    return [*asked, app("log", agent=True, update=draw(st.sampled_from((None, SURGE_ONE, STOP_ALL))))]


@settings(max_examples=15, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(asking(), st.sampled_from(ORCHESTRATED), st.sampled_from((1, 3)), st.sampled_from((None, None, 3, 4)))
def test_the_checker_comes_to_the_same_answer(
    estate: list[Application], era: str, nodes: int, stock: int | None
) -> None:
    """And blames every other one."""
    options, machine = EraOptions(time_limit=0.1, minimum_nodes=nodes), replace(BOX, available=stock)
    asked = Asked(size_workload(Workload("test", tuple(estate))), [machine], options, ())
    found = compare_sized(asked.workload, [machine], (era,), (PARTS,), options, "requests")
    shown = comparison_json(found)
    assert _faults(found, asked, shown) == []
    (row,) = shown["eras"]
    right = row["updates_without_downtime"]
    for wrong in {"yes", "no", "with 99 more machines"} - {right}:
        row["updates_without_downtime"] = wrong
        (fault,) = _faults(found, asked, shown)
        assert fault.startswith(f"{era}, parts: updates without downtime: {wrong}, though ")


def _faults(found: Comparison, asked: Asked, shown: Any) -> list[str]:
    plans = [plan_json(row.plan) for row in found.rows]
    return verify_comparison(shown, plans, [asked.facts(row.shape) for row in found.rows])
