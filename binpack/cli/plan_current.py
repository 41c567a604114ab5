"""``binpack plan --compare-current``: what a cluster runs on now against the cheapest nodes for the same pods."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from binpack.cli.common import NO, YES, remark
from binpack.cli.era_arguments import era_options
from binpack.cli.money_arguments import Market
from binpack.cli.plan_answer import Offer, answer_of
from binpack.cli.plan_fleet import plain_type, priced_types
from binpack.cli.plan_nodes import write_plan
from binpack.cli.plan_pins import write_plan_pins
from binpack.errors import input_error

if TYPE_CHECKING:
    from binpack.kubernetes.planning.current_fleet import Fleet
    from binpack.kubernetes.planning.inputs import FileDocuments
    from binpack.kubernetes.planning.node_class import NodeClass
    from binpack.machines.machine_type import MachineType


def run_on_current(args: argparse.Namespace, files: Sequence[FileDocuments]) -> int:
    """The fleet of a cluster against the cheapest one for the same pods; 1 if there is none."""
    from binpack.kubernetes.cluster_reader import read_cluster
    from binpack.kubernetes.planning.bill import priced_fleet
    from binpack.kubernetes.planning.current_fleet import current_fleet, region_of, without_names
    from binpack.kubernetes.planning.inputs import plan_input
    from binpack.kubernetes.planning.static_pods import static_daemons
    from binpack.kubernetes.planning.volume_needs import with_attach_limits
    from binpack.workload.reading import title

    if args.workload:
        raise input_error(
            "--compare-current", f"a workload beside it ({args.workload[0]})", "the cluster of --nodes alone"
        )
    documents = [document for file in files for document in file.objects]
    cluster = read_cluster(documents, lambda text: None)
    nodes = cluster.state.nodes
    given = plan_input(files, title([args.nodes]), args.replicas_from)
    given = replace(given, sets=(*map(without_names, given.sets), *static_daemons(documents, nodes)))
    market = Market(args, region_of(nodes))
    extra = market.on_demand(args.machines or ())
    types = priced_types(args, nodes, market, extra)
    machines = list({machine.name: machine for machine in (*types, *extra)}.values())
    fleet = current_fleet(
        with_attach_limits(nodes, given.volumes.attach_limits),
        {m.name: m.price for m in machines if m.price is not None},
    )
    offer = Offer(_classes(args, fleet, extra), _spot_classes(args, fleet, market), machines, market.tariff)
    answer = answer_of(args, given, offer, [args.nodes], market.stated())
    answer = replace(answer, fleet=fleet, running=priced_fleet(fleet, cluster.state))
    from binpack.report.node_plan_json import node_plan_json
    from binpack.report.node_plan_text import comparison_text

    plan = answer.plan
    write_plan_pins(args, plan, given.namespaces)

    def text(width: int) -> str:
        return comparison_text(answer, fleet, given.title, width, args.all)

    write_plan(args, node_plan_json(answer), plan, text)
    return YES if plan.holds_all else NO


def _classes(args: argparse.Namespace, fleet: Fleet, extra: Sequence[MachineType]) -> list[NodeClass]:
    """What the plan may have: nodes as they are now, and new ones of further machines in the same zones."""
    from binpack.kubernetes.planning.spot import no_more_spot

    classes = [*(no_more_spot(fleet) if fleet.priced else fleet.classes), *_new_nodes(args, fleet, extra)]
    if fleet.priced and all(machine.price is not None for machine in extra):
        return classes
    if extra:
        remark(args, "a price is not known: nodes are counted, whatever they cost")
    return [replace(c, price=1) for c in classes]


def _spot_classes(args: argparse.Namespace, fleet: Fleet, market: Market) -> list[NodeClass]:
    """The nodes of the fleet and of further machines at their spot prices, where these are asked for and known."""
    from binpack.kubernetes.planning.spot_nodes import is_spot

    if not args.spot_share:
        return []
    found = []
    for each in fleet.classes:
        price = None if is_spot(each.node) else market.tariff.spot(plain_type(each.type_name)).price
        found += [] if price is None else [replace(each, price=price)]
    return found + _new_nodes(args, fleet, market.spot(args.machines or ()))


def _new_nodes(args: argparse.Namespace, fleet: Fleet, machines: Sequence[MachineType]) -> list[NodeClass]:
    """New nodes of these machines in the zones of the fleet."""
    from binpack.kubernetes.planning.current_fleet import ZONE
    from binpack.kubernetes.planning.node_catalogue import node_types
    from binpack.kubernetes.planning.node_class import node_classes

    zones = sorted({c.node.labels[ZONE] for c in fleet.classes if ZONE in c.node.labels})
    return list(node_classes(node_types(machines, era_options(args)), zones))
