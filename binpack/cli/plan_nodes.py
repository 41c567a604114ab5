"""``binpack plan`` by the scheduler's rules: on given nodes (``--nodes``), or on new ones in zones (``--zones``)."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from binpack.cli.common import NO, YES, remark, write_answer
from binpack.cli.era_arguments import DEFAULT_WORKLOAD, era_options
from binpack.cli.live_nodes import KUBECONFIG, add_context_option, is_live, live_documents
from binpack.cli.money_arguments import Market
from binpack.cli.plan_moves import add_moving_options
from binpack.cli.progress import progress
from binpack.errors import input_error

if TYPE_CHECKING:
    from binpack.kubernetes.cluster_state import ClusterState
    from binpack.kubernetes.disruption_budgets import Budget
    from binpack.kubernetes.planning.given_nodes import Placed
    from binpack.kubernetes.planning.inputs import FileDocuments
    from binpack.kubernetes.planning.planner import NodePlan
    from binpack.kubernetes.planning.pod_sets import PodSet
    from binpack.kubernetes.pod import Pod


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of both, and ``args.new_nodes``: those of new ones alone."""
    group = parser.add_argument_group("by the rules of the Kubernetes scheduler")
    group.add_argument(
        "--nodes",
        metavar="FILE",
        help="place on the nodes of FILE beside the pods that are there: kubectl get nodes,pods -A -o json (- reads it); "
        f"{KUBECONFIG}[:FILE] asks the running cluster",
    )
    add_context_option(group)
    group.add_argument(
        "--compare-current",
        action="store_true",
        help="with --nodes: the cheapest nodes of the same types, and of --machines, for all pods that run or wait there",
    )
    group.add_argument(
        "--preempt",
        action="store_true",
        help="with --nodes: evict pods of lower priority where others would be pending, as few as can be (in CSV: no node)",
    )
    group.add_argument(
        "--zones",
        metavar="NAMES",
        help="plan new nodes in these zones (a,b,c; or how many), every rule of the pods kept",
    )
    add_replicas_option(group)
    add_moving_options(group)
    group.add_argument(
        "--pin",
        metavar="DIRECTORY",
        help="with --zones or --nodes: write patches there that make the default scheduler choose the nodes of the plan",
    )
    system = group.add_argument(
        "--system-pods",
        choices=("default", "none"),
        default="default",
        help="with --zones: add what the provider's clusters run by themselves, where WORKLOAD lacks it, or nothing",
    )
    prefixes = group.add_argument(
        "--prefix-delegation",
        action="store_true",
        help="new AWS nodes give pods prefixes of addresses: up to 110 of them, or 250 above 30 threads",
    )
    parser.set_defaults(new_nodes=[system, prefixes])


def add_replicas_option(group: argparse._ActionsContainer) -> None:
    """``--replicas-from``."""
    group.add_argument(
        "--replicas-from",
        choices=("spec", "hpa-min", "hpa-max"),
        default="spec",
        help="copies of what a HorizontalPodAutoscaler scales (default: spec)",
    )


def refuse_idle_preemption(args: argparse.Namespace) -> None:
    """InputError for ``--preempt`` where no pod waits beside others that stay where they are."""
    if args.preempt and (args.compare_current or args.move_running or not args.nodes):
        fix = "--nodes FILE without --compare-current and --move-running"
        raise input_error("--preempt", "no pods that wait beside others", fix)


def run_on_zones(args: argparse.Namespace) -> int:
    """The cheapest new nodes; 1 if there is no plan, or the filters refuse a pod of it."""
    from binpack.cli.plan_answer import Offer, answer_of
    from binpack.cli.plan_pins import write_plan_pins
    from binpack.cli.plan_system import with_system_pods
    from binpack.kubernetes.planning.inputs import read_plan_input
    from binpack.kubernetes.planning.node_catalogue import node_types
    from binpack.kubernetes.planning.node_class import node_classes
    from binpack.machines.catalogue import STANDARD

    given = read_plan_input(tuple(args.workload) or (DEFAULT_WORKLOAD,), args.replicas_from)
    market, names, zones, options = Market(args), args.machines or [STANDARD], zones_of(args.zones), era_options(args)
    machines = market.on_demand(names)
    market.note_unknown_types(machine.name for machine in machines)
    on_demand, spot = (node_classes(node_types(types, options), zones) for types in (machines, market.spot(names)))
    given, system = with_system_pods(args, given, machines)
    answer = answer_of(
        args, given, Offer(on_demand, spot, machines, market.tariff), args.workload, [*system, *market.stated()]
    )
    from binpack.report.node_plan_json import node_plan_json
    from binpack.report.node_plan_text import node_plan_text

    plan = answer.plan
    write_plan_pins(args, plan, given.namespaces)
    write_plan(args, node_plan_json(answer), plan, lambda width: node_plan_text(answer, given.title, width, args.all))
    return YES if plan.holds_all else NO


def run_on_nodes(args: argparse.Namespace, files: Sequence[FileDocuments]) -> int:
    """Who goes where on given nodes; 1 if a pod stays pending. Daemons of the workload start first."""
    from binpack.cli.plan_fleet import running_cost
    from binpack.kubernetes.planning.current_fleet import region_of
    from binpack.report.csv import order_csv
    from binpack.report.node_plan_json import placement_json
    from binpack.report.node_plan_text import placement_text

    given = given_cluster(args, files)
    market = Market(args, region_of(given.state.nodes))
    placed = placed_on(given, args, preempt=args.preempt)
    if args.pin:
        from binpack.cli.plan_pins import write_pins

        write_pins(args, given.state, given.sets, placed.order)
    order = [*((each.pod.key, "") for each in placed.evicted), *((pod.key, node) for pod, node in placed.order)]
    cost = running_cost(args, market, given.state)
    write_answer(
        args,
        lambda: placement_json(placed, cost.nodes, cost.bill),
        lambda: order_csv(order),
        lambda width: placement_text(placed, given.title, width, cost.nodes, cost.bill),
    )
    return NO if placed.pending else YES


class GivenCluster(NamedTuple):
    """Nodes with the pods in place and the workload's daemons, and the pods that wait; sets : of the workload. budgets :
    of disruption, for what runs."""

    title: str
    state: ClusterState
    waiting: list[Pod]
    sets: tuple[PodSet, ...]
    budgets: tuple[Budget, ...]

    @property
    def daemons(self) -> list[PodSet]:
        return [pods for pods in self.sets if pods.daemon]


def nodes_file(args: argparse.Namespace) -> list[FileDocuments]:
    """The documents of ``--nodes``."""
    from binpack.kubernetes.planning.inputs import read_documents

    if is_live(args):
        return [live_documents(args)]
    if args.nodes == "-" and "-" in args.workload:
        raise input_error("standard input", "both the workload and --nodes", "one of them in a file")
    return read_documents([args.nodes])


def given_cluster(args: argparse.Namespace, files: Sequence[FileDocuments]) -> GivenCluster:
    """The cluster of ``--nodes``, and beside its own pending pods those of the workload."""
    from binpack.kubernetes.cluster_reader import read_cluster
    from binpack.kubernetes.planning.claims import with_claims
    from binpack.kubernetes.planning.daemons import start_daemons
    from binpack.kubernetes.planning.inputs import read_plan_input
    from binpack.kubernetes.planning.pod_sets import numbered_beside

    documents = [document for file in files for document in file.objects]
    cluster = read_cluster(documents, lambda text: remark(args, text))
    if not cluster.state.nodes:
        raise input_error(args.nodes, "no Node object", "what kubectl get nodes,pods -A -o json prints")
    if not args.workload:
        return GivenCluster(args.nodes, cluster.state, list(cluster.pending), (), cluster.budgets)
    given = read_plan_input(args.workload, args.replicas_from, documents)
    for text in given.refused:
        remark(args, f"warning: {text}")
    taken = {pod.key for pod, _ in cluster.state.pods()} | {pod.key for pod in cluster.pending}
    nodes = len(cluster.state.nodes)
    sets = tuple(numbered_beside(pods, taken, nodes if pods.daemon else pods.copies) for pods in given.sets)
    state, new = with_claims(cluster.state, (pods for pods in sets if not pods.daemon), given.volumes)
    started, refused = start_daemons(state, [pods for pods in sets if pods.daemon])
    for pod, node in refused:
        remark(args, f"a node has no room for its daemon {pod.key.rpartition('-')[0]}: {node}")
    if started:
        remark(args, f"daemons started on their nodes, before anything else: {len(started)}")
    return GivenCluster(given.title, state, [*cluster.pending, *chain.from_iterable(new)], sets, cluster.budgets)


def placed_on(given: GivenCluster, args: argparse.Namespace, *, preempt: bool = False) -> Placed:
    """The waiting pods on the cluster's nodes, with a sign of life. preempt : others may be evicted for them."""
    with progress("loading", args.quiet) as say:
        from binpack.cli.compilation import announced_compilation
        from binpack.kubernetes.planning.evictions import place_with_evictions
        from binpack.kubernetes.planning.given_nodes import place_on_nodes

        place = place_with_evictions if preempt else place_on_nodes
        say(f"placing {len(given.waiting)} pods")
        with announced_compilation(say):
            return place(
                given.state,
                given.waiting,
                budgets=given.budgets,
                time_limit=args.time_limit,
                threads=args.threads,
                seed=args.seed,
            )


def zones_of(text: str) -> list[str]:
    """``a,b,c``, or ``3`` for a, b, c."""
    if text.isdecimal():
        count = int(text)
        if not 1 <= count <= 26:
            raise input_error("--zones", repr(text), "1 to 26 zones, or their names")
        return [chr(ord("a") + n) for n in range(count)]
    zones = [name.strip() for name in text.split(",")]
    if not all(zones) or len(set(zones)) < len(zones):
        raise input_error("--zones", repr(text), "different names such as a,b,c, or a number")
    return zones


def write_plan(args: argparse.Namespace, found: Mapping[str, Any], plan: NodePlan, text: Callable[[int], str]) -> None:
    """A plan of new nodes in the format asked for."""
    from binpack.report.node_plan_csv import node_plan_csv

    write_answer(args, lambda: found, lambda: node_plan_csv(plan), text)
