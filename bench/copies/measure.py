"""One measurement in a process of its own, whose peak memory is then that of the run: a line of JSON on standard output.

Peak memory is that of the whole process (``ru_maxrss``); ``loaded_mib`` is what it was with every kernel compiled or
loaded and before the problem was made, the share of it that no problem can be blamed for.
"""

from __future__ import annotations

import json
import resource
import sys
from time import perf_counter, process_time
from typing import Any

from binpack_solvers.portfolio import solve

from bench.copies.instance import copies_problem
from bench.exact.measurement import load_every_kernel


def measure(numbers: tuple[int, int, int, int, int], time_limit: float) -> dict[str, Any]:
    """Status, bins, bound, seconds (wall and CPU, without compiling), nodes and memory in MiB; ``solve`` checks the packing.

    numbers : those of ``copies_problem``, in its order.
    """
    load_every_kernel()
    loaded = peak_mib()
    problem = copies_problem(*numbers)
    started, cpu = perf_counter(), process_time()
    solution = solve(problem, method="exact", time_limit=time_limit)
    wall, cpu = perf_counter() - started, process_time() - cpu
    return {
        "status": solution.status,
        "bins": solution.bins,
        "bound": solution.lower_bound,
        "seconds": round(wall - solution.statistics.compile_s, 2),
        "cpu_seconds": round(cpu, 2),
        "nodes": solution.statistics.counters.get("nodes", 0),
        "loaded_mib": loaded,
        "peak_mib": peak_mib(),
    }


def peak_mib() -> int:
    """The most memory that this process has held so far; Linux counts it in KiB, macOS in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (2**20 if sys.platform == "darwin" else 2**10)


if __name__ == "__main__":
    item_types, copies, resources, capacity, seed = (int(argument) for argument in sys.argv[1:6])
    print(json.dumps(measure((item_types, copies, resources, capacity, seed), float(sys.argv[6]))))
