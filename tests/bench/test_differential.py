"""Differential testing: problems from a seed, faults from answers made wrong by hand, and the command."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from binpack_solvers.check import violations
from binpack_solvers.packing import Packing
from binpack_solvers.portfolio import solve
from binpack_solvers.problem import Problem
from binpack_solvers.solution import Solution, Statistics

from bench.differential import outcome
from bench.differential.contradictions import certificate_verdicts, contradictions
from bench.differential.draw import RULES, draw_problem
from bench.differential.outcome import compare
from bench.differential.record import as_fields, problem_of, read_record, write_record
from bench.differential.run import main
from bench.differential.table import table

PROBLEM = Problem([6, 3], 10, demands=[3, 2])


def _same(first: Problem, second: Problem) -> bool:
    return all(np.array_equal(getattr(first, name), getattr(second, name)) for name in Problem.__dataclass_fields__)


def test_problems_follow_from_seed_and_number() -> None:
    """The same seed and number give the same problem; another number or seed another one."""
    assert _same(draw_problem(3, 7)[0], draw_problem(3, 7)[0])
    assert not _same(draw_problem(3, 7)[0], draw_problem(3, 8)[0])
    assert not _same(draw_problem(3, 7)[0], draw_problem(4, 7)[0])


def test_every_rule_is_drawn_and_said() -> None:
    """Among two hundred problems each rule is there, and so are problems without any; what is said is what is there."""
    drawn = [draw_problem(1, number) for number in range(200)]
    assert {rule for _, rules in drawn for rule in rules} == set(RULES)
    assert () in {rules for _, rules in drawn}
    for problem, rules in drawn:
        for rule in ("limits", "requires", "setups", "spread", "initial"):
            assert (rule in rules) == bool(len(getattr(problem, rule)))
        assert ("topology" in rules) == bool(problem.topology.size)


@pytest.mark.parametrize("number", range(40))
def test_a_record_is_the_problem_again(tmp_path: Path, number: int) -> None:
    """What is written as JSON reads back as the same problem, whatever rules are in it."""
    problem, _ = draw_problem(1, number)
    again = read_record(write_record(tmp_path, "one", problem, ["why"]))
    assert _same(problem, again)
    assert as_fields(problem_of(as_fields(problem))) == as_fields(problem)


def _found(problem: Problem, **answers) -> list[str]:
    return contradictions(problem, answers, certificate_verdicts(problem, answers))


def test_right_answers_do_not_contradict_each_other() -> None:
    """Optimal, feasible and unknown answers to one problem agree, as do infeasible and unknown ones."""
    best = solve(PROBLEM)
    unknown = replace(best, status="unknown", packing=None, bins=None, cost=None, statistics=Statistics())
    assert _found(PROBLEM, auto=best, exact=solve(PROBLEM, "exact"), first_fit=solve(PROBLEM, "first_fit")) == []
    assert _found(PROBLEM, auto=best, exact=unknown) == []
    assert _found(PROBLEM.replace(available=[1]), auto=solve(PROBLEM.replace(available=[1])), exact=unknown) == []


def test_each_kind_of_fault_is_found() -> None:
    """A broken rule, a bound above a packing, a worse optimum, and an infeasible problem with a packing."""
    best = solve(PROBLEM)
    worse = Packing.from_patterns([(0, {0: 1}, 3), (0, {1: 2}, 1)])
    assert not violations(PROBLEM, worse)
    overfull = replace(best, packing=Packing.from_patterns([(0, {0: 3, 1: 2}, 1)]), bins=1, cost=1)
    assert any("capacity" in fault for fault in _found(PROBLEM, auto=overfull))
    high = replace(best, packing=worse, bins=4, cost=4, lower_bound=4, cost_lower_bound=4)
    faults = _found(PROBLEM, auto=best, exact=high)
    assert any("optimal at" in fault for fault in faults)
    assert any("cost is at least 4" in fault for fault in faults)
    assert any("at least 4 bins" in fault for fault in faults)
    nothing = replace(best, status="infeasible", packing=None, bins=None, cost=None, reason="nothing fits")
    assert any("infeasible (nothing fits), but auto" in fault for fault in _found(PROBLEM, auto=best, exact=nothing))
    modest = replace(best, status="feasible")
    assert any("every bound is met" in fault for fault in _found(PROBLEM, auto=modest))


def test_bins_are_compared_only_at_the_least_cost() -> None:
    """A bound on bins is about the cheapest packings: one with fewer bins that is dearer does not refute it."""
    problem = Problem([5, 5], [[10], [5]], cost=[7, 1])
    best = solve(problem)
    one_bin = Packing.from_patterns([(0, {0: 1, 1: 1}, 1)])
    dearer = Solution("feasible", one_bin, bins=1, cost=7, lower_bound=0, cost_lower_bound=2)
    assert (best.bins, best.cost, best.lower_bound) == (2, 2, 2)
    assert _found(problem, auto=best, first_fit=dearer) == []


def test_a_wrong_certificate_is_found() -> None:
    """Duals that are too large, and a bound that the certificate does not cover."""
    problem = Problem([4], 10, demands=[6])
    best = solve(problem, "exact")
    made = {
        "scale": 2,
        "duals": [1],
        "availability_duals": [0],
        "best_pattern_value": [2],
        "rules_used": [],
        "target_bins": None,
        "max_waste": None,
        "bound": 3,
        "side_row_duals": [],
        "covers": "bound",
    }
    assert _found(problem, exact=replace(best, certificate=made)) == []
    assert "refuted" in _found(problem, exact=replace(best, certificate=made | {"duals": [2]}))[0]
    low = made | {"duals": [0], "bound": 0}
    assert _found(problem, exact=replace(best, certificate=low)) == [
        "exact: certificate of 0 is said to cover a bound of 3"
    ]


def test_a_crash_is_a_fault_of_its_method(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other methods are still compared."""

    def broken(problem: Problem, method: str, time_limit: float):
        if method == "exact":
            raise ZeroDivisionError("by nothing")
        return solve(problem, method, time_limit)

    monkeypatch.setattr(outcome, "solve", broken)
    made = compare(PROBLEM, ("auto", "exact"), 5.0)
    assert made.statuses == {"auto": "optimal", "exact": "crashed"}
    assert made.faults == ["exact: ZeroDivisionError: by nothing"]
    assert "1 100.0%" in table([made], ("auto", "exact"))


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A few problems without a fault: status 0, a row for each rule, nothing written; and one that is solved again."""
    options = ["--jobs", "1", "--faults", str(tmp_path / "faults"), "--time-limit", "20"]
    assert main(["--problems", "3", "--methods", "auto", "cp_sat", *options]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert {line.split("  ")[0] for line in lines} >= {"all", "no rule", *RULES}
    assert not (tmp_path / "faults").exists()
    file = write_record(tmp_path, "one", PROBLEM, ["why"])
    assert main(["--rerun", str(file), *options]) == 0
    assert "auto optimal, exact optimal, cp_sat optimal" in capsys.readouterr().out


def test_a_fault_is_written_and_gives_status_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The problem of a fault becomes a file that can be solved again."""

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr(outcome, "solve", broken)
    monkeypatch.setattr("bench.differential.run.prepare", lambda: None)
    assert main(["--problems", "1", "--jobs", "1", "--seed", "4", "--faults", str(tmp_path)]) == 1
    assert _same(read_record(tmp_path / "4-0.json"), draw_problem(4, 0)[0])
    assert main(["--rerun", str(tmp_path / "4-0.json")]) == 1
