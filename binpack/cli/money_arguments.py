"""The options of ``plan`` for what nodes cost, and what they mean: a tariff, and the cluster's fee."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from binpack.cli.common import remark
from binpack.errors import input_error

if TYPE_CHECKING:
    from fractions import Fraction

    from binpack.kubernetes.planning.bill import Bill
    from binpack.machines.catalogue import Adapt
    from binpack.machines.machine_type import MachineType
    from binpack.machines.price_list import PriceList
    from binpack.machines.tariff import Tariff

_FEE = re.compile(r"\s*\$?(\d{1,9}(?:\.\d{0,6})?)\s*(?:/\s*(hour|month))?\s*", re.ASCII)
_SHOWN = 5  # names that a remark lists
_PROVIDERS = {"aws": "AWS", "azure": "Azure", "gcp": "GCP"}


def add_money_options(parser: argparse.ArgumentParser) -> None:
    """``--prices`` and the others; ``args.money`` lists them."""
    add = parser.add_argument_group("what nodes cost, with --zones or --compare-current").add_argument
    money = [
        add(
            "--prices",
            metavar="FILE",
            help="your own prices, a CSV: type, price_per_hour or price_per_month, and if you have them "
            "spot_price_per_hour, region, currency; they go before the catalogue's",
        ),
        add("--region", metavar="NAME", help="which region's prices, if FILE has several (default: that of the nodes)"),
        add("--discount", metavar="SHARE", help="off every price on demand, as savings plans give it: 30%%"),
        add(
            "--cluster-fee",
            metavar="AMOUNT",
            help="of the cluster itself: 73/month or 0.10/hour (default: the provider's, where it is known)",
        ),
    ]
    parser.set_defaults(money=money)


def refuse_money(args: argparse.Namespace) -> None:
    """InputError where one of these options is given and nothing would look at it."""
    for action in args.money:
        if getattr(args, action.dest) is not None:
            found = "neither --zones nor --compare-current"
            raise input_error(action.option_strings[0], found, "one of these, which plan nodes by cost")
    if args.usage is not None and not args.era:
        raise input_error(
            "--usage", "neither --zones nor --compare-current", "one of these, or --size-by usage with --era"
        )


def share(option: str, text: str | None) -> Fraction | None:
    """``30%`` or ``0.3``, from 0 to below 1."""
    from fractions import Fraction

    if text is None:
        return None
    try:
        value = Fraction(text.strip().rstrip("%")) / (100 if text.strip().endswith("%") else 1)
    except (ValueError, ZeroDivisionError):
        value = Fraction(-1)
    if not 0 <= value < 1:
        raise input_error(option, repr(text), "a share from 0% to below 100%", "such as 30%")
    return value


def tariff_of(args: argparse.Namespace, home: str = "") -> Tariff:
    """What is paid for a machine. home : the region that the nodes are in, if they say so."""
    from fractions import Fraction

    from binpack.machines.price_list import read_price_list
    from binpack.machines.tariff import Tariff

    if args.region and not args.prices:
        raise input_error("--region", "no --prices", "a price list with regions")
    prices = read_price_list(args.prices, args.region or "", home) if args.prices else None
    return Tariff(share("--discount", args.discount) or Fraction(0), None, prices)


def priced_machines(args: argparse.Namespace, names: Sequence[str], adapted: Adapt, listed: bool) -> list[MachineType]:
    """The machines of these names, as ``adapted``; some with a price and some without are never held against each other.

    listed : the prices are one's own, so that what they lack is left out; else nodes are counted.
    """
    from binpack.machines.catalogue import select_machines

    machines = select_machines(names, adapted)
    unpriced = [machine.name for machine in machines if machine.price is None]
    if not unpriced or len(unpriced) == len(machines):
        return machines
    if listed:
        remark(args, f"without a price in {args.prices}, and left out: {named(unpriced)}")
        return [machine for machine in machines if machine.price is not None]
    remark(args, f"no price is known of {named(unpriced)}: nodes are counted, whatever they cost")
    return [replace(machine, price=None) for machine in machines]


def named(names: Sequence[str]) -> str:
    """The first few, and how many more there are."""
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def note_unknown_types(args: argparse.Namespace, prices: PriceList | None, more: Iterable[str]) -> None:
    """Remarks about types of the price list that neither the catalogue nor the run (``more``) knows."""
    if prices is None:
        return
    from binpack.machines.catalogue import load_catalogue

    for note in prices.unknown({*(machine.name for machine in load_catalogue().machines), *more}):
        remark(args, note)


def bill_of(args: argparse.Namespace, tariff: Tariff, machines: Sequence[MachineType]) -> Bill:
    """Currency and fee, with a line for each thing that they rest on. machines : of the plan, those that have a price."""
    from binpack.kubernetes.planning.bill import Bill

    fee, said = _fee(args, tariff, machines)
    return Bill(tariff.currency, fee, (*_stated_prices(args, tariff, machines), *said))


def _stated_prices(args: argparse.Namespace, tariff: Tariff, machines: Sequence[MachineType]) -> list[str]:
    listed = [m for m in machines if tariff.prices is not None and tariff.prices.find(m.name)]
    others = {(m.provider, m.region): None for m in machines if m not in listed and m.rented}
    said = [" ".join(filter(None, (args.prices, tariff.prices.region)))] if listed and tariff.prices else []
    said += [f"the catalogue's of {_PROVIDERS.get(p, p)} {region}" for p, region in others]
    off = f", less {float(tariff.discount) * 100:g}% on demand" if tariff.discount else ""
    return [f"prices: {' and '.join(said) or 'of the machines'}{off}; a month has 730 hours"]


def _fee(args: argparse.Namespace, tariff: Tariff, machines: Sequence[MachineType]) -> tuple[int, list[str]]:
    """The cluster's fee in micro-units a month, and what it rests on."""
    from fractions import Fraction

    from binpack.machines.cluster_fee import cluster_fee
    from binpack.machines.price import HOURS_PER_MONTH, MICRO
    from binpack.machines.price_list import USD
    from binpack.machines.reservations import service_of

    if args.cluster_fee is not None:
        match = _FEE.fullmatch(args.cluster_fee)
        if match is None or not (match[2] or Fraction(match[1]) == 0):
            raise input_error(
                "--cluster-fee", repr(args.cluster_fee), "an amount a month or an hour", "such as 73/month"
            )
        fee = round(Fraction(match[1]) * MICRO) * (HOURS_PER_MONTH if match[2] == "hour" else 1)
        return fee, ["the cluster's fee: --cluster-fee"]
    services = {service_of(machine, args.provider) for machine in machines if machine.rented}
    known = cluster_fee(services.pop()) if len(services) == 1 else None
    if known is None:
        return 0, []
    if tariff.currency != USD:
        return 0, ["no fee of the cluster: it is known in USD only (--cluster-fee)"]
    return known.per_month, [f"the cluster's fee: {known.source}"]
