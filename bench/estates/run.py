"""Every era on random estates: python bench/estates/run.py

Draws --estates estates from --seed with random options, counts every era in both shapes, and lets the checker add all plans
up again. Then makes each estate harder (more overhead, less efficient layers, more room kept free, nothing promised twice, a
machine for each copy) and looks for an era that gets by with fewer machines, between proven answers. Exit status 1 for any
fault.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import NamedTuple

from bench.estates.draw import Estate, draw_estate, harder
from bench.exact.workers import THREADS
from binpack.cli.era_arguments import Asked
from binpack.comparison import Comparison
from binpack.eras.options import ERAS, SHAPES
from binpack.errors import InputError
from binpack.planning import compare_sized
from binpack.report.json import comparison_json, plan_json
from binpack.verify import verify_comparison
from binpack.workload.sizing import size_workload


class Outcome(NamedTuple):
    """What one estate showed: ``compared`` counts pairs of proven answers by what made the second one harder."""

    number: int
    rows: int
    proven: int
    compared: dict[str, int]
    faults: list[str]


def outcome_of(seed: int, number: int) -> Outcome:
    """Counts one estate and its harder forms, and holds them against each other; nothing for one with nothing to place."""
    estate = draw_estate(seed, number)
    try:
        plain, faults = _counted(estate)
    except InputError:
        return Outcome(number, 0, 0, {}, [])
    compared: Counter[str] = Counter()
    for name, other in harder(estate).items():
        found, broken = _counted(other)
        faults += [f"{name}: {fault}" for fault in broken]
        for easy, hard in zip(plain.rows, found.rows, strict=True):
            if easy.plan.status == hard.plan.status == "optimal":
                compared[name] += 1
                if hard.machines < easy.machines:
                    faults.append(f"{name}, {easy.era}, {easy.shape}: {hard.machines} after {easy.machines} machines")
    proven = sum(row.plan.status == "optimal" for row in plain.rows)
    return Outcome(number, len(plain.rows), proven, dict(compared), faults)


def _counted(estate: Estate) -> tuple[Comparison, list[str]]:
    """All eras and shapes of an estate, and what the checker says."""
    sized = size_workload(estate.workload)
    asked = Asked(sized, [estate.machine], estate.options, ())
    comparison = compare_sized(sized, asked.machines, ERAS, SHAPES, estate.options, "requests")
    plans = [plan_json(row.plan) for row in comparison.rows]
    facts = [asked.facts(row.shape) for row in comparison.rows]
    return comparison, verify_comparison(comparison_json(comparison), plans, facts)


def outcomes(args: argparse.Namespace) -> Iterator[Outcome]:
    """One for each estate, in order; ``--jobs`` processes of one thread each."""
    numbers = range(args.first, args.first + args.estates)
    work = partial(outcome_of, args.seed)
    if args.jobs == 1:
        yield from map(work, numbers)
        return
    os.environ.update(dict.fromkeys(THREADS, "1"))
    with ProcessPoolExecutor(args.jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(work, numbers, chunksize=10)


def run(args: argparse.Namespace) -> int:
    """Counts them all, tells faults as they come, prints the sums; 1 if there is a fault."""
    estates = rows = proven = faults = 0
    compared: Counter[str] = Counter()
    for outcome in outcomes(args):
        estates, rows, proven = estates + 1, rows + outcome.rows, proven + outcome.proven
        compared.update(outcome.compared)
        faults += len(outcome.faults)
        for fault in outcome.faults:
            print(f"estate {outcome.number}: FAULT: {fault}", file=sys.stderr, flush=True)
        if estates % 1000 == 0:
            print(f"estate {outcome.number}", file=sys.stderr, flush=True)
    print(f"{estates:,} estates, {rows:,} plans of eras, {proven:,} proven, all added up again; {faults:,} faults")
    for name, count in compared.items():
        print(f"{count:>9,} pairs of proven answers: {name} never needs fewer machines")
    return 1 if faults else 0


def main() -> int:
    """Reads the arguments."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--estates", type=int, default=10_000, metavar="N", help="default: 10000")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="number of the first one (default: 0)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="default: 1")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="default: all cores")
    return run(parser.parse_args())


if __name__ == "__main__":
    sys.exit(main())
