"""Measuring one instance: solve it, check the packing, compare with what is published; one row of results."""

from __future__ import annotations

import hashlib
import sys
import time
from functools import cache
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, NamedTuple

import binpack_solvers
from binpack_solvers.instances.generators import generate
from binpack_solvers.instances.instance import Instance
from binpack_solvers.portfolio import solve
from binpack_solvers.problem import Problem
from binpack_solvers.solution import Solution

from binpack.cli.solve import faults_of

Row = dict[str, Any]

CLOCKS = ("wall", "cpu")


class Settings(NamedTuple):
    """How instances are solved. clock : ``wall``, or ``cpu`` where limits are to count CPU seconds of the worker, which
    other load on the machine changes little."""

    time_limit: float
    method: str = "exact"
    clock: str = "wall"


@cache
def code_version() -> str:
    """Ten hexadecimal digits of a hash over the engine's sources: rows of other code are not taken for this one's."""
    digest = hashlib.sha256()
    folder = Path(binpack_solvers.__file__).parent
    for file in sorted(folder.rglob("*.py")):
        digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:10]


def load_every_kernel(method: str = "exact") -> int:
    """Compile what ``exact`` or ``auto`` may call, so that no measurement holds it: small runs until one opened nodes.

    Loading the kernels alone is not enough: those of pricing are compiled in the first run that heuristics and
    elementary bounds do not end: of this class the bound of the LP is needed. Returns how many nodes that one opened.
    """
    if method == "auto":
        solve(Problem([3, 2], 6, demands=[4, 5]), method="cp_sat")
    for instance in generate("caprara_toth_6", seed=0, count=20, size=25):
        solution = solve(instance.problem, method="exact", time_limit=600.0)
        if nodes := solution.statistics.counters.get("nodes", 0):
            return nodes
    raise RuntimeError("no small run came as far as branch and price; its kernels would be compiled while measuring")


def limits_in_cpu_seconds() -> None:
    """From now on a time limit in this process counts its CPU seconds. CP-SAT and HiGHS keep clocks of their own."""
    wall, time.monotonic = time.monotonic, process_time
    for name, module in list(sys.modules.items()):
        if name.startswith("binpack_solvers") and getattr(module, "monotonic", None) is wall:
            module.monotonic = process_time  # type: ignore[attr-defined]


def measure(instance: Instance, settings: Settings) -> Row:
    """A row without its key; an exception of the solver is a fault, so that a run goes on after it."""
    started, cpu = perf_counter(), process_time()
    try:
        solution = solve(instance.problem, method=settings.method, time_limit=settings.time_limit)
    except Exception as error:  # whatever it is, it belongs in the results
        return {"status": "crashed", "faults": [f"{type(error).__name__}: {error}"]} | _published(instance)
    wall, cpu = perf_counter() - started, process_time() - cpu
    return row_of(instance, solution) | {
        "seconds": round(wall - solution.statistics.compile_s, 4),
        "cpu_seconds": round(cpu, 4),
    }


def row_of(instance: Instance, solution: Solution) -> Row:
    """What an answer says, and every fault in it. Costs are there only where they are not numbers of bins."""
    row: Row = {"status": solution.status, "bins": solution.bins, "bound": solution.lower_bound}
    if not instance.problem.unit_cost:
        row |= {"cost": solution.cost, "cost_bound": solution.cost_lower_bound}
    gap = solution.gap
    row |= {"gap": None if gap is None else round(gap, 6), "nodes": solution.statistics.counters.get("nodes", 0)}
    return row | _published(instance) | {"faults": faults_of(instance, solution)}


def _published(instance: Instance) -> Row:
    """The best published packing found by a heuristic (where none is stored apart: the best of all), and the best of all."""
    known = instance.reference
    best = [known[key] for key in ("best_heuristic", "upper_bound", "optimum") if key in known]
    return {"published_heuristic": best[0], "published_best": min(best)} if best else {}
