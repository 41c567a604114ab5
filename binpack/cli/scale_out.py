"""``binpack solve`` on several processes or a cluster: many instances at a time, or the parts of one."""

from __future__ import annotations

import argparse
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from binpack.cli import common
from binpack.cli.progress import progress

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from binpack_solvers.instances.instance import Instance
    from binpack_solvers.problem import Problem
    from binpack_solvers.solution import Solution

STARTING = "workers load the kernels first"


def add_options(parser: argparse.ArgumentParser) -> None:
    """``--jobs``, ``--cluster`` and ``--parts``."""
    group = parser.add_argument_group("scale-out")
    where = group.add_mutually_exclusive_group()
    where.add_argument(
        "--jobs", type=common.positive, default=1, metavar="N", help="instances, or parts, at a time (default: 1)"
    )
    where.add_argument("--cluster", metavar="ADDRESS", help="on the workers of a Dask cluster, such as tcp://host:8786")
    group.add_argument(
        "--parts",
        type=common.positive,
        metavar="N",
        help="split each instance into N parts of like mixture, and share the time limit among them",
    )


def wanted(args: argparse.Namespace) -> bool:
    """Whether the instances are solved elsewhere than in this process."""
    return args.jobs > 1 or args.cluster is not None or args.parts is not None


def solutions(instances: Iterator[Instance], args: argparse.Namespace) -> Iterator[tuple[Instance, Solution]]:
    """Each instance with its answer, in order; more are read only as workers come free."""
    with _executor(args) as (executor, workers):
        if args.parts is not None:
            yield from _in_parts(instances, args, executor, workers)
        else:
            yield from _each(instances, args, executor, workers)


@contextmanager
def _executor(args: argparse.Namespace) -> Iterator[tuple[Executor | None, int]]:
    """None: a pool of processes, which whoever uses it starts and ends."""
    if args.cluster is None:
        yield None, args.jobs
        return
    from binpack_solvers.scale_out.dask_cluster import dask_cluster

    with dask_cluster(args.cluster) as cluster:
        yield cluster


def _each(
    instances: Iterator[Instance], args: argparse.Namespace, executor: Executor | None, workers: int
) -> Iterator[tuple[Instance, Solution]]:
    from binpack_solvers.scale_out.many import solve_each

    out: deque[Instance] = deque()

    def problems() -> Iterator[Problem]:
        for instance in instances:
            out.append(instance)
            yield instance.problem

    tree = args.tree is not None
    answers = solve_each(
        problems(), args.method, args.time_limit, args.threads, args.seed, tree, executor=executor, workers=workers
    )
    first = True
    try:
        while True:
            with progress(f"solving with {workers} workers" + (f" ({STARTING})" if first else ""), args.quiet):
                solution = next(answers, None)
            if solution is None:
                return
            first = False
            yield out.popleft(), solution
    finally:
        answers.close()  # now, not when it is collected: no worker outlives an error


def _in_parts(
    instances: Iterator[Instance], args: argparse.Namespace, executor: Executor | None, workers: int
) -> Iterator[tuple[Instance, Solution]]:
    from binpack_solvers.scale_out.in_parts import solve_in_parts

    for instance in instances:
        with progress(f"solving {instance.name} in {args.parts} parts ({STARTING})", args.quiet):
            solution = solve_in_parts(
                instance.problem,
                args.parts,
                args.method,
                args.time_limit,
                args.threads,
                args.seed,
                executor=executor,
                workers=workers,
            )
        yield instance, solution
