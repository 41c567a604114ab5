"""``binpack eras``: how many machines the same applications need in each era, side by side."""

from __future__ import annotations

import argparse

from binpack.cli.common import NO, YES, add_output_options, add_search_options, output, width_of, write_json
from binpack.cli.era_arguments import DEFAULT_WORKLOAD, add_era_options, era_options, facts, inputs, refuse
from binpack.cli.progress import progress


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Registers the subcommand."""
    parser = subparsers.add_parser("eras", help="machines per era for your applications", description=__doc__)
    parser.add_argument(
        "workload",
        nargs="*",
        metavar="WORKLOAD",
        help=f"manifests, Compose files, CSV, a directory, - or a built-in data set (default: {DEFAULT_WORKLOAD})",
    )
    parser.add_argument("--eras", metavar="NAME,...", help="only these eras")
    parser.add_argument("--shape", choices=("parts", "monolith"), help="only this shape")
    parser.add_argument("--assumptions", action="store_true", help="print everything that is assumed")
    add_era_options(parser)
    add_search_options(parser, time_limit=0.2)
    add_output_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Reads, compares, verifies, prints; 1 if something has no place."""
    options = era_options(args)
    workload, machines = inputs(args, args.workload or [DEFAULT_WORKLOAD])
    with progress("loading and compiling the kernels, then counting", args.quiet):
        from binpack.eras.options import ERAS, SHAPES
        from binpack.planning import compare_eras
        from binpack.report.json import comparison_json, plan_json
        from binpack.verify import verify_comparison

        comparison = compare_eras(
            workload,
            machines,
            eras=tuple(args.eras.split(",")) if args.eras else ERAS,
            shapes=(args.shape,) if args.shape else SHAPES,
            options=options,
            size_by=args.size_by,
        )
    asked = {shape: facts(args, workload, machines, options, shape) for shape in SHAPES}
    found = comparison_json(comparison)
    plans = [plan_json(row.plan) for row in comparison.rows]
    refuse(verify_comparison(found, plans, [asked[row.shape] for row in comparison.rows]), "the comparison")
    with output(args) as stream:
        if args.format == "json":
            write_json(found, stream)
        elif args.format == "csv":
            from binpack.report.csv import comparison_csv

            stream.write(comparison_csv(comparison))
        else:
            from binpack.report.terminal import comparison_text

            stream.write(comparison_text(comparison, width_of(stream), args.assumptions))
    return NO if any(row.plan.unplaced for row in comparison.rows) else YES
