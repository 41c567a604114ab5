"""Which boxes of an era pay for a licence, before and after it is known what stands in them.

The fees of a licence are what its machines pay for it once: whatever is in them, or as soon as one of some pieces is. Where
a set covers only so many virtual machines, each further set is a fee of its own, which is for ``licence_sets``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from binpack.eras.costs.licences import needs
from binpack.eras.packing.compilation import Box, Compiled, Piece
from binpack.machines.hypervisors import HOSTED, HYPERVISORS
from binpack.machines.licence import Licence
from binpack.machines.machine_type import MachineType
from binpack.workload.application import Application

if TYPE_CHECKING:
    from binpack.eras.era import Era, Setting


@dataclass(frozen=True)
class Fee:
    """Box -> micro-units a month that it pays once if it holds any of ``members`` (indices of pieces; None: in any case)."""

    name: str
    members: tuple[int, ...] | None
    prices: dict[int, int]


@dataclass(frozen=True)
class Sets:
    """Box -> micro-units a month for each further set of a licence, one being paid, where ``covers`` is not enough for the
    virtual machines in it: a copy of each of ``vms``, and one for all of ``helped`` together (indices of pieces)."""

    name: str
    covers: int
    vms: tuple[int, ...]
    helped: tuple[int, ...]
    prices: dict[int, int]


def known(setting: Setting) -> bool:
    """Whether it is known of all machines what licences count of them."""
    licences = setting.licences
    return all(licence.units(machine, 1, 0) is not None for licence in licences for machine in setting.machines)


def fees(licence: Licence, era: Era, compiled: Compiled, setting: Setting) -> Iterator[Fee]:
    """What boxes pay once for one set: by a system or a hypervisor that they have, or by what stands in them."""
    prices = _prices(licence, era, compiled, setting)
    standing = {k: price for k, price in prices.items() if always(licence, era, compiled.boxes[k], setting)}
    own, vms, helped = _members(licence, era, compiled, setting)
    if licence.per != "vm":
        own += vms + helped
    elif helped:
        yield Fee(licence.name, helped, prices)
    yield Fee(licence.name, None, standing)
    if own:
        yield Fee(licence.name, own, {k: price for k, price in prices.items() if k not in standing})


def sets(licence: Licence, era: Era, compiled: Compiled, setting: Setting) -> Sets | None:
    """Further sets of a licence; None where one is enough for any number of virtual machines."""
    _, vms, helped = _members(licence, era, compiled, setting)
    if licence.per == "vm" or licence.covers_vms is None or not vms:
        return None
    return Sets(licence.name, licence.covers_vms, vms, helped, _prices(licence, era, compiled, setting))


def _prices(licence: Licence, era: Era, compiled: Compiled, setting: Setting) -> dict[int, int]:
    """Box -> micro-units a month for one set, of those that may need it and that it costs anything."""
    where = (k for k, box in enumerate(compiled.boxes) if _runs(licence, era, box, setting))
    return {k: price for k in where if (price := one_set(licence, compiled.boxes[k].machine))}


def one_set(licence: Licence, machine: MachineType) -> int:
    """Micro-units a month for one set for a machine."""
    return (licence.units(machine, 1, 0) or 0) * licence.price_on(machine)


def paid_for_vm(licence: Licence, era: Era, piece: Piece, setting: Setting) -> int:
    """Micro-units a month for the virtual machine that a copy is in, wherever it is, of a licence per virtual machine."""
    return licence.price if licence.per == "vm" and piece.vm and _vm_needs(licence, era, piece, setting) else 0


def _members(
    licence: Licence, era: Era, compiled: Compiled, setting: Setting
) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """Pieces by which a box needs it: processes on its own system, virtual machines, and what is in its helper VM."""
    own: list[int] = []
    vms: list[int] = []
    helped: list[int] = []
    in_helper = {name for shared in compiled.shared if shared.vm is not None for name in shared.members}
    for i, piece in enumerate(compiled.pieces):
        if piece.application is None:
            continue
        if piece.vm is None and piece.name not in in_helper:
            own += [i] * _system_needs(licence, era, piece.application)
        elif _vm_needs(licence, era, piece, setting):
            (helped if piece.vm is None else vms).append(i)
    return tuple(own), tuple(vms), tuple(helped)


def _system_needs(licence: Licence, era: Era, application: Application) -> bool:
    """Whether the system on which an application is a process needs it for what runs there: that of a box is known before,
    that of a virtual machine which is a node is of the application's family."""
    if era.nodes_are_vms and licence.hypervisor is None:
        return needs(licence, application.os, [application])
    return licence.name in application.licences


def _vm_needs(licence: Licence, era: Era, piece: Piece, setting: Setting) -> bool:
    """Whether a virtual machine with this piece needs it."""
    assert piece.application is not None
    if licence.hypervisor is None:
        return needs(licence, piece.application.os, [piece.application])
    running = {setting.options.hypervisor} if era.hosts_vms else {HOSTED[os] for os in piece.runs_on}
    return running == {licence.hypervisor}


def _runs(licence: Licence, era: Era, box: Box, setting: Setting) -> bool:
    """Whether a box may need it at all."""
    return licence.hypervisor in (None, setting.options.hypervisor if era.hosts_vms else HOSTED[box.os])


def always(licence: Licence, era: Era, box: Box, setting: Setting) -> bool:
    """Whether a box needs it as it is: as a host of virtual machines, or by the system that it has."""
    if licence.hypervisor is not None:
        return era.hosts_vms and licence.per != "vm"
    family = HYPERVISORS[setting.options.hypervisor] if era.hosts_vms else box.os
    return family is not None and needs(licence, family, [])
