"""The textbook kernels in C++: compiled once for a run, called on the arrays of a case."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from pathlib import Path
from time import perf_counter, process_time
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]

SOURCES = Path(__file__).resolve().parent
FLAGS = ("-O3", "-march=native", "-std=c++17", "-Wall", "-Wextra", "-shared", "-fPIC")
ONE_RESOURCE = {
    "first_fit_decreasing": ("first_fit_tree", "first_fit_groups"),
    "best_fit_decreasing": ("best_fit_buckets", "best_fit_multiset", "best_fit_groups"),
}
VECTORS = {
    "first_fit_decreasing": (
        "vector_first_fit_tree",
        "vector_first_fit_scan",
        "vector_first_fit_blocks",
        "first_fit_groups",
    ),
    "best_fit_decreasing": ("vector_best_fit_scan", "best_fit_groups"),
}
RESOURCES = (1, 2, 3, 4, 6, 8)
"""The numbers of resources that are compiled in: inner loops of a known length are what makes these fast."""


class Placed(NamedTuple):
    """bin_of (copies,): the bin of each copy, copies of an item type one after the other; CPU and wall seconds."""

    bins: int
    bin_of: NDArray[np.int32]
    seconds: float
    wall: float


def baselines_of(method: str, resources: int) -> tuple[str, ...]:
    """Names of the baselines for a method, each of which does what the method does."""
    return (ONE_RESOURCE if resources == 1 else VECTORS)[method]


def compile_baselines(folder: Path) -> Path | None:
    """The library, made in ``folder`` with one call of g++; None where there is no g++."""
    compiler = shutil.which("g++")
    if compiler is None:
        return None
    library = folder / "baselines.so"
    subprocess.run([compiler, *FLAGS, *map(str, sorted(SOURCES.glob("*.cpp"))), "-o", str(library)], check=True)
    return library


def place(library: Path, name: str, sizes: Int64, demands: Int64, capacity: int) -> Placed:
    """Run a baseline. sizes (m, d), d among ``RESOURCES``; demands (m,); the same capacity in every resource.

    The seconds are those of the call: sorting is part of it, making room for the answer is not.
    """
    m, resources = sizes.shape
    if resources not in RESOURCES or resources * capacity >= 2**31 or (sizes > capacity).any():
        raise ValueError(f"{name} takes {RESOURCES} resources, sums of capacity in 32 bits, and sizes within it")
    call = getattr(ctypes.CDLL(str(library)), name)
    call.restype = ctypes.c_int64
    call.argtypes = [ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p]
    sizes, demands = np.ascontiguousarray(sizes, np.int64), np.ascontiguousarray(demands, np.int64)
    bin_of = np.full(int(demands.sum()), -1, np.int32)  # written once, or its first use by the call would be slow
    wall, cpu = perf_counter(), process_time()
    bins = call(m, resources, sizes.ctypes.data, demands.ctypes.data, capacity, bin_of.ctypes.data)
    cpu, wall = process_time() - cpu, perf_counter() - wall
    if bins < 0:
        raise ValueError(f"{name} does not take {resources} resources")
    return Placed(int(bins), bin_of, cpu, wall)
