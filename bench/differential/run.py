"""Every method on random problems with every rule, and whether their answers agree: python bench/differential/run.py

Draws --problems problems from --seed, solves each with each method, and looks for answers that the checker refuses or that
contradict each other (``contradictions.py``). Prints how many were proven, a row for each rule. Exit status 1 for any
fault; each problem with one is written to --faults as SEED-NUMBER.json, which --rerun solves again.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path

from bench.differential.draw import draw_problem
from bench.differential.outcome import Outcome, compare, outcome_of, prepare
from bench.differential.record import read_record, write_record
from bench.differential.table import table
from bench.exact.workers import THREADS

FAULTS = Path(__file__).resolve().parents[1] / "results" / "differential"
METHODS = ("auto", "exact", "cp_sat")


def outcomes(args: argparse.Namespace) -> Iterator[Outcome]:
    """One for each problem, in order; ``--jobs`` processes of one thread each."""
    numbers = range(args.first, args.first + args.problems)
    work = partial(outcome_of, args.seed, methods=tuple(args.methods), time_limit=args.time_limit)
    if args.jobs == 1:
        prepare()
        yield from map(work, numbers)
        return
    os.environ.update(dict.fromkeys(THREADS, "1"))
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(args.jobs, mp_context=spawn, initializer=prepare) as pool:
        yield from pool.map(work, numbers, chunksize=10)


def run(args: argparse.Namespace) -> int:
    """Solves them all, tells faults as they come, prints the table; 1 if there is a fault."""
    found: list[Outcome] = []
    try:
        for outcome in outcomes(args):
            found.append(outcome)
            _tell(outcome, args)
    except BrokenProcessPool:
        number = args.first + len(found)
        print(f"FAULT: a process died on problem {number} or soon after: --first {number} --jobs 1", file=sys.stderr)
        return 1
    finally:
        print(table(found, args.methods), flush=True)
    return 1 if any(outcome.faults for outcome in found) else 0


def _tell(outcome: Outcome, args: argparse.Namespace) -> None:
    """Faults, with the file to run again, and a line now and then that there is progress."""
    for fault in outcome.faults:
        print(f"problem {outcome.number}: FAULT: {fault}", file=sys.stderr, flush=True)
    if outcome.faults:
        problem, _ = draw_problem(args.seed, outcome.number)
        file = write_record(args.faults, f"{args.seed}-{outcome.number}", problem, outcome.faults)
        print(f"problem {outcome.number}: written: {file}", file=sys.stderr, flush=True)
    if outcome.number % 1000 == 0:
        print(f"problem {outcome.number}", file=sys.stderr, flush=True)


def rerun(files: list[Path], args: argparse.Namespace) -> int:
    """Solves problems that were written, and says what is wrong with them now; 1 if anything is."""
    prepare()
    faulty = 0
    for file in files:
        outcome = compare(read_record(file), tuple(args.methods), args.time_limit)
        print(f"{file}: {', '.join(f'{name} {status}' for name, status in outcome.statuses.items())}")
        for fault in outcome.faults:
            print(f"{file}: FAULT: {fault}", file=sys.stderr)
        faulty += bool(outcome.faults)
    return 1 if faulty else 0


def parser() -> argparse.ArgumentParser:
    """The command's arguments."""
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--problems", type=int, default=10_000, metavar="N", help="how many (default: 10000)")
    made.add_argument("--first", type=int, default=0, metavar="NUMBER", help="of the problems (default: 0)")
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--methods", nargs="+", default=list(METHODS), metavar="METHOD")
    made.add_argument("--time-limit", type=float, default=0.5, help="seconds for each method (default: 0.5)")
    made.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="problems at a time, one thread each")
    made.add_argument("--faults", type=Path, default=FAULTS, metavar="DIRECTORY", help="where problems with faults go")
    made.add_argument("--rerun", nargs="+", type=Path, default=[], metavar="FILE", help="solve these again instead")
    return made


def main(arguments: list[str] | None = None) -> int:
    """The command."""
    args = parser().parse_args(arguments)
    try:
        return rerun(args.rerun, args) if args.rerun else run(args)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
