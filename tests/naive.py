"""Slow, obvious oracles: every rule of a Problem tested by its definition on an explicit list of copies.

Nothing here is compressed, vectorised or shared with the engine: a packing becomes a list of bins, each with one list
entry per copy, and every rule is read off the docstrings of ``Problem``, ``Setup``, ``Spread`` and ``Standing``.
Use it on tiny problems only.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations_with_replacement, product

from binpack_solvers.objective import Value
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem

Bins = list[tuple[int, list[int]]]
"""Every bin of a packing: its type, and one entry (the item type) per copy in it."""


class Plain:
    """The arrays of a Problem as nested lists: indexing numpy arrays entry by entry would dominate the brute force."""

    def __init__(self, problem: Problem) -> None:
        self.m, self.t = problem.item_types, problem.bin_types
        self.sizes, self.capacity = problem.sizes.tolist(), problem.capacity.tolist()
        self.demands, self.optional = problem.demands.tolist(), problem.optional.tolist()
        self.cost, self.available = problem.cost.tolist(), problem.available.tolist()
        self.compatible, self.exclusive = problem.compatible.tolist(), problem.exclusive.tolist()
        self.limits, self.requires = problem.limits.tolist(), problem.requires.tolist()
        self.topology, self.move_cost = problem.topology.tolist(), problem.move_cost.tolist()
        self.setups, self.spread, self.initial = problem.setups, problem.spread, problem.initial
        self.minimum_bins = problem.minimum_bins
        self.groups = _groups(problem.alternatives.tolist())


def _groups(alternatives: list[int]) -> list[list[int]]:
    """Item types that share a demand, listed under the first of them."""
    groups: list[list[int]] = []
    for i, group in enumerate(alternatives):
        mates = [members for members in groups if group >= 0 and alternatives[members[0]] == group]
        if mates:
            mates[0].append(i)
        else:
            groups.append([i])
    return groups


def expand(packing: Packing) -> Bins:
    """Every bin of the packing with every copy in it."""
    bins: Bins = []
    for row in range(len(packing.bin_type)):
        copies: list[int] = []
        for entry in range(int(packing.indptr[row]), int(packing.indptr[row + 1])):
            copies += [int(packing.item[entry])] * int(packing.count[entry])
        for _ in range(int(packing.multiplicity[row])):
            bins.append((int(packing.bin_type[row]), list(copies)))
    return bins


def violations(problem: Problem, packing: Packing) -> list[str]:
    """Every rule that the packing breaks; each message begins with the rule's name and a colon, as in ``check``."""
    for row in range(len(packing.bin_type)):
        items = packing.item[packing.indptr[row] : packing.indptr[row + 1]].tolist()
        if items != sorted(set(items)):
            return [f"form: row {row}"]
    bins = expand(packing)
    if any(k >= problem.bin_types or any(i >= problem.item_types for i in copies) for k, copies in bins):
        return ["index: unknown type"]
    return list(_broken(Plain(problem), bins))


def rules_broken(problem: Problem, packing: Packing) -> set[str]:
    """The names of the rules that the packing breaks."""
    return {message.split(":")[0] for message in violations(problem, packing)}


def _broken(p: Plain, bins: Bins) -> Iterator[str]:
    yield from _demand_broken(p, bins)
    for k in range(p.t):
        if p.available[k] >= 0 and sum(kind == k for kind, _ in bins) > p.available[k]:
            yield f"available: bin type {k}"
    for b, (kind, copies) in enumerate(bins):
        yield from (f"{message}, bin {b}" for message in _broken_inside(p, kind, copies))
    yield from _limits_broken(p, bins)
    yield from _requires_broken(p, bins)
    for s in p.spread:
        yield from _spread_broken(p, s, bins)
    yield from _standing_broken(p, bins)
    if len(bins) < p.minimum_bins:
        yield f"minimum_bins: {len(bins)}"


def _demand_broken(p: Plain, bins: Bins) -> Iterator[str]:
    for group in p.groups:
        placed = sum(i in group for _, copies in bins for i in copies)
        demand = p.demands[group[0]]
        if placed > demand or (placed < demand and p.optional[group[0]] < 0):
            yield f"demand: {placed} copies of {group}, not {demand}"


def _broken_inside(p: Plain, kind: int, copies: list[int]) -> Iterator[str]:
    """The rules about one bin alone that a further copy can only break, never mend."""
    for r, room in enumerate(p.capacity[kind]):
        paid = sum(s.size[r] for s in p.setups if _pays(s, kind, copies))
        if sum(p.sizes[i][r] for i in copies) + paid > room:
            yield f"capacity: resource {r}"
    for i in copies:
        if not p.compatible[i][kind]:
            yield f"compatible: item {i}"
        if p.exclusive[i] and len(copies) > 1:
            yield f"exclusive: item {i}"


def _pays(setup, kind: int, copies: list[int]) -> bool:
    return kind in setup.types and any(i in setup.members for i in copies)


def _places(p: Plain, bins: Bins, level: int) -> dict[int, list[int]]:
    """What stands together at a level: bin index or domain id -> copies. Bins without the key are in no place."""
    places: dict[int, list[int]] = {}
    for b, (kind, copies) in enumerate(bins):
        place = b if level == 0 else p.topology[kind][level - 1]
        if place >= 0:
            places.setdefault(place, []).extend(copies)
    return places


def _limits_broken(p: Plain, bins: Bins) -> Iterator[str]:
    for i, j, most, level in p.limits:
        for place, copies in _places(p, bins, level).items():
            if i in copies and copies.count(j) > most:
                yield f"limit: {i} {j} {most} at level {level}, place {place}"


def _requires_broken(p: Plain, bins: Bins) -> Iterator[str]:
    for i, j, level in p.requires:
        if level and any(i in copies and p.topology[kind][level - 1] < 0 for kind, copies in bins):
            yield f"require: {i} stands where key {level} is absent"
        with_i = [copies for copies in _places(p, bins, level).values() if i in copies]
        if (i == j and len(with_i) > 1) or any(j not in copies for copies in with_i):
            yield f"require: {i} needs {j} at level {level}"


def _spread_broken(p: Plain, spread, bins: Bins) -> Iterator[str]:
    declared = dict.fromkeys(spread.domains, 0) if spread.key else {}
    in_play = False
    for b, (kind, copies) in enumerate(bins):
        if spread.key:
            domain, eligible = p.topology[kind][spread.key - 1], p.topology[kind][spread.key - 1] in spread.domains
        else:
            domain, eligible = b, kind in spread.domains
        if eligible:
            declared[domain] = declared.get(domain, 0) + sum(i in spread.counted for i in copies)
        if any(i in spread.carriers for i in copies):
            in_play = True
            if not eligible:
                yield f"spread: carrier outside the domains, bin {b}"
    if in_play and declared:
        least = 0 if len(declared) < spread.min_domains else min(declared.values())
        if max(declared.values()) - least > spread.max_skew:
            yield f"spread: {declared}"


def _standing_broken(p: Plain, bins: Bins) -> Iterator[str]:
    for standing in p.initial:
        now = [i for kind, copies in bins if kind == standing.bin_type for i in copies]
        if standing.fixed and any(now.count(i) < count for i, count in standing.content.items()):
            yield f"standing: bin type {standing.bin_type}"


def value(problem: Problem, packing: Packing) -> Value:
    """The objective's levels, counted bin by bin and copy by copy."""
    return _value(Plain(problem), expand(packing))


def _value(p: Plain, bins: Bins) -> Value:
    placed = [i for _, copies in bins for i in copies]
    unplaced = _unplaced(p, [placed.count(i) for i in range(p.m)])
    return Value(unplaced, _cost(p, bins), len(bins), _moves(p, bins))


def _unplaced(p: Plain, placed: list[int]) -> tuple[int, ...]:
    sums = dict.fromkeys((-1, *sorted(set(p.optional) - {-1}, reverse=True)), 0)
    for group in p.groups:
        sums[p.optional[group[0]]] += max(0, p.demands[group[0]] - sum(placed[i] for i in group))
    return tuple(sums.values())


def _cost(p: Plain, bins: Bins) -> int:
    return sum(p.cost[kind] + sum(s.cost for s in p.setups if _pays(s, kind, copies)) for kind, copies in bins)


def _moves(p: Plain, bins: Bins) -> int:
    moves = 0
    for standing in p.initial:
        now = [i for kind, copies in bins if kind == standing.bin_type for i in copies]
        for i, count in standing.content.items():
            moves += p.move_cost[i] * max(0, count - now.count(i))
    return moves


def optimum(problem: Problem) -> Value | None:
    """The best value of any packing that keeps every rule, by trying them all; None if there is none."""
    packing = best_packing(problem)
    return None if packing is None else value(problem, packing)


def best_packing(problem: Problem) -> Packing | None:
    """A packing of the best value: every choice of copies, every way to put them into bins, every filling up."""
    p = Plain(problem)
    best: list[tuple[Value, Bins]] = []
    for unplaced, copies in sorted(_choices(p)):
        if best and unplaced > best[-1][0].unplaced:
            break
        _place(p, copies, 0, [], best)
    if not best:
        return None
    return Packing.from_patterns((kind, {i: copies.count(i) for i in copies}, 1) for kind, copies in best[-1][1])


def _choices(p: Plain) -> Iterator[tuple[tuple[int, ...], list[int]]]:
    """Every choice of how many copies of each item type are placed, with what that leaves unplaced."""
    per_group = []
    for group in p.groups:
        demand, must = p.demands[group[0]], p.optional[group[0]] < 0
        counts = product(range(demand + 1), repeat=len(group))
        per_group.append([c for c in counts if sum(c) == demand or (not must and sum(c) < demand)])
    for chosen in product(*per_group):
        placed = [0] * p.m
        for group, counts in zip(p.groups, chosen, strict=True):
            for i, count in zip(group, counts, strict=True):
                placed[i] = count
        yield _unplaced(p, placed), [i for i in range(p.m) for _ in range(placed[i])]


def _place(p: Plain, copies: list[int], first: int, bins: Bins, best: list[tuple[Value, Bins]]) -> None:
    """Put the next copy into every bin in turn, and into a new one of every type; ``best`` ends with the best packing.

    A copy equal to the one before it goes into the same bin or a later one (``first``): copies of a type are alike.
    A branch is left only where a bin is over-full or holds what it must not, or costs more than the best: neither is
    mended by placing more.
    """
    if best and _cost(p, bins) > best[-1][0].cost:
        return
    if not copies:
        _finish(p, bins, best)
        return
    i, rest = copies[0], copies[1:]
    for b in range(first, len(bins) + p.t):
        if b < len(bins):
            tried = [*bins[:b], (bins[b][0], [*bins[b][1], i]), *bins[b + 1 :]]
        else:
            kind = b - len(bins)
            if sum(k == kind for k, _ in bins) == p.available[kind]:
                continue
            tried = [*bins, (kind, [i])]
        at = min(b, len(bins))
        if next(_broken_inside(p, *tried[at]), None) is None:
            _place(p, rest, at if rest and rest[0] == i else 0, tried, best)


def _finish(p: Plain, bins: Bins, best: list[tuple[Value, Bins]]) -> None:
    """Fill up to ``minimum_bins`` with empty bins of every kind (an empty bin mends no other rule), test, compare."""
    for kinds in combinations_with_replacement(range(p.t), max(0, p.minimum_bins - len(bins))):
        whole = bins + [(kind, []) for kind in kinds]
        reached = _value(p, whole)
        if (not best or reached < best[-1][0]) and next(_broken(p, whole), None) is None:
            best.append((reached, whole))
