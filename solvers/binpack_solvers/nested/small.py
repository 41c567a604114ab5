"""Small nested problems to a proof: every content of a host is listed, and CP-SAT chooses the hosts that hold all copies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.column_generation.columns import Columns
from binpack_solvers.context import Context
from binpack_solvers.cp_sat.engine import Effort, Turn, run
from binpack_solvers.nested.box_contents import box_contents
from binpack_solvers.nested.host_contents import HostContent, host_contents
from binpack_solvers.nested.nested_packing import NestedPacking
from binpack_solvers.nested.nested_problem import ANY_NUMBER, NestedProblem
from binpack_solvers.problem import UNLIMITED, Problem

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

Int64 = NDArray[np.int64]

LARGEST_AMOUNT = 2**50
"""So that sums stay within 64 bits."""
KNOWN = frozenset({"compatible", "exclusive", "limits", "alternatives", "setups"})
"""Rules of items in boxes that hold of fewer copies where they hold of more."""
MOST_WORK = 1e9


def solve_small(
    problem: NestedProblem, boxed: Problem, bound: int, value: tuple[int, int, int] | None, context: Context
) -> tuple[NestedPacking | None, int]:
    """A cheaper packing than ``value``, if there is one, and a bound on cost; (None, ``bound``) where the problem has too
    many contents, or rules that do not hold of parts of a content."""
    if boxed.rules - KNOWN or max(int(p.capacity.max()) for p in (boxed, problem.outer)) > LARGEST_AMOUNT:
        return None, bound
    most = np.where(
        problem.most_per_host == ANY_NUMBER, boxed.demands, np.minimum(problem.most_per_host, boxed.demands)
    )
    limited = np.flatnonzero(problem.inner.available > 0)
    boxes = box_contents(problem, boxed, most)
    if boxes is None:
        return None, bound
    found: list[HostContent] = []
    for host in np.flatnonzero(problem.outer.available):
        here = None if context.over else host_contents(problem, boxes, int(host), most, limited)
        if here is None:
            return None, bound
        found += here
    chosen, bound = _choose(_Cover(problem, boxed, found, limited), bound, value, context)
    hosts = [found[k] for k in chosen.elements()] if chosen else []
    return (_packing(problem.outer.minimum_bins, _Wanted(boxed, boxes, most), hosts) if chosen else None), bound


def _choose(
    model: _Cover, bound: int, value: tuple[int, int, int] | None, context: Context
) -> tuple[Counter[int] | None, int]:
    """How many hosts of each content hold all copies the cheapest, and a bound on cost."""
    model.cp.add(model.cost >= bound)
    if value is not None:
        model.cp.add(model.cost <= value[0])
    chosen: list[Counter[int]] = []
    effort = Effort(context.deadline, context.threads, context.seed, context.stop)
    result = run(model.cp, effort, Turn(MOST_WORK, True), lambda read: chosen.append(model.chosen(read)))
    if result.status == "infeasible":
        return None, bound if value is None else value[0]
    return (chosen[-1] if chosen else None), max(bound, int(np.ceil(result.bound - 1e-6)))


class _Cover:
    """How many hosts have each content."""

    def __init__(self, problem: NestedProblem, boxed: Problem, contents: list[HostContent], limited: Int64) -> None:
        from ortools.sat.python import cp_model

        self.cp: cp_model.CpModel = cp_model.CpModel()
        outer = problem.outer
        most = max(boxed.copies, outer.minimum_bins)
        self.hosts = [self.cp.new_int_var(0, most, "") for _ in contents]
        self.cost = self._sum(int(outer.cost[c.host]) for c in contents)
        for group in boxed.demand_groups:
            held = self._sum(sum(c.copies[i] for i in group) for c in contents)
            self.cp.add(held >= int(boxed.demands[group[0]]))
        for place, kind in enumerate(limited.tolist()):
            self.cp.add(self._sum(c.limited[place] for c in contents) <= int(problem.inner.available[kind]))
        for host in np.flatnonzero(outer.available != UNLIMITED).tolist():
            self.cp.add(self._sum(int(c.host == host) for c in contents) <= int(outer.available[host]))
        self.cp.add(self._sum(1 for _ in contents) >= outer.minimum_bins)
        self.cp.minimize(self.cost)

    def _sum(self, factors: Iterator[int]) -> Any:
        return sum(factor * var for factor, var in zip(factors, self.hosts, strict=True) if factor)

    def chosen(self, read: Any) -> Counter[int]:
        """Hosts of each content in a solution."""
        return Counter({k: read(var) for k, var in enumerate(self.hosts)})


def _packing(fewest: int, wanted: _Wanted, hosts: list[HostContent]) -> NestedPacking:
    """These hosts, with no copy too many of any item; boxes and hosts that need not be are left out, down to the fewest."""
    stand = [(host.host, list(wanted.taken(host))) for host in hosts]
    used = [host for host in stand if host[1]]
    empty = [host for host in stand if not host[1]]
    return NestedPacking.of_hosts(used + empty[: max(0, fewest - len(used))])


class _Wanted:
    """What is left of the demands while hosts take what they hold. most (m,) : copies of an item type on one host."""

    def __init__(self, boxed: Problem, boxes: Columns, most: Int64) -> None:
        self.boxes, self.most, self.group = boxes, most.tolist(), boxed.group_of.tolist()
        self.left = boxed.demands[boxed.first_of_group].tolist()

    def taken(self, host: HostContent) -> Iterator[tuple[int, dict[int, int]]]:
        """The boxes of a host with what is still wanted of their content."""
        here: Counter[int] = Counter()
        for row in host.boxes:
            inside = {}
            for i, copies in enumerate(self.boxes.count[row].tolist()):
                count = min(copies, self.left[self.group[i]], self.most[i] - here[i])
                if count > 0:
                    inside[i] = count
                    here[i] += count
                    self.left[self.group[i]] -= count
            if inside:
                yield int(self.boxes.bin_type[row]), inside
