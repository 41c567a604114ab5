"""Requests in threads of another year's hardware: the same work takes more of a slower thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from binpack.machines.hardware import speed_ratio
from binpack.machines.machine_type import MachineType
from binpack.units import CPU
from binpack.workload.application import Application, Component
from binpack.workload.workload import Assumption, Workload


def in_threads_of(machine: MachineType, workload: Workload, reference: MachineType) -> Workload:
    """A sized workload whose CPU was in threads of ``reference``, in threads of ``machine``, rounded up.

    The ratio is that of SPECpower's ssj_ops per thread, and stands among the assumptions.
    """
    ratio = speed_ratio(reference, machine)

    def scaled(amounts: Mapping[str, int]) -> dict[str, int]:
        return {r: -(-amount * ratio // 1) if r == CPU else amount for r, amount in amounts.items()}

    def part(component: Component) -> Component:
        calls = tuple(replace(call, cpu=int(-(-call.cpu * ratio // 1))) for call in component.calls)
        return replace(component, requests=scaled(component.requests), fixed=scaled(component.fixed), calls=calls)

    def whole(application: Application) -> Application:
        components = tuple(map(part, application.components))
        curves = dict(application.curves)
        if CPU in curves:
            curves[CPU] = tuple(None if amount is None else -(-amount * ratio // 1) for amount in curves[CPU])
        return replace(application, size=scaled(application.size), components=components, curves=curves)

    value = f"{float(ratio):.3g} threads of {machine.name} for one of {reference.name}"
    source = f"SPECpower ssj_ops per thread; {reference.name} is of {reference.source}"
    return replace(
        workload,
        applications=tuple(map(whole, workload.applications)),
        assumptions=(*workload.assumptions, Assumption("speed of a thread", value, source)),
    )
