"""Placement: what solving one era's Problem gave, decoded; copies that fit no machine set apart and named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol

import numpy as np
from binpack_solvers.bounds.bound import Reason
from binpack_solvers.check import violations
from binpack_solvers.heuristics.setup_exchange import Affinity
from binpack_solvers.packing import Packing
from binpack_solvers.problem import UNLIMITED, Problem
from binpack_solvers.solution import Solution

from binpack.era_plan import Machine, Unplaced
from binpack.eras.images.image_packing import ImagePacking, gathered, looks_at_images, without_layers
from binpack.eras.packing.call_packing import with_calls_within
from binpack.eras.packing.compilation import Compiled, Piece
from binpack.eras.packing.machine_bound import MachineBound
from binpack.eras.packing.machines_first import machines_first
from binpack.eras.packing.shared_stock import divisions, with_bounds_of
from binpack.units import format_amount

if TYPE_CHECKING:
    from binpack_solvers.nested.nested_packing import NestedSolution
    from binpack_solvers.nested.nested_problem import NestedProblem

    from binpack.eras.era import Era

NO_ROOM = "no room left on the machines there are"


class Solve(Protocol):
    """The engine with the limits of a run."""

    def __call__(self, problem: Problem, initial: Packing | None = None) -> Solution:
        """Solve one Problem, from a packing that keeps its rules, if there is one."""

    def cheaper_setups(self, problem: Problem, packing: Packing) -> Solution:
        """The same bins, but those left empty, with cheaper setups, from a packing that keeps the rules."""

    def nearer(self, problem: Problem, packing: Packing, affinity: Affinity) -> Packing:
        """The same bins, setups no dearer, with more affinity within bins, from a packing that keeps the rules."""

    def nested(self, problem: NestedProblem, known: int) -> NestedSolution:
        """Solve one NestedProblem of which a bound on cost is known."""


@dataclass(frozen=True)
class Placement:
    """The machines of one era, and what is proven about their number.

    images : the packing that did not look at images, where one that does has taken its place.
    """

    machines: tuple[Machine, ...]
    status: str
    bound: MachineBound
    unplaced: tuple[Unplaced, ...] = ()
    images: ImagePacking | None = None


Paid = Callable[[Sequence[Machine]], int]
"""What machines cost."""


def place(era: Era, compiled: Compiled, solve: Solve, paid: Paid | None = None) -> Placement:
    """Solve and decode. What fits no empty box is left out and named; where boxes run short, so is what finds no room.

    The machines once found, copies are placed on them so that they fetch few bytes of images, and those beside each other
    that call each other, where that costs no more; without ``paid`` it does not matter what is where.
    """
    compiled, solution, reason, unplaced = solve_what_fits(compiled, solve)
    machines, images = tuple(era.decode(compiled, solution.patterns)), None
    if solution.packing is not None and paid is not None:
        machines, images = _rearranged(era, compiled, solution.packing, machines, solve, paid)
    return Placement(
        machines,
        "infeasible" if unplaced else solution.status,
        MachineBound(solution.lower_bound, solution.cost_lower_bound, reason, compiled),
        tuple(unplaced),
        images,
    )


def _rearranged(
    era: Era,
    compiled: Compiled,
    packing: Packing,
    machines: tuple[Machine, ...],
    solve: Solve,
    paid: Paid,
) -> tuple[tuple[Machine, ...], ImagePacking | None]:
    """Images first, then calls. What a search of these does not know, energy of the load and some licences, may not rise."""
    kept, images = (packing, machines), None

    def no_dearer(found: Packing) -> tuple[Packing, tuple[Machine, ...]]:
        if found is kept[0]:
            return kept
        other = tuple(era.decode(compiled, found.patterns))
        return (found, other) if paid(other) <= paid(kept[1]) else kept

    if looks_at_images(compiled):
        found, pulled = gathered(compiled, packing, solve)
        images = ImagePacking(machines, pulled)
        kept = no_dearer(found)
    kept = no_dearer(with_calls_within(compiled, kept[0], solve))
    return kept[1], images


Answer = tuple[Compiled, Solution, Reason, list[Unplaced]]


def solve_what_fits(compiled: Compiled, solve: Solve) -> Answer:
    """The problem that was solved in the end, its solution, and what was left out of it and why.

    The reason is that of the bound, or, where machines run short, what shows that they do. Where kinds of boxes share a
    stock that a solution overdraws, the best of several ways to divide it, with the fewest copies left out.
    """
    answer = _solve_what_fits(compiled, solve)
    relaxed = answer[1]
    found = [_solve_what_fits(part, solve) for part in divisions(compiled, relaxed.packing)]
    if not found:
        return answer
    compiled, solution, reason, unplaced = min(found, key=_worth)
    if not unplaced and solution.packing is not None:
        problem = compiled.problem
        one_price = len(set(problem.cost.tolist())) == 1 and not any(setup.cost for setup in problem.setups)
        solution, reason = with_bounds_of(solution, relaxed, one_price), answer[2]
    return compiled, solution, reason, unplaced


def _worth(answer: Answer) -> tuple[int, int]:
    """Copies left out, then cost."""
    _, solution, _, unplaced = answer
    return sum(each.count for each in unplaced), solution.cost or 0


def _solve_what_fits(compiled: Compiled, solve: Solve) -> Answer:
    compiled, unplaced = without_misfits(compiled)
    relaxed = without_layers(compiled)
    solution = solve(relaxed, machines_first(relaxed, compiled.origin, solve))
    if solution.packing is not None and violations(compiled.problem, solution.packing):
        solution = solve(compiled.problem, machines_first(compiled.problem, compiled.origin, solve))
    reason = solution.statistics.bound_reason
    if solution.packing is not None:
        return compiled, solution, reason, unplaced
    problem = compiled.problem.replace(optional=np.zeros(compiled.problem.item_types, np.int64))
    compiled = replace(compiled, problem=problem)
    solution = solve(problem)
    lost = [out_of_room(compiled, i, count) for i, count in solution.unplaced.items()]
    return compiled, solution, reason, unplaced + lost


def out_of_room(compiled: Compiled, item: int, count: int) -> Unplaced:
    """So many copies of a piece for which the machines that there are do not suffice."""
    largest = max(compiled.boxes, key=lambda box: sorted(box.capacity.values())).name
    return Unplaced(_title(compiled.pieces[item]), count, NO_ROOM, largest)


def without_misfits(compiled: Compiled) -> tuple[Compiled, list[Unplaced]]:
    """The same without pieces that no empty box holds in any form, of boxes that are to be had; each of them is named with
    what it lacks."""
    problem = compiled.problem
    fits = (problem.sizes[:, None, :] <= problem.capacity[None, :, :]).all(axis=2) & problem.compatible
    fits &= problem.available != 0
    lost = [group for group in problem.demand_groups if not fits[list(group)].any() and problem.demands[group[0]] > 0]
    if not lost:
        return compiled, []
    gone = {i for group in lost for i in group}
    unplaced = [_misfit(compiled, group) for group in lost]
    demands = np.array([0 if i in gone else d for i, d in enumerate(problem.demands.tolist())], dtype=np.int64)
    return replace(compiled, problem=problem.replace(demands=demands)), unplaced


def without_stranded(compiled: Compiled, solve: Solve) -> tuple[Compiled, list[Unplaced]]:
    """The same without copies that have no place in any number of boxes, for want of what they need beside them."""
    problem = compiled.problem
    available = np.where(problem.available == 0, 0, UNLIMITED)
    left = solve(problem.replace(available=available, optional=np.zeros(problem.item_types, np.int64))).unplaced
    demands = problem.demands.copy()
    for i, count in left.items():
        demands[list(problem.demand_groups[problem.group_of[i]])] -= count
    stranded = [out_of_room(compiled, i, count) for i, count in left.items()]
    return replace(compiled, problem=problem.replace(demands=demands)), stranded


def _misfit(compiled: Compiled, group: Sequence[int]) -> Unplaced:
    """Why a piece fits nowhere: what it lacks in the box that comes nearest."""
    problem = compiled.problem
    best: tuple[Fraction, str, str] | None = None
    for i in group:
        piece = compiled.pieces[i]
        for k, box in enumerate(compiled.boxes):
            if not problem.compatible[i, k]:
                continue
            short = [
                (resource, int(size), int(room))
                for resource, size, room in zip(compiled.resources, problem.sizes[i], problem.capacity[k], strict=True)
                if size > room
            ]
            excess = max((Fraction(size, max(1, room)) for _, size, room in short), default=Fraction(0))
            if best is None or excess < best[0]:
                largest = {r: (size, room) for r, size, room in sorted(short)}  # of one at many points, the most
                words = "; ".join(_lack(r, *amounts) for r, amounts in largest.items()) or NO_ROOM
                best = (excess, words, box.name)
    piece = compiled.pieces[group[0]]
    if best is None and piece.unfit:
        return Unplaced(_title(piece), piece.demand, piece.unfit, "")
    if best is None:
        wanted = f"{piece.arch or 'any architecture'}, {' or '.join(piece.runs_on)}"
        return Unplaced(_title(piece), piece.demand, f"no machine is of its kind ({wanted})", "")
    return Unplaced(_title(piece), piece.demand, best[1], best[2])


def _lack(resource: str, size: int, room: int) -> str:
    return f"{resource}: a copy takes {format_amount(resource, size)}, {format_amount(resource, room)} is free"


def _title(piece: Piece) -> str:
    return piece.application.key if piece.application is not None else piece.name
