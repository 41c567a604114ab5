"""Slow obvious versions of the kernels: one copy at a time, one dictionary a bin; every choice of copies."""

from __future__ import annotations

from collections import Counter
from itertools import product

from binpack_solvers.heuristics import arrays
from binpack_solvers.kernels.greedy import BEST_FIT, FIRST_FIT, NEXT_FIT, WORST_FIT

__all__ = ["any_fit", "bounded_knapsack", "contents", "dot_product"]


class Bins:
    """Bins of one problem, one by one: ``kinds`` and ``counts`` (item type -> copies)."""

    def __init__(self, problem):
        self.problem = problem
        self.kinds, self.counts = [], []

    def left(self, b):
        """What is free in bin b, setups paid."""
        p, kind, counts = self.problem, self.kinds[b], self.counts[b]
        taken = [sum(c * int(p.sizes[i, h]) for i, c in counts.items()) for h in range(p.resources)]
        for setup in p.setups:
            if kind in setup.types and any(i in counts for i in setup.members):
                taken = [used + size for used, size in zip(taken, setup.size, strict=True)]
        return [int(c) - used for c, used in zip(p.capacity[kind], taken, strict=True)]

    def measure(self, b):
        """What is free, each resource over its largest capacity, added up."""
        weight = arrays.rules_of(self.problem).weight
        total = 0.0
        for h, free in enumerate(self.left(b)):
            total += free * weight[h]
        return total

    def takes(self, b, i, copies=1):
        """Whether ``copies`` of item i may join bin b."""
        p, kind = self.problem, self.kinds[b]
        if not p.compatible[i, kind] or any(p.exclusive[j] for j in self.counts[b]):
            return False
        if p.exclusive[i] and (self.counts[b] or copies > 1):
            return False
        if any(i == a and j != a and j not in self.counts[b] for a, j, level in p.requires.tolist()):
            return False
        before = dict(self.counts[b])
        self.counts[b][i] = before.get(i, 0) + copies
        after = self.counts[b]
        fits = min(self.left(b)) >= 0 and all(
            a not in after or after.get(j, 0) <= cap for a, j, cap, level in p.limits.tolist()
        )
        self.counts[b] = before
        return fits

    def put(self, b, i, copies=1):
        self.counts[b][i] = self.counts[b].get(i, 0) + copies

    def open(self, kind):
        self.kinds.append(kind)
        self.counts.append({})
        return len(self.kinds) - 1

    def close_last(self):
        self.kinds.pop()
        self.counts.pop()

    def may_open(self, kind):
        available = int(self.problem.available[kind])
        return available < 0 or self.kinds.count(kind) < available


def any_fit(problem, policy, order):
    """Every copy by itself (all of them at once where they must be together), in the order of item types given."""
    bins = Bins(problem)
    one_bin = {i for i, j, level in problem.requires.tolist() if i == j}
    for i in order:
        rest = int(problem.demands[i])
        while rest > 0:
            lot = rest if i in one_bin else 1
            b = _chosen(bins, policy, i, lot)
            if b is None:
                break
            bins.put(b, i, lot)
            rest -= lot
    return contents(zip(bins.kinds, bins.counts, [1] * len(bins.kinds), strict=True))


def _chosen(bins, policy, i, lot):
    looked_at = range(len(bins.kinds))[-1:] if policy == NEXT_FIT else range(len(bins.kinds))
    fitting = [b for b in looked_at if bins.takes(b, i, lot)]
    if fitting and policy in (NEXT_FIT, FIRST_FIT):
        return fitting[0]
    if fitting and policy == BEST_FIT:
        return min(fitting, key=bins.measure)
    if fitting and policy == WORST_FIT:
        return max(fitting, key=bins.measure)
    for kind in arrays.type_order(bins.problem).tolist():
        if bins.may_open(kind):
            b = bins.open(kind)
            if bins.takes(b, i, lot):
                return b
            bins.close_last()
    return None


def dot_product(problem, urgency):
    """Fill bin after bin by the best score; as many bins alike as the demand and the types allow."""
    bins = Bins(problem)
    rest = [int(q) for q in problem.demands]
    for kind in arrays.type_order(problem).tolist():
        while bins.may_open(kind):
            b = bins.open(kind)
            _fill(bins, b, rest, urgency)
            if not bins.counts[b]:
                bins.close_last()
                break
            content = dict(bins.counts[b])
            while bins.may_open(kind) and all(rest[i] >= c for i, c in content.items()):
                bins.counts[bins.open(kind)] = dict(content)
                for i, c in content.items():
                    rest[i] -= c
    return contents(zip(bins.kinds, bins.counts, [1] * len(bins.kinds), strict=True))


def _fill(bins, b, rest, urgency):
    p, weight = bins.problem, arrays.rules_of(bins.problem).weight
    one_bin = {i for i, j, level in p.requires.tolist() if i == j}
    totals = []
    for h in range(p.resources):
        total = 0.0
        for i, q in enumerate(rest):
            total += q * (p.sizes[i, h] * weight[h])
        totals.append(total * (weight[h] * weight[h]))
    while True:
        left, best = bins.left(b), None
        for i, q in enumerate(rest):
            most = max((c for c in range(1, q + 1) if bins.takes(b, i, c)), default=0)
            if most == 0 or (i in one_bin and most < q):
                continue
            score = 0.0
            for h in range(p.resources):
                score += totals[h] * p.sizes[i, h] * left[h]
            if best is None or (urgency[i], score) > best[:2]:
                best = (urgency[i], score, i, most if i in one_bin else max(1, most // 8))
        if best is None:
            return
        bins.put(b, best[2], best[3])
        rest[best[2]] -= best[3]


def contents(patterns):
    """(bin type, content) -> bins, of bins that hold something."""
    found = Counter()
    for kind, items, times in patterns:
        if items:
            found[kind, tuple(sorted(items.items()))] += times
    return found


def bounded_knapsack(items, room, waste):
    """The most that any choice of copies of (weight, worth, most) items is worth; None if all leave over more than waste."""
    best = None
    for counts in product(*(range(most + 1) for _, _, most in items)):
        left = room - sum(c * weight for c, (weight, _, _) in zip(counts, items, strict=True))
        if left >= 0 and (waste < 0 or left <= waste):
            value = sum(c * worth for c, (_, worth, _) in zip(counts, items, strict=True))
            best = value if best is None else max(best, value)
    return best
