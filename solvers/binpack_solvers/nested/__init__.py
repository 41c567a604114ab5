"""Items in boxes, boxes on hosts, as one problem: containers in virtual machines on machines."""

from binpack_solvers.nested.nested_packing import NestedPacking, NestedSolution
from binpack_solvers.nested.nested_problem import NestedProblem
from binpack_solvers.nested.search import solve_nested

__all__ = ["NestedPacking", "NestedProblem", "NestedSolution", "solve_nested"]
