"""``--move-running`` of ``plan --nodes``: running pods move too, for pods that wait and for fewer nodes."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from binpack.cli.common import NO, YES, natural, remark, write_answer
from binpack.cli.live_nodes import is_live
from binpack.cli.money_arguments import Market
from binpack.cli.progress import progress
from binpack.errors import input_error

if TYPE_CHECKING:
    from binpack.cli.plan_nodes import GivenCluster
    from binpack.kubernetes.planning.consolidation import Consolidated
    from binpack.kubernetes.planning.cost_shares import PricedNode
    from binpack.kubernetes.planning.inputs import FileDocuments
    from binpack.kubernetes.pod import Pod


def add_moving_options(group: argparse._ActionsContainer) -> None:
    """``--move-running`` and ``--max-moves``."""
    group.add_argument(
        "--move-running",
        action="store_true",
        help="with --nodes: pods that run move as well, one by one, for pods that wait and then for fewer nodes",
    )
    group.add_argument("--max-moves", type=natural, metavar="N", help="with --move-running: at most so many moves")


def refuse_idle_moves(args: argparse.Namespace) -> None:
    """InputError for moves that nothing would look at."""
    if args.max_moves is not None and not args.move_running:
        raise input_error("--max-moves", "no --move-running", "--move-running with it")
    if args.move_running and not args.nodes:
        raise input_error("--move-running", "no --nodes", "the cluster that the pods run on: --nodes FILE")
    for option, given in (("--compare-current", args.compare_current), ("--pin", args.pin)):
        if args.move_running and given:
            raise input_error("--move-running", option, "one of the two")


def run_moving(args: argparse.Namespace, files: Sequence[FileDocuments]) -> int:
    """Where every pod goes, step by step; 1 if a pod stays pending."""
    from binpack.cli.plan_fleet import running_cost
    from binpack.cli.plan_nodes import given_cluster
    from binpack.kubernetes.planning.current_fleet import region_of
    from binpack.report.consolidation import consolidation_json, consolidation_text
    from binpack.report.csv import order_csv

    given = given_cluster(args, files)
    cost = running_cost(args, Market(args, region_of(given.state.nodes)), given.state)
    found = _consolidated(given, files, cost.nodes, args)
    on: dict[str, list[Pod]] = {node.name: [] for node in given.state.nodes}
    for pod, name in given.state.pods():
        on[name].append(pod)
    nodes = [replace(each, pods=on[each.node.name]) for each in cost.nodes]
    write_answer(
        args,
        lambda: consolidation_json(found, nodes, cost.bill),
        lambda: order_csv([(step.pod.key, step.node) for step in found.steps]),
        lambda width: consolidation_text(found, given.title, width, nodes, cost.bill),
    )
    return NO if found.placed.pending else YES


def _consolidated(
    given: GivenCluster, files: Sequence[FileDocuments], priced: Sequence[PricedNode], args: argparse.Namespace
) -> Consolidated:
    """The search, with a sign of life. Where all nodes cost the same they are counted."""
    documents = [document for file in files for document in file.objects]
    costs = {each.node.name: each.cost for each in priced} if len({each.cost for each in priced}) > 1 else None
    with progress("loading", args.quiet) as say:
        from binpack.cli.compilation import announced_compilation
        from binpack.kubernetes.disruption import reasons_to_stay
        from binpack.kubernetes.planning.consolidation import Limits, consolidate

        if not (is_live(args) or given.budgets):
            remark(
                args, "the input has no PodDisruptionBudget to keep: kubectl get nodes,pods,pdb,pv,pvc,sc,csinodes -A"
            )
        stays = reasons_to_stay(documents, given.budgets)
        say(f"moving up to {sum(not reason for reason in stays.values())} pods")
        with announced_compilation(say):
            limits = Limits(args.max_moves, args.time_limit, args.threads, args.seed)
            return consolidate(given.state, given.waiting, stays, limits, costs)
