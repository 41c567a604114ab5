"""``binpack read``: what was read from the files, in the project's own YAML, an application a line, to be edited."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING

from binpack.cli.common import YES, add_output_options, output, remark

if TYPE_CHECKING:
    from binpack.workload.application import Application

DESCRIPTION = "Writes what was read in YAML of our own, one application a line: to look at, to edit, and to read again."


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Registers the subcommand."""
    parser = subparsers.add_parser(
        "read", help="write what was read as YAML of our own, to edit", description=DESCRIPTION
    )
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
    with output(args) as stream:
        stream.write(to_yaml(replace(workload, applications=tuple(map(_as_sized, workload.applications)))))
    return YES


def _as_sized(application: Application) -> Application:
    """With requests that count as the original does.

    The form knows neither limits, which stand in for what is not requested, nor several containers, each of which has a
    default size of its own.
    """
    from binpack.workload.sizing import size_application

    if len(application.containers) > 1:
        return replace(application, requests=size_application(application).size)
    return replace(application, requests={**application.limits, **application.requests})
