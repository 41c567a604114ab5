"""Clusters with limits between applications: bins, proven bound, gap, seconds: python bench/affinity/run.py [--help]

The TClab set from ../shared/data/vbp, or instances of its shape where that is absent, and made ones with conflicts. Workers,
checks and results files are those of bench/exact; rows go to bench/results/affinity, the table into report.md there. Exit
status 1 for any fault.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from binpack_solvers.instances.instance import Instance
from binpack_solvers.instances.jsonl import Skipped

from bench.affinity.instance import CONFLICTS, DENSITIES, instances
from bench.exact.results import Row, read_rows
from bench.exact.run import exit_status, parser, run_instances
from bench.exact.selection import DATA, instances_of
from bench.exact.table import line

RESULTS = Path(__file__).resolve().parents[1] / "results" / "affinity"
TIME_LIMITS = {"tclab_affinity": [60.0, 300.0], "tclab_density1": [120.0], CONFLICTS: [60.0]}
HEADER = ("instance", "limit s", "status", "bins", "bound", "gap %", "seconds", "CPU s", "faults")


def run(args: argparse.Namespace) -> int:
    """Measure what is missing, then write and print the table; 1 for faults."""
    faults = 0
    for name in args.classes:
        chosen = chosen_instances(name, args)
        if args.fresh:
            (args.results / f"{name}.jsonl").unlink(missing_ok=True)
        for limit in args.time_limits or TIME_LIMITS[name]:
            once = {"time_limit": limit, "optimum": None, "fresh": False}
            faults += run_instances(name, chosen, argparse.Namespace(**vars(args) | once))
    text = table([row for name in args.classes for row in read_rows(args.results / f"{name}.jsonl")])
    (args.results / "report.md").write_text(text, encoding="utf-8")
    print(text)
    return min(faults, 1)


def chosen_instances(name: str, args: argparse.Namespace) -> list[Instance | Skipped]:
    """What the class's file holds, or, without a file, what is made."""
    file = DATA / "vbp" / f"{name}.jsonl.gz"
    if args.applications is None and file.exists():
        return instances_of(name, file, args.select)
    return [*instances(name, args.applications, args.seed)]


def table(rows: list[Row]) -> str:
    """A line for each instance and time limit, its last row; and the mean gap for each time limit."""
    last = {(row["instance"], row["time_limit"]): row for row in rows}
    lines = [line(HEADER), line(["---", "--:", "---", *["--:"] * (len(HEADER) - 3)])]
    lines += [line(cells(row)) for row in last.values()]
    versions = sorted({f"{row['version']}, {row.get('method', 'exact')}" for row in last.values()})
    note = f"*Gap*: bins over the proven bound. Seconds without compiling. Code and method: {'; '.join(versions)}."
    return "\n".join([*lines, "", note, ""])


def cells(row: Row) -> list[str]:
    """One line of the table."""
    packed = row.get("bins") is not None
    gap = f"{100 * (row['bins'] / row['bound'] - 1):.3f}" if packed else "-"
    figures = [f"{row[key]:.2f}" if key in row else "-" for key in ("seconds", "cpu_seconds")]
    counts = [str(row["bins"]), str(row["bound"])] if packed else ["-", "-"]
    about = [row["instance"], f"{row['time_limit']:g}", row["status"]]
    return [*about, *counts, gap, *figures, str(len(row.get("faults", ())))]


def main(arguments: list[str] | None = None) -> int:
    """The command: that of bench/exact with other defaults."""
    made = parser()
    made.description = __doc__
    made.add_argument(
        "--time-limits", type=float, nargs="+", metavar="S", help="(default: 60; TClab 300 too, or 120 at 1 %%)"
    )
    made.add_argument("--applications", type=int, metavar="N", help="made instances of this size, not those of the set")
    made.set_defaults(classes=[*DENSITIES, CONFLICTS], method="auto", jobs=1, results=RESULTS)
    args = made.parse_args(arguments)
    return exit_status(run, args)


if __name__ == "__main__":
    sys.exit(main())
