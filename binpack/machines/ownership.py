"""What machines of one's own cost: the purchase, spread over the years of use, and the energy that they draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from binpack.errors import input_error
from binpack.machines.machine_type import MachineType
from binpack.machines.price import HOURS_PER_MONTH, MICRO, price_per_hour

MONTHS = 12
WATTS_PER_KILOWATT = 1000


@dataclass(frozen=True)
class Ownership:
    """How machines of one's own are paid for.

    purchase : machine type -> micro-units of the currency for one, before what its file says; ``""``: every other type.
    years : of use, over which the purchase is spread. energy_price : micro-units a kWh, None: energy is not charged.
    pue : what the building draws over what its machines draw (power usage effectiveness, ISO/IEC 30134-2), at least 1.
    carbon : grams of carbon dioxide for a kWh, None: not counted.
    """

    purchase: Mapping[str, int] = field(default_factory=dict)
    years: int = 5
    energy_price: int | None = None
    pue: Fraction = Fraction(1)
    carbon: Fraction | None = None

    def energy(self, watts: Fraction) -> Fraction:
        """Micro-units an hour for so many watts of machines."""
        return watts * self.pue * (self.energy_price or 0) / WATTS_PER_KILOWATT


def owned(machines: Sequence[MachineType], ownership: Ownership) -> list[MachineType]:
    """The machines, those of one's own that have a purchase price at its part of a month and of an hour, each to the nearest
    micro-unit.

    Where energy is charged and the watts are not known, the price is not either. InputError where some of the machines have
    a price and others have none, as then neither cost nor number says which are better.
    """
    found = [machine if machine.rented else _owned(machine, ownership) for machine in machines]
    bought = any(machine.purchase_price is not None for machine in found)
    unpriced = [machine.name for machine in found if machine.price is None]
    if bought and unpriced and len(unpriced) < len(found):
        more = " and watts" if ownership.energy_price is not None else ""
        fix = f"give {'it' if len(unpriced) == 1 else 'each'} a purchase_price{more}"
        raise input_error("--machines", f"no price of {', '.join(unpriced[:3])} beside machines with one", fix)
    return found


def _owned(machine: MachineType, ownership: Ownership) -> MachineType:
    given = ownership.purchase.get(machine.name, ownership.purchase.get("", machine.purchase_price))
    if given is None:
        return machine
    if ownership.energy_price is not None and (machine.watts_idle is None or machine.watts_full is None):
        return replace(machine, purchase_price=given, price=None, monthly=None)
    month = Fraction(given, MONTHS * ownership.years)
    standing = round(ownership.energy(machine.watts_idle or Fraction(0)))
    return replace(
        machine,
        purchase_price=given,
        price=price_per_hour(month / MICRO),
        monthly=round(month),
        standing_energy=standing,
    )


def energy_per_month(ownership: Ownership, watts: Fraction) -> int:
    """Micro-units a month, to the nearest one."""
    return round(ownership.energy(watts) * HOURS_PER_MONTH)


def carbon_per_month(ownership: Ownership, watts: Fraction) -> int | None:
    """Grams of carbon dioxide a month, to the nearest one; None where they are not counted."""
    if ownership.carbon is None:
        return None
    return round(watts * ownership.pue * HOURS_PER_MONTH / WATTS_PER_KILOWATT * ownership.carbon)
