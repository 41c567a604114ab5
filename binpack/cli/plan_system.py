"""``--system-pods`` of ``plan``: what a cluster runs by itself, added to an input that lacks it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from binpack.kubernetes.planning.inputs import PlanInput
    from binpack.machines.machine_type import MachineType


def with_system_pods(
    args: argparse.Namespace, given: PlanInput, machines: Sequence[MachineType]
) -> tuple[PlanInput, list[str]]:
    """The input with the system pods of the machines' provider, and a line for each that was added."""
    if args.system_pods == "none":
        return given, []
    from binpack.kubernetes.planning.system_pods import missing_system_pods
    from binpack.machines.overheads import load_overheads
    from binpack.machines.reservations import SERVICES

    services = {args.provider or SERVICES.get(machine.provider, "") for machine in machines}
    service = services.pop() if len(services) == 1 else ""
    missing = missing_system_pods(given.sets, service, load_overheads({}))
    sets = (*given.sets, *(pod.pods() for pod in missing))
    return replace(given, sets=sets), [pod.stated() for pod in missing]
