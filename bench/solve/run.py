"""Solve published instances, check every packing, and compare with what is published: python bench/solve/run.py

Runs all of falkenauer_u and 200 each of scholl_1 and mommessin_new (or the files named) and prints a row for each file.
Exit status 1 if a packing breaks a rule, a bound exceeds a published packing, or a value falls below a published bound.
Kernel compilation is not part of the seconds.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from binpack_solvers.instances.instance import Instance
from binpack_solvers.instances.reading import read_instances
from binpack_solvers.portfolio import solve

from binpack.cli.solve import faults_of

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
DEFAULT = (("bpp1d/falkenauer_u.jsonl.gz", None), ("bpp1d/scholl_1.jsonl.gz", 200), ("vbp/mommessin_new.jsonl.gz", 200))
HEADER = ("file", "instances", "optimal", "bins", "bound", "published", "at published", "seconds", "faults")


def bench_file(path: Path, limit: int | None, args: argparse.Namespace) -> int:
    """Prints one row; returns how many faults were found (each on standard error)."""
    count = optimal = bins = bound = published = reached = faults = 0
    start = time.perf_counter()
    compiling = 0.0
    for instance in read_instances(path, args.select, limit):
        if not isinstance(instance, Instance):
            print(f"{instance.name}: skipped, {instance.reason}", file=sys.stderr)
            continue
        solution = solve(instance.problem, method=args.method, time_limit=args.time_limit, seed=args.seed)
        if "interrupted" in solution.statistics.counters:
            raise KeyboardInterrupt
        found = faults_of(instance, solution)
        for fault in found:
            print(f"{instance.name}: {fault}", file=sys.stderr)
        best = instance.reference.get("optimum", instance.reference.get("best_heuristic", 0))
        count, faults, compiling = count + 1, faults + len(found), compiling + solution.statistics.compile_s
        optimal += solution.status == "optimal"
        bins, bound, published = bins + (solution.bins or 0), bound + solution.lower_bound, published + best
        reached += solution.bins is not None and solution.bins <= best
    seconds = time.perf_counter() - start - compiling
    row(path.name, count, optimal, bins, bound, published, reached, f"{seconds:.1f}", faults)
    return faults


def row(name: object, *cells: object) -> None:
    """One line of the table."""
    print(f"{name!s:<28}" + "".join(f"{cell!s:>14}" for cell in cells), flush=True)


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, help="instance files (default: the three under ../shared/data)")
    parser.add_argument("--method", default="auto")
    parser.add_argument("--time-limit", type=float, default=1.0, help="seconds for each instance (default: 1)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--select", metavar="GLOB")
    parser.add_argument("--limit", type=int, help="instances of each file")
    args = parser.parse_args()
    chosen = [(path, args.limit) for path in args.files] or [(DATA / name, args.limit or k) for name, k in DEFAULT]
    missing = [str(path) for path, _ in chosen if not path.is_file()]
    if missing:
        print(f"no such file: {', '.join(missing)}", file=sys.stderr)
        return 2
    row(*HEADER)
    return 1 if sum(bench_file(path, limit, args) for path, limit in chosen) else 0


if __name__ == "__main__":
    sys.exit(main())
