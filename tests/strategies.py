"""Hypothesis strategies: small random problems with every rule in play, packings of them, and mutations of packings."""

from __future__ import annotations

import naive
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem
from binpack_solvers.rules import Setup, Spread, Standing
from hypothesis import strategies as st

RULES = (
    "demands",
    "cost",
    "available",
    "compatible",
    "alternatives",
    "optional",
    "exclusive",
    "limits",
    "requires",
    "setups",
    "spread",
    "topology",
    "initial",
    "minimum_bins",
)
"""``topology`` moves limits, requires and spread to levels above the bin; without it they stay at level 0."""


@st.composite
def problems(draw, max_items=4, max_copies=6, rules=RULES, max_types=3, max_resources=2, max_rules=6):
    """A Problem of at most ``max_items`` item types and ``max_copies`` copies, with up to ``max_rules`` of ``rules``.

    Sizes are mostly below the capacities and rules mostly mild, so that well over half of the problems are feasible.
    """
    weighed = sorted(rules) + [rule for rule in ("topology",) if rule in rules]  # it bears on three rules: drawn twice
    chosen = set(draw(st.permutations(weighed))[: draw(st.integers(0, max_rules))])
    if "topology" in chosen:
        chosen |= set(draw(st.permutations(_levelled(rules)))[:2])
    m = draw(st.sampled_from([*range(1, max_items + 1), max_items, max(1, max_items - 1)]))
    t, d = (draw(st.integers(1, most)) for most in (max_types, max_resources))
    capacity = [[draw(st.integers(5, 12)) for _ in range(d)] for _ in range(t)]
    sizes = [[draw(st.sampled_from([0, 1, 2, 3, 3, 4, 4, 5, 6])) for _ in range(d)] for _ in range(m)]
    fields = {}
    demands = _demands(draw, m, max_copies, "demands" in chosen)
    if "alternatives" in chosen and m > 1:
        fields["alternatives"] = draw(st.permutations([0, 0, *(draw(st.sampled_from([-1, 0])) for _ in range(m - 2))]))
    if "optional" in chosen:
        fields["optional"] = [draw(st.integers(-1, 1)) for _ in range(m)]
    _agree_within_groups(fields, demands)
    fields["demands"] = demands
    if "cost" in chosen:
        fields["cost"] = [draw(st.integers(0, 4)) for _ in range(t)]
    if "available" in chosen:
        fields["available"] = [draw(st.sampled_from([-1, 2, 1, 1, 0])) for _ in range(t)]
    if "compatible" in chosen:
        fields["compatible"] = [[draw(st.sampled_from([True, True, False])) for _ in range(t)] for _ in range(m)]
    if "exclusive" in chosen:
        fields["exclusive"] = [draw(st.booleans()) for _ in range(m)]
    if "initial" in chosen:
        _add_initial(draw, fields, demands, capacity)
    if "minimum_bins" in chosen:
        fields["minimum_bins"] = draw(st.integers(1, 4))
    _add_rules(draw, fields, chosen, m, len(capacity), d)
    return Problem(sizes, capacity, **fields)


def problems_of_one_rule(rule):
    """Problems with one rule, beside demands and a topology where it bears on that: packings of them break little else."""
    return problems(rules=("demands", "topology", rule) if rule in LEVELLED else ("demands", rule), max_rules=4)


LEVELLED = ("limits", "requires", "spread")


def _levelled(rules):
    """The rules that a topology bears on."""
    return [rule for rule in LEVELLED if rule in rules]


def _demands(draw, m, max_copies, drawn):
    demands, left = [], max_copies
    for _ in range(m):
        demands.append(min(left, draw(st.sampled_from([0, 1, 2, 2, 3])) if drawn else 1))
        left -= demands[-1]
    return demands


def _agree_within_groups(fields, demands):
    """Alternatives must carry one demand and one priority: that of the first of their group."""
    groups = fields.get("alternatives", [-1] * len(demands))
    members = [i for i, group in enumerate(groups) if group >= 0]
    for i in members:
        demands[i] = demands[members[0]]
        if "optional" in fields:
            fields["optional"][i] = fields["optional"][members[0]]


def _add_initial(draw, fields, demands, capacity):
    """One or two standing bins, each of a bin type of its own that is added at the end."""
    t = len(capacity)
    standing = []
    for _ in range(draw(st.integers(1, 2))):
        content = {i: draw(st.integers(0, min(2, demand))) for i, demand in enumerate(demands) if demand}
        standing.append(Standing(len(capacity), content, draw(st.sampled_from([False, False, True]))))
        capacity.append([room + 2 for room in capacity[0]])
    added = len(standing)
    fields["initial"] = standing
    fields["available"] = [*fields.get("available", [-1] * t), *[1] * added]
    fields["cost"] = [*fields.get("cost", [1] * t), *(draw(st.integers(0, 1)) for _ in range(added))]
    if "compatible" in fields:
        fields["compatible"] = [[*row, *[True] * added] for row in fields["compatible"]]
    if draw(st.booleans()):
        fields["move_cost"] = [draw(st.integers(0, 3)) for _ in demands]


def _add_rules(draw, fields, chosen, m, t, d):
    """Limits, requires, setups and spread, at levels above the bin too where there is a topology."""
    keys = draw(st.integers(1, 2)) if "topology" in chosen else 0
    if keys:
        fields["topology"] = [[draw(st.sampled_from([0, 1, 0, 1, -1])) for _ in range(keys)] for _ in range(t)]
    item, level = st.integers(0, m - 1), st.sampled_from([*range(1, keys + 1), *range(keys + 1)])
    if "limits" in chosen:
        most = st.sampled_from([0, 0, 1, 1, 2])
        fields["limits"] = draw(st.lists(st.tuples(item, item, most, level), min_size=1, max_size=3))
    if "requires" in chosen:
        fields["requires"] = draw(st.lists(st.tuples(item, item, level), min_size=1, max_size=3))
    some_items = st.lists(item, min_size=1, max_size=2)
    some_types = st.lists(st.integers(0, t - 1), max_size=2)
    if "setups" in chosen:
        size = st.tuples(*[st.sampled_from([0, 2, 3, 4, 5])] * d)
        types = st.sampled_from([(), (), tuple(draw(some_types))])  # mostly in every bin type, where no bin evades it
        setup = st.builds(Setup, some_items.map(tuple), size, types, st.integers(0, 2))
        fields["setups"] = draw(st.lists(setup, min_size=1, max_size=2))
    if "spread" in chosen:
        fields["spread"] = [_spread(draw, draw(level), some_items, some_types) for _ in range(draw(st.integers(1, 2)))]


def _spread(draw, key, some_items, some_types):
    if key:
        domains = draw(st.lists(st.integers(0, 2), min_size=1, max_size=3))
    else:
        domains = draw(some_types)
    carriers = draw(some_items)
    counted = carriers if draw(st.booleans()) else draw(some_items)
    skew, least = draw(st.sampled_from([1, 1, 2])), draw(st.integers(0, 3))
    return Spread(tuple(carriers), tuple(counted), key, skew, least, tuple(domains))


@st.composite
def packings(draw, problem):
    """A packing that may or may not keep the rules: a best one, one that places the demand anyhow, or any rows."""
    kind = draw(st.sampled_from(["best", "best", "assigned", "arbitrary"]))
    best = naive.best_packing(problem) if kind == "best" else None
    if best is not None:
        return best
    if kind == "arbitrary":
        return Packing.from_patterns(draw(st.lists(_rows(problem), max_size=4)))
    copies = [i for group in problem.demand_groups for i in _members(draw, group, int(problem.demands[group[0]]))]
    kinds = draw(st.lists(st.integers(0, problem.bin_types - 1), min_size=1, max_size=max(1, len(copies))))
    bins = [draw(st.integers(0, len(kinds) - 1)) for _ in copies]
    return Packing.from_patterns(
        (kind, {i: sum(c == i and at == b for c, at in zip(copies, bins, strict=True)) for i in copies}, 1)
        for b, kind in enumerate(kinds)
    )


def _members(draw, group, demand):
    """For each copy of a demand, the alternative that meets it."""
    return [draw(st.sampled_from(group)) for _ in range(demand)]


def _rows(problem):
    content = st.dictionaries(st.integers(0, problem.item_types - 1), st.integers(1, 2), max_size=3)
    return st.tuples(st.integers(0, problem.bin_types - 1), content, st.integers(1, 2))


@st.composite
def mutations(draw, problem, packing):
    """The packing with one thing changed: a copy, a bin's type, a multiplicity, or an empty bin."""
    rows = [[k, dict(items), times] for k, items, times in packing.patterns]
    filled = [row for row in rows if row[1]]
    kinds = st.integers(0, problem.bin_types - 1)
    ways = ["add bin"]
    ways += ["add copy", "change type", "change type", "change multiplicity", "remove bin"] if rows else []
    ways += ["remove copy", "move copy", "move copy", "change item"] if filled else []
    way = draw(st.sampled_from(ways))
    if way == "add bin":
        rows.append([draw(kinds), {}, 1])
    elif way in ("remove copy", "move copy", "change item"):
        row = _split_one(rows, draw(st.sampled_from(filled)))
        i = draw(st.sampled_from(sorted(row[1])))
        row[1][i] -= 1
        if way == "move copy":
            _add_copy(draw, rows, i, kinds)
        elif way == "change item":
            j = draw(st.integers(0, problem.item_types - 1))
            row[1][j] = row[1].get(j, 0) + 1
    elif way == "add copy":
        _add_copy(draw, rows, draw(st.integers(0, problem.item_types - 1)), kinds)
    else:
        row = draw(st.sampled_from(rows))
        if way == "change multiplicity":
            row[2] += draw(st.sampled_from([1, 2, -1]))
        elif way == "remove bin":
            row[2] -= 1
        else:
            _split_one(rows, row)[0] = draw(kinds)
    return Packing.from_patterns(rows)


def _split_one(rows, row):
    """One bin of a row as a row of its own."""
    row[2] -= 1
    rows.append([row[0], dict(row[1]), 1])
    return rows[-1]


def _add_copy(draw, rows, i, kinds):
    """One more copy of item type ``i``, in one bin of a row or in a new bin."""
    standing = [row for row in rows if row[2]]
    chosen = draw(st.integers(0, len(standing)))
    row = _split_one(rows, standing[chosen]) if chosen < len(standing) else [draw(kinds), {}, 1]
    if chosen == len(standing):
        rows.append(row)
    row[1][i] = row[1].get(i, 0) + 1
