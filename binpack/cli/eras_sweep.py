"""``binpack eras --sweep``: the order of the eras as assumptions change, counted by several processes."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from binpack.cli.common import NO, YES, positive, write_answer
from binpack.cli.counting import chosen_eras, counted, verified
from binpack.cli.era_arguments import Asked
from binpack.cli.progress import progress
from binpack.errors import input_error

if TYPE_CHECKING:
    from binpack.sensitivity import Axis, Point

    Batch = Sequence[tuple[Axis, int]]


def add_sweep_options(parser: argparse.ArgumentParser) -> None:
    """``--sweep`` and ``--jobs``."""
    group = parser.add_argument_group("how the answer depends on assumptions")
    group.add_argument(
        "--sweep",
        metavar="RANGES",
        help="each assumption alone over its range: overheads=low..high,load=1..10,machine=standard,aws,"
        "vcpu_overcommit=1..8,headroom.cpu=0..40%%,guest_os.linux.memory=0.25..4GiB",
    )
    group.add_argument("--jobs", type=positive, metavar="N", help="counts at a time (default: one a core)")


def wants_sweep(args: argparse.Namespace, years: Sequence[int]) -> bool:
    """Whether ``--sweep`` is given; InputError where something beside it, or without it, makes no sense."""
    if args.sweep is None and args.jobs is not None:
        raise input_error("--jobs", str(args.jobs), "--sweep with it", "such as --sweep load=1..10")
    if args.sweep is not None and len(years) > 1:
        raise input_error("--sweep", "several years of --hardware beside it", "one year")
    if args.sweep is not None and args.side_by_side:
        raise input_error("--sweep", "--side-by-side beside it", "--sweep machine=standard,aws")
    return args.sweep is not None


def run_sweep(question: Asked, args: argparse.Namespace) -> int:
    """Counts the run itself, then each assumption over its range, and prints; 1 if something somewhere has no place."""
    from binpack_solvers.scale_out.process_pool import cores

    from binpack.cli.sweep_axes import sweep_axes
    from binpack.report.sweep import sweep_csv, sweep_json, sweep_text
    from binpack.sensitivity import point_of, sensitivity

    axes = sweep_axes(args.sweep, question, args.counting)
    if args.cpu_of is not None and any(axis.name == "machine" for axis in axes):
        raise input_error(
            "--sweep", "machine with --cpu-of beside it", "one of them", "requests are in one machine's threads"
        )
    eras = chosen_eras(args)
    comparison = counted(question, eras, "the comparison", args)
    with counter(question, eras, args, args.jobs or cores()) as count:
        swept = sensitivity(axes, point_of(comparison), count)
    write_answer(
        args,
        lambda: sweep_json(comparison, swept),
        lambda: sweep_csv(swept),
        lambda width: sweep_text(comparison, swept, width, args.assumptions),
    )
    points = [point for each in swept for point in (each.run, *each.points.values())]
    return NO if any(found.unplaced for point in points for found in point.counts.values()) else YES


@contextmanager
def counter(
    question: Asked, eras: tuple[str, ...], args: argparse.Namespace, jobs: int
) -> Iterator[Callable[[Batch], list[Point]]]:
    """A function that counts the eras at many values, ``jobs`` at a time; one alone needs no other process.

    Counts are independent of each other: how many run at a time changes nothing but how far a search comes where its time
    is what ends it.
    """
    from binpack_solvers.scale_out.process_pool import ProcessPool
    from binpack_solvers.scale_out.tasks import Call, results_in_order

    pool = ProcessPool(jobs) if jobs > 1 else None
    shapes = (args.shape or "parts",)

    def call(axis: Axis, value: int) -> Call:
        name = f"{axis.name}={axis.label(value)}"
        return Call(name, point, (axis.change(question, value), eras, shapes, args.size_by, name))

    def points(wanted: Batch) -> list[Point]:
        calls = [call(axis, value) for axis, value in wanted]
        results = (
            (function(*arguments) for _, function, arguments in calls)
            if pool is None
            else results_in_order(calls, pool, jobs)
        )
        found = []
        for (name, *_), result in zip(calls, results, strict=True):
            found.append(result)
            say(f"counted with {name}")
        return found

    try:
        with progress("counting with other assumptions", args.quiet) as say:
            yield points
    finally:
        if pool is not None:
            pool.kill()


def point(asked: Asked, eras: tuple[str, ...], shapes: tuple[str, ...], size_by: str, name: str) -> Point:
    """The eras under one set of assumptions, every plan added up again: the call that a worker makes."""
    from binpack.eras.options import ERAS
    from binpack.planning import compare_sized
    from binpack.sensitivity import point_of

    comparison = compare_sized(asked.workload, asked.machines, eras or ERAS, shapes, asked.options, size_by)
    verified(asked, comparison, f"the comparison with {name}")
    return point_of(comparison)
