"""What several answers to one problem say of each other; none of them needs to be known to be right.

Differential testing (McKeeman, "Differential testing for software", Digital Technical Journal 10, 1998): programs for the
same task are run on random inputs, and where they disagree, at least one is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from binpack_solvers.check import check
from binpack_solvers.checking.certificate import Verdict, check_certificate
from binpack_solvers.column_generation.certificate import Certificate
from binpack_solvers.errors import CheckError
from binpack_solvers.objective import Value, evaluate
from binpack_solvers.problem import Problem
from binpack_solvers.solution import Solution

Answers = Mapping[str, Solution]


def contradictions(problem: Problem, answers: Answers, verdicts: Mapping[str, Verdict]) -> list[str]:
    """Every rule that an answer breaks and every claim that another answer refutes, in words; empty if there is none.

    answers, verdicts : by method; see ``certificate_verdicts``.
    """
    found = [f"{name}: {fault}" for name, answer in answers.items() for fault in _broken(problem, answer)]
    refuted = [name for name, verdict in verdicts.items() if verdict.result == "refuted"]
    found += [f"{name}: certificate refuted: {verdicts[name].reason}" for name in refuted]
    values = {name: evaluate(problem, a.packing) for name, a in answers.items() if a.packing is not None}
    if values:
        best = min(values.values())
        found += [*_statuses(answers, values, best), *_bounds(answers, best), *_certified_bounds(answers, best)]
    return found


def certificate_verdicts(problem: Problem, answers: Answers) -> dict[str, Verdict]:
    """What the independent checker says of each certificate that was made."""
    certificates = {name: answer.certificate for name, answer in answers.items() if answer.certificate is not None}
    return {name: check_certificate(problem, Certificate.from_dict(made)) for name, made in certificates.items()}


def _broken(problem: Problem, answer: Solution) -> list[str]:
    """What the checker refuses, and claims that its own answer does not bear out."""
    try:
        check(problem, answer)
    except CheckError as error:
        return error.violations
    if answer.status == "feasible" and _meets_every_level(problem, answer):
        return ["status feasible, but every bound is met"]
    return []


def _meets_every_level(problem: Problem, answer: Solution) -> bool:
    met = (answer.cost, answer.bins) == (answer.cost_lower_bound, answer.lower_bound)
    return met and not answer.unplaced and not answer.moves


def _statuses(answers: Answers, values: Mapping[str, Value], best: Value) -> Iterator[str]:
    for name, answer in answers.items():
        if answer.status == "infeasible":
            yield f"{name}: infeasible ({answer.reason}), but {min(values, key=values.__getitem__)} has a packing"
        if answer.status == "optimal" and values[name] != best:
            yield f"{name}: optimal at {tuple(values[name])}, but there is a packing of {tuple(best)}"


def _bounds(answers: Answers, best: Value) -> Iterator[str]:
    """A bound holds for packings that are best at the levels above it; so much must be known before it is compared."""
    optimal = any(answer.status == "optimal" for answer in answers.values())
    if any(best.unplaced) and not optimal:
        return
    for name, answer in answers.items():
        if answer.cost_lower_bound > best.cost:
            yield f"{name}: cost is at least {answer.cost_lower_bound}, but there is a packing of {tuple(best)}"
    if not optimal and max(answer.cost_lower_bound for answer in answers.values()) < best.cost:
        return
    for name, answer in answers.items():
        if answer.lower_bound > best.bins:
            yield f"{name}: at least {answer.lower_bound} bins, but there is a packing of {tuple(best)}"


def _certified_bounds(answers: Answers, best: Value) -> Iterator[str]:
    """A certificate is about packings of all copies, and of the whole bound beside it unless it says otherwise."""
    for name, answer in answers.items():
        if answer.certificate is None:
            continue
        bound, covers = answer.certificate["bound"], answer.certificate["covers"]
        if bound > best.cost and not any(best.unplaced):
            yield f"{name}: certificate of {bound}, but there is a packing of {tuple(best)}"
        if covers == "bound" and bound < answer.cost_lower_bound:
            yield f"{name}: certificate of {bound} is said to cover a bound of {answer.cost_lower_bound}"
