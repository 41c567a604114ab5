"""``binpack solve``: packing instances in the standard formats, each answer checked before it is printed."""

from __future__ import annotations

import argparse
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from binpack.cli import common, scale_out

if TYPE_CHECKING:
    from binpack_solvers.instances.instance import Instance
    from binpack_solvers.solution import Solution

INPUT_FORMATS = ("bpplib", "vbp", "mvp", "jsonl")


def add_parser(subparsers: argparse._SubParsersAction, summary: str) -> None:
    """Registers the command."""
    parser = subparsers.add_parser(
        "solve",
        help=summary,
        description="Packs instances: .bpp/.txt (BPPLIB), .vbp/.mvp (VPSolver), .jsonl (many instances); each also .gz.",
        epilog="exit status: 0 every instance packed, 1 not (infeasible, unknown), 2 bad input",
    )
    parser.add_argument(
        "instances", nargs="+", metavar="INSTANCE", help="a file, a built-in data set, or - (JSON lines)"
    )
    parser.add_argument(
        "--method",
        default="auto",
        help="auto, exact, cp_sat, first_fit_decreasing, best_fit_decreasing:l2:average ... (default: auto)",
    )
    parser.add_argument("--input-format", choices=INPUT_FORMATS, help="in place of the file's ending")
    common.add_selection_options(parser)
    parser.add_argument("--solution", action="store_true", help="with patterns and certificate (json)")
    parser.add_argument("--tree", metavar="LOG", help="log the tree of branch and price, for `binpack check --tree`")
    parser.add_argument("--no-timings", action="store_true", help="leave out times: same input, same output")
    common.add_search_options(parser)
    scale_out.add_options(parser)
    common.add_output_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Solves every chosen instance; 0 if each has a checked packing."""
    from binpack.cli.solution_lines import line_of
    from binpack.cli.solve_output import writer
    from binpack.cli.tree_lines import write_tree

    _check_arguments(args)
    solved, all_packed = 0, True
    with common.output(args) as stream, _log(args) as log, closing(_solutions(args)) as solutions:
        rows = writer(stream, args)
        for instance, solution in solutions:
            packed = _tell(instance, solution, args)
            rows.write(instance, line_of(instance, solution, args))
            if log is not None:
                write_tree(instance, solution, log)
            if "interrupted" in solution.statistics.counters:  # the best so far is printed; nothing more is solved
                raise KeyboardInterrupt
            solved, all_packed = solved + 1, all_packed and packed
        rows.end()
    if not solved:
        common.remark(args, f"no instance to solve in {', '.join(args.instances)}; see --select")
        return common.BAD_INPUT
    return common.YES if all_packed else common.NO


def _check_arguments(args: argparse.Namespace) -> None:
    from binpack.errors import input_error

    if args.tree is not None and args.tree == args.output:
        raise input_error("--tree", f"{args.tree}, the file of --output", "another file")
    if args.tree is not None and args.parts is not None:
        raise input_error("--tree", "--parts beside it", "one of them: the parts' trees prove nothing of the whole")


@contextmanager
def _log(args: argparse.Namespace) -> Iterator[TextIO | None]:
    """The stream for ``--tree``, whose file appears whole or not at all; None without."""
    if args.tree is None:
        yield None
        return
    with common.atomic_file(Path(args.tree)) as stream:
        yield stream


def _instances(args: argparse.Namespace) -> Iterator[Instance]:
    """The chosen instances of every file; what is skipped is told."""
    from binpack_solvers.instances.jsonl import Skipped
    from binpack_solvers.instances.reading import read_instances

    from binpack.builtin import resolve

    for path in [path for argument in args.instances for path in resolve(argument)]:
        for instance in read_instances(path, args.select, args.limit, args.input_format):
            if isinstance(instance, Skipped):
                common.remark(args, f"{instance.name}: skipped, {instance.reason}")
            else:
                yield instance


def _solutions(args: argparse.Namespace) -> Generator[tuple[Instance, Solution], None, None]:
    """Each instance with its answer, in order."""
    if scale_out.wanted(args):
        yield from scale_out.solutions(_instances(args), args)
        return
    for instance in _instances(args):
        yield instance, _solve_one(instance, args)


def _solve_one(instance: Instance, args: argparse.Namespace) -> Solution:
    """The answer to one instance."""
    from binpack.cli.compilation import announced_compilation
    from binpack.cli.progress import progress

    with progress(f"solving {instance.name}", args.quiet) as say, announced_compilation(say):
        from binpack_solvers.portfolio import solve

        return solve(
            instance.problem,
            method=args.method,
            time_limit=args.time_limit,
            threads=args.threads,
            seed=args.seed,
            tree=args.tree is not None,
        )


def _tell(instance: Instance, solution: Solution, args: argparse.Namespace) -> bool:
    """Say what is to be said of an answer; whether it holds a packing that the checker accepts."""
    if args.verbose:
        statistics = solution.statistics
        common.remark(
            args,
            f"{instance.name}: found by {statistics.method}, bound by {statistics.bound_by}, "
            f"{statistics.improvements} improvements, kernels ready after {statistics.compile_s:.2f} s",
        )
    faults = faults_of(instance, solution)
    for fault in faults:
        common.remark(args, f"{instance.name}: {fault}")
    if solution.reason and solution.packing is None:
        common.remark(args, f"{instance.name}: {solution.status}: {solution.reason}")
    return solution.packing is not None and not faults


def faults_of(instance: Instance, solution: Solution) -> list[str]:
    """Every rule that the answer breaks, and every published figure that it contradicts."""
    from binpack_solvers.check import check
    from binpack_solvers.errors import CheckError
    from binpack_solvers.instances.published import contradictions

    faults = []
    try:
        check(instance.problem, solution)
    except CheckError as error:
        faults += error.violations
    return faults + contradictions(instance, solution.bins, solution.lower_bound, solution.status == "infeasible")
