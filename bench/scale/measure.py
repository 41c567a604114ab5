"""One measurement in a process of its own, a line of JSON on standard output; see ``run``.

CPU seconds are those of this process and of its workers; peak memory (``ru_maxrss``) is that of the largest of them.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
from time import perf_counter, process_time
from typing import Any

from binpack_solvers.portfolio import solve
from binpack_solvers.scale_out.in_parts import solve_in_parts
from binpack_solvers.scale_out.many import solve_many
from binpack_solvers.solution import Solution

from bench.copies.measure import peak_mib
from bench.exact.measurement import load_every_kernel
from bench.scale.instance import problem_of

Row = dict[str, Any]


def measure(args: argparse.Namespace) -> Row:
    """Value, bound and gap of one problem in ``parts`` (1: whole), or sums over ``many``, with what they took."""
    load_every_kernel()  # into numba's cache at least, from which workers load them
    numbers = range(args.seed, args.seed + max(1, args.many))
    problems = [problem_of(args.case, args.item_types, seed) for seed in numbers]
    started, cpu = perf_counter(), process_time()
    solutions = _solutions(problems, args)
    wall, own = perf_counter() - started, process_time() - cpu
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "copies": sum(problem.copies for problem in problems),
        "value": sum(solution.cost or 0 for solution in solutions),
        "bound": sum(solution.cost_lower_bound for solution in solutions),
        "packed": sum(solution.packing is not None for solution in solutions),
        "merged": sum(solution.statistics.counters.get("merged_bins", 0) for solution in solutions),
        "bins": sum(solution.bins or 0 for solution in solutions),
        "seconds": round(wall, 1),
        "cpu_seconds": round(own + children.ru_utime + children.ru_stime, 1),
        "peak_mib": max(peak_mib(), children.ru_maxrss // (2**20 if sys.platform == "darwin" else 2**10)),
    }


def _solutions(problems: list[Any], args: argparse.Namespace) -> list[Solution]:
    if args.many:
        return solve_many(problems, args.method, args.time_limit, workers=args.workers)
    if args.parts == 1:
        return [solve(problems[0], args.method, args.time_limit)]
    return [solve_in_parts(problems[0], args.parts, args.method, args.time_limit, workers=args.workers)]


def parser() -> argparse.ArgumentParser:
    """What is measured."""
    made = argparse.ArgumentParser()
    made.add_argument("case")
    for name in ("item-types", "seed", "parts", "many", "workers"):
        made.add_argument(f"--{name}", type=int)
    made.add_argument("--method")
    made.add_argument("--time-limit", type=float)
    return made


if __name__ == "__main__":
    print(json.dumps(measure(parser().parse_args())))
