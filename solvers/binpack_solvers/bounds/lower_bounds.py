"""All bounds together: one on bins and one on cost, each with the argument that gives it, or why nothing can be packed."""

from __future__ import annotations

from functools import cmp_to_key
from typing import Literal, NamedTuple

import numpy as np

from binpack_solvers.bounds.after_dominance import after_dominance
from binpack_solvers.bounds.bound import NO_BOUND, Bound, Bounds, Reason, best
from binpack_solvers.bounds.conflicts import Conflicts, heaviest_clique, separate_setups
from binpack_solvers.bounds.constrained_packing import constrained_packing
from binpack_solvers.bounds.covering import cover
from binpack_solvers.bounds.demands import PLENTY, Demands, available_of, demands_of
from binpack_solvers.bounds.infeasibility import obstacle
from binpack_solvers.bounds.martello_toth import martello_toth
from binpack_solvers.bounds.rounded_sizes import rounded_sizes
from binpack_solvers.bounds.volume import volumes
from binpack_solvers.exact_sums import dot
from binpack_solvers.problem import UNLIMITED, Problem

LARGEST_CLIQUE_SEARCH = 20_000
"""Demand groups up to which a clique of conflicts is looked for; beyond it the search would take seconds."""


class Pair(NamedTuple):
    """A bound on bins and one on cost."""

    bins: Bound
    cost: Bound


def lower_bounds(problem: Problem, all_placed: bool = False, volume_only: bool = False) -> Bounds:
    """Bounds over every packing of what must be packed; with ``all_placed``, of the optional copies too.

    volume_only : only the volume of each resource, as constructive methods report it.
    """
    if volume_only and _all_fit_everywhere(problem):
        totals = [dot(problem.demands, size) for size in problem.sizes.T]
        bins, cost = _with_minimum(problem, _consistent(problem, Pair(*map(best, _by_volume(problem, totals))), 0))
        return Bounds(bins.value, bins.by, cost.value, cost.by, "", bins.reason, cost.reason)
    demands = demands_of(problem, all_placed)
    setup_bins = {} if volume_only else _setup_bins(demands)
    found = obstacle(demands, volumes(demands, setup_bins))
    if found is None:
        parts = _apart_by_type(demands)
        pair = _best_argument(demands, setup_bins, volume_only)
        if (
            len(parts) > 1 or demands.exclusive.any()
        ):  # each part may count on the same few bins: the whole may say more
            apart = _sum([_bound(part, volume_only) for part in parts], "bin types apart")
            pair = Pair(best([apart.bins, pair.bins]), best([apart.cost, pair.cost]))
        pair = _with_minimum(problem, pair)
        found = _too_few_bins(problem, pair.bins)
    if found is not None:
        words, reason = found
        return Bounds(0, NO_BOUND.by, 0, NO_BOUND.by, words, infeasible_reason=reason)
    bins, cost = pair
    return Bounds(bins.value, bins.by, cost.value, cost.by, "", bins.reason, cost.reason)


def _all_fit_everywhere(problem: Problem) -> bool:
    """Whether nothing but room decides, there is always another bin, and every bin has room for any copy: then nothing is
    in the way of a packing, and no item type needs looking at by itself."""
    return (
        problem.rules <= {"minimum_bins"}
        and bool((problem.available == UNLIMITED).any() and (problem.available != 0).all())
        and bool((problem.sizes.max(axis=0, initial=0) <= problem.capacity.min(axis=0)).all())
    )


def bins_of(problem: Problem, cost: int) -> int:
    """How many bins a cost of at least so much takes: none costs more than the dearest with every setup."""
    dearest = max(problem.cost.tolist()) + sum(s.cost for s in problem.setups)
    return -(-cost // dearest) if dearest else 0


def _bound(demands: Demands, volume_only: bool) -> Pair:
    """Of one part: the best single argument, or exclusive copies beside the best argument for the others."""
    if volume_only or not demands.exclusive.any():
        return _best_argument(demands, {} if volume_only else _setup_bins(demands), volume_only)
    alone = [g for g, flag in enumerate(demands.exclusive.tolist()) if flag]
    others = [g for g, flag in enumerate(demands.exclusive.tolist()) if not flag]
    copies = demands.subset(alone)
    reason = Reason("exclusive items", item=copies.item[0], amount=sum(copies.demand))
    available = available_of(demands.problem)
    prices = demands.problem.cost.tolist()
    cost = sum(
        cover(q, [min(1, c) for c in row], prices, available) or 0
        for q, row in zip(copies.demand, copies.most.tolist(), strict=True)
    )
    exclusive = Pair(Bound(sum(copies.demand), "exclusive items", reason), Bound(cost, "exclusive items", reason))
    beside = demands.subset(others)
    rest = _best_argument(beside, _setup_bins(beside), volume_only)
    return _sum([exclusive, rest], "exclusive items")


def _best_argument(demands: Demands, setup_bins: dict[int, int], volume_only: bool) -> Pair:
    problem = demands.problem
    prices, ones = problem.cost.tolist(), [1] * problem.bin_types
    setup_cost = sum(problem.setups[s].cost * times for s, times in setup_bins.items())
    bins, cost = _by_volume(problem, volumes(demands, setup_bins), setup_cost)
    if not volume_only:
        copies, copies_cost = _copies(demands, ones), _copies(demands, prices)
        needed, separate = _most_needed(demands, copies), _separate(demands, setup_bins)
        rules = [bound for bound in (needed, separate) if bound.reason.resource < 0]
        # in a tie a rule says more than a sum that happens to ask for as many bins
        bins = [*rules, *bins, needed, *_large_items(demands)]
        clique, clique_cost = _clique(demands, copies, copies_cost, best(bins).value)
        bins += clique
        cost += [Bound(b.value + setup_cost, b.by, b.reason) for b in (_most_needed(demands, copies_cost), clique_cost)]
        rounded = rounded_sizes(demands, best(bins).value, best(cost).value - setup_cost)
        bins += rounded[0]
        bins += after_dominance(demands, best(bins).value)
        cost += [Bound(b.value + setup_cost, b.by, b.reason) for b in rounded[1]]
    return _consistent(problem, Pair(best(bins), best(cost)), setup_cost)


def _by_volume(problem: Problem, totals: list[int], setup_cost: int = 0) -> tuple[list[Bound], list[Bound]]:
    """Bounds on bins and on cost: bins must hold the total of each resource."""
    available, prices, ones = available_of(problem), problem.cost.tolist(), [1] * problem.bin_types
    bins, cost = [NO_BOUND], [NO_BOUND]
    for h, total in _fullest_first(problem, totals):
        room = problem.capacity[:, h].tolist()
        by, reason = f"volume of {problem.resource_name(h)}", Reason("volume", h, amount=total)
        bins.append(Bound(cover(total, room, ones, available) or 0, by, reason))
        cost.append(Bound((cover(total, room, prices, available) or 0) + setup_cost, by, reason))
    return bins, cost


def _fullest_first(problem: Problem, totals: list[int]) -> list[tuple[int, int]]:
    """(resource, total), those that fill most of the roomiest bins first: of equal bounds the tightest sum is told."""
    room = [max(1, max(column)) for column in problem.capacity.T.tolist()]

    def emptier(a: tuple[int, int], b: tuple[int, int]) -> int:
        return b[1] * room[a[0]] - a[1] * room[b[0]]

    return sorted(enumerate(totals), key=cmp_to_key(emptier))


def _consistent(problem: Problem, pair: Pair, setup_cost: int) -> Pair:
    """So many bins cost at least so much, and so much cost takes at least so many bins."""
    bins, cost = pair
    cheapest = _cheapest(problem, bins.value) + setup_cost
    if cheapest >= cost.value:
        cost = Bound(cheapest, bins.by, bins.reason)
    needed = bins_of(problem, cost.value)
    if needed > bins.value:
        reason = Reason("bins of cost", cost.reason.resource, cost.reason.item, parts=((cost.value, cost.reason),))
        bins = Bound(needed, f"cost, by {cost.by}", reason)
    return Pair(bins, cost)


def _cheapest(problem: Problem, bins: int) -> int:
    """What so many bins cost at least."""
    return cover(bins, [1] * problem.bin_types, problem.cost.tolist(), available_of(problem)) or 0


def _copies(demands: Demands, cost: list[int]) -> list[int]:
    """Per group: the least cost of bins for its copies, by the most that a bin takes; groups alike are counted once."""
    available = available_of(demands.problem)
    known: dict[tuple[int, tuple[int, ...]], int] = {}
    values = []
    for copies, row in zip(demands.demand, map(tuple, demands.most.tolist()), strict=True):
        if (copies, row) not in known:
            known[copies, row] = cover(copies, list(row), cost, available) or 0
        values.append(known[copies, row])
    return values


def _most_needed(demands: Demands, values: list[int]) -> Bound:
    """The group with the largest value; of equal ones the first that a rule keeps to so few copies per bin."""
    if not values:
        return NO_BOUND
    largest = max(values)
    tied = [g for g, value in enumerate(values) if value == largest]
    filled = _filled_by_one_more(demands, tied)
    k = next((k for k, resource in enumerate(filled) if resource < 0), 0)
    item, per_bin = demands.item[tied[k]], int(demands.most[tied[k]].max())
    by = f"at most {per_bin} copies of {demands.problem.item_name(item)} per bin"
    return Bound(largest, by, Reason("copies per bin", filled[k], item, per_bin))


def _filled_by_one_more(demands: Demands, groups: list[int]) -> list[int]:
    """Per group: the resource that one copy more than a bin takes at most would exceed, -1 where a rule forbids it."""
    most = demands.most[groups]
    room = demands.problem.capacity[most.argmax(axis=1)].copy()
    for row, g in enumerate(groups):
        for s in demands.setups[g]:
            room[row] = np.maximum(room[row] - np.array(demands.problem.setups[s].size), -1)
    over = demands.size[groups] > room // (most.max(axis=1) + 1)[:, None]
    return np.where(over.any(axis=1), over.argmax(axis=1), -1).tolist()


def _large_items(demands: Demands) -> list[Bound]:
    """L2 per resource, every bin taken to be as large as the largest."""
    takes = (demands.most > 0).any(axis=0)
    if not takes.any():
        return []
    capacity = demands.problem.capacity[takes].max(axis=0).tolist()
    return [
        Bound(
            martello_toth(demands.size[:, h].tolist(), demands.demand, capacity[h]),
            f"items too large for each other in {demands.problem.resource_name(h)}",
            Reason("large items", h),
        )
        for h in range(demands.problem.resources)
    ]


def _clique(demands: Demands, bins: list[int], cost: list[int], known: int) -> tuple[list[Bound], Bound]:
    """Groups of which no two share a bin: what they need by themselves adds up, with what their bins cannot take of the
    others where that exceeds ``known``. Bounds on bins and one on cost. Not looked for among too many groups."""
    if not 0 < len(bins) <= LARGEST_CLIQUE_SEARCH:
        return [], NO_BOUND
    conflicts = Conflicts(demands)
    clique = heaviest_clique(conflicts, bins)
    by = f"{len(clique)} item types of which no two share a bin"
    reason = Reason("conflicts", item=demands.item[clique[0]], amount=len(clique))
    own, own_cost = (Bound(sum(value[g] for g in clique), by, reason) for value in (bins, cost))
    return [own, *constrained_packing(conflicts, clique, bins, max(known, own.value))], own_cost


def _separate(demands: Demands, setup_bins: dict[int, int]) -> Bound:
    chosen = separate_setups(demands, setup_bins)
    value = sum(setup_bins[s] for s in chosen)
    return Bound(
        value, f"{len(chosen)} setups of which no two share a bin", Reason("separate setups", amount=len(chosen))
    )


def _setup_bins(demands: Demands) -> dict[int, int]:
    """Per setup, how many bins pay it at least: those that its members need by themselves."""
    problem = demands.problem
    ones, available = [1] * problem.bin_types, available_of(problem)
    payers: dict[int, list[int]] = {}
    for g, setups in enumerate(demands.setups):
        for s in setups:
            payers.setdefault(s, []).append(g)
    bins = {}
    for s, groups in payers.items():
        part = demands.subset(groups)
        setup = problem.setups[s]
        least = [
            cover(copies, row, ones, available) or 0
            for copies, row in zip(part.demand, part.most.tolist(), strict=True)
        ]
        for h in range(problem.resources) if len(groups) > 1 else ():  # one group: its copies per bin say it all
            room = [max(0, c - setup.size[h]) for c in problem.capacity[:, h].tolist()]
            sizes = part.size[:, h].tolist()
            total = sum(q * size for q, size in zip(part.demand, sizes, strict=True))
            least.append(cover(total, room, ones, available) or 0)
            if max(sizes) <= max(room):
                least.append(martello_toth(sizes, part.demand, max(room)))
        bins[s] = max(least)
    return bins


def _apart_by_type(demands: Demands) -> list[Demands]:
    """The parts of which no two share a bin type: connected components of groups and the bin types that take them."""
    takes = demands.most > 0
    if (takes == takes[:1]).all():
        return [demands]
    kinds, kind_of = np.unique(takes, axis=0, return_inverse=True)  # groups that go into the same bin types
    part_of = list(range(len(kinds)))
    for k in range(demands.problem.bin_types):
        joined = {part_of[kind] for kind in np.flatnonzero(kinds[:, k]).tolist()}
        part_of = [min(joined) if part in joined else part for part in part_of]
    parts = np.array(part_of, np.int64)[kind_of.ravel()]
    if len(set(part_of)) <= 1:
        return [demands]
    return [demands.subset(np.flatnonzero(parts == part).tolist()) for part in sorted(set(part_of))]


def _sum(pairs: list[Pair], kind: Literal["exclusive items", "bin types apart"]) -> Pair:
    """Bounds of parts that share no bin add up; a single part keeps its own reason."""
    pairs = [pair for pair in pairs if pair.bins.value or pair.cost.value]
    if len(pairs) <= 1:
        return pairs[0] if pairs else Pair(NO_BOUND, NO_BOUND)
    sums = []
    for bounds in zip(*pairs, strict=True):
        top = best(list(bounds))
        by = " + ".join(f"{bound.value} by {bound.by}" for bound in bounds)
        parts = tuple((bound.value, bound.reason) for bound in bounds)
        reason = Reason(kind, top.reason.resource, top.reason.item, parts=parts)
        sums.append(Bound(sum(bound.value for bound in bounds), by, reason))
    return Pair(*sums)


def _with_minimum(problem: Problem, pair: Pair) -> Pair:
    if problem.minimum_bins <= pair.bins.value:
        return pair
    reason = Reason("minimum bins")
    cost = Bound(_cheapest(problem, problem.minimum_bins), "minimum bins", reason)
    return Pair(
        Bound(problem.minimum_bins, "minimum bins", reason), cost if cost.value >= pair.cost.value else pair.cost
    )


def _too_few_bins(problem: Problem, bins: Bound) -> tuple[str, Reason] | None:
    available = available_of(problem)
    if PLENTY in available or sum(available) >= bins.value:
        return None
    words = f"at least {bins.value} bins are needed ({bins.by}), {sum(available)} are available"
    return words, Reason("availability", parts=((bins.value, bins.reason),))
