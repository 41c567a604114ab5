"""Licence: what software asks to be paid for, by core, socket, host or virtual machine, and where it is needed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from binpack.errors import input_error
from binpack.machines.machine_type import MachineType
from binpack.workload.application import WINDOWS, Application
from binpack.workload.monolith import part_key, part_name
from binpack.workload.workload import Workload

Metric = Literal["core", "socket", "host", "vm"]
METRICS: tuple[Metric, ...] = get_args(Metric)


@dataclass(frozen=True)
class Licence:
    """One product's rule; its price is the user's.

    price : micro-units of the currency a month for each unit of ``per``.
    minimum_per_socket, minimum_per_host : cores (or sockets) that are paid for at least.
    covers_vms : virtual machines in need of it that one set for a host covers, a further set for so many more; None: any
        number.
    with_rent : what rented machines cost more with it, in place of ``price``, where that is known.
    os, applications, hypervisor : what needs it: systems of a kernel family, systems on which a copy of one of these
        applications (``group/name``) runs, or hosts of virtual machines with a hypervisor; none of them: every host.
    """

    name: str
    per: Metric
    price: int
    minimum_per_socket: int = 0
    minimum_per_host: int = 0
    covers_vms: int | None = None
    os: str | None = None
    applications: tuple[str, ...] = ()
    hypervisor: str | None = None
    with_rent: bool = False

    @property
    def charged(self) -> bool:
        """Whether it costs anything."""
        return bool(self.price) or self.with_rent

    def price_on(self, machine: MachineType) -> int:
        """Micro-units a month for each unit on a machine."""
        return (machine.windows_surcharge or 0) if self.with_rent else self.price

    def units(self, machine: MachineType, systems: int, vms: int) -> int | None:
        """What is paid for on one machine; None where it counts cores or sockets that are not known.

        systems : of the machine that need it, ``vms`` of them virtual machines.
        """
        if not systems or (self.with_rent and machine.windows_surcharge is None):
            return 0
        if self.per == "vm":
            return systems
        sets = 1 if self.covers_vms is None else max(1, -(-vms // self.covers_vms))
        if self.per == "host":
            return sets
        if machine.sockets is None or (self.per == "core" and machine.cores is None):
            return None
        counted = max(machine.cores or 0, machine.sockets * self.minimum_per_socket)
        return sets * max(counted if self.per == "core" else machine.sockets, self.minimum_per_host)


WINDOWS_ON_RENT = Licence("Windows on rented machines", "host", 0, os=WINDOWS, with_rent=True)
"""Providers rent machines with Windows at a price of their own, whatever number of its guests they hold."""


def licences_of_rent(machines: Iterable[MachineType], families: Collection[str]) -> tuple[Licence, ...]:
    """What rented machines cost more by the systems that run, of these kernel families, where that is known of any."""
    known = WINDOWS in families and any(machine.windows_surcharge is not None for machine in machines)
    return (WINDOWS_ON_RENT,) if known else ()


def with_licences(workload: Workload, licences: Sequence[Licence]) -> Workload:
    """The workload in which each application knows the licences that name it, whatever it is joined with or split into.

    A whole needs what names one of its components, which alone needs it once they are split. Licences that are known already
    stay as they are. InputError for a licence of an application that is not there.
    """
    known = frozenset().union(*(a.licences for a in workload.applications))
    needed: dict[str, set[str]] = {}
    for licence in licences:
        for word in () if licence.name in known else licence.applications:
            found = [a.key for a in workload.applications if word in (a.key, a.name)]
            found = found or [key for key, name in _components(workload) if word in (key, name)]
            if not found:
                raise input_error("--licence", f"{licence.name!r} for {word!r}", "an application of the workload")
            for key in found:
                needed.setdefault(key, set()).add(licence.name)
    if not needed:
        return workload
    return replace(workload, applications=tuple(_licensed(a, needed) for a in workload.applications))


def _components(workload: Workload) -> Iterator[tuple[str, str]]:
    """Key and name of each component as an application of its own."""
    for application in workload.applications:
        for component in application.components:
            yield part_key(application, component), part_name(application, component)


def _licensed(application: Application, needed: Mapping[str, Collection[str]]) -> Application:
    """needed : key of an application, or of a component as one -> licences that name it."""
    own = application.licences.union(needed.get(application.key, ()))
    parts = tuple(
        replace(component, licences=own.union(component.licences, needed.get(part_key(application, component), ())))
        for component in application.components
    )
    return replace(application, licences=own.union(*(part.licences for part in parts)), components=parts)
