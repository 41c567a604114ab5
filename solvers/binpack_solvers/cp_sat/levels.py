"""The objective, level by level: unplaced copies by priority, cost, bins, move cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from binpack_solvers.cp_sat.data import groups_placed
from binpack_solvers.cp_sat.large_integers import Digits, Term, as_digits, total
from binpack_solvers.cp_sat.model import Model
from binpack_solvers.objective import Value
from binpack_solvers.problem import Problem


@dataclass(frozen=True)
class Level:
    """One level in play. ``name`` is unplaced, cost, bins or moves; ``place`` is the position in Value.unplaced."""

    name: str
    digits: Digits
    of: Callable[[Value], int]
    place: int = 0


def priorities(problem: Problem) -> list[int]:
    """Priority classes of optional items, the most important first, in the order of Value.unplaced[1:]."""
    return sorted({int(p) for p in problem.optional} - {-1}, reverse=True)


def levels_of(model: Model) -> list[Level]:
    """The levels in the order in which they count; where every bin costs 1, bins stand for cost too."""
    problem = model.problem
    levels = [_unplaced_level(model, place, priority) for place, priority in enumerate(priorities(problem), start=1)]
    if not problem.unit_cost:
        terms = [Term(int(problem.cost[k]), model.used[b], 1) for b, k in enumerate(model.kind)]
        terms += [Term(problem.setups[s].cost, pays, 1) for (s, _), pays in model.pays.items()]
        levels.append(Level("cost", as_digits(model.cp, terms), lambda value: value.cost))
    terms = [Term(1, used, 1) for used in model.used]
    levels.append(Level("bins", as_digits(model.cp, terms), lambda value: value.bins))
    if problem.initial:
        levels.append(_moves_level(model))
    return levels


def _unplaced_level(model: Model, place: int, priority: int) -> Level:
    terms = []
    for members, demand, _ in groups_placed(model.problem):
        if model.problem.optional[members[0]] == priority:
            placed = total(model.copies(members, range(len(model.kind))))
            terms.append(Term(1, demand - placed, demand))
    return Level("unplaced", as_digits(model.cp, terms), lambda value: value.unplaced[place], place)


def _moves_level(model: Model) -> Level:
    """sum of move_cost * (copies that stood in a bin and no longer do)."""
    problem = model.problem
    bin_of = {k: b for b, k in enumerate(model.kind)}
    terms: list[Term] = []
    constant = 0
    for standing in problem.initial:
        b = bin_of.get(standing.bin_type)
        for i, stood in standing.content.items():
            price = int(problem.move_cost[i])
            most = model.most[i][standing.bin_type] if b is not None and i in model.count[b] else 0
            if not most or not price:
                constant += price * stood
            elif stood >= most:
                constant += price * (stood - most)
                terms.append(Term(price, most - model.count[b][i], most))  # type: ignore[index]
            else:
                # left >= copies of i that leave the bin; the objective pushes it down to them.
                left = model.cp.new_int_var(0, stood, f"left_{i}_{b}")
                model.cp.add(left >= stood - model.count[b][i])  # type: ignore[index]
                terms.append(Term(price, left, stood))
    return Level("moves", as_digits(model.cp, terms, constant), lambda value: value.moves)
