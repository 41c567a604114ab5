"""MachineType: a machine one can rack or rent, with exact capacity and, where known, price, power and space."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from binpack.machines.price import price_per_month
from binpack.units import GIB
from binpack.workload.application import Resources

DEFAULT_DISK = 1024 * GIB  # of a racked machine whose disk is not stated, as of the default machine


@dataclass(frozen=True)
class MachineType:
    """A kind of machine.

    capacity : raw, before any overhead: ``cpu`` in thousandths of a hardware thread, ``memory`` and ``disk`` in bytes,
        further resources (``nvidia.com/gpu`` ...) counted. A resource that is not named is not there, except ``disk``: a
        machine without a ``disk`` entry has as much as is asked for (block storage on demand, any drives).
    rack_units : space in a cabinet, 1/2 for two machines to a unit; None for rented instances.
    price : micro-dollars per hour, None if unknown (never 0 for "unknown"). purchase_price : micro-dollars for one of one's
        own, None if unknown; then ``price`` is its part of an hour, and ``monthly`` that of a month. standing_energy :
        micro-dollars per hour for what it draws when idle, where energy is charged. windows_price : per hour of a rented
        machine that runs Windows, in place of ``price``, which is that with Linux, and at least that; None if unknown.
    watts_idle, watts_full : None if unknown. ssj_ops : SPECpower_ssj2008 operations a second at full load, None if unknown.
    sockets, cores : processors, and their cores together; None if unknown, as of a share of a machine that is rented.
    max_pods : the provider's limit, None for the kubelet's default.
    provider : ``aws``, ``azure``, ``gcp``, or ``own`` for racked machines. available : how many there are, None: any
        number. labels : node labels. source : where the facts come from.
    """

    name: str
    capacity: Resources
    provider: str = "own"
    family: str = ""
    arch: str = "amd64"
    region: str = ""
    rack_units: Fraction | None = None
    price: int | None = None
    purchase_price: int | None = None
    monthly: int | None = None
    standing_energy: int = 0
    windows_price: int | None = None
    watts_idle: Fraction | None = None
    watts_full: Fraction | None = None
    ssj_ops: int | None = None
    sockets: int | None = None
    cores: int | None = None
    max_pods: int | None = None
    available: int | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    source: str = ""

    @property
    def objective_cost(self) -> int:
        """What one costs in a ``Problem``, standing idle; 1 where it has no price, so that machines are counted."""
        return 1 if self.price is None else self.price + self.standing_energy

    @property
    def price_per_month(self) -> int | None:
        """Micro-dollars a month, None if unknown; of what was bought not a rounded hour's, which would add up to less."""
        if self.price is None:
            return None
        return price_per_month(self.price) if self.monthly is None else self.monthly

    @property
    def windows_surcharge(self) -> int | None:
        """Micro-dollars a month that one costs more with Windows, None if unknown."""
        if self.price is None or self.windows_price is None:
            return None
        return price_per_month(self.windows_price - self.price)

    @property
    def year(self) -> int | None:
        """The year of a server, which is its family; None of others."""
        return int(self.family) if not self.rented and self.family.isdecimal() else None

    @property
    def rented(self) -> bool:
        """Whether it is a cloud's instance: no rack, no power bill of one's own."""
        return self.provider != "own"
