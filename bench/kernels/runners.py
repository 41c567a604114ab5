"""What is measured on a shape: the C++ baselines, the heuristic function and the public call, all in one form."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter, process_time
from typing import NamedTuple

import numpy as np
from binpack_solvers.constructions import load_kernels
from binpack_solvers.heuristics.many_copies import load_many_copies
from binpack_solvers.heuristics.registry import HEURISTICS
from binpack_solvers.packing import Packing
from binpack_solvers.plain_check import load_plain_check
from binpack_solvers.portfolio import solve
from binpack_solvers.problem import Problem

from bench.kernels.baselines import baselines_of, place
from bench.kernels.cases import Int64, Shape
from bench.kernels.contents import contents_of_packing, contents_of_placed
from bench.kernels.names import KERNEL, SOLVE


class Run(NamedTuple):
    """CPU and wall seconds of one run, and its packing: how many bins, and what is in them, counted when it is asked for."""

    seconds: float
    wall: float
    bins: int
    contents: Callable[[], int]


Runner = Callable[[Shape, Int64, Int64], Run]


def load() -> None:
    """Compile every kernel that a run may call, or load it from numba's cache: what a rung calls first is not its time."""
    load_kernels()
    load_many_copies()
    load_plain_check()


def runners(method: str, resources: int, library: Path | None) -> dict[str, Runner]:
    """By name: baselines (none without a library), ``kernel`` and ``solve``."""
    found = {} if library is None else {name: _baseline(library, name) for name in baselines_of(method, resources)}
    return found | {KERNEL: _kernel(method), SOLVE: _solve(method)}


def volume_bound(shape: Shape, sizes: Int64, demands: Int64) -> int:
    """Bins that the sum of all sizes takes in the resource that needs most."""
    return -(-int((sizes * demands[:, None]).sum(axis=0).max()) // shape.capacity)


def _baseline(library: Path, name: str) -> Runner:
    def run(shape: Shape, sizes: Int64, demands: Int64) -> Run:
        placed = place(library, name, sizes, demands, shape.capacity)
        contents = partial(contents_of_placed, placed.bin_of, demands, placed.bins)
        return Run(placed.seconds, placed.wall, placed.bins, contents)

    return run


def _kernel(method: str) -> Runner:
    """The heuristic's function on a problem that is there; a new one each time, so that nothing is kept from before."""

    def run(shape: Shape, sizes: Int64, demands: Int64) -> Run:
        problem = Problem(sizes, np.full(shape.resources, shape.capacity), demands=demands)
        return _timed(lambda: HEURISTICS[method](problem, 0), len(sizes))

    return run


def _solve(method: str) -> Runner:
    """From the arrays to the checked answer with its bound."""

    def run(shape: Shape, sizes: Int64, demands: Int64) -> Run:
        capacity = np.full(shape.resources, shape.capacity)
        return _timed(lambda: solve(Problem(sizes, capacity, demands=demands), method=method).packing, len(sizes))

    return run


def _timed(call: Callable[[], Packing | None], item_types: int) -> Run:
    wall, cpu = perf_counter(), process_time()
    packing = call()
    cpu, wall = process_time() - cpu, perf_counter() - wall
    if packing is None:
        raise RuntimeError("no packing, though every copy fits into an empty bin")
    return Run(cpu, wall, packing.bins, partial(contents_of_packing, packing, item_types))
