"""``binpack plan --compare-current``: what a cluster runs on now against the cheapest nodes for the same pods."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from binpack.cli.common import NO, YES, remark
from binpack.cli.era_arguments import era_options
from binpack.cli.money_arguments import bill_of, named, note_unknown_types, priced_machines, tariff_of
from binpack.cli.plan_nodes import planned, write_plan
from binpack.cli.plan_usage import with_usage
from binpack.errors import input_error

if TYPE_CHECKING:
    from binpack.kubernetes.cluster_node import ClusterNode
    from binpack.kubernetes.planning.current_fleet import Fleet
    from binpack.kubernetes.planning.inputs import FileDocuments
    from binpack.kubernetes.planning.node_class import NodeClass
    from binpack.machines.machine_type import MachineType
    from binpack.machines.tariff import Tariff


def run_on_current(args: argparse.Namespace, files: Sequence[FileDocuments]) -> int:
    """The fleet of a cluster against the cheapest one for the same pods; 1 if there is none."""
    from binpack.kubernetes.cluster_reader import read_cluster
    from binpack.kubernetes.planning.bill import Answer, priced_fleet
    from binpack.kubernetes.planning.current_fleet import current_fleet, region_of, without_names
    from binpack.kubernetes.planning.inputs import plan_input
    from binpack.workload.reading import title

    if args.workload:
        raise input_error(
            "--compare-current", f"a workload beside it ({args.workload[0]})", "the cluster of --nodes alone"
        )
    cluster = read_cluster([document for file in files for document in file.objects], lambda text: None)
    given = plan_input(files, title([args.nodes]))
    given = replace(given, sets=tuple(map(without_names, given.sets)))
    nodes = cluster.state.nodes
    tariff = tariff_of(args, region_of(nodes))
    extra = priced_machines(args, args.machines or (), tariff.on_demand, tariff.prices is not None)
    types = _types(args, nodes, tariff, extra)
    fleet = current_fleet(nodes, {m.name: m.price for m in (*types, *extra) if m.price is not None})
    classes = _classes(args, fleet, extra)
    plan = planned(given, classes, args)
    from binpack.report.node_plan_json import node_plan_json
    from binpack.report.node_plan_text import comparison_text

    answer = Answer(plan, bill_of(args, tariff, [*types, *extra]), fleet, priced_fleet(fleet, cluster.state))
    answer = with_usage(args, answer, given, classes, [args.nodes])

    def text(width: int) -> str:
        return comparison_text(answer, fleet, given.title, width, args.all)

    write_plan(args, node_plan_json(answer), plan, text)
    return YES if plan.nodes and not plan.unplaced else NO


def _types(
    args: argparse.Namespace, nodes: Sequence[ClusterNode], tariff: Tariff, extra: Sequence[MachineType]
) -> list[MachineType]:
    """The types of the nodes at what is paid for them; a remark names those of which no price is known."""
    from binpack.kubernetes.planning.current_fleet import type_of
    from binpack.machines.catalogue import load_catalogue
    from binpack.machines.machine_type import MachineType

    catalogue = {machine.name: machine for machine in load_catalogue().machines}
    names = list(dict.fromkeys(map(type_of, nodes)))
    types = [tariff.on_demand(catalogue.get(name) or MachineType(name, {})) for name in names]
    note_unknown_types(args, tariff.prices, [*names, *(machine.name for machine in extra)])
    priced = {machine.name for machine in (*types, *extra) if machine.price is not None}
    if missing := [name for name in names if name not in priced]:
        remark(args, f"no price is known of {named(missing)}, nodes are counted: --prices takes your own")
    return types


def _classes(args: argparse.Namespace, fleet: Fleet, extra: Sequence[MachineType]) -> list[NodeClass]:
    """What the plan may have: nodes as they are now, and new ones of further machines in the same zones."""
    from binpack.kubernetes.planning.current_fleet import ZONE
    from binpack.kubernetes.planning.node_catalogue import node_types
    from binpack.kubernetes.planning.node_class import node_classes

    classes = list(fleet.classes)
    if not extra:
        return classes
    zones = sorted({c.node.labels[ZONE] for c in classes if ZONE in c.node.labels})
    classes += node_classes(node_types(extra, era_options(args)), zones)
    if fleet.priced and all(machine.price is not None for machine in extra):
        return classes
    remark(args, "a price is not known: nodes are counted, whatever they cost")
    return [replace(c, price=1) for c in classes]
