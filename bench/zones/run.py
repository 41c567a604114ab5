"""Whether methods find and prove packings of pods over zones: python bench/zones/run.py [--help]

Every packing is checked by ``solve``. Times are wall seconds without compiling or loading kernels.
"""

from __future__ import annotations

import argparse
import sys
from itertools import product
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "solvers")]

from binpack_solvers.portfolio import solve  # noqa: E402

from bench.zones.instance import zones_problem  # noqa: E402

HEADER = ("pods", "types", "nodes", "seed", "method", "status", "cost", "bound", "s")


def run(args: argparse.Namespace) -> None:
    """A line for each solve, and for each method how many packings were found and how many proven."""
    found: dict[str, list[int]] = {method: [0, 0, 0] for method in args.methods}
    print(line(HEADER))
    for (pods, types), alike, seed in product(args.sizes, (True, False), range(1, args.seeds + 1)):
        problem = zones_problem(pods, types, alike, seed)
        for method in args.methods:
            solution = solve(problem, method=method, time_limit=args.time_limit)
            cost = "-" if solution.cost is None else solution.cost
            about = (pods, types, "alike" if alike else "differ", seed, method)
            seconds = f"{solution.statistics.time_s:.1f}"
            print(line((*about, solution.status, cost, solution.cost_lower_bound, seconds)), flush=True)
            found[method][0] += solution.packing is not None
            found[method][1] += solution.status == "infeasible" or solution.statistics.cost_proven
            found[method][2] += 1
    for method, (packed, proven, problems) in found.items():
        print(f"{method}: {packed} packed and {proven} proven at the level of cost, of {problems}")


def line(values: tuple[object, ...]) -> str:
    """One line of the table."""
    return "".join(f"{value!s:>11}" for value in values)


def size_of(text: str) -> tuple[int, int]:
    """``200x20``: pods and pod types."""
    pods, types = text.split("x")
    return int(pods), int(types)


def parser() -> argparse.ArgumentParser:
    """The command's arguments."""
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sizes = [(200, 20), (500, 30), (1000, 40), (2000, 50)]
    made.add_argument("--sizes", type=size_of, nargs="+", default=sizes, metavar="PODSxTYPES")
    made.add_argument("--seeds", type=int, default=3, help="problems of each size and kind of nodes (default: 3)")
    made.add_argument("--methods", nargs="+", default=["exact", "cp_sat"], metavar="METHOD")
    made.add_argument("--time-limit", type=float, default=10.0, help="seconds for each (default: 10)")
    return made


def main(arguments: list[str] | None = None) -> int:
    """The command."""
    try:
        run(parser().parse_args(arguments))
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
