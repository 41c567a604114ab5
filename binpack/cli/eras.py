"""``binpack eras``: how many machines the same applications need in each era, side by side."""

from __future__ import annotations

import argparse

from binpack.cli.common import add_output_options, add_search_options, write_answer
from binpack.cli.counting import chosen_eras, count, exit_status, priced_isolation, verified
from binpack.cli.era_arguments import DEFAULT_WORKLOAD, add_era_options, hardware_years, sized, unsized
from binpack.cli.eras_by_machines import choices, run_by_machines
from binpack.cli.eras_side_by_side import add_side_by_side_option, run_side_by_side, wants_side_by_side
from binpack.cli.eras_sweep import add_sweep_options, run_sweep, wants_sweep
from binpack.cli.next_steps import next_steps

DESCRIPTION = "How many machines the same applications need in each era, side by side."
EXAMPLES = """\
examples:
  binpack eras                                    the built-in applications
  binpack eras shop.yaml --headroom cpu=20%       manifests or Compose, a fifth of every CPU kept free
  kubectl get all -A -o json | binpack eras -     what runs now
  binpack eras shop.yaml --machines aws           on rented machines, with cost
  binpack eras --hardware 2003,2010,2024          on the servers of these years, a row each
  binpack eras pods.csv --machines nodes.csv      a trace with times: the pods that were there together at the peak
  binpack eras app_resources.csv instance_deploy.csv    curves over time: machines by maximum, percentile and curve
  binpack eras --machines standard,aws,azure,gcp --side-by-side    on each of them, a row each
  binpack eras --sweep load=1..10,headroom.cpu=0..40%    what changes the order of the eras
exit status: 0 everything has a place, 1 something has not, 2 bad input"""


def add_parser(subparsers: argparse._SubParsersAction, summary: str) -> None:
    """Registers the subcommand."""
    parser = subparsers.add_parser(
        "eras",
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
        help=f"manifests, Compose files, CSV, a directory, - or a built-in data set (default: {DEFAULT_WORKLOAD})",
    )
    parser.add_argument("--eras", metavar="NAME,...", help="only these eras")
    parser.add_argument("--shape", choices=("parts", "monolith"), help="only this shape")
    parser.add_argument("--assumptions", action="store_true", help="print everything that is assumed")
    add_side_by_side_option(parser)
    add_era_options(parser)
    add_sweep_options(parser)
    add_search_options(parser, time_limit=0.2)
    add_output_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Reads, compares, verifies, prints; 1 if something has no place."""
    from dataclasses import replace

    question = unsized(args)
    if wants_side_by_side(question, args):
        return run_side_by_side(question, args)
    question = sized(question, args)
    years = hardware_years(args)
    if wants_sweep(args, years):
        return run_sweep(question, args)
    if alternatives := choices(question, years, args):
        return run_by_machines(alternatives, args)
    eras = chosen_eras(args)
    comparison = count(question, eras, (args.shape,) if args.shape else (), args)

    from binpack.builtin import dataset_names

    comparison = replace(comparison, isolation=priced_isolation(question, comparison, args))
    builtin = all(path in dataset_names() for path in question.paths)
    comparison = replace(comparison, next_steps=next_steps(args, question.paths, builtin))
    found = verified(question, comparison, "the comparison")

    def as_csv() -> str:
        from binpack.report.csv import comparison_csv

        return comparison_csv(comparison)

    def as_text(width: int) -> str:
        from binpack.report.terminal import comparison_text

        return comparison_text(comparison, width, args.assumptions)

    write_answer(args, lambda: found, as_csv, as_text)
    return exit_status([comparison])
