"""Rows for the rules between bins and item types: limits, requires and spread."""

from __future__ import annotations

from typing import Any

from binpack_solvers.cp_sat.data import is_declared
from binpack_solvers.cp_sat.large_integers import Term, total
from binpack_solvers.cp_sat.model import Model
from binpack_solvers.problem import MUST_BE_PACKED
from binpack_solvers.rules import Spread


def add_rules(model: Model) -> None:
    """All three, on a model that ``build`` made."""
    places = {level: model.places(level) for level in range(model.problem.topology.shape[1] + 1)}
    for i, j, limit, level in model.problem.limits.tolist():
        _add_limit(model, i, j, limit, level, places[level])
    for i, j, level in model.problem.requires.tolist():
        _add_requirement(model, i, j, level, places[level])
    for spread in model.problem.spread:
        _add_spread(model, spread)


def _add_limit(model: Model, i: int, j: int, limit: int, level: int, places: dict[int, list[int]]) -> None:
    """Where an i stands, at most ``limit`` copies of j."""
    for domain, bins in places.items():
        copies = model.copies([j], bins)
        most = _most(model, copies, int(model.problem.demands[j]))
        if most <= limit:
            continue
        if i == j:
            model.cp.add(total(copies) <= limit)
        elif (stands := model.stands_in(i, level, domain, bins)) is not None:
            model.cp.add(total(copies) + (most - limit) * stands <= most)


def _add_requirement(model: Model, i: int, j: int, level: int, places: dict[int, list[int]]) -> None:
    """Where an i stands, a j stands too; with i = j, in one place only. (Bins without the key have no i: ``data``.)"""
    literals = []
    for domain, bins in places.items():
        stands = model.stands_in(i, level, domain, bins)
        if stands is not None:
            literals.append(stands)
            if i != j:
                model.cp.add(total(model.copies([j], bins)) >= stands)
    if i == j:
        model.cp.add_at_most_one(literals)


def _add_spread(model: Model, spread: Spread) -> None:
    """Counts per domain within ``max_skew`` of the least one once a carrier is placed."""
    bins = [b for b, k in enumerate(model.kind) if is_declared(model.problem, spread, k)]
    in_play = _in_play(model, spread)
    all_counted = sum(int(model.problem.demands[i]) for i in spread.counted)
    # least = the smallest count of a domain, or anything below it.
    least = model.cp.new_int_var(0, all_counted, "least")
    if spread.key:
        groups = {d: members for d, members in model.places(spread.key).items() if d in spread.domains}
        counts = [(total(model.copies(spread.counted, members)), 1) for members in groups.values()]
        if len(groups) < len(spread.domains) or len(spread.domains) < spread.min_domains:
            model.cp.add(least == 0)
    else:
        counts = [(total(model.copies(spread.counted, [b])), model.used[b]) for b in bins]
        if spread.min_domains > 1:
            # enough = 1 only if at least min_domains bins are in the packing.
            enough = model.cp.new_bool_var("enough")
            model.cp.add(sum(model.used[b] for b in bins) >= min(spread.min_domains, len(bins) + 1) * enough)
            model.cp.add(least <= all_counted * enough)
    for count, used in counts:
        model.cp.add(least <= count + all_counted * (1 - used))
        model.cp.add(count <= least + spread.max_skew + all_counted * (1 - in_play))


def _in_play(model: Model, spread: Spread) -> Any:
    """1 if a copy of a carrier is placed (the constant where one must be)."""
    problem = model.problem
    for members in problem.demand_groups:
        first = members[0]
        if (
            problem.demands[first]
            and problem.optional[first] == MUST_BE_PACKED
            and set(members) <= set(spread.carriers)
        ):
            return 1
    literal = model.cp.new_bool_var("in_play")
    for term in model.copies(spread.carriers, range(len(model.kind))):
        model.cp.add(term.value <= term.most * literal)
    return literal


def _most(model: Model, terms: list[Term], demand: int) -> int:
    return min(demand, sum(term.most for term in terms))
