"""``--usage`` of ``plan``: the same plan for what pods use, so that right-sizing is told apart from packing."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from binpack.cli.plan_nodes import searched
from binpack.errors import input_error

if TYPE_CHECKING:
    from binpack.kubernetes.planning.bill import Answer
    from binpack.kubernetes.planning.inputs import PlanInput
    from binpack.kubernetes.planning.node_class import NodeClass


def with_usage(
    args: argparse.Namespace, answer: Answer, given: PlanInput, classes: Sequence[NodeClass], read: Sequence[str]
) -> Answer:
    """The answer with a plan by usage beside the one by requests, where there is a table of usage.

    read : what the pods were read from, as only one thing can come from standard input.
    """
    if args.usage is None:
        return answer
    from binpack.kubernetes.planning.right_sizing import right_sized
    from binpack.workload.usage import read_usage

    if args.usage == "-" and "-" in read:
        raise input_error("standard input", "both the pods and --usage", "one of them in a file")
    sized = right_sized(given.sets, read_usage(args.usage))
    if not sized.measured:
        raise input_error(args.usage, "no usage of any of the workloads", "their names, or those of their pods")
    plan = searched(replace(given, sets=sized.sets), classes, args)
    others = len(given.sets) - sized.measured
    kept = f"; {others} keep their requests" if others else ""
    text = f"usage: CPU and memory of {sized.measured} workloads by {args.usage}, the most that any of their pods has{kept}"
    bill = replace(answer.bill, stated=(*answer.bill.stated, text))
    return replace(answer, bill=bill, by_usage=plan)
