"""Load balancers: copies of a proxy before the applications, in the eras whose orchestrator balances requests.

They are placed, paid for and updated as an application of their own, of the size of ``datasets/overheads``; as nobody asked
for what they do, a report counts what they request among overheads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from binpack.era_plan import Machine
from binpack.machines.overheads import Overheads
from binpack.units import CPU, MEMORY
from binpack.workload.application import Application
from binpack.workload.workload import Workload

NAME = "load-balancer"
KEY = f"{NAME}/{NAME}"
KIND = "load_balancers"
"""The kind of overhead."""


def balancers(workload: Workload, copies: int, overheads: Overheads) -> Application | None:
    """So many copies on the processor of the first application, of Linux where any is; None of none, or before nothing."""
    placed = workload.placed
    if not copies or not placed:
        return None
    first = next((a for a in placed if a.os == "linux"), placed[0])
    size = {resource: overheads[f"load_balancer.{resource}"] for resource in (CPU, MEMORY)}
    return Application(NAME, copies, size, size=size, group=NAME, kind="Deployment", os=first.os, arch=first.arch)


def with_balancers(workload: Workload, copies: int, overheads: Overheads) -> Workload:
    """The workload with that many of them beside it; as it is for none."""
    added = balancers(workload, copies, overheads)
    return workload if added is None else replace(workload, applications=(*workload.applications, added))


def balancers_overhead(machines: Sequence[Machine]) -> dict[str, int]:
    """Resource -> what all copies of the proxy request together."""
    sums: dict[str, int] = {}
    for machine in machines:
        for instance in machine.instances:
            for resource, amount in instance.requests.items() if instance.application == KEY else ():
                sums[resource] = sums.get(resource, 0) + amount * instance.count * machine.count
    return sums
