"""``binpack plan``: one era in full, every machine and what is on it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from binpack.cli.common import NO, YES, add_output_options, add_search_options, write_answer
from binpack.cli.counting import count
from binpack.cli.era_arguments import DEFAULT_WORKLOAD, add_era_options, asked, hardware_years, refuse
from binpack.cli.live_nodes import refuse_idle_context
from binpack.cli.money_arguments import add_money_options, refuse_options
from binpack.cli.plan_current import run_on_current
from binpack.cli.plan_moves import refuse_idle_moves, run_moving
from binpack.cli.plan_nodes import add_arguments, nodes_file, refuse_idle_preemption, run_on_nodes, run_on_zones
from binpack.errors import input_error

DESCRIPTION = "One era in full: every machine and what is on it."
COUNTED = ("machines", "max_types", "usage", "spare", "provider", "minimum_nodes")
"""Options of counting that plans of nodes look at too."""
SEE = "see `binpack plan --help`"
EXAMPLES = """\
eras: physical, physical_per_application, virtual_machines, containers, docker_swarm, kubernetes, kubernetes_on_vms
examples:
  binpack plan shop.yaml --era kubernetes              every node and what is on it
  binpack plan --era containers --format csv -o p.csv  a row for each thing that stands on a machine
  binpack plan shop.yaml --zones a,b,c                 the fewest new nodes by all rules of the pods: zones, affinity ...
  binpack plan shop.yaml --zones a,b,c --spare zone    so many that any zone may fail (--spare 1: any node)
  kubectl get nodes,pods -A -o json | binpack plan --nodes -     who of the pending pods goes where, and who cannot
  binpack plan --nodes cluster.json --move-running      fewer nodes for what runs, and the order of the moves
  binpack plan --nodes kubeconfig --context prod        the same of a running cluster, by its kubeconfig
  binpack plan stack.yaml --nodes swarm.json            a stack on a swarm's nodes: docker node inspect $(docker node ls -q)
  binpack plan --nodes cluster.json --compare-current   what these pods need against what they have: nodes, cost, proof
exit status: 0 everything has a place, 1 something has not, 2 bad input"""


def add_parser(subparsers: argparse._SubParsersAction, summary: str) -> None:
    """Registers the subcommand."""
    parser = subparsers.add_parser(
        "plan",
        help=summary,
        description=DESCRIPTION,
        usage="%(prog)s [WORKLOAD ...] --era NAME | --zones NAMES | --nodes FILE [options]",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("workload", nargs="*", metavar="WORKLOAD", help=f"as for eras (default: {DEFAULT_WORKLOAD})")
    parser.add_argument("--era", metavar="NAME", help="physical, virtual_machines, containers, kubernetes ...")
    add_arguments(parser)
    add_money_options(parser)
    parser.add_argument("--shape", choices=("parts", "monolith"), default="parts", help="default: parts")
    parser.add_argument("--all", action="store_true", help="every machine by itself, equal ones too (table)")
    add_era_options(parser)
    add_search_options(parser)
    add_output_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Reads, plans, verifies, prints; 1 if something has no place."""
    chosen = [
        option for option, value in (("--era", args.era), ("--zones", args.zones), ("--nodes", args.nodes)) if value
    ]
    if len(chosen) != 1:
        raise input_error("binpack plan", " and ".join(chosen) or "no --era", "one of --era, --zones and --nodes", SEE)
    for option, given in (("--pin", args.pin), ("--replicas-from", args.replicas_from != "spec")):
        if given and args.era:
            raise input_error(option, "--era", "--zones or --nodes, which keep to the scheduler's rules")
    refuse_idle_context(args)
    if args.compare_current and not args.nodes:
        raise input_error("--compare-current", "no --nodes", "the cluster as a file: --nodes FILE")
    refuse_idle_moves(args)
    refuse_idle_preemption(args)
    refuse_idle_options(args)
    if args.pin:
        from binpack.cli.plan_pins import check_pins

        check_pins(args)
    if args.zones:
        return run_on_zones(args)
    if args.nodes:
        from binpack.cli import plan_swarm

        files = nodes_file(args)
        if nodes := plan_swarm.swarm_nodes(files):
            refuse_options(args, args.money, "the nodes of a swarm", "nodes of Kubernetes")
            for option, given in (("--preempt", args.preempt), ("--move-running", args.move_running)):
                if given:
                    raise input_error(option, "the nodes of a swarm", "nodes of Kubernetes")
            return plan_swarm.run(args, nodes)
        if args.move_running:
            return run_moving(args, files)
        return run_on_current(args, files) if args.compare_current else run_on_nodes(args, files)
    return run_era(args)


def refuse_idle_options(args: argparse.Namespace) -> None:
    """InputError for an option that nothing would look at."""
    if args.era:
        refuse_options(args, (*args.money, *args.new_nodes), "--era", "--zones or --nodes with it")
        return
    idle = [action for action in args.counting if action.dest not in COUNTED]
    refuse_options(args, idle, "no --era", "--era with it: plans by the scheduler's rules do not look at it")
    if not (args.zones or args.compare_current):
        others = [action for action in args.counting if action.dest in ("usage", "spare")]
        found = "neither --zones nor --compare-current"
        refuse_options(args, (*args.new_nodes, *others), found, "one of these with it, as it is about new nodes")


def run_era(args: argparse.Namespace) -> int:
    """One era."""
    question = asked(args)
    if len(hardware_years(args)) > 1:
        raise input_error("--hardware", args.hardware, "one year", "binpack eras takes several")
    comparison = count(question, (args.era,), (args.shape,), args)

    from binpack.report.json import era_json, plan_json
    from binpack.verify import verify_plan, verify_row

    [row] = comparison.rows
    plan, facts = plan_json(row.plan, row.cost_per_month, row.costs), question.facts(args.shape)
    refuse(verify_plan(plan, facts) + verify_row(era_json(row), plan, facts), f"the plan for {args.era}")

    def as_csv() -> str:
        from binpack.report.csv import plan_csv

        return plan_csv(row.plan)

    def as_text(width: int) -> Iterator[str]:
        from binpack.report.plan_text import plan_text

        return plan_text(row, width, args.all, comparison.workload, comparison.cost_first)

    write_answer(args, lambda: plan, as_csv, as_text)
    return NO if row.plan.unplaced else YES
