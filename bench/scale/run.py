"""What parts cost and save on large problems, and workers on many: python bench/scale/run.py [--help]

Every measurement is a process of its own, one after the other. ``over`` is how much more the value is than that of the
whole problem solved with the same time limit. Results go to bench/results/scale/results.jsonl. Exit status 1 for a crash
(a packing that breaks a rule is one), for no packing, and for parts that are more than 2 % over the whole.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "solvers")]

from bench.scale.instance import CASES  # noqa: E402

RESULTS = ROOT / "bench" / "results" / "scale" / "results.jsonl"
MOST_OVER = 0.02
Row = dict[str, Any]
HEADER = (
    "case",
    "types",
    "parts",
    "many",
    "workers",
    "copies",
    "value",
    "bound",
    "gap",
    "over",
    "s",
    "CPU s",
    "peak MiB",
)


def keys(args: argparse.Namespace) -> Iterator[Row]:
    """What is measured: every case whole and in parts, then many small ones for each number of workers."""
    same = {"seed": args.seed, "method": args.method}
    for case in args.cases:
        for parts in sorted({1, *args.parts}):
            large = {"item_types": args.item_types, "parts": parts, "many": 0, "time_limit": args.time_limit}
            yield {"case": case, **large, "workers": 1 if parts == 1 else args.most_workers, **same}
        for workers in args.workers:
            small = {"item_types": args.small, "parts": 1, "many": args.many, "time_limit": args.small_time_limit}
            yield {"case": case, **small, "workers": workers, **same}


def measured(key: Row, patience: float) -> Row:
    """The row of one process; what went wrong where it gave none."""
    options = [f"--{name.replace('_', '-')}={value}" for name, value in key.items() if name != "case"]
    paths = [str(ROOT), str(ROOT / "solvers"), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
    command = [sys.executable, "-m", "bench.scale.measure", key["case"], *options]
    limit = key["time_limit"] * max(1, key["many"]) + patience
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=limit)
    except subprocess.TimeoutExpired:
        return {**key, "fault": f"no answer after {limit:g} s"}
    if done.returncode:
        return {**key, "fault": (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]}
    return {**key, **json.loads(done.stdout)}


def judged(row: Row, whole: Row | None) -> Row:
    """The row with its gap, how far it is over the whole problem's, and the faults of that."""
    if "fault" in row:
        return row
    row["gap"] = round(1 - row["bound"] / row["value"], 5) if row["value"] else None
    if row["packed"] < max(1, row["many"]):
        row["fault"] = "no packing"
    elif whole is not None and whole.get("value"):
        row["over"] = round(row["value"] / whole["value"] - 1, 5)
        if row["over"] > MOST_OVER:
            row["fault"] = f"{row['over']:.2%} over the whole problem"
    return row


def run(args: argparse.Namespace) -> int:
    """A line for each measurement, as it comes; how many faults there were."""
    print(line(HEADER))
    rows: list[Row] = []
    for key in keys(args):
        whole = next((r for r in rows if r["case"] == key["case"] and r["parts"] == 1 and not r["many"]), None)
        row = judged(measured(key, args.patience), whole if key["parts"] > 1 else None)
        print(line(cells(row)), flush=True)
        if "fault" in row:
            print(f"FAULT: {row['fault']}", file=sys.stderr, flush=True)
        rows.append(row)
    args.results.parent.mkdir(parents=True, exist_ok=True)
    args.results.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return sum("fault" in row for row in rows)


def cells(row: Row) -> tuple[object, ...]:
    """One line's cells."""
    names = ("case", "item_types", "parts", "many", "workers", "copies", "value", "bound", "gap", "over")
    shares = {name: f"{row[name]:.2%}" for name in ("gap", "over") if row.get(name) is not None}
    return tuple({**row, **shares}.get(name, "-") for name in (*names, "seconds", "cpu_seconds", "peak_mib"))


def line(values: tuple[object, ...]) -> str:
    """One line of the table."""
    return "".join(f"{value!s:>10}" for value in values)


def parser() -> argparse.ArgumentParser:
    """The command's arguments."""
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES))
    made.add_argument("--item-types", type=int, default=3000, metavar="M", help="of the large problem (default: 3000)")
    made.add_argument("--parts", type=int, nargs="+", default=[2, 4, 8], metavar="N")
    made.add_argument("--time-limit", type=float, default=60.0, help="of the large problem (default: 60)")
    made.add_argument("--many", type=int, default=20, metavar="N", help="small problems at once (default: 20)")
    made.add_argument("--small", type=int, default=100, metavar="M", help="item types of a small one (default: 100)")
    made.add_argument("--small-time-limit", type=float, default=5.0, help="of a small one (default: 5)")
    made.add_argument("--workers", type=int, nargs="+", default=[1, 2], metavar="N", help="for many problems")
    made.add_argument("--most-workers", type=int, default=2, metavar="N", help="for parts (default: 2)")
    made.add_argument("--method", default="auto")
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--patience", type=float, default=240.0, help="seconds past the limits before giving up")
    made.add_argument("--results", type=Path, default=RESULTS, metavar="FILE")
    return made


def main(arguments: list[str] | None = None) -> int:
    """The command."""
    try:
        return 1 if run(parser().parse_args(arguments)) else 0
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
