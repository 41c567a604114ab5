"""``binpack split``: copies of a whole against its parts scaled by themselves, over levels of load."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from binpack.cli.common import (
    NO,
    YES,
    add_output_options,
    add_search_options,
    remark,
    write_answer,
)
from binpack.cli.counting import verified
from binpack.cli.era_arguments import DEFAULT_WORKLOAD, Asked, add_era_options, asked, hardware_years
from binpack.cli.progress import progress
from binpack.errors import input_error

if TYPE_CHECKING:
    from binpack.comparison import Comparison
    from binpack.split import Splitting
    from binpack.workload.workload import Workload

DESCRIPTION = "Copies of a whole against its parts, each scaled by its own load: machines at each level of load."
EXAMPLES = """\
examples:
  binpack split                                      Train Ticket as one process and as its 64 services
  binpack split mixed_estate                         its monolith, whose components are known
  binpack split shop.yaml --as-monolith              manifests: the applications of a namespace as one process
  binpack split shop.yaml --loads 1,10,100 --era kubernetes
exit status: 0 everything has a place, 1 something has not, 2 bad input"""
LOADS = "1,2,5,10,20,50,100"
LONGEST_LOAD = 6  # digits


def add_parser(subparsers: argparse._SubParsersAction, summary: str) -> None:
    """Registers the subcommand."""
    parser = subparsers.add_parser(
        "split",
        help=summary,
        description=DESCRIPTION,
        usage="%(prog)s [WORKLOAD ...] [options]",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "workload",
        nargs="*",
        metavar="WORKLOAD",
        help=f"applications with components, or any with --as-monolith (default: {DEFAULT_WORKLOAD} --as-monolith)",
    )
    parser.add_argument("--loads", default=LOADS, metavar="N,...", help=f"times the load (default: {LOADS})")
    parser.add_argument("--era", default="containers", metavar="NAME", help="default: containers")
    parser.add_argument(
        "--as-monolith", action="store_true", help="join the applications of each group into one process"
    )
    add_era_options(parser)
    add_search_options(parser, time_limit=1.0)
    add_output_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Counts, verifies every plan, prints; 1 if something has no place."""
    from binpack.report.splitting import split_csv, split_json, split_text

    loads = _loads(args.loads)
    if len(hardware_years(args)) > 1:
        raise input_error("--hardware", args.hardware, "one year", "binpack eras takes several")
    found = _counted(asked(args), loads, args)
    write_answer(args, lambda: split_json(found), lambda: split_csv(found), lambda width: split_text(found, width))
    return NO if any(level.verdict == "unfit" for level in found.levels) else YES


def _counted(question: Asked, loads: list[int], args: argparse.Namespace) -> Splitting:
    """All levels, the plan behind every number added up again."""
    with progress("loading", args.quiet) as say:
        from binpack.cli.compilation import announced_compilation
        from binpack.planning import compare_sized
        from binpack.splitting import split_over_loads

        workload, machines, options, _ = question

        def count(estate: Workload) -> Comparison:
            comparison = compare_sized(estate, machines, (args.era,), ("parts",), options, args.size_by)
            verified(question._replace(workload=estate), comparison, "the comparison")
            [row] = comparison.rows
            if args.verbose:
                remark(
                    args, f"{comparison.instances:,} copies: {row.machines:,} machines, {row.plan.status}, {row.why}"
                )
            return comparison

        def announce(text: str) -> None:
            say(f"counting {text}")

        with announced_compilation(say):
            joined = args.as_monolith or not args.workload
            return split_over_loads(workload, machines, options, loads, count, joined, announce)


def _loads(text: str) -> list[int]:
    """``1,2,5`` as whole numbers."""
    words = [word.strip() for word in text.split(",")]
    for word in words:
        if not word.isdecimal() or len(word) > LONGEST_LOAD or int(word) < 1:
            raise input_error(
                "--loads", repr(word), "times the load, whole numbers from 1 to 999999", "such as 1,10,100"
            )
    return [int(word) for word in words]
