"""How good ``auto`` is on vectors within a second a call, beside published heuristics: python bench/vectors/run.py [--help]

Instances, workers, checks and results files are those of bench/exact. Where an optimum is published, packings are compared
with that, otherwise with the best packing from a published heuristic. The rows go to bench/results/vectors, the table into
report.md there. Exit status 1 for any fault, 2 without instances.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from statistics import mean

from bench.exact.results import Row, latest_run, read_rows
from bench.exact.run import exit_status, parser, run_class
from bench.exact.selection import class_sources
from bench.exact.table import line

RESULTS = Path(__file__).resolve().parents[1] / "results" / "vectors"
CLASSES = ["mommessin_new", "mommessin_panigrahy", "mommessin_triplet"]
OPTIMUM = {"known": "published_best", "open": "published_heuristic"}
"""Which instances -> which published number of bins they are compared with."""
HEADER = (
    "class",
    "instances",
    "proven",
    "over %",
    "worst %",
    "heuristics over %",
    "mean s",
    "mean CPU s",
    "most CPU s",
)
NOTES = (
    "*Over*: bins over the published optimum, or, where none is published (open), over the best packing from a published "
    "heuristic; *worst*: the largest of these; *heuristics over*: the best published heuristic over the optimum. "
    "Seconds hold the whole call, with checking, without compiling."
)


def run(args: argparse.Namespace) -> int:
    """Measure what is missing, then write and print the table; 1 for faults."""
    faults = 0
    for name, path in class_sources(args.files, args.classes).items():
        for optimum in OPTIMUM if args.optimum is None else [args.optimum]:
            faults += run_class(name, path, argparse.Namespace(**vars(args) | {"optimum": optimum}))
    text = table({file.stem: latest_run(read_rows(file)) for file in sorted(args.results.glob("*.jsonl"))})
    (args.results / "report.md").write_text(text, encoding="utf-8")
    print(text)
    return min(faults, 1)


def table(classes: dict[str, list[Row]]) -> str:
    """Class (with ``_known`` or ``_open``) -> rows, as Markdown: a line for each, then one for all with the same ending."""
    lines = [line(HEADER), line(["---", *["--:"] * (len(HEADER) - 1)])]
    for ending, compared in OPTIMUM.items():
        chosen = {name: packed(rows) for name, rows in classes.items() if name.endswith(f"_{ending}") and packed(rows)}
        if len(chosen) > 1:
            chosen[f"all, optimum {ending}"] = [row for rows in chosen.values() for row in rows]
        lines += [line(cells(name, rows, compared)) for name, rows in chosen.items()]
    kinds = {
        f"{row['version']}, {row.get('method', 'exact')}, limit {row['time_limit']:g} s ({row.get('clock', 'wall')})"
        for rows in classes.values()
        for row in rows
    }
    return "\n".join([*lines, "", NOTES, f"Code, method and limit: {'; '.join(sorted(kinds))}.", ""])


def packed(rows: list[Row]) -> list[Row]:
    """Those with a packing and a published one to hold it against."""
    return [row for row in rows if row.get("bins") is not None and "published_best" in row]


def cells(name: str, rows: list[Row], compared: str) -> list[str]:
    """One line of the table."""
    over = [row["bins"] / row[compared] - 1 for row in rows]
    published = [row["published_heuristic"] / row[compared] - 1 for row in rows]
    cpu = [row["cpu_seconds"] for row in rows]
    return [
        name,
        str(len(rows)),
        str(sum(row["bins"] == row["bound"] for row in rows)),
        *(f"{100 * value:.2f}" for value in (mean(over), max(over), mean(published))),
        *(f"{value:.3g}" for value in (mean(row["seconds"] for row in rows), mean(cpu), max(cpu))),
    ]


def main(arguments: list[str] | None = None) -> int:
    """The command: that of bench/exact with other defaults."""
    made = parser()
    made.description = __doc__
    made.set_defaults(classes=CLASSES, method="auto", time_limit=0.8, jobs=1, results=RESULTS)
    args = made.parse_args(arguments)
    return exit_status(run, args)


if __name__ == "__main__":
    sys.exit(main())
