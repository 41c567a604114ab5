"""The nodes that run now at what is paid for them."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from binpack.cli.common import remark
from binpack.cli.money_arguments import SHOWN, Market, given_options
from binpack.cli.plan_bill import bill_of
from binpack.listing import listed

if TYPE_CHECKING:
    from binpack.kubernetes.cluster_node import ClusterNode
    from binpack.kubernetes.cluster_state import ClusterState
    from binpack.kubernetes.planning.bill import Bill
    from binpack.kubernetes.planning.cost_shares import PricedNode
    from binpack.machines.machine_type import MachineType


class Running(NamedTuple):
    """Nodes with their pods and costs a month, none where a price is not known, and the bill."""

    nodes: tuple[PricedNode, ...]
    bill: Bill


def running_cost(args: argparse.Namespace, market: Market, state: ClusterState) -> Running:
    """What the cluster's nodes cost, with the pods that are on them."""
    from binpack.kubernetes.planning.bill import priced_fleet
    from binpack.kubernetes.planning.current_fleet import current_fleet

    types = priced_types(args, state.nodes, market, quiet=not given_options(args, args.money))
    fleet = current_fleet(state.nodes, {machine.name: machine.price for machine in types if machine.price is not None})
    return Running(priced_fleet(fleet, state), bill_of(args, market.tariff, types))


def priced_types(
    args: argparse.Namespace,
    nodes: Sequence[ClusterNode],
    market: Market,
    extra: Sequence[MachineType] = (),
    quiet: bool = False,
) -> list[MachineType]:
    """The types of the nodes at what is paid for them; remarks, if not ``quiet``, name those of which no price is known."""
    from binpack.kubernetes.planning.current_fleet import type_of
    from binpack.kubernetes.planning.spot_nodes import SPOT

    names = list(dict.fromkeys(map(type_of, nodes)))
    plain = [plain_type(name) for name in names]
    tariff = market.tariff
    market.note_unknown_types(machine.name for machine in (*plain, *extra))
    types = []
    full = []
    for name, machine in zip(names, plain, strict=True):
        spot = tariff.spot(machine).price if name.endswith(SPOT) else None
        price = tariff.on_demand(machine).price if spot is None else spot
        full += [name] if name.endswith(SPOT) and spot is None and price is not None else []
        types.append(replace(machine, name=name, price=price))
    if full and not quiet:
        remark(args, f"no spot price is known of {listed(full, SHOWN)}, the one on demand counts: --spot-discount")
    priced = {machine.name for machine in (*types, *extra) if machine.price is not None}
    missing = [name for name in names if name not in priced]
    if missing and not quiet:
        remark(args, f"no price is known of {listed(missing, SHOWN)}: --prices takes your own")
    return types


def plain_type(name: str) -> MachineType:
    """The catalogue's machine of that name, spot or not; one of which nothing is known where it has none."""
    from binpack.kubernetes.planning.spot_nodes import SPOT
    from binpack.machines.catalogue import load_catalogue
    from binpack.machines.machine_type import MachineType

    name = name.removesuffix(SPOT)
    return load_catalogue().type(name) or MachineType(name, {})
