"""Images in nodes that are VMs: VMs and their machines once found, copies change VMs until these fetch few bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from binpack_solvers.nested.check import check_nested
from binpack_solvers.nested.given_boxes import GivenBoxes
from binpack_solvers.nested.nested_packing import NestedPacking
from binpack_solvers.nested.nested_problem import NestedProblem

from binpack.eras.images.image_packing import priced_setups
from binpack.eras.images.images import agent_layers
from binpack.eras.packing.compilation import Compiled
from binpack.workload.workload import Workload

if TYPE_CHECKING:
    from binpack.eras.packing.placement import Solve


def gathered_in_boxes(
    problem: NestedProblem, compiled: Compiled, packing: NestedPacking, workload: Workload, solve: Solve
) -> tuple[NestedPacking, int]:
    """The packing with copies in other VMs of those that it has, and the bytes that are fetched at least, over all ways of
    filling these VMs; a VM fetches the layers of its agents if there is anything else in it."""
    if not len(packing.boxes.bin_type):
        return packing, 0
    agents = [sum(la.pulled for la in agent_layers(workload, box.os, box.machine.arch)) for box in compiled.boxes]
    inner = problem.inner.replace(cost=agents, setups=priced_setups(problem.inner, compiled.shared))
    priced = NestedProblem(inner, problem.outer, most_per_host=problem.most_per_host, apart=problem.apart)
    boxes = GivenBoxes.of(priced, packing)
    solution = solve.cheaper_setups(boxes.problem, boxes.packing)
    found = packing if solution.packing is None else boxes.nested(solution.packing)
    check_nested(problem, found)
    return found, solution.cost_lower_bound
