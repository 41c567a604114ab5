"""What whole bins of each type cost at a node, by volume and by the duals of its relaxation."""

from __future__ import annotations

from collections.abc import Iterator

from binpack_solvers.bounds.bin_counts import Covering, cost_of_whole_bins
from binpack_solvers.column_generation.pricing import Pricer
from binpack_solvers.column_generation.relaxation import Relaxation
from binpack_solvers.exact_sums import dot
from binpack_solvers.problem import Problem


def cost_of_bins(pricer: Pricer, relaxation: Relaxation | None, known: int, target: int) -> int:
    """A bound on cost between ``known``, which is one, and ``target``; with setups that cost, nothing more than is known.

    relaxation : None where only the volume is known yet.
    """
    problem = pricer.problem
    if any(setup.cost for setup in problem.setups):
        return known
    rows = list(volumes(problem))
    if relaxation is not None:
        duals = relaxation.duals
        rows.append(Covering(relaxation.worth, dot(duals.profit, pricer.configurations.demand)))
    available, fewest = problem.available.tolist(), pricer.at_least.tolist()
    return cost_of_whole_bins(rows, problem.cost.tolist(), available, fewest, known, target)


def volumes(problem: Problem) -> Iterator[Covering]:
    """Of each resource: bins give their capacity, copies take the least that an alternative of their group takes."""
    groups = problem.demand_groups
    for h, room in enumerate(problem.capacity.T.tolist()):
        size = problem.sizes[:, h].tolist()
        taken = sum(int(problem.demands[group[0]]) * min(size[i] for i in group) for group in groups)
        yield Covering(room, taken)
