"""Small nested problems by CP-SAT: every copy in a numbered box, every box on a numbered host, to a proof."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from binpack_solvers.context import Context
from binpack_solvers.cp_sat.engine import Effort, Turn, run
from binpack_solvers.nested.nested_packing import NestedPacking
from binpack_solvers.nested.nested_problem import ANY_NUMBER, NestedProblem
from binpack_solvers.problem import Problem

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

MOST_COPIES, MOST_PLACES = 40, 20_000
"""Copies, and boxes times kinds times hosts, up to which the model is solved."""
LARGEST_AMOUNT = 2**50
"""So that sums stay within CP-SAT's integers."""
KNOWN = frozenset({"compatible", "exclusive", "limits", "alternatives"})
"""Rules of items in boxes that it has."""
MOST_WORK = 1e9


def solve_small(
    problem: NestedProblem, boxed: Problem, bound: int, value: tuple[int, int, int] | None, context: Context
) -> tuple[NestedPacking | None, int]:
    """A cheaper packing than ``value``, if there is one, and a bound on cost; (None, ``bound``) where the problem is not
    small or has rules of boxes that the model does not know."""
    copies = boxed.copies
    equal = len(set(problem.outer.cost.tolist())) == 1
    hosts = max(value[1] if value is not None and equal else copies, problem.outer.minimum_bins)
    places = copies * boxed.bin_types * hosts
    large = max(int(p.capacity.max()) for p in (boxed, problem.outer)) > LARGEST_AMOUNT
    if copies > MOST_COPIES or places > MOST_PLACES or large:
        return None, bound
    if boxed.rules - KNOWN or (boxed.limits[:, 3] > 0).any():
        return None, bound
    model = _Model(problem, boxed, copies, hosts)
    model.cp.add(model.cost >= bound)
    if value is not None:
        model.cp.add(model.cost <= value[0])
    found: list[NestedPacking] = []
    effort = Effort(context.deadline, context.threads, context.seed, context.stop)
    result = run(model.cp, effort, Turn(MOST_WORK, True), lambda read: found.append(model.packing(read)))
    if result.status == "infeasible":
        return None, bound if value is None else value[0]
    return (found[-1] if found else None), max(bound, int(np.ceil(result.bound - 1e-6)))


class _Model:
    """Variables: copies of each item in each box, each box's kind and host, each host's type."""

    def __init__(self, problem: NestedProblem, boxed: Problem, boxes: int, hosts: int) -> None:
        from ortools.sat.python import cp_model

        self.problem, self.boxed = problem, boxed
        self.cp: cp_model.CpModel = cp_model.CpModel()
        outer, items = problem.outer, range(boxed.item_types)
        self.count = [[self.cp.new_int_var(0, int(boxed.demands[i]), "") for i in items] for _ in range(boxes)]
        self.place = [
            [[self.cp.new_bool_var("") for _ in range(hosts)] for _ in range(boxed.bin_types)] for _ in range(boxes)
        ]
        self.type = [[self.cp.new_bool_var("") for _ in range(outer.bin_types)] for _ in range(hosts)]
        self.cost = sum(int(c) * var for row in self.type for c, var in zip(outer.cost, row, strict=True))
        for group in boxed.demand_groups:
            self.cp.add(sum(row[i] for row in self.count for i in group) == int(boxed.demands[group[0]]))
        for box in range(boxes):
            self._box(box)
        for host in range(hosts):
            self._host(host)
        self._numbers()
        self.cp.minimize(self.cost)

    def _box(self, box: int) -> None:
        """One kind on one host or no box; what its kind holds; the rules of its content."""
        boxed, cp, count = self.boxed, self.cp, self.count[box]
        kinds = [sum(row) for row in self.place[box]]
        cp.add(sum(kinds) <= 1)
        for r in range(boxed.resources):
            taken = sum(int(size) * var for size, var in zip(boxed.sizes[:, r], count, strict=True))
            cp.add(taken <= sum(int(boxed.capacity[s, r]) * kind for s, kind in enumerate(kinds)))
        for i, var in enumerate(count):
            demand = int(boxed.demands[i])
            cp.add(var <= demand * sum(kind for s, kind in enumerate(kinds) if boxed.compatible[i, s]))
            if boxed.exclusive[i]:
                there = self._there(var)
                cp.add(sum(count) == 1).only_enforce_if(there)
        for i, j, most, _ in boxed.limits.tolist():
            cp.add(count[j] <= most).only_enforce_if(self._there(count[i]))

    def _host(self, host: int) -> None:
        """One type or no host; what it holds; the rules of what stands on it."""
        outer, cp = self.problem.outer, self.cp
        types = self.type[host]
        cp.add(sum(types) <= 1)
        boxes = [(s, row[s][host]) for row in self.place for s in range(self.boxed.bin_types)]
        for r in range(outer.resources):
            taken = sum(int(outer.sizes[s, r]) * var for s, var in boxes)
            cp.add(taken <= sum(int(outer.capacity[t, r]) * var for t, var in enumerate(types)))
        for s, var in boxes:
            cp.add(var <= sum(types))
            for t, there in enumerate(types):
                if not outer.compatible[s, t]:
                    cp.add(var + there <= 1)
            if outer.exclusive[s]:
                cp.add(sum(other for _, other in boxes) <= 1).only_enforce_if(var)
        self._together(host)

    def _together(self, host: int) -> None:
        """Copies on one host over all its boxes, where a rule asks for them."""
        problem, cp = self.problem, self.cp
        wanted = {i for i, most in enumerate(problem.most_per_host.tolist()) if most != ANY_NUMBER}
        here = {i: self._copies_on(i, host) for i in wanted | {i for pair in problem.apart for i in pair}}
        for i in wanted:
            cp.add(here[i] <= int(problem.most_per_host[i]))
        for i, j in problem.apart:
            cp.add(here[j] == 0).only_enforce_if(self._there(here[i]))

    def _copies_on(self, i: int, host: int) -> Any:
        parts = []
        for row, count in zip(self.place, self.count, strict=True):
            part = self.cp.new_int_var(0, int(self.boxed.demands[i]), "")
            here = sum(kind[host] for kind in row)
            self.cp.add(part >= count[i] - int(self.boxed.demands[i]) * (1 - here))
            parts.append(part)
        return sum(parts)

    def _there(self, amount: Any) -> Any:
        """A variable that is true where the amount is above 0."""
        there = self.cp.new_bool_var("")
        self.cp.add(amount == 0).only_enforce_if(there.negated())
        return there

    def _numbers(self) -> None:
        """How many boxes and hosts there are of each kind, and which of equal ones come first."""
        outer, boxed, cp = self.problem.outer, self.boxed, self.cp
        for s, available in enumerate(boxed.available.tolist()):
            if available >= 0:
                cp.add(sum(var for row in self.place for var in row[s]) <= available)
        for t, available in enumerate(outer.available.tolist()):
            if available >= 0:
                cp.add(sum(row[t] for row in self.type) <= available)
        cp.add(sum(var for row in self.type for var in row) >= outer.minimum_bins)
        for before, after in zip(self.type, self.type[1:], strict=False):
            cp.add(sum(before) >= sum(after))
        for above, below in zip(self.place, self.place[1:], strict=False):
            cp.add(sum(v for row in above for v in row) >= sum(v for row in below for v in row))

    def packing(self, read: Callable[[Any], int]) -> NestedPacking:
        """The packing of a solution."""
        used = [b for b, row in enumerate(self.place) if any(read(var) for kind in row for var in kind)]
        kind = {b: next(s for s, row in enumerate(self.place[b]) if any(read(var) for var in row)) for b in used}
        inside = {b: {i: n for i, var in enumerate(self.count[b]) if (n := read(var))} for b in used}
        stand: list[tuple[int, list[tuple[int, dict[int, int]]]]] = []
        for h, types in enumerate(self.type):
            there = [t for t, var in enumerate(types) if read(var)]
            here = [(kind[b], inside[b]) for b in used if inside[b] and read(self.place[b][kind[b]][h])]
            stand += [(t, here) for t in there]
        return NestedPacking.of_hosts(stand)
