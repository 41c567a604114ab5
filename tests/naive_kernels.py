"""Slow obvious versions of the kernels: one copy at a time, one dictionary a bin; every choice of copies."""

from __future__ import annotations

from collections import Counter
from itertools import product
from math import exp

from binpack_solvers.heuristics import arrays
from binpack_solvers.kernels import measures, scores
from binpack_solvers.kernels.greedy import BEST_FIT, FIRST_FIT, NEXT_FIT, WORST_FIT

__all__ = ["any_fit", "bounded_knapsack", "contents", "fill_bins", "measure", "pair_up", "weights"]


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


def weights(kind, total, copies):
    """The weights of resources of which ``copies`` take ``total`` in shares of a bin, by their definition."""
    if kind == measures.AVERAGE:
        return list(total)
    if kind == measures.EXPONENTIAL:
        return [exp(0.01 * t / max(copies, 1)) for t in total]
    if kind == measures.RECIPROCAL:
        return [1 / t if t > 0 else 0.0 for t in total]
    return [1.0] * len(total)


def measure(norm, weight, amounts):
    """The weighted sum, sum of squares or maximum of amounts."""
    parts = [a * w * (a if norm == measures.L2 else 1) for a, w in zip(amounts, weight, strict=True)]
    return max(0.0, *parts) if norm == measures.LARGEST else sum(parts)


def any_fit(problem, policy, order, norm=measures.L1, weight=None):
    """Every copy by itself (all of them at once where they must be together), in the order of item types given.

    weight : of what is left in a bin, for each item type; None: one over the largest capacity."""
    weight = [arrays.rules_of(problem).weight] * problem.item_types if weight is None else weight
    bins = Bins(problem)
    one_bin = {i for i, j, level in problem.requires.tolist() if i == j}
    for i in order:
        rest = int(problem.demands[i])
        while rest > 0:
            lot = rest if i in one_bin else 1
            b = _chosen(bins, policy, i, lot, lambda b: measure(norm, weight[i], bins.left(b)))  # noqa: B023
            if b is None:
                break
            bins.put(b, i, lot)
            rest -= lot
    return contents(zip(bins.kinds, bins.counts, [1] * len(bins.kinds), strict=True))


def _chosen(bins, policy, i, lot, free):
    looked_at = range(len(bins.kinds))[-1:] if policy == NEXT_FIT else range(len(bins.kinds))
    fitting = [b for b in looked_at if bins.takes(b, i, lot)]
    if fitting and policy in (NEXT_FIT, FIRST_FIT):
        return fitting[0]
    if fitting and policy == BEST_FIT:
        return min(fitting, key=free)
    if fitting and policy == WORST_FIT:
        return max(fitting, key=free)
    for kind in arrays.type_order(bins.problem).tolist():
        if bins.may_open(kind):
            b = bins.open(kind)
            if bins.takes(b, i, lot):
                return b
            bins.close_last()
    return None


def fill_bins(problem, urgency, scoring):
    """Fill bin after bin by the best score; as many bins alike as the demand and the types allow."""
    bins = Bins(problem)
    rest = [int(q) for q in problem.demands]
    weight = _score_weights(problem, rest, scoring)
    for kind in arrays.type_order(problem).tolist():
        while bins.may_open(kind):
            b = bins.open(kind)
            if scoring.renewed == scores.EACH_BIN:
                weight = _score_weights(problem, rest, scoring)
            while (pair := _best_pair(bins, b, rest, urgency, scoring, weight)) is not None:
                bins.put(b, pair[2], pair[3])
                rest[pair[2]] -= pair[3]
                if scoring.renewed == scores.DYNAMIC:
                    weight = _score_weights(problem, rest, scoring)
            if not bins.counts[b]:
                bins.close_last()
                break
            content = dict(bins.counts[b])
            while bins.may_open(kind) and all(rest[i] >= c for i, c in content.items()):
                bins.counts[bins.open(kind)] = dict(content)
                for i, c in content.items():
                    rest[i] -= c
            if scoring.renewed == scores.DYNAMIC:
                weight = _score_weights(problem, rest, scoring)
    return contents(zip(bins.kinds, bins.counts, [1] * len(bins.kinds), strict=True))


def pair_up(problem, urgency, scoring, kind, number):
    """Pairs of an item type and one of ``number`` open bins, the best first; what is in the bins, and what is left over.

    A bin keeps its best pair, with the weights of then, until something joins it or its copies come to an end."""
    bins = Bins(problem)
    rest = [int(q) for q in problem.demands]
    weight = _score_weights(problem, rest, scoring)
    for _ in range(number):
        bins.open(kind)
    pairs = [_best_pair(bins, b, rest, urgency, scoring, weight) for b in range(number)]
    while any(pairs):
        b = max((b for b in range(number) if pairs[b]), key=lambda b: pairs[b][:2])
        _, _, i, copies, _ = pairs[b]
        bins.put(b, i, copies)
        rest[i] -= copies
        if scoring.renewed == scores.DYNAMIC:
            weight = _score_weights(problem, rest, scoring)
        for other in range(number):
            if other == b or (pairs[other] and pairs[other][2] == i and pairs[other][4] > rest[i]):
                pairs[other] = _best_pair(bins, other, rest, urgency, scoring, weight)
    return contents(zip(bins.kinds, bins.counts, [1] * number, strict=True)), rest


def _score_weights(problem, rest, scoring):
    share = arrays.rules_of(problem).weight
    total = [sum(q * (problem.sizes[i, h] * share[h]) for i, q in enumerate(rest)) for h in range(problem.resources)]
    found = weights(scoring.weights, total, sum(rest))
    return found if scoring.score == scores.FITNESS else [w * (s * s) for w, s in zip(found, share, strict=True)]


def _best_pair(bins, b, rest, urgency, scoring, weight):
    """(urgency, score, item type, copies that go in at once, room) of what goes best into bin b, or None."""
    one_bin = {i for i, j, level in bins.problem.requires.tolist() if i == j}
    left, best = bins.left(b), None
    for i, q in enumerate(rest):
        most = max((c for c in range(1, q + 1) if bins.takes(b, i, c)), default=0)
        if most == 0 or (i in one_bin and most < q):
            continue
        found = _score(bins.problem, scoring.score, weight, bins.problem.sizes[i].tolist(), left)
        if best is None or (urgency[i], found) > best[:2]:
            best = (urgency[i], found, i, most if i in one_bin else max(1, most // 8), most)
    return best


def _score(problem, score, weight, size, left):
    share = arrays.rules_of(problem).weight
    rows = list(zip(weight, size, left, share, strict=True))
    if score == scores.FITNESS:
        return sum(w * (s / max(free, 1)) for w, s, free, _ in rows)
    if score == scores.L2:
        return -sum(w * (free - s) * (free - s) for w, s, free, _ in rows)
    products = sum(w * s * free for w, s, free, _ in rows)
    square = sum((free * one) * (free * one) for _, _, free, one in rows)
    return products / square if score == scores.PROJECTION and square > 0 else products


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
