"""What a run says beside its figures: what prices leave out, what is not of a machine's time, and VMs within VMs."""

from __future__ import annotations

from collections.abc import Sequence

from binpack.era_plan import Machine
from binpack.eras.era import Setting
from binpack.eras.nesting.nested_virtualisation import nesting_notes
from binpack.listing import listed
from binpack.workload.application import WINDOWS

SYSTEMS_OF = 2021
"""The year of the systems that the typical amounts are for: Debian 11 and Windows Server 2022."""


def notes(setting: Setting, plans: Sequence[tuple[str, Sequence[Machine]]]) -> tuple[str, ...]:
    """With what reading left to say. plans : the machines of each era, by its title."""
    nested = nesting_notes(plans, setting.types)
    return (*setting.workload.notes, *_windows_prices(setting), *_systems_of_today(setting), *nested)


def _windows_prices(setting: Setting) -> list[str]:
    """That rented machines of which only the price with Linux is known may run Windows."""
    rented = [machine for machine in setting.machines if machine.rented and machine.price is not None]
    windows = WINDOWS in setting.families or setting.options.host_os == WINDOWS
    unpriced = [machine.name for machine in rented if windows and machine.windows_surcharge is None]
    if not unpriced:
        return []
    of = listed(unpriced, 3)
    return [f"Windows costs more on rented machines than is charged: only the price with Linux is known of {of}"]


def _systems_of_today(setting: Setting) -> list[str]:
    """That old machines run the systems of today."""
    if not any(machine.year is not None and machine.year < SYSTEMS_OF for machine in setting.machines):
        return []
    return [
        f"what systems, hypervisors and engines take, and how long all takes to start, is of about {SYSTEMS_OF} on older "
        "machines too; --overheads low, --guest-os and --overhead say otherwise"
    ]
