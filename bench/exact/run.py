"""How far the method ``exact`` gets on the published instances: python bench/exact/run.py [--help]

Appends a row for every instance to bench/results/exact/CLASS.jsonl, and passes over those that are there from the same
code with the same time limit, so that a run that was ended goes on where it was. Exit status 1 for any fault: a packing
that breaks a rule, a bound above a published packing, a value below a published bound, a crash. With --report nothing is
run: the results that are there become report.md and a performance profile beside them.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from binpack_solvers.errors import FormatError, ProblemError
from binpack_solvers.instances.instance import Instance
from binpack_solvers.instances.jsonl import Skipped

from bench.exact.measurement import CLOCKS, Settings, code_version
from bench.exact.profile import write_profile
from bench.exact.results import append_row, finished, latest_run, read_rows
from bench.exact.selection import class_sources, instances_of
from bench.exact.table import faults, table
from bench.exact.workers import measured

RESULTS = Path(__file__).resolve().parents[1] / "results" / "exact"


def run_class(name: str, path: Path | None, args: argparse.Namespace) -> int:
    """Measures what is missing of a class; how many rows with faults that gave."""
    try:
        chosen = instances_of(name, path, args.select, args.sample, args.seed, args.optimum)
    except FormatError as error:
        print(f"{name}: left out, {error}", file=sys.stderr)
        return 0
    return run_instances(name, chosen, args)


def run_instances(name: str, chosen: list[Instance | Skipped], args: argparse.Namespace) -> int:
    """The same for instances that were read or made."""
    results = args.results / f"{'_'.join(filter(None, [name, args.optimum]))}.jsonl"
    if args.fresh:
        results.unlink(missing_ok=True)
    key = run_key(args)
    done = finished(read_rows(results), key)
    missing = [instance for instance in chosen if instance.name not in done]
    print(f"{name}: {len(missing)} of {len(chosen)} to run", file=sys.stderr)
    faulty = 0
    for instance, row in _rows(missing, args):
        append_row(results, {"instance": instance.name, **row, **key})
        _tell(instance.name, row)
        faulty += bool(row.get("faults"))
    return faulty


def run_key(args: argparse.Namespace) -> dict[str, object]:
    """What tells the rows of this run from those of others."""
    usual = Settings._field_defaults
    unusual = {name: getattr(args, name) for name in usual if getattr(args, name) != usual[name]}
    return {"time_limit": args.time_limit, "version": args.version or code_version(), **unusual}


def _rows(missing: list[Instance | Skipped], args: argparse.Namespace) -> Iterator[tuple[Instance | Skipped, dict]]:
    for instance in missing:
        if isinstance(instance, Skipped):
            yield instance, {"status": "skipped", "reason": instance.reason}
    real = [instance for instance in missing if isinstance(instance, Instance)]
    yield from measured(real, Settings(args.time_limit, args.method, args.clock), args.jobs, args.patience)


def _tell(name: str, row: dict) -> None:
    """Progress, a line an instance, and its faults."""
    if row["status"] != "skipped":
        found = f"{row.get('bins')} bins, bound {row.get('bound')}, {row.get('seconds')} s, {row.get('nodes')} nodes"
        print(f"  {name}: {row['status']}, {found}", file=sys.stderr, flush=True)
    for fault in row.get("faults", ()):
        print(f"  {name}: FAULT: {fault}", file=sys.stderr, flush=True)


def report(folder: Path, names: list[str]) -> int:
    """Prints and writes the table, and draws the profile, of the latest run of each class; 1 if it has faults."""
    files = [folder / f"{name}.jsonl" for name in names] or sorted(folder.glob("*.jsonl"))
    classes = {file.stem: latest_run(read_rows(file)) for file in files if file.exists()}
    if not classes:
        print(f"no results in {folder}", file=sys.stderr)
        return 2
    text = table(classes)
    (folder / "report.md").write_text(text, encoding="utf-8")
    print(text)
    print(f"written: {folder / 'report.md'}, {write_profile(classes, folder)}", file=sys.stderr)
    found = faults(classes)
    for fault in found:
        print(f"FAULT: {fault}", file=sys.stderr)
    return 1 if found else 0


def parser() -> argparse.ArgumentParser:
    """The command's arguments."""
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("files", nargs="*", type=Path, help="instance files (default: all under ../shared/data)")
    made.add_argument("--class", nargs="+", default=[], dest="classes", metavar="NAME", help="these classes only")
    made.add_argument("--select", metavar="GLOB", help="instances by name")
    made.add_argument("--optimum", choices=("known", "open"), help="only those whose optimum is published, or is not")
    made.add_argument("--sample", type=int, metavar="N", help="N instances of each class, the same for the same seed")
    made.add_argument("--seed", type=int, default=1, help="of the sample and of generated classes (default: 1)")
    made.add_argument("--time-limit", type=float, default=60.0, help="seconds for each instance (default: 60)")
    made.add_argument("--method", choices=("exact", "auto"), default="exact", help="(default: exact)")
    made.add_argument("--clock", choices=CLOCKS, default="wall", help="of the limit: cpu where the machine is busy")
    made.add_argument("--patience", type=float, default=60.0, help="seconds past it when a worker is given up")
    made.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="instances at a time, one thread each")
    made.add_argument("--version", metavar="LABEL", help="of the code, in place of a hash of its sources")
    made.add_argument("--results", type=Path, default=RESULTS, metavar="DIRECTORY")
    made.add_argument("--fresh", action="store_true", help="forget the results of the chosen classes first")
    made.add_argument("--report", action="store_true", help="run nothing, render what is there")
    return made


def main() -> int:
    """The command."""
    args = parser().parse_args()
    return report(args.results, args.classes) if args.report else exit_status(run, args)


def run(args: argparse.Namespace) -> int:
    """All classes; 1 for any fault."""
    sources = class_sources(args.files, args.classes)
    return 1 if sum(run_class(name, path, args) for name, path in sources.items()) else 0


def exit_status(run: Callable[[argparse.Namespace], int], args: argparse.Namespace) -> int:
    """What the run returns; 2 with one line for bad input, 130 where it was interrupted."""
    try:
        return run(args)
    except (ProblemError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
