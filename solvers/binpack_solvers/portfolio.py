"""solve(): bounds, then heuristics, branch and price, CP-SAT, all on one incumbent; the clock only ends the run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from time import monotonic

import numpy as np

from binpack_solvers.bounds.bound import SEARCH
from binpack_solvers.bounds.lower_bounds import lower_bounds
from binpack_solvers.check import check, violations
from binpack_solvers.column_generation.tree_log import TreeLog
from binpack_solvers.constructions import constructions, load_heuristic, load_kernels
from binpack_solvers.context import Context, Improvement
from binpack_solvers.errors import ProblemError, SolutionError
from binpack_solvers.heuristics import large_neighbourhood, many_copies
from binpack_solvers.heuristics.cheapest_bins import with_cheapest_bins
from binpack_solvers.heuristics.consistent_neighbourhood import applies, improve, load_neighbourhood
from binpack_solvers.heuristics.given_bins import pack_given_bins
from binpack_solvers.heuristics.registry import HEURISTICS, Heuristic, heuristic
from binpack_solvers.kernels.greedy import FIRST_FIT
from binpack_solvers.objective import Value, unplaced_copies
from binpack_solvers.packing import Packing
from binpack_solvers.plain_check import load_plain_check
from binpack_solvers.problem import UNLIMITED, Problem
from binpack_solvers.reductions.paid_setups import with_paid_setups
from binpack_solvers.solution import Solution, Statistics, Status

METHODS = ("auto", "exact", "cp_sat", *HEURISTICS)

MOST_REJECTED = 12
"""Constructions that break a rule, with none before them that kept all, after which ``auto`` tries no more of them."""

FEW_COPIES = 60
"""Of problems with rules, those up to which CP-SAT goes before branch and price."""

IMPROVEMENT, LARGEST_IMPROVEMENT = 15 * 10**5, 5 * 10**6
"""Candidates that the neighbourhood search looks at for each second of the limit, and at most: about a tenth of the time,
and 0.4 s. Most of what it finds it finds early."""

NEIGHBOURHOODS, MANY_LIMITS = 4, 10
"""Large neighbourhoods for each second of the limit, each of some tenths of a second to some seconds. Limits for each item
type from which on they go before branch and price: it rarely ends with a bound then."""

GIVEN_BINS = 25 * 10**5
"""Candidates for each second of the limit in the search for any packing into given bins: up to about a third of the time."""


def solve(
    problem: Problem,
    method: str = "auto",
    time_limit: float = 10.0,
    threads: int = 1,
    seed: int = 0,
    initial: Packing | None = None,
    on_improvement: Improvement | None = None,
    stop: Callable[[], bool] | None = None,
    tree: bool = False,
) -> Solution:
    """The best packing found, checked, with the bounds proved beside it.

    method : ``auto`` (bounds, all heuristics, a short local search, branch and price, then CP-SAT for what is left to
        prove), ``exact`` (the same without CP-SAT), ``cp_sat`` (bounds and CP-SAT), or a heuristic's name (the volume bound
        only), with words for its measure: ``best_fit_decreasing:l2:average:dynamic``; see ``heuristics.registry``.
    time_limit : wall seconds, without compiling or loading the kernels. Ctrl-C ends the run like the limit.
    initial : a packing that keeps every rule, to start from. on_improvement : called with each better packing and its
        value. stop : asked now and then whether to end. tree : log the tree of branch and price, which then searches the
        whole problem, also where dominance would leave less of it.

    The same seed gives the same answer whenever the run ends before the limit (with several threads, one of equally good
    packings). Raises ProblemError for an unknown method and SolutionError for an ``initial`` that breaks a rule.
    """
    chosen = heuristic(method)
    if chosen is None and method not in METHODS:
        raise ProblemError(f"method {method!r} is unknown; expected one of {', '.join(METHODS)}")
    started = monotonic()
    context = Context(problem, started + time_limit, seed, threads, stop, on_improvement)
    context.tree_log = TreeLog() if tree else None
    _take_initial(context, initial)

    def answer(infeasible: str) -> Solution:
        seconds = monotonic() - started - context.compile_s
        statistics = Statistics(method, seconds, context.compile_s, seed)
        solution = _solution(context, infeasible, statistics)
        check(problem, solution, context.inspection)
        return solution

    try:
        infeasible = _run(context, method, time_limit) if chosen is None else _run_heuristic(context, method, chosen)
        return answer(infeasible)
    except (KeyboardInterrupt, SystemError) as error:
        if not _by_ctrl_c(error):
            raise
        context.counters["interrupted"] = 1
        return answer("")  # perhaps once more: Ctrl-C may come while the answer is checked


def _by_ctrl_c(error: BaseException | None) -> bool:
    """Whether it began with Ctrl-C, of which native code that was calling Python at the time makes a SystemError."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None


def _take_initial(context: Context, initial: Packing | None) -> None:
    if initial is None:
        return
    if broken := violations(context.problem, initial):
        raise SolutionError(f"initial packing: {broken[0]}")
    context.offer(initial)


def _run(context: Context, method: str, time_limit: float) -> str:
    """Run the method on the context; what shows that nothing can be packed, or an empty string."""
    problem = context.problem
    context.bounds = lower_bounds(problem)
    if context.bounds.infeasible:
        return context.bounds.infeasible
    _load_many_copies(context)
    _tighten(context)
    if method != "cp_sat":
        _bound_by_volume(context)
        if infeasible := _setups_as_types(context, method):
            return infeasible
        _construct(context)
        pack_given_bins(context, GIVEN_BINS * time_limit)
        _improve(context, time_limit)
    for search in _searches(problem, method, time_limit):
        if context.optimal or context.over:
            break
        if infeasible := search(context):
            return infeasible
    return ""


def _run_heuristic(context: Context, method: str, chosen: Heuristic) -> str:
    """The same for one heuristic, with the volume bound only."""
    context.bounds = lower_bounds(context.problem, volume_only=True)
    if context.bounds.infeasible:
        return context.bounds.infeasible
    _load_many_copies(context)
    context.load(partial(load_heuristic, method))
    context.offer(chosen(context.problem, context.seed))
    _tighten(context, volume_only=True)
    return ""


def _load_many_copies(context: Context) -> None:
    if many_copies.applies(context.problem, FIRST_FIT):
        context.load(many_copies.load_many_copies)
        context.load(load_plain_check)


def _searches(problem: Problem, method: str, time_limit: float) -> tuple[Callable[[Context], str], ...]:
    """CP-SAT proves small problems with rules faster, so it goes first, with half of the time; of larger ones whose rules
    look beyond one bin, of which branch and price knows the most but not all, it has the second half. Large neighbourhoods
    go first where they pay."""
    if method == "cp_sat":
        return (_cp_sat,)
    by_parts = _by_parts(problem, time_limit)
    if method == "exact":
        return (*by_parts, _branch_and_price)
    if problem.copies <= FEW_COPIES and problem.rules - {"minimum_bins"}:
        return (partial(_for_half, _cp_sat), _branch_and_price, _cp_sat)
    if problem.rules & {"requires", "spread", "initial", "limits by domain"}:
        return (partial(_for_half, _branch_and_price), _cp_sat)
    return (*by_parts, _branch_and_price, _cp_sat)


def _setups_as_types(context: Context, method: str) -> str:
    """Of a problem with setups that cost something, the same with bin types for those that pay, for half of the time; it
    ends as soon as the bounds are met, which know more of setups. What it proves holds as well."""
    made = None if context.tree_log else with_paid_setups(context.problem)
    if made is None or context.optimal:
        return ""
    found = solve(
        made.problem,
        method,
        context.left / 2,
        context.threads,
        context.seed,
        on_improvement=lambda packing, _: _take(context, made.back(packing)),
        stop=lambda: context.stopped or context.optimal,
    )
    context.add_compiling(found.statistics.compile_s)
    if "interrupted" in found.statistics.counters:
        raise KeyboardInterrupt
    if found.status == "infeasible":
        return found.reason
    by = "setups that are paid as bin types"
    context.raise_bound(found.cost_lower_bound, by)
    if found.statistics.cost_proven and context.proves("cost"):
        context.raise_bins(found.lower_bound, by)
    return ""


def _take(context: Context, packing: Packing) -> None:
    context.offer(packing)


def _by_parts(problem: Problem, time_limit: float) -> tuple[Callable[[Context], str], ...]:
    """Large neighbourhoods, where the whole is too large for branch and price, or has so many limits that half of the time
    is better spent on them."""

    def search(context: Context) -> str:
        context.load(load_neighbourhood)
        context.load(load_kernels)
        large_neighbourhood.search(context, max(1, int(NEIGHBOURHOODS * time_limit)))
        return ""

    if not large_neighbourhood.applies(problem):
        return ()
    if problem.item_types > large_neighbourhood.MANY_TYPES:
        return (search,)
    many = len(problem.limits) >= MANY_LIMITS * problem.item_types
    return (partial(_for_half, search),) if many else ()


def _branch_and_price(context: Context) -> str:
    from binpack_solvers.column_generation.exact import load_pricing, solve_exact

    context.load(load_kernels)  # of heuristics, which complete what a dive leaves and compare what dominance packs
    context.load(load_pricing)
    return solve_exact(context)


def _for_half(search: Callable[[Context], str], context: Context) -> str:
    """A search with half of the time that is left."""
    with context.part_of_time(1 / 2):
        return search(context)


def _tighten(context: Context, volume_only: bool = False) -> None:
    """Once every optional copy is placed, a best packing places them all: the bounds count them too."""
    if (context.problem.optional >= 0).any() and context.proves("unplaced") and "all_placed" not in context.counters:
        context.counters["all_placed"] = 1
        context.bounds = lower_bounds(context.problem, all_placed=True, volume_only=volume_only)


def _bound_by_volume(context: Context) -> None:
    """Before heuristics, which cannot be broken off: with bins of several prices the elementary bounds are far below."""
    if len(np.unique(context.problem.cost[context.problem.available == UNLIMITED])) > 1:
        from binpack_solvers.column_generation.exact import bound_by_volume

        bound_by_volume(context)


def _construct(context: Context) -> None:
    """All heuristics and their variants, until the bounds are met, the time is up, or it shows that a rule which they do not
    look at is broken every time.

    A run cannot be broken off, so none is begun with less time left than one has taken. The clock alone does not end this
    before there is a packing: an answer a little late is worth more than none in time.
    """
    slowest = 0.0
    for kernels, run in constructions(context):
        if context.optimal or context.stopped or (context.left <= slowest and context.packing is not None):
            return
        if not context.improvements and context.counters.get("rejected", 0) >= MOST_REJECTED:
            return
        context.load(kernels)
        started = monotonic()
        packing = run()
        slowest = max(slowest, monotonic() - started)
        taken = context.offer(packing)
        if packing is not None and context.problem.bin_types > 1:
            taken |= context.offer(with_cheapest_bins(context.problem, packing))
        if taken:
            _tighten(context)


def _improve(context: Context, time_limit: float) -> None:
    """A short local search where the bounds are not met. The limit sets its steps, not its time: a seed gives one answer."""
    if context.optimal or context.over or not applies(context.problem):
        return
    context.load(load_neighbourhood)
    improve(context, int(min(LARGEST_IMPROVEMENT, IMPROVEMENT * time_limit)))


def _cp_sat(context: Context) -> str:
    """CP-SAT on what is left to prove; what shows that nothing can be packed, or an empty string."""
    from binpack_solvers.cp_sat import solve_cp_sat

    def offer(packing: Packing) -> None:
        context.offer(packing)

    result = solve_cp_sat(
        context.problem,
        time_limit=context.left,
        threads=context.threads,
        seed=context.seed,
        hint=context.packing,
        bounds=context.bounds,
        stop=context.stop,
        on_improvement=offer,
    )
    context.counters |= {f"cp_sat_{name}": count for name, count in result.counters.items()}
    if result.status == "infeasible":
        return result.reason
    context.offer(result.packing)
    if context.value is not None:
        _take_bounds(context, result.bounds, frozenset(result.proven))
    return ""


def _take_bounds(context: Context, lower: Value, proven: frozenset[str]) -> None:
    """CP-SAT's bounds hold for packings that are best at the levels above, which is what a Solution states."""
    bounds = context.bounds
    if lower.cost > bounds.cost:
        bounds = replace(bounds, cost=lower.cost, cost_by="CP-SAT", cost_reason=SEARCH)
    if lower.bins > bounds.bins:
        bounds = replace(bounds, bins=lower.bins, bins_by="CP-SAT", bins_reason=SEARCH)
    context.bounds, context.proven = bounds, context.proven | proven


def _solution(context: Context, infeasible: str, statistics: Statistics) -> Solution:
    bounds = context.bounds
    statistics.bound_by, statistics.cost_bound_by = bounds.bins_by, bounds.cost_by
    statistics.bound_reason = bounds.bins_reason
    statistics.improvements, statistics.counters = context.improvements, context.counters
    tree = None if context.tree_log is None else context.tree_log.tree(bounds, infeasible)
    if infeasible:
        statistics.bound_reason = bounds.infeasible_reason if bounds.infeasible else SEARCH
        return Solution("infeasible", None, None, None, 0, 0, reason=infeasible, tree=tree, statistics=statistics)
    certificate = None if context.certificate is None else context.certificate.beside(bounds.cost).as_dict()
    if context.packing is None or context.value is None:
        reason = f"{statistics.method} found no packing"
        none = (None, None, None, bounds.bins, bounds.cost)
        return Solution("unknown", *none, reason=reason, certificate=certificate, tree=tree, statistics=statistics)
    value = context.value
    statistics.cost_proven = context.proves("unplaced") and context.proves("cost")
    status: Status = "optimal" if context.optimal else "feasible"
    return Solution(
        status,
        context.packing,
        value.bins,
        value.cost,
        bounds.bins,
        bounds.cost,
        unplaced_copies(context.problem, context.packing) if any(value.unplaced) else {},
        value.moves,
        certificate=certificate,
        tree=tree,
        statistics=statistics,
    )
