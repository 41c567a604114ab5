"""Tariff: what one pays for machines, from a price list or the catalogue, after what is taken off, on demand and as spot."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from binpack.machines.machine_type import MachineType
from binpack.machines.price import discounted
from binpack.machines.price_list import USD, PriceList


@dataclass(frozen=True)
class Tariff:
    """discount : off what is on demand, as a savings plan gives it. spot_discount : off the full price on demand, where the
    list has no spot price; None: there is no spot price then. prices : one's own, before those that machines have."""

    discount: Fraction = Fraction(0)
    spot_discount: Fraction | None = None
    prices: PriceList | None = None

    @property
    def currency(self) -> str:
        """Of all prices: machines have theirs in dollars, so that these do not count beside a list in another currency."""
        return self.prices.currency if self.prices else USD

    def on_demand(self, machine: MachineType) -> MachineType:
        """The machine at the price on demand with Linux after the discount; without a price where none is known."""
        price = self._undiscounted(machine)
        return _priced(machine, None if price is None else discounted(price, self.discount))

    def spot(self, machine: MachineType) -> MachineType:
        """The machine at its spot price; without a price where none is known."""
        listed = self.prices.find(machine.name) if self.prices else None
        if listed is not None and listed.spot is not None:
            return _priced(machine, listed.spot)
        price = self._undiscounted(machine)
        if price is None or self.spot_discount is None:
            return _priced(machine, None)
        return _priced(machine, discounted(price, self.spot_discount))

    def _undiscounted(self, machine: MachineType) -> int | None:
        listed = self.prices.find(machine.name) if self.prices else None
        if listed is not None and listed.on_demand is not None:
            return listed.on_demand
        return machine.price if self.currency == USD else None


def _priced(machine: MachineType, price: int | None) -> MachineType:
    """The machine at another price with Linux; of one with Windows nothing is known then."""
    return replace(machine, price=price, windows_price=None)
