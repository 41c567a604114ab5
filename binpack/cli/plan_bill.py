"""The bill of a plan of nodes: currency, the cluster's fee, and what the amounts rest on."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from binpack.cli.common import remark
from binpack.cli.money_arguments import given_options
from binpack.errors import input_error

if TYPE_CHECKING:
    from binpack.kubernetes.planning.bill import Bill
    from binpack.machines.machine_type import MachineType
    from binpack.machines.tariff import Tariff

_FEE = re.compile(r"\s*\$?(\d{1,9}(?:\.\d{0,6})?)\s*(?:/\s*(hour|month))?\s*", re.ASCII)
_PROVIDERS = {"aws": "AWS", "azure": "Azure", "gcp": "GCP"}


def bill_of(
    args: argparse.Namespace, tariff: Tariff, machines: Sequence[MachineType], stated: Sequence[str] = ()
) -> Bill:
    """Currency and fee, with a line for each thing that they rest on, and what else is ``stated``. machines : of the plan;
    without prices nothing is said of them."""
    from binpack.kubernetes.planning.bill import Bill

    own = _own_fee(args)
    if any(machine.price is None for machine in machines):
        if idle := given_options(args, args.money):
            remark(args, f"as a price is missing, nothing is said of costs: no effect of {', '.join(idle)}")
        return Bill(stated=tuple(stated))
    fee, said = _known_fee(args, tariff, machines) if own is None else (own, ["the cluster's fee: --cluster-fee"])
    return Bill(tariff.currency, fee, (*_stated_prices(args, tariff, machines), *said, *stated))


def _stated_prices(args: argparse.Namespace, tariff: Tariff, machines: Sequence[MachineType]) -> list[str]:
    from binpack.kubernetes.planning.spot_nodes import SPOT

    listed = [m for m in machines if tariff.prices is not None and tariff.prices.find(m.name.removesuffix(SPOT))]
    others = {(m.provider, m.region): None for m in machines if m not in listed and m.rented}
    said = [" ".join(filter(None, (args.prices, tariff.prices.region)))] if listed and tariff.prices else []
    said += [f"the catalogue's of {_PROVIDERS.get(p, p)} {region}" for p, region in others]
    off = f", less {float(tariff.discount) * 100:g}% on demand" if tariff.discount else ""
    return [f"prices: {' and '.join(said) or 'of the machines'}{off}; a month has 730 hours"]


def _own_fee(args: argparse.Namespace) -> int | None:
    """``--cluster-fee`` in micro-units a month."""
    from fractions import Fraction

    from binpack.machines.price import HOURS_PER_MONTH, MICRO

    if args.cluster_fee is None:
        return None
    match = _FEE.fullmatch(args.cluster_fee)
    if match is None or not (match[2] or Fraction(match[1]) == 0):
        raise input_error("--cluster-fee", repr(args.cluster_fee), "an amount a month or an hour", "such as 73/month")
    return round(Fraction(match[1]) * MICRO) * (HOURS_PER_MONTH if match[2] == "hour" else 1)


def _known_fee(args: argparse.Namespace, tariff: Tariff, machines: Sequence[MachineType]) -> tuple[int, list[str]]:
    """The provider's fee of a cluster in micro-units a month, and where it comes from."""
    from binpack.machines.cluster_fee import cluster_fee
    from binpack.machines.price_list import USD
    from binpack.machines.reservations import service_of

    services = {service_of(machine, args.provider) for machine in machines if machine.rented}
    known = cluster_fee(services.pop()) if len(services) == 1 else None
    if known is None:
        return 0, []
    if tariff.currency != USD:
        return 0, ["no fee of the cluster: it is known in USD only (--cluster-fee)"]
    return known.per_month, [f"the cluster's fee: {known.source}"]
