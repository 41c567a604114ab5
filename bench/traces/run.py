"""Traces of real clusters packed as one problem each: bins, bound, gap, seconds: python bench/traces/run.py [--help]

Reads ../shared/data/traces beside the checkout, or --traces DIRECTORY; writes bench/results/traces/traces.json. Exit 1
for a trace without a packing. ``solve`` checks every packing.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from time import perf_counter, process_time

from binpack_solvers.portfolio import solve

from bench.traces.problems import TRACES

ROOT = Path(__file__).resolve().parents[2]


def measured(name: str, folder: Path, time_limit: float) -> dict[str, object]:
    """A row: the size of the problem, the answer, and what it took, compiling apart."""
    place, read = TRACES[name]
    started = perf_counter()
    problem = read(folder / place)
    read_s, wall, cpu = perf_counter() - started, perf_counter(), process_time()
    solution = solve(problem, time_limit=time_limit)
    wall, cpu = perf_counter() - wall, process_time() - cpu
    return {
        "trace": name,
        "item_types": problem.item_types,
        "copies": problem.copies,
        "resources": problem.resources,
        "limits": len(problem.limits),
        "status": solution.status,
        "bins": solution.bins,
        "bound": solution.lower_bound,
        "gap": None if solution.gap is None else round(solution.gap, 6),
        "read_s": round(read_s, 2),
        "seconds": round(wall - solution.statistics.compile_s, 2),
        "cpu_seconds": round(cpu, 2),
        "compile_s": round(solution.statistics.compile_s, 2),
        "time_limit": time_limit,
    }


def main() -> int:
    """Measure the chosen traces, a line for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trace", nargs="+", choices=[*TRACES], default=[*TRACES])
    parser.add_argument("--traces", type=Path, default=ROOT.parent / "shared" / "data" / "traces", metavar="DIRECTORY")
    parser.add_argument("--time-limit", type=float, default=50.0, help="seconds for each (default: 50)")
    parser.add_argument("--results", type=Path, default=ROOT / "bench" / "results" / "traces", metavar="DIRECTORY")
    args = parser.parse_args()
    if not args.traces.is_dir():
        parser.error(f"{args.traces} is not there: no traces to read")
    rows = []
    for name in args.trace:
        rows.append(measured(name, args.traces, args.time_limit))
        row = rows[-1]
        print(
            f"{name:<10}{row['copies']:>8} copies, {row['item_types']:>6} types, {row['resources']:>4} resources: "
            f"{row['status']}, {row['bins']} bins, bound {row['bound']}, gap {row['gap']}, {row['seconds']} s",
            flush=True,
        )
    args.results.mkdir(parents=True, exist_ok=True)
    (args.results / "traces.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    return int(any(row["bins"] is None for row in rows))


if __name__ == "__main__":
    raise SystemExit(main())
