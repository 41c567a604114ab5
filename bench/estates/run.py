"""Every era on random estates: python bench/estates/run.py

Draws --estates estates from --seed with random options, counts every era in both shapes, and lets the checker add all plans
up again. Then each estate is counted once more, in one of six ways in turn: made harder (more overhead, less efficient
layers, more room kept free, nothing promised twice, a machine for each copy), where no era may get by with fewer machines;
or with engines that take nothing, where containers may not need more machines than VMs. Only proven answers are compared.
Exit status 1 for any fault.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from bench.estates.draw import Estate, containers_take_least, draw_estate, harder
from bench.exact.workers import THREADS
from binpack.cli.era_arguments import Asked
from binpack.comparison import Comparison, EraResult
from binpack.eras.options import ERAS, SHAPES
from binpack.errors import InputError
from binpack.planning import compare_sized
from binpack.report.json import comparison_json, plan_json
from binpack.verify import verify_comparison
from binpack.workload.sizing import size_workload

TELL_EVERY = 500
LEAST = "VMs in place of containers"


class Outcome(NamedTuple):
    """What one estate showed: ``compared`` counts pairs of proven answers by what made the second one harder."""

    number: int
    rows: int
    proven: int
    compared: dict[str, int]
    faults: list[str]


def told_outcome(seed: int, number: int) -> Outcome:
    """``outcome_of``; what breaks down is a fault like others, so that the rest is counted."""
    try:
        return outcome_of(seed, number)
    except Exception as error:
        return Outcome(number, 0, 0, {}, ["".join(traceback.format_exception(error))])


def outcome_of(seed: int, number: int) -> Outcome:
    """Counts one estate and another form of it, and holds them against each other; nothing for one with nothing to place."""
    estate = draw_estate(seed, number)
    try:
        plain, faults = counted(estate)
    except InputError:
        return Outcome(number, 0, 0, {}, [])
    forms = {**harder(estate), LEAST: containers_take_least(estate)}
    name = list(forms)[number % len(forms)]
    found, broken = counted(forms[name])
    pairs = _eras_in_order(found) if name == LEAST else [*zip(plain.rows, found.rows, strict=True)]
    proven = [pair for pair in pairs if all(row.plan.status == "optimal" for row in pair)]
    faults += [f"{name}: {fault}" for fault in broken]
    faults += [
        f"{name}, {hard.era}, {hard.shape}: {hard.machines} machines, {easy.machines} in {easy.era}"
        for easy, hard in proven
        if hard.machines < easy.machines
    ]
    found_proven = sum(row.plan.status == "optimal" for row in plain.rows)
    return Outcome(number, len(plain.rows), found_proven, {name: len(proven)}, faults)


def _eras_in_order(found: Comparison) -> list[tuple[EraResult, EraResult]]:
    """Containers and VMs, shape by shape."""
    rows = {(row.era, row.shape): row for row in found.rows}
    return [(rows["containers", shape], rows["virtual_machines", shape]) for shape in SHAPES]


def counted(estate: Estate, eras: Sequence[str] = ERAS) -> tuple[Comparison, list[str]]:
    """Eras of an estate in both shapes, and what the checker says; InputError for one with nothing to place."""
    sized = size_workload(estate.workload)
    asked = Asked(sized, [estate.machine], estate.options, ())
    comparison = compare_sized(sized, asked.machines, eras, SHAPES, estate.options, "requests")
    plans = [plan_json(row.plan) for row in comparison.rows]
    facts = [asked.facts(row.shape) for row in comparison.rows]
    return comparison, verify_comparison(comparison_json(comparison), plans, facts)


def outcomes(args: argparse.Namespace) -> Iterator[Outcome]:
    """One for each estate, in order; ``--jobs`` processes of one thread each."""
    numbers = range(args.first, args.first + args.estates)
    work = partial(told_outcome, args.seed)
    if args.jobs == 1:
        yield from map(work, numbers)
        return
    os.environ.update(dict.fromkeys(THREADS, "1"))
    with ProcessPoolExecutor(args.jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(work, numbers, chunksize=10)


@dataclass
class Sums:
    """Of all outcomes so far."""

    estates: int = 0
    rows: int = 0
    proven: int = 0
    faults: int = 0
    compared: Counter[str] = field(default_factory=Counter)

    def add(self, outcome: Outcome) -> None:
        """One more."""
        self.estates += 1
        self.rows += outcome.rows
        self.proven += outcome.proven
        self.faults += len(outcome.faults)
        self.compared.update(outcome.compared)

    def first_line(self) -> str:
        """Estates, plans and faults."""
        counted = f"{self.estates:,} estates, {self.rows:,} plans of eras, {self.proven:,} proven"
        return f"{counted}, all added up again; {self.faults:,} faults"


def run(args: argparse.Namespace) -> int:
    """Counts them all, tells faults as they come, prints the sums; 1 if there is a fault."""
    sums = Sums()
    for outcome in outcomes(args):
        sums.add(outcome)
        for fault in outcome.faults:
            print(f"estate {outcome.number}: FAULT: {fault}", file=sys.stderr, flush=True)
        if sums.estates % TELL_EVERY == 0:
            print(sums.first_line(), file=sys.stderr, flush=True)
    print(sums.first_line())
    for name, count in sums.compared.items():
        print(f"{count:>9,} pairs of proven answers: {name}: never fewer machines")
    return 1 if sums.faults else 0


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
