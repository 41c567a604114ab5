"""The options of ``eras`` and ``plan`` for what it takes to run machines: how much at a time, at what cost."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from binpack.cli.common import natural, positive
from binpack.cli.numbers import ratio
from binpack.errors import input_error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from binpack.machines.licence import Licence
    from binpack.machines.machine_type import MachineType
    from binpack.machines.ownership import Ownership

YEARS = 5  # of use, as EraOptions has it


def add_operation_options(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """The options, which are also returned."""
    add = parser.add_argument_group("what running costs, and how long it takes").add_argument
    return [
        add(
            "--purchase-price",
            action="append",
            metavar="[TYPE=]AMOUNT",
            help="of one machine of your own, in dollars; machine files have purchase_price (may be repeated)",
        ),
        add("--years", type=positive, default=YEARS, metavar="N", help="that a purchase is spread over (default: 5)"),
        add("--energy-price", metavar="AMOUNT", help="of a kWh, for machines bought (default: energy is not charged)"),
        add("--pue", default="1", metavar="RATIO", help="what the building draws over its machines (default: 1.0)"),
        add("--carbon", metavar="GRAMS", help="of carbon dioxide for a kWh (default: not counted)"),
        add(
            "--licence",
            action="append",
            metavar="FILE",
            help="licences: per core, socket, host or vm, with your prices (YAML; see binpack/machines/licence_file.py)",
        ),
        add(
            "--load-balancers",
            type=natural,
            default=0,
            metavar="N",
            help="copies of a proxy (0.1 CPU, 90 MiB; --overhead load_balancer.memory=...) where an orchestrator balances "
            "requests (default: none)",
        ),
        add(
            "--parallel-starts",
            type=positive,
            default=1,
            metavar="N",
            help="so many things start, or stop, at a time on one machine, machines all at once (default: 1)",
        ),
    ]


def operation_options(args: argparse.Namespace) -> dict[str, Any]:
    """What these options mean as fields of EraOptions."""
    return {
        "parallel_starts": args.parallel_starts,
        "ownership": ownership(args),
        "licences": licences(args.licence or ()),
        "load_balancers": args.load_balancers,
    }


def licences(paths: Sequence[str]) -> tuple[Licence, ...]:
    """Those of all files; no name twice."""
    from binpack.machines.licence_file import read_licences

    found = [licence for path in paths for licence in read_licences(path)]
    names = [licence.name for licence in found]
    if twice := [name for name in names if names.count(name) > 1]:
        raise input_error("--licence", f"two licences named {twice[0]!r}", "a name for each")
    return tuple(found)


def ownership(args: argparse.Namespace) -> Ownership:
    """What machines of one's own cost; InputError names the option that makes no sense."""
    from binpack.machines.ownership import Ownership

    pue = ratio("--pue", args.pue)
    if pue < 1:
        raise input_error("--pue", args.pue, "a ratio of at least 1", "the building draws what its machines draw")
    purchase = {}
    for word in args.purchase_price or ():
        name, _, amount = word.rpartition("=")
        purchase[name.strip()] = micro("--purchase-price", amount)
    energy = None if args.energy_price is None else micro("--energy-price", args.energy_price)
    carbon = None if args.carbon is None else ratio("--carbon", args.carbon)
    if carbon is not None and carbon < 0:
        raise input_error("--carbon", args.carbon, "grams for a kWh, at least 0")
    return Ownership(purchase, args.years, energy, pue, carbon)


def refuse_idle_prices(
    args: argparse.Namespace, prices: Ownership, machines: Sequence[MachineType], years: Sequence[int]
) -> None:
    """InputError for a price that none of the machines, or of those of these years of hardware, has a use for."""
    from binpack.machines.hardware import machine_of_year

    machines = [machine_of_year(year) for year in years] or machines
    own = [machine.name for machine in machines if not machine.rented]
    for name in prices.purchase:
        if not own or (name and name not in own):
            found = f"the price of {name or 'a machine'}"
            raise input_error("--purchase-price", found, f"a machine of your own: {', '.join(own) or 'there is none'}")
    bought = prices.purchase or any(machine.purchase_price is not None for machine in machines)
    given = {"--years": args.years != YEARS, "--energy-price": args.energy_price is not None}
    for option, asked in given.items():
        if asked and not bought:
            raise input_error(
                option, "no machine with a purchase price", "--purchase-price, or purchase_price in a file"
            )
    if args.pue != "1" and args.energy_price is None and args.carbon is None:
        raise input_error("--pue", "no --energy-price", "--energy-price or --carbon with it")


def micro(option: str, text: str) -> int:
    """An amount of money in millionths."""
    from binpack.machines.price import MICRO

    amount = ratio(option, text.strip().removeprefix("$")) * MICRO
    if amount < 0 or amount.denominator != 1:
        raise input_error(
            option, repr(text), "an amount of at least 0, of at most six decimals", "such as 4800 or 0.25"
        )
    return int(amount)
