"""A plan of new nodes as ``plan`` answers it: by requests, by usage where that is known, and with its bill."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from binpack.cli.common import remark
from binpack.cli.era_arguments import era_options
from binpack.cli.plan_bill import bill_of
from binpack.cli.plan_spot import with_spot
from binpack.cli.plan_usage import by_usage
from binpack.cli.progress import progress
from binpack.errors import RefusedPlanError

if TYPE_CHECKING:
    from binpack.kubernetes.planning.bill import Answer
    from binpack.kubernetes.planning.inputs import PlanInput
    from binpack.kubernetes.planning.node_class import NodeClass
    from binpack.kubernetes.planning.planner import NodePlan
    from binpack.machines.machine_type import MachineType
    from binpack.machines.tariff import Tariff


class Offer(NamedTuple):
    """Nodes that may be had: on demand, and as spot at these prices. machines : what the nodes on demand are."""

    on_demand: Sequence[NodeClass]
    spot: Sequence[NodeClass]
    machines: Sequence[MachineType]
    tariff: Tariff


def answer_of(
    args: argparse.Namespace, given: PlanInput, offer: Offer, read: Sequence[str], stated: Sequence[str] = ()
) -> Answer:
    """The plans for these pods. read : what the pods were read from. stated : what is assumed already."""
    from binpack.kubernetes.planning.bill import Answer
    from binpack.kubernetes.planning.volume_needs import with_volume_needs

    given = replace(given, sets=with_volume_needs(given.sets, given.volumes))
    providers = [machine.provider for machine in offer.machines]
    classes, divided, on_spot = with_spot(args, offer.on_demand, offer.spot, providers)
    usage, measured = by_usage(args, given, read)
    bill = bill_of(args, offer.tariff, offer.machines, [*on_spot, *measured, *stated])
    plan = planned(divided(given), classes, args)
    return Answer(plan, bill, by_usage=None if usage is None else searched(divided(usage), classes, args))


def planned(given: PlanInput, classes: Sequence[NodeClass], args: argparse.Namespace) -> NodePlan:
    """The plan of new nodes; notes on the input where they are asked for, and warnings."""
    from binpack.kubernetes.planning.volume_needs import with_known_limits
    from binpack.kubernetes.planning.warnings import warnings_of

    sets, classes = with_known_limits(given.sets, classes)
    for note in given.notes if args.verbose else ():
        remark(args, note)
    for text in [*warnings_of(sets, classes, given.namespaces), *given.refused]:
        remark(args, f"warning: {text}")
    return searched(given, classes, args)


def searched(given: PlanInput, classes: Sequence[NodeClass], args: argparse.Namespace) -> NodePlan:
    """The plan, with a sign of life."""
    from binpack.kubernetes.planning.volume_needs import with_known_limits, zonal_pods

    options = era_options(args)
    asked: dict[str, Any] = {
        "minimum_nodes": options.minimum_nodes,
        "most_types": options.max_types,
        "namespaces": given.namespaces,
        "time_limit": options.time_limit,
        "threads": options.threads,
        "seed": options.seed,
    }
    sets, classes = with_known_limits(given.sets, classes)
    with progress("loading", args.quiet) as say:
        from binpack.cli.compilation import announced_compilation
        from binpack.kubernetes.planning.planner import plan_nodes
        from binpack.kubernetes.planning.spare_plan import SpareSearch, plan_with_spares

        say("planning nodes")
        with announced_compilation(say):
            if args.spare:
                search = SpareSearch(args.spare, zonal=zonal_pods(given.sets), **asked)
                plan = plan_with_spares(sets, classes, search)
            else:
                plan = plan_nodes(sets, classes, **asked)
    _refuse(plan)
    return plan


def _refuse(plan: NodePlan) -> None:
    """A plan that the filters do not accept in any order tried is never printed."""
    if plan.accepted.refused:
        faults = [
            f"{pod.key} on {node}: {refusal.plugin}, {refusal.reasons[0]}"
            for pod, node, refusal in plan.accepted.refused
        ]
        raise RefusedPlanError("the scheduler's filters", faults)
