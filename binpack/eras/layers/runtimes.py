"""Container runtimes: which kernel family each is for, and what its sandbox takes for each copy."""

from __future__ import annotations

from binpack.era_plan import Charge
from binpack.eras.era import Setting
from binpack.eras.layers.charges import charges_of
from binpack.units import CPU, MEMORY
from binpack.workload.application import LINUX, WINDOWS, Application

RUNTIMES: dict[str, str | None] = {"runc": None, "kata": LINUX, "firecracker": LINUX, "hyperv": WINDOWS}
"""Name -> family of the containers that it puts into a small VM each; None: it puts none into one."""
SANDBOX = {LINUX: "kata", WINDOWS: "hyperv"}  # of a Pod that asks for a VM where the runtime gives it none


def sandboxed(application: Application, setting: Setting) -> bool:
    """Whether the runtime puts each copy into a VM of its own."""
    return RUNTIMES[setting.options.runtime] == application.os


def sandbox_charges(application: Application, setting: Setting) -> tuple[Charge, ...]:
    """What the sandbox of one copy takes: the VM monitor, the guest's kernel and the agent in it."""
    runtime = setting.options.runtime if sandboxed(application, setting) else SANDBOX[application.os]
    return charges_of("guest_os", f"runtime.{runtime}", (CPU, MEMORY), setting.overheads)
