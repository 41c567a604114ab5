"""Sizes of VMs with what goes into them and where they stand, against level by level: python bench/nested/run.py [--help]

Kubernetes on VMs for built-in data sets. Every packing is checked, and prices are proved again where they are the bound.
Seconds are wall seconds, kernels loaded. Exit status 1 where the joint answer is the dearer one or a check fails.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "solvers")]

import numpy as np  # noqa: E402
from binpack_solvers.heuristics.setup_exchange import Affinity  # noqa: E402
from binpack_solvers.nested.check_prices import check_prices  # noqa: E402
from binpack_solvers.nested.kinds import kinds_alike, shares_of_hosts  # noqa: E402
from binpack_solvers.nested.nested_packing import NestedSolution  # noqa: E402
from binpack_solvers.nested.nested_problem import NestedProblem  # noqa: E402
from binpack_solvers.nested.search import solve_nested  # noqa: E402
from binpack_solvers.packing import Packing  # noqa: E402
from binpack_solvers.portfolio import solve  # noqa: E402
from binpack_solvers.problem import Problem  # noqa: E402
from binpack_solvers.solution import Solution  # noqa: E402

from binpack.builtin import load_dataset  # noqa: E402
from binpack.eras.era import Setting  # noqa: E402
from binpack.eras.options import EraOptions  # noqa: E402
from binpack.eras.registry import era  # noqa: E402
from binpack.machines.catalogue import default_machine, select_machines  # noqa: E402
from binpack.machines.vm_catalogue import select_vm_sizes  # noqa: E402
from binpack.machines.vm_size import VmSize  # noqa: E402
from binpack.planning import overheads_of  # noqa: E402
from binpack.workload.monolith import as_parts  # noqa: E402
from binpack.workload.reading import read  # noqa: E402
from binpack.workload.sizing import size_workload  # noqa: E402

CASES = {"train_ticket": "", "mixed_estate": "", "openb_pods": "openb_nodes"}
"""Data set -> the data set of machines for it; the default machine."""
HEADER = ("data set", "copies", "sizes", "joint", "bound", "gap %", "s", "by level", "s", "bound by")


@dataclass
class Measured:
    """The engine of an era that notes what its nested problem took. ``by_level``: the least cost over equal cuts, each
    packed and then stacked."""

    seconds: float
    problem: NestedProblem | None = None
    solution: NestedSolution | None = None
    took: list[float] = field(default_factory=list)
    by_level: int | None = None

    def __call__(self, problem: Problem, initial: Packing | None = None) -> Solution:
        """Solve one Problem, from a packing that keeps its rules, if there is one."""
        return solve(problem, time_limit=self.seconds / 4, initial=initial)

    def cheaper_setups(self, problem: Problem, packing: Packing) -> Solution:
        """The packing as it is: images are not measured here."""
        return solve(problem, "cp_sat", 0, initial=packing)

    def nearer(self, problem: Problem, packing: Packing, affinity: Affinity) -> Packing:
        """The packing as it is: nothing calls here."""
        return packing

    def nested(self, problem: NestedProblem, known: int) -> NestedSolution:
        """Solve one NestedProblem, and the same level by level; of several, where machines run short, the last counts."""
        started = perf_counter()
        self.problem, self.solution = problem, solve_nested(problem, self.seconds, known=known)
        self.took, self.by_level, started = [perf_counter() - started], None, perf_counter()
        boxed = problem.boxed()
        for kinds in kinds_alike(boxed, problem.outer)[:-1]:
            available = np.where(kinds, boxed.available, 0)
            boxes = self(boxed.replace(available=available, cost=shares_of_hosts(problem.outer))).packing
            hosts = None if boxes is None else self(problem.stacking(boxes)).cost
            if hosts is not None:
                self.by_level = hosts if self.by_level is None else min(hosts, self.by_level)
        self.took.append(perf_counter() - started)
        return self.solution


def measured(name: str, machines: str, seconds: float, sizes: tuple[VmSize, ...] = ()) -> Measured:
    """One data set on the default machine, or on those of another data set. sizes : of VMs, any without."""
    options = EraOptions(time_limit=seconds, vm_sizes=sizes)
    sized = size_workload(read(name), "requests", None)
    chosen = select_machines([str(load_dataset(machines).files[0])]) if machines else [default_machine()]
    engine = Measured(seconds)
    setting = Setting(as_parts(sized), tuple(chosen), overheads_of(sized, options), options)
    era("kubernetes_on_vms", options).place(setting, engine)
    return engine


def cells(name: str, engine: Measured) -> tuple[object, ...]:
    """One line of the table."""
    problem, solution = engine.problem, engine.solution
    assert problem is not None
    assert solution is not None
    gap = "-" if solution.gap is None else f"{100 * solution.gap:.2f}"
    joint, level = (f"{seconds:.1f}" for seconds in engine.took)
    about = (name, problem.inner.copies, problem.inner.bin_types)
    return (*about, solution.cost, solution.cost_lower_bound, gap, joint, engine.by_level, level, solution.bound_by)


def faulty(engine: Measured) -> bool:
    """Whether the joint packing is dearer than level by level, or prices do not prove what they should."""
    problem, solution = engine.problem, engine.solution
    assert problem is not None
    assert solution is not None
    if solution.prices is not None and check_prices(problem, solution.prices).result == "refuted":
        return True
    return engine.by_level is not None and (solution.cost is None or solution.cost > engine.by_level)


def main(arguments: list[str] | None = None) -> int:
    """The command: a line for each data set."""
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--time-limit", type=float, default=20.0, help="seconds for the nested problem (default: 20)")
    made.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES))
    made.add_argument("--vm-sizes", action="append", metavar="FILE|NAME", help="as for binpack eras (default: any)")
    args = made.parse_args(arguments)
    sizes = select_vm_sizes(args.vm_sizes) if args.vm_sizes else ()
    measured("mixed_estate", "", 1.0)  # loads the kernels
    faults = 0
    print("".join(f"{title:>14}" for title in HEADER))
    for name in args.cases:
        engine = measured(name, CASES[name], args.time_limit, sizes)
        print("".join(f"{value!s:>14}" for value in cells(name, engine)), flush=True)
        faults += faulty(engine)
    return min(faults, 1)


if __name__ == "__main__":
    sys.exit(main())
