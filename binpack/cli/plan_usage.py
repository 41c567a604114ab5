"""``--usage`` of ``plan``: the same pods with requests of what they use, so that right-sizing is told apart from packing."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from binpack.errors import input_error

if TYPE_CHECKING:
    from binpack.kubernetes.planning.inputs import PlanInput


class ByUsage(NamedTuple):
    """What is planned by usage, None where no table of it is given, and what is assumed in words."""

    given: PlanInput | None
    stated: tuple[str, ...]


def by_usage(args: argparse.Namespace, given: PlanInput, read: Sequence[str]) -> ByUsage:
    """The input by the table of ``--usage``. read : what the pods were read from, as only one thing can come from standard
    input."""
    if args.usage is None:
        return ByUsage(None, ())
    from binpack.kubernetes.planning.right_sizing import right_sized
    from binpack.workload.usage import read_usage

    if args.usage == "-" and "-" in read:
        raise input_error("standard input", "both the pods and --usage", "one of them in a file")
    sized = right_sized(given.sets, read_usage(args.usage))
    if not sized.measured:
        raise input_error(args.usage, "no usage of any of the workloads", "their names, or those of their pods")
    others = len(given.sets) - sized.measured
    kept = f"; {others} keep their requests" if others else ""
    text = f"usage: CPU and memory of {sized.measured} workloads by {args.usage}, the most that any of their pods has{kept}"
    return ByUsage(replace(given, sets=sized.sets), (text,))
