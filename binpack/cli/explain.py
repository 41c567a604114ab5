"""``binpack explain``: why pods do not fit on given nodes, and the smallest change that helps."""

from __future__ import annotations

import argparse
from dataclasses import replace
from fnmatch import fnmatchcase

from binpack.cli.common import NO, YES, add_output_options, add_search_options, output, write_json, write_text
from binpack.cli.live_nodes import add_context_option, refuse_idle_context
from binpack.cli.plan_nodes import add_replicas_option, given_cluster, nodes_file, placed_on
from binpack.errors import input_error

DESCRIPTION = (
    "Why pods do not fit on given nodes, node by node in the scheduler's words, and the smallest change that helps."
)
EXAMPLES = """\
examples:
  kubectl get nodes,pods -A -o json | binpack explain --nodes -      the pending pods of a cluster
  binpack explain --nodes kubeconfig --context prod                  the same of a running cluster
  binpack explain shop.yaml --nodes cluster.json --pod 'shop/db-*'   of a manifest's pods beside what runs there
What would help is said for nodes of each kind that the cluster has, for each resource, and for the pod's rules.
exit status: 0 everything fits, 1 something does not, 2 bad input"""


def add_parser(subparsers: argparse._SubParsersAction, summary: str) -> None:
    """Registers the subcommand."""
    parser = subparsers.add_parser(
        "explain",
        help=summary,
        description=DESCRIPTION,
        usage="%(prog)s [WORKLOAD ...] --nodes FILE [options]",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("workload", nargs="*", metavar="WORKLOAD", help="manifests to place beside what runs")
    parser.add_argument("--nodes", required=True, metavar="FILE", help="kubectl get nodes,pods -A -o json (- reads it)")
    add_context_option(parser)
    parser.add_argument("--pod", metavar="GLOB", default="*", help="only pods whose namespace/name matches")
    add_replicas_option(parser)
    add_search_options(parser)
    add_output_options(parser, ("table", "json"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Places what can be placed, explains the rest; 1 if there is any."""
    from binpack.kubernetes.planning.current_fleet import current_fleet
    from binpack.kubernetes.planning.explain import explain_many

    refuse_idle_context(args)
    given = given_cluster(args, nodes_file(args))
    if not any(fnmatchcase(pod.key, args.pod) for pod in given.waiting):
        raise input_error("--pod", repr(args.pod), f"one of {len(given.waiting)} waiting pods")
    placed = placed_on(given, args)
    chosen = tuple(pair for pair in placed.pending if fnmatchcase(pair[0].key, args.pod))
    fitting = sum(fnmatchcase(pod.key, args.pod) for pod, _ in placed.order)
    kinds = current_fleet(given.state.nodes, {}).classes
    found = explain_many(
        given.state,
        replace(placed, pending=chosen),
        kinds,
        daemons=given.daemons,
        budgets=given.budgets,
        time_limit=args.time_limit,
    )
    with output(args) as stream:
        if args.format == "json":
            from binpack.report.explain_json import explanations_json

            write_json(explanations_json(found, fitting), stream)
        else:
            head = f"{given.title}: {fitting} of {fitting + len(chosen)} pods have a place"
            write_text("\n\n".join(filter(None, [head, found.text()])) + "\n", stream)
    return NO if chosen else YES
