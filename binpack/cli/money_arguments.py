"""The options of ``plan`` for what nodes cost, and the tariff and the machines at its prices that they stand for."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from binpack.cli import numbers
from binpack.cli.common import remark
from binpack.errors import input_error
from binpack.listing import listed

if TYPE_CHECKING:
    from fractions import Fraction

    from binpack.machines.catalogue import Adapt
    from binpack.machines.machine_type import MachineType

SHOWN = 5  # names that a remark lists


def add_money_options(parser: argparse.ArgumentParser) -> None:
    """``--prices`` and the others; ``args.money`` lists them, and ``args.new_nodes`` those of new nodes alone."""
    add = parser.add_argument_group("what nodes cost, with --zones and --nodes").add_argument
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
            "--spot-discount",
            metavar="SHARE",
            help="off the full price on demand for spot nodes, where the price list has no price of them: 65%%",
        ),
        add(
            "--cluster-fee",
            metavar="AMOUNT",
            help="of the cluster itself: 73/month or 0.10/hour (default: the provider's, where it is known)",
        ),
    ]
    spot_share = add(
        "--spot-share",
        metavar="SHARE",
        help="of each workload so many copies, rounded down, may be on new spot nodes; StatefulSets and bare pods may not",
    )
    parser.set_defaults(money=money, new_nodes=[*parser.get_default("new_nodes"), spot_share])


def given_options(args: argparse.Namespace, actions: Iterable[argparse.Action]) -> list[str]:
    """The options among these that are not at their defaults."""
    return [action.option_strings[0] for action in actions if getattr(args, action.dest) != action.default]


def refuse_options(args: argparse.Namespace, actions: Iterable[argparse.Action], found: str, expected: str) -> None:
    """InputError where one of these options is given and nothing would look at it."""
    for option in given_options(args, actions):
        raise input_error(option, found, expected)


def share(option: str, text: str | None) -> Fraction | None:
    """The share that an option names, None without it."""
    return None if text is None else numbers.share(option, text)


class Market:
    """Machines at what is paid for them. home : the region that the nodes are in, if they say so."""

    def __init__(self, args: argparse.Namespace, home: str = "") -> None:
        from fractions import Fraction

        from binpack.machines.price_list import read_price_list
        from binpack.machines.tariff import Tariff

        if args.region and not args.prices:
            raise input_error("--region", "no --prices", "a price list with regions")
        prices = read_price_list(args.prices, args.region or "", home) if args.prices else None
        discount = share("--discount", args.discount) or Fraction(0)
        self.tariff = Tariff(discount, share("--spot-discount", args.spot_discount), prices)
        self._args = args

    def on_demand(self, names: Sequence[str]) -> list[MachineType]:
        """The machines of these names. Some with a price and some without are never held against each other: what one's own
        price list lacks is left out, else nodes are counted."""
        machines = self._select(names, self.tariff.on_demand)
        unpriced = [machine.name for machine in machines if machine.price is None]
        if not unpriced or len(unpriced) == len(machines):
            return machines
        if self.tariff.prices:
            remark(self._args, f"without a price in {self._args.prices}, and left out: {listed(unpriced, SHOWN)}")
            return [machine for machine in machines if machine.price is not None]
        remark(self._args, f"no price is known of {listed(unpriced, SHOWN)}: nodes are counted, whatever they cost")
        return [replace(machine, price=None) for machine in machines]

    def spot(self, names: Sequence[str]) -> list[MachineType]:
        """Those with a spot price, at that; none where no spot nodes are asked for."""
        asked = names if self._args.spot_share else ()
        return [machine for machine in self._select(asked, self.tariff.spot) if machine.price is not None]

    def note_unknown_types(self, more: Iterable[str]) -> None:
        """Remarks about types of the price list that neither the catalogue nor the run (``more``) knows."""
        from binpack.machines.catalogue import load_catalogue

        if self.tariff.prices:
            known = {*(machine.name for machine in load_catalogue().machines), *more}
            for note in self.tariff.prices.unknown(known):
                remark(self._args, note)

    def stated(self) -> list[str]:
        """What is assumed of the machines beside their prices."""
        text = "AWS delegates prefixes of addresses: new nodes take up to 110 pods, or 250 above 30 threads"
        return [text] if self._args.prefix_delegation else []

    def _select(self, names: Sequence[str], priced: Adapt) -> list[MachineType]:
        from binpack.machines.catalogue import select_machines
        from binpack.machines.prefix_delegation import AWS, with_prefix_delegation

        delegated = self._args.prefix_delegation
        machines = select_machines(names, lambda m: priced(with_prefix_delegation(m) if delegated else m))
        if delegated and names and not any(machine.provider == AWS for machine in machines):
            raise input_error("--prefix-delegation", "no machine of AWS", "--machines aws, or types of it")
        return machines
