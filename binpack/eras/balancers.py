"""Load balancers: copies of a proxy before the applications, in the eras whose orchestrator balances requests.

They are placed, paid for and updated as an application of their own, of the size of ``datasets/overheads``.
"""

from __future__ import annotations

from dataclasses import replace

from binpack.machines.overheads import Overheads
from binpack.units import CPU, MEMORY
from binpack.workload.application import Application
from binpack.workload.workload import Workload

NAME = "load-balancer"


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
