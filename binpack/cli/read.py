"""``binpack read``: what was read from the files, in the project's own YAML, an application a line, to be edited."""

from __future__ import annotations

import argparse
from dataclasses import replace

from binpack.cli.common import YES, add_output_options, output, remark

DESCRIPTION = "Writes what was read in YAML of our own, one application a line: to look at, to edit, and to read again."


def add_parser(subparsers: argparse._SubParsersAction, summary: str) -> None:
    """Registers the subcommand."""
    parser = subparsers.add_parser("read", help=summary, description=DESCRIPTION)
    parser.add_argument("workload", nargs="+", metavar="WORKLOAD", help="as for eras")
    add_output_options(parser, ("yaml",))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Reads and writes; what the reading left to say goes to standard error."""
    from binpack.workload.native_writer import to_yaml
    from binpack.workload.reading import read

    workload = read(*args.workload)
    for note in workload.notes:
        remark(args, note)
    if any(a.curves or a.lives or a.placement.most_beside for a in workload.applications):
        remark(
            args,
            "curves, times and limits beside other applications have no place in this form: all copies are written",
        )
    # The form has requests only: limits stand in for what is not requested, as they do when an application is sized.
    applications = tuple(replace(a, requests={**a.limits, **a.requests}) for a in workload.applications)
    with output(args) as stream:
        stream.write(to_yaml(replace(workload, applications=applications)))
    return YES
