"""MachineType: a machine one can rack or rent, with exact capacity and, where known, price, power and space."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from binpack.units import GIB
from binpack.workload.application import Resources

DEFAULT_DISK = 1024 * GIB  # of a racked machine whose disk is not stated, as of the default machine


@dataclass(frozen=True)
class MachineType:
    """A kind of machine.

    capacity : raw, before any overhead: ``cpu`` in thousandths of a hardware thread, ``memory`` and ``disk`` in bytes,
        further resources (``nvidia.com/gpu`` ...) counted. A resource that is not named is not there, except ``disk``: a
        rented instance without a ``disk`` entry has as much as is asked for (block storage on demand).
    rack_units : space in a cabinet, 1/2 for two machines to a unit; None for rented instances.
    price : micro-dollars per hour, None if unknown (never 0 for "unknown").
    watts_idle, watts_full : None if unknown. ssj_ops : SPECpower_ssj2008 operations a second at full load, None if unknown.
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
    watts_idle: Fraction | None = None
    watts_full: Fraction | None = None
    ssj_ops: int | None = None
    max_pods: int | None = None
    available: int | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    source: str = ""

    @property
    def objective_cost(self) -> int:
        """What one costs in a ``Problem``: its price, or 1 where it has none, so that machines are counted."""
        return 1 if self.price is None else self.price

    @property
    def rented(self) -> bool:
        """Whether it is a cloud's instance: no rack, no power bill of one's own."""
        return self.provider != "own"
