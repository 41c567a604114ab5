"""The assignment model: copies of each item type per candidate bin, and the rows that concern one bin or one demand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from math import gcd
from typing import Any

from binpack_solvers.cp_sat.data import groups_placed
from binpack_solvers.cp_sat.large_integers import LARGEST_SUM, Term, add_at_most, exceeds, total
from binpack_solvers.cp_sat.leaders import clique, leading_order
from binpack_solvers.packing import Packing
from binpack_solvers.problem import NO_DOMAIN, Problem


@dataclass(frozen=True)
class Loads:
    """One resource, in units of it: what each bin holds, its capacity, and what all bins together hold at least."""

    rows: list[list[Term]]
    room: list[int]
    least: int


@dataclass
class Model:
    """``kind[b]`` is the bin type of candidate bin b; those of one type follow each other, the used ones first."""

    problem: Problem
    cp: Any
    most: list[list[int]]
    kind: list[int]
    # used[b] = 1 if candidate bin b is in the packing (it may be empty).
    used: list[Any] = field(default_factory=list)
    # count[b][i] = copies of item type i in bin b; only where at least one may stand.
    count: list[dict[int, Any]] = field(default_factory=list)
    # pays[s, b] = 1 if bin b is charged for setup s.
    pays: dict[tuple[int, int], Any] = field(default_factory=dict)
    # What the bins hold of the resources whose sums are within CP-SAT's integers.
    loads: list[Loads] = field(default_factory=list)
    # stands[i, level, domain] is 1 if a copy of i stands there; it may be 1 without, which only restricts.
    stands: dict[tuple[int, int, int], Any] = field(default_factory=dict)

    def places(self, level: int) -> dict[int, list[int]]:
        """Domain id -> candidate bins in it; at level 0 every bin is a domain. Bins without the key are left out."""
        if level == 0:
            return {b: [b] for b in range(len(self.kind))}
        domains: dict[int, list[int]] = {}
        for b, k in enumerate(self.kind):
            domain = int(self.problem.topology[k, level - 1])
            if domain != NO_DOMAIN:
                domains.setdefault(domain, []).append(b)
        return domains

    def copies(self, items: Iterable[int], bins: Iterable[int]) -> list[Term]:
        """The counts of these item types in these bins, as terms to add up."""
        wanted = tuple(items)
        return [
            Term(1, self.count[b][i], self.most[i][self.kind[b]]) for b in bins for i in wanted if i in self.count[b]
        ]

    def stands_in(self, i: int, level: int, domain: int, bins: list[int]) -> Any | None:
        """The literal ``stands[i, level, domain]``, made on first use; None if no copy of i may stand there."""
        terms = self.copies([i], bins)
        if not terms:
            return None
        if len(terms) == 1 and terms[0].most == 1:
            return terms[0].value
        key = (i, level, domain)
        if key not in self.stands:
            self.stands[key] = self.cp.new_bool_var(f"stands_{i}_{level}_{domain}")
            for term in terms:
                self.cp.add(term.value <= term.most * self.stands[key])
        return self.stands[key]


def build(problem: Problem, most: list[list[int]], slots: list[int]) -> Model:
    """Variables and all rows but those of limits, requires, spread and ``minimum_bins`` (a bound on bins: ``search``)."""
    from ortools.sat.python import cp_model

    kind = [k for k, count in enumerate(slots) for _ in range(count)]
    model = Model(problem, cp_model.CpModel(), most, kind)
    _add_variables(model, slots)
    _add_demands(model)
    for b in range(len(kind)):
        _add_setups(model, b)
        _add_exclusive(model, b)
    for r in range(problem.resources):
        _add_capacity(model, r)
    _add_fixed_content(model)
    return model


def decode(model: Model, value: Any) -> Packing:
    """The packing that ``value`` (variable -> integer) describes; empty bins only as far as ``minimum_bins`` needs."""
    patterns: list[tuple[int, dict[int, int], int]] = []
    empty: list[int] = []
    for b, k in enumerate(model.kind):
        if value(model.used[b]):
            content = {i: c for i, variable in model.count[b].items() if (c := value(variable))}
            if content:
                patterns.append((k, content, 1))
            else:
                empty.append(k)
    needed = max(0, model.problem.minimum_bins - len(patterns))
    empty.sort(key=lambda k: (int(model.problem.cost[k]), k))
    return Packing.from_patterns([*patterns, *((k, {}, 1) for k in empty[:needed])])


def _add_variables(model: Model, slots: list[int]) -> None:
    problem, cp = model.problem, model.cp
    rooms = clique(problem, model.most, slots)
    order = leading_order(problem, list(rooms))
    copies = (i for i in rooms for _ in range(problem.demands[i]))
    leaders = list(islice(copies, sum(slots)))
    for k, count in enumerate(slots):
        earlier = _copies_up_to(problem, order, [row[k] for row in model.most])
        first = len(model.used)
        for b in range(first, first + count):
            model.used.append(cp.new_bool_var(f"used_{b}"))
            if b > first:
                cp.add_implication(model.used[b], model.used[b - 1])
            if b < len(leaders):
                # CP-SAT searches by the order of its variables; by index, 29 of the 49 instead of 35 (``engine``).
                room = rooms[leaders[b]]
                _add_led_bin(model, b, leaders[b], {i: room[i] for i in order if room[i]})
                continue
            content = {}
            for i in order:
                most = model.most[i][k]
                # Bins numbered by the leading item that they hold, empty ones last: with i in bin b, each of the
                # b - first bins before it holds a copy of an item that comes no later than i.
                if most and b - first < earlier[i]:
                    content[i] = cp.new_int_var(0, most, f"x_{i}_{b}")
                    cp.add(content[i] <= most * model.used[b])
            model.count.append(content)


def _add_led_bin(model: Model, b: int, leader: int, room: dict[int, int]) -> None:
    """Bin b with one copy of its leader, and variables for what has room beside it."""
    content = {leader: model.cp.new_int_var(1, 1, f"x_{leader}_{b}")}
    content |= {i: model.cp.new_int_var(0, most, f"x_{i}_{b}") for i, most in room.items()}
    model.cp.add(model.used[b] == 1)
    model.count.append(content)


def _copies_up_to(problem: Problem, order: list[int], most: list[int]) -> dict[int, int]:
    """Copies of item types that come no later than i in the order and may stand in the bin type, groups once."""
    group_of = {i: members[0] for members in problem.demand_groups for i in members}
    total, seen, result = 0, set(), {}
    for i in order:
        if most[i] and group_of[i] not in seen:
            seen.add(group_of[i])
            total += int(problem.demands[i])
        result[i] = total
    return result


def _add_demands(model: Model) -> None:
    for members, demand, must in groups_placed(model.problem):
        placed = total(model.copies(members, range(len(model.kind))))
        model.cp.add(placed == demand if must else placed <= demand)


def _add_setups(model: Model, b: int) -> None:
    """``pays`` wherever a member may stand in bin b."""
    for s, setup in enumerate(model.problem.setups):
        members = model.copies(setup.members, [b])
        if members and model.kind[b] in setup.types:
            model.pays[s, b] = model.cp.new_bool_var(f"pays_{s}_{b}")
            for term in members:
                model.cp.add(term.value <= term.most * model.pays[s, b])


def _add_capacity(model: Model, r: int) -> None:
    """Sizes and setups within the capacity of every bin, for one resource."""
    rows = [_load_terms(model, b, r) for b in range(len(model.kind))]
    room = [int(model.problem.capacity[k, r]) for k in model.kind]
    if not any(exceeds(terms, c) for terms, c in zip(rows, room, strict=True)):
        return
    for terms, capacity, used in zip(rows, room, model.used, strict=True):
        add_at_most(model.cp, terms, capacity, used)
    unit = gcd(*(term.coefficient for terms in rows for term in terms))
    room = [c // unit for c in room]
    if sum(room) <= LARGEST_SUM and not any(exceeds(terms, LARGEST_SUM * unit) for terms in rows):
        rows = [[Term(t.coefficient // unit, t.value, t.most) for t in terms] for terms in rows]
        model.loads.append(Loads(rows, room, _least_volume(model, r) // unit))


def add_loads(cp: Any, loads: Loads) -> None:
    """A variable for what stands in each bin, and the least sum of them, in a copy ``cp`` of the model.

    The capacities do without; but with the sum known, a bin left too empty fails at once: triplets of 60 items are
    packed in a second instead of more than 15. With the linear relaxation the variables only cost time.
    """
    load = [cp.new_int_var(0, room, f"load_{b}") for b, room in enumerate(loads.room)]
    for variable, terms in zip(load, loads.rows, strict=True):
        cp.add(variable == total(terms))
    cp.add(sum(load) >= loads.least)


def _load_terms(model: Model, b: int, r: int) -> list[Term]:
    """What item types and setups take of the resource in bin b."""
    problem, k = model.problem, model.kind[b]
    terms = [Term(int(problem.sizes[i, r]), x, model.most[i][k]) for i, x in model.count[b].items()]
    paid = [(setup.size[r], model.pays.get((s, b))) for s, setup in enumerate(problem.setups)]
    terms += [Term(size, pays, 1) for size, pays in paid if pays is not None]
    return [term for term in terms if term.coefficient]


def _least_volume(model: Model, r: int) -> int:
    """What the copies that must be packed take at least of a resource, all bins together."""
    volume = 0
    for members, demand, must in groups_placed(model.problem):
        if must:
            volume += demand * min(int(model.problem.sizes[i, r]) for i in members if any(model.most[i]))
    return volume


def _add_exclusive(model: Model, b: int) -> None:
    """At most one copy of the exclusive types, and with it no copy of any other."""
    alone = [x for i, x in model.count[b].items() if model.problem.exclusive[i]]
    if not alone:
        return
    model.cp.add_at_most_one(alone)
    for i, x in model.count[b].items():
        if not model.problem.exclusive[i]:
            most = model.most[i][model.kind[b]]
            model.cp.add(x + most * sum(alone) <= most)


def _add_fixed_content(model: Model) -> None:
    """What stands fixed in an initial bin stays there."""
    bin_of = {k: b for b, k in enumerate(model.kind)}
    for standing in model.problem.initial:
        for i, copies in standing.content.items() if standing.fixed else ():
            b = bin_of.get(standing.bin_type)
            if copies:
                held = model.count[b].get(i, 0) if b is not None else 0
                model.cp.add(held >= copies)
