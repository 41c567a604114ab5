"""Items per second and bins over the bound of every kernel: ``.venv/bin/python bench/kernels/run.py [--help]``.

Compilation is timed apart. Each row also has the time of a baseline of the same run: next fit, the least that any kernel
can do. A kernel whose last run took longer than ``--patience`` seconds is not run on larger n; the row says so.
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from binpack_solvers.bounds.lower_bounds import lower_bounds
from binpack_solvers.check import check
from binpack_solvers.heuristics.registry import HEURISTICS
from binpack_solvers.portfolio import load_kernels
from binpack_solvers.problem import Problem

RESULTS = Path(__file__).resolve().parents[1] / "results"
BASELINE = "next_fit"


def grouped(rng: np.random.Generator, n: int, low: int, high: int, resources: int, capacity: int) -> Problem:
    """n copies with uniform sizes; equal ones become one item type with a demand."""
    sizes, demands = np.unique(rng.integers(low, high + 1, (n, resources)), axis=0, return_counts=True)
    order = rng.permutation(len(sizes))
    return Problem(sizes[order], [capacity] * resources, demands=demands[order])


CLASSES = {
    "1-D, 20..100 of 150": lambda rng, n: grouped(rng, n, 20, 100, 1, 150),
    "1-D, 1..500 of 1000": lambda rng, n: grouped(rng, n, 1, 500, 1, 1000),
    "1-D, 1..500000 of 1000000": lambda rng, n: grouped(rng, n, 1, 500_000, 1, 1_000_000),
    "2-D, 20..100 of 150": lambda rng, n: grouped(rng, n, 20, 100, 2, 150),
    "4-D, 1..10 of 40": lambda rng, n: grouped(rng, n, 1, 10, 4, 40),
}


def rows(ns: list[int], classes: list[str], kernels: list[str], patience: float, seed: int):
    """One dictionary per class, n and kernel, as they are measured."""
    for title in classes:
        slow: set[str] = set()
        for n in ns:
            problem = CLASSES[title](np.random.default_rng(seed), n)
            started = time.perf_counter()
            bound = lower_bounds(problem).bins
            bound_s = time.perf_counter() - started
            for name in [BASELINE, *(k for k in kernels if k != BASELINE)]:
                row = {"class": title, "n": n, "item_types": problem.item_types, "kernel": name, "bound": bound}
                if name in slow:
                    yield row | {"skipped": f"over {patience:g} s on the smaller n"}
                    continue
                started = time.perf_counter()
                packing = HEURISTICS[name](problem, seed)
                seconds = time.perf_counter() - started
                if packing is None:
                    yield row | {"skipped": "does not apply"}
                    continue
                check(problem, packing)
                if seconds > patience:
                    slow.add(name)
                yield row | {
                    "seconds": round(seconds, 6),
                    "items_per_second": round(n / seconds),
                    "bins": packing.bins,
                    "over_bound": packing.bins - bound,
                    "bound_s": round(bound_s, 6),
                }


def line(row: dict) -> str:
    """One line of the table."""
    head = f"{row['class']:<27}{row['n']:>9}{row['item_types']:>9}  {row['kernel']:<22}"
    if "skipped" in row:
        return head + row["skipped"]
    share = row["over_bound"] / row["bound"] if row["bound"] else 0.0
    return (
        head
        + f"{row['seconds']:>10.4f}{row['items_per_second']:>14,}{row['bins']:>9}{row['over_bound']:>8}{share:>8.2%}"
    )


def main() -> None:
    """Measure, print, and write JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n", type=int, nargs="+", default=[10**3, 10**4, 10**5, 10**6])
    parser.add_argument("--classes", nargs="+", choices=CLASSES, default=list(CLASSES), metavar="CLASS")
    parser.add_argument("--kernels", nargs="+", choices=HEURISTICS, default=list(HEURISTICS), metavar="KERNEL")
    parser.add_argument("--patience", type=float, default=2.0, help="seconds after which larger n are left out")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help=f"also write {RESULTS.name}/kernels-DATE.json")
    args = parser.parse_args()
    compile_s = load_kernels()
    print(f"kernels compiled or loaded in {compile_s:.2f} s, apart from what follows")
    print(f"{'class':<27}{'n':>9}{'types':>9}  {'kernel':<22}{'s':>10}{'items/s':>14}{'bins':>9}{'over':>8}{'':>8}")
    measured = []
    for row in rows(args.n, args.classes, args.kernels, args.patience, args.seed):
        measured.append(row)
        print(line(row), flush=True)
    if args.json:
        RESULTS.mkdir(exist_ok=True)
        file = RESULTS / f"kernels-{datetime.now(UTC):%Y%m%d-%H%M%S}.json"
        machine = {"python": platform.python_version(), "machine": platform.machine(), "compile_s": compile_s}
        file.write_text(json.dumps(machine | {"seed": args.seed, "rows": measured}, indent=1) + "\n")
        print(f"written: {file}")


if __name__ == "__main__":
    main()
