"""Large-neighbourhood search: a few dozen bins of the incumbent are emptied and packed again by themselves, over and over.

Where no rule looks beyond one bin, what stands outside does not matter to them: their content is a small problem of its own,
and any packing of it that costs no more may take their place. It is packed by heuristics, by swaps and, with few resources,
by column generation and a dive. Of packings with the same value the one is kept whose free room is in fewer bins, so that
one of them is empty at last.

Source: P. Shaw, "Using constraint programming and local search methods to solve vehicle routing problems", CP 1998: what is
freed is related, and partly drawn.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.bounds.lower_bounds import lower_bounds
from binpack_solvers.check import violations
from binpack_solvers.context import Context
from binpack_solvers.heuristics.consistent_neighbourhood import improve
from binpack_solvers.heuristics.construction import fit
from binpack_solvers.heuristics.fewer_bins import Bins
from binpack_solvers.heuristics.variants import spread_need
from binpack_solvers.kernels.greedy import BEST_FIT, FIRST_FIT, WORST_FIT
from binpack_solvers.objective import evaluate
from binpack_solvers.packing import Packing, Pattern
from binpack_solvers.problem import UNLIMITED, Problem
from binpack_solvers.scale_out.restriction import Restriction, restricted

Int64 = NDArray[np.int64]
Floats = NDArray[np.float64]

MANY_TYPES = 5000
"""More than branch and price takes on at once."""
FEWEST_FREED, MOST_FREED = 20, 60
MOST_BINS = 20_000
SWAPS = 2 * 10**6
"""Candidates that swaps look at in the freed bins; with a fifth of that three bins in 370 more are left."""
MOST_RESOURCES = 8
"""Up to which column generation packs again what swaps leave: with 200 it takes half a minute for forty bins."""
DRAWN = (0.03, 0.3, 3.0)
"""How much of the choice is drawn, beside how full a bin is, from 0 to 1: the emptiest, those less full, any."""
NOISE = 0.3


def applies(problem: Problem) -> bool:
    """Every copy must be packed, and no rule looks beyond one bin, their least number aside."""
    return problem.copies > 0 and problem.rules <= {"compatible", "exclusive", "limits", "setups", "minimum_bins"}


def search(context: Context, rounds: int) -> None:
    """Offer ``context`` better packings, from its incumbent on, by so many neighbourhoods; none without an incumbent, where
    it has no more bins than one neighbourhood, or very many.

    It ends when the bounds are met or the time is up. The answer depends on the seed and ``rounds`` alone unless the time
    is up.
    """
    if not applies(context.problem) or context.packing is None:
        return
    if not MOST_FREED < context.packing.bins <= MOST_BINS:
        return
    state = LargeNeighbourhood(context)
    while rounds > 0 and not context.over and not context.optimal:
        state.step()
        rounds -= 1


class LargeNeighbourhood:
    """The search from the incumbent of ``context`` on. bins : the packing that it has come to, which costs as much as the
    incumbent and has as many bins. fill (B,) : how full each is, from 0 to 1."""

    def __init__(self, context: Context) -> None:
        assert context.packing is not None
        problem = context.problem
        self.context = context
        self.bins: Bins = [(k, dict(items)) for k, items, times in context.packing.patterns for _ in range(times)]
        self.random = np.random.default_rng(context.seed)
        self._share = _scarce_shares(problem)
        self._room = (problem.capacity / np.maximum(problem.capacity.max(axis=0), 1)).sum(axis=1)
        self.fill = np.array([self._fill(k, items) for k, items in self.bins])

    def step(self) -> None:
        """Empty some bins and take the best packing of their content."""
        freed = self._freed()
        part = self._part([self.bins[b] for b in freed])
        if part is None:
            return
        before = part.lower(Pattern(k, items, 1) for k, items in (self.bins[b] for b in freed))
        after = self._packed_again(part.problem, before)
        if after is None:
            return
        better = evaluate(part.problem, after) < evaluate(part.problem, before)
        new = [(k, dict(items)) for k, items, times in part.lift(after) for _ in range(times)]
        kept = np.delete(np.arange(len(self.bins)), freed)
        self.bins = [*(self.bins[b] for b in kept.tolist()), *new]
        self.fill = np.concatenate([self.fill[kept], [self._fill(k, items) for k, items in new]])
        if better:
            self.context.offer(Packing.from_patterns((k, items, 1) for k, items in self.bins))

    def _freed(self) -> Int64:
        """Which bins: the emptiest by how full they are and a draw, whose part is drawn as well."""
        count = int(self.random.integers(FEWEST_FREED, MOST_FREED + 1))
        score = self.fill + self.random.choice(DRAWN) * self.random.random(len(self.bins))
        return np.argsort(score, kind="stable")[:count]

    def _part(self, freed: Bins) -> Restriction | None:
        """What stands in these bins, and all bins that the others leave, as a problem of its own."""
        problem = self.context.problem
        demands, used = np.zeros(problem.item_types, np.int64), np.zeros(problem.bin_types, np.int64)
        for _, items in freed:
            for i, copies in items.items():
                demands[i] += copies
        np.add.at(used, [k for k, _ in self.bins], 1)
        np.subtract.at(used, [k for k, _ in freed], 1)
        available = np.where(problem.available == UNLIMITED, UNLIMITED, problem.available - used)
        return restricted(problem, demands, available, max(0, problem.minimum_bins - int(used.sum())))

    def _packed_again(self, problem: Problem, before: Packing) -> Packing | None:
        """A packing that is better than ``before``, or as good with its room in fewer bins; None if none was found."""
        context = self.context
        inner = Context(problem, context.deadline, int(self.random.integers(2**31)), context.threads, context.stop)
        inner.bounds = lower_bounds(problem)
        as_good = before
        for packing in self._constructed(problem, before):
            inner.offer(packing)
            if self._emptier(problem, packing, as_good):
                as_good = packing
        inner.offer(before)
        if not inner.optimal and not inner.over:
            improve(inner, SWAPS)
        if not inner.optimal and not inner.over and problem.resources <= MOST_RESOURCES:
            _relax_and_dive(inner)
        context.add_compiling(inner.compile_s)
        assert inner.packing is not None
        if inner.value is not None and inner.value < evaluate(problem, before):
            return inner.packing
        return None if as_good is before else as_good

    def _constructed(self, problem: Problem, before: Packing) -> Iterator[Packing]:
        """Greedy packings in orders that differ from draw to draw, what needs most bins first."""
        need, most = spread_need(problem), int(np.bincount(before.bin_type).argmax())
        for policy, opened in ((BEST_FIT, 0), (FIRST_FIT, 0), (WORST_FIT, before.bins - 1)):
            key = need * (1 + NOISE * self.random.random(len(need)))
            opened = opened if problem.available[most] == UNLIMITED else min(opened, int(problem.available[most]))
            packing = fit(problem, policy, key, None, [(most, opened)] if opened else ())
            if packing is not None:
                yield packing

    def _emptier(self, problem: Problem, packing: Packing, other: Packing) -> bool:
        """Whether it has the same value as the other and its free room in fewer bins; one that breaks a rule has not."""
        if evaluate(problem, packing) != evaluate(problem, other):
            return False
        return _squares(problem, packing) > _squares(problem, other) and not violations(problem, packing)

    def _fill(self, k: int, items: dict[int, int]) -> float:
        return float(np.array([*items.values()], np.int64) @ self._share[[*items]] / self._room[k]) if items else 0.0


def _relax_and_dive(inner: Context) -> None:
    """Column generation as far as columns come easily, and a dive on them."""
    from binpack_solvers.column_generation.branch import Node
    from binpack_solvers.column_generation.contents import contents_of
    from binpack_solvers.column_generation.dive import Dive
    from binpack_solvers.column_generation.exact import load_pricing
    from binpack_solvers.column_generation.node import SolvedNode
    from binpack_solvers.column_generation.pricing import FEWEST_NODES

    inner.load(load_pricing)
    solved = SolvedNode(Node(inner.problem), contents_of(inner.packing, inner.problem.item_types), inner)
    if solved.relax(FEWEST_NODES) and solved.bound < solved.target:
        Dive(solved, inner.seed).run()


def _scarce_shares(problem: Problem) -> Floats:
    """(m,): the sum of a copy's shares of the largest bin, each weighed by what all copies take of the resource, of which
    the one that most is taken of counts 1."""
    share = problem.sizes / np.maximum(problem.capacity.max(axis=0), 1)
    taken = problem.demands @ share
    return np.asarray(share @ (taken / max(taken.max(initial=0.0), np.finfo(float).tiny)))


def _squares(problem: Problem, packing: Packing) -> float:
    """The sum over bins of the square of how full they are: of packings with as many bins larger where some are emptier."""
    row = np.repeat(np.arange(len(packing.bin_type)), np.diff(packing.indptr))
    fill = np.bincount(row, _scarce_shares(problem)[packing.item] * packing.count, len(packing.bin_type))
    return float(fill**2 @ packing.multiplicity)
