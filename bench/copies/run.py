"""What more copies of each item type cost the exact method in time, memory and gap: python bench/copies/run.py [--help]

Every measurement is a process of its own, one after the other. Times and memory are also given as ratios to those of the
fewest copies of the same sizes. Exit status 1 for a crash or a process that does not answer; a packing that breaks a rule
is a crash, since ``solve`` checks it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
Row = dict[str, Any]
HEADER = (
    "resources",
    "capacity",
    "seed",
    "copies",
    "status",
    "bins",
    "gap",
    "nodes",
    "s",
    "CPU s",
    "peak MiB",
    "loaded",
    "s ratio",
    "CPU ratio",
    "MiB ratio",
)


def measured(copies: int, resources: int, capacity: int, seed: int, args: argparse.Namespace) -> Row:
    """The row of one process; what went wrong where it gave none."""
    numbers = [str(number) for number in (args.item_types, copies, resources, capacity, seed, args.time_limit)]
    # This process stays small and imports no solver: a process starts with the peak memory of the one that started it.
    paths = [str(ROOT), str(ROOT / "solvers"), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "bench.copies.measure", *numbers],
            env=environment,
            capture_output=True,
            text=True,
            timeout=args.time_limit + args.patience,
        )
    except subprocess.TimeoutExpired as expired:
        return {"status": "crashed", "fault": f"no answer after {expired.timeout:g} s"}
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        return {"status": "crashed", "fault": last}
    return json.loads(done.stdout)


def run(args: argparse.Namespace) -> int:
    """A line for each measurement, as it comes; how many faults there were."""
    faults = 0
    print(line(HEADER))
    for key in product(args.resources, args.capacities, args.seeds):
        base: Row = {}
        for copies in sorted(args.copies):
            row = measured(copies, *key, args)
            print(line((*key, f"{copies:.0e}", *cells(row, base))), flush=True)
            base = base or row
            if "fault" in row:
                print(f"FAULT: {row['fault']}", file=sys.stderr, flush=True)
                faults += 1
    return faults


def cells(row: Row, base: Row) -> list[object]:
    """The cells of a row after its key. base : that of the fewest copies, empty for that itself."""
    if "fault" in row:
        return ["crashed"]
    packed = row["bins"] is not None
    bins, gap = (f"{row['bins']:.4g}", f"{row['bins'] - row['bound']:.4g}") if packed else ("-", "-")
    names = ("seconds", "cpu_seconds", "peak_mib")
    known = base and "fault" not in base
    ratios = [f"{row[name] / base[name]:.2f}" if known and base[name] else "-" for name in names]
    return [row["status"], bins, gap, row["nodes"], *(row[name] for name in names), row["loaded_mib"], *ratios]


def line(values: tuple[object, ...]) -> str:
    """One line of the table."""
    return "".join(f"{value!s:>10}" for value in values)


def copies_of(text: str) -> int:
    """``1e12`` as an exact integer."""
    return int(float(text))


def parser() -> argparse.ArgumentParser:
    """The command's arguments."""
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--item-types", type=int, default=1000, metavar="M", help="different sizes (default: 1000)")
    made.add_argument("--copies", type=copies_of, nargs="+", default=[10**2, 10**4, 10**6, 10**12], metavar="N")
    made.add_argument("--resources", type=int, nargs="+", default=[1, 2, 3], metavar="D")
    made.add_argument("--capacities", type=int, nargs="+", default=[10**4, 10**6], metavar="C", help="of each resource")
    made.add_argument("--seeds", type=int, nargs="+", default=[1], metavar="SEED")
    made.add_argument("--time-limit", type=float, default=60.0, help="seconds for each (default: 60)")
    made.add_argument(
        "--patience", type=float, default=240.0, help="seconds past it, loading included, before giving up"
    )
    return made


def main(arguments: list[str] | None = None) -> int:
    """The command."""
    try:
        return 1 if run(parser().parse_args(arguments)) else 0
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
