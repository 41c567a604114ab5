"""Choices of a run that contradict each other, or that nothing would look at: each is refused in one line."""

from __future__ import annotations

from collections.abc import Sequence

from binpack.eras.era import Setting
from binpack.eras.layers.runtimes import RUNTIMES
from binpack.eras.options import EraOptions
from binpack.eras.packing.compilation import OS_LABEL
from binpack.errors import input_error
from binpack.machines.hypervisors import HOSTED, HYPERVISORS
from binpack.machines.racks import fits_cabinet, units_high
from binpack.workload.application import LINUX
from binpack.workload.workload import Workload

NODES_ARE_MACHINES = ("docker_swarm", "kubernetes")


def refuse_contradictions(setting: Setting, eras: Sequence[str]) -> None:
    """InputError for the first that is found."""
    workload, options = setting.workload, setting.options
    refuse_idle_runtime(workload, options)
    refuse_other_systems(setting)
    refuse_missing_system(setting, eras)
    refuse_idle_vms(options, eras)
    refuse_by_curve(workload, options)
    refuse_large_machines(setting)
    if options.containers_on_vms and "containers" in eras:
        refuse_nested_vms(workload)


def refuse_nested_vms(workload: Workload) -> None:
    """Containers on VMs share the VM's Linux kernel: who needs a VM of their own there would be in a VM within a VM."""
    nested = [a.key for a in workload.placed if a.isolation == "vm" or a.os != LINUX]
    if nested:
        found = f"{', '.join(nested[:3])}{' ...' if len(nested) > 3 else ''} with a VM or a kernel of their own"
        raise input_error(
            "--on vms", found, "Linux applications that ask for no VM", "leave --on out, or choose other --eras"
        )


def refuse_by_curve(workload: Workload, options: EraOptions) -> None:
    """What a copy in a VM within a VM, or a layer that takes a share of its CPU, would take at each point is not counted."""
    if not any(application.curves for application in workload.placed):
        return
    given = [("--runtime", options.runtime != "runc"), ("--cpu-efficiency", bool(options.cpu_efficiency))]
    if named := [option for option, is_given in given if is_given]:
        raise input_error(named[0], "sizes by curves beside it", "sizes that are the same at all times")


def refuse_idle_runtime(workload: Workload, options: EraOptions) -> None:
    """A runtime is for containers of one kernel family: choosing one that nothing can use is a mistake."""
    family = RUNTIMES[options.runtime]
    if family is not None and all(application.os != family for application in workload.placed):
        other = ", ".join(name for name, os in RUNTIMES.items() if os != family)
        raise input_error("--runtime", options.runtime, f"an application for {family}, which it runs", f"or {other}")


def refuse_other_systems(setting: Setting) -> None:
    """``--host-os`` against a hypervisor that is part of another system, or against what a machine says of itself."""
    wanted, hypervisor = setting.options.host_os, setting.options.hypervisor
    if wanted is None:
        return
    if HYPERVISORS[hypervisor] not in (None, wanted):
        fix = f"--hypervisor {HOSTED[wanted]}, or one on bare metal"
        raise input_error("--host-os", f"{wanted} with the hypervisor {hypervisor}", f"one of {wanted}", fix)
    for machine in setting.machines:
        if (own := machine.labels.get(OS_LABEL, wanted)) != wanted:
            raise input_error("--host-os", f"{wanted}, but {machine.name} with {own}", "machines with that system")


def refuse_large_machines(setting: Setting) -> None:
    """Racked machines for which an empty cabinet has too few units, or too little power."""
    cabinet = setting.options.cabinet
    for machine in setting.machines:
        if fits_cabinet(machine, cabinet):
            continue
        if units_high(machine) > cabinet.units:
            found, most, option = f"{units_high(machine)} rack units high", f"{cabinet.units}", "units"
        else:
            draw, most = f"{float(machine.watts_full or 0):,g} W", f"{float(cabinet.watts):,g} W"
            found, option = f"which draws {draw} at full load", "kw"
        raise input_error(
            "--machines", f"{machine.name}, {found}", f"at most {most} in a cabinet", f"--cabinet {option}=..."
        )


def refuse_missing_system(setting: Setting, eras: Sequence[str]) -> None:
    """An application of a kernel family that no machine runs, where all eras asked for are of orchestrators whose nodes are
    the machines. Beside other eras it is named in the rows of these."""
    offered = setting.host_families
    for application in setting.workload.placed:
        if application.os not in offered and all(name in NODES_ARE_MACHINES for name in eras):
            expected = f"one for {' or '.join(offered)}, which is what machines run"
            fix = f"leave --host-os out, or choose kubernetes_on_vms, where nodes may be of {application.os}"
            raise input_error(
                application.place or application.key, f"an application for {application.os}", expected, fix
            )


def refuse_idle_vms(options: EraOptions, eras: Sequence[str]) -> None:
    """Sizes of VMs, or what is promised of their vCPUs, where no era asked for has such VMs."""
    nodes = "kubernetes_on_vms" in eras or ("containers" in eras and options.containers_on_vms)
    if options.vm_sizes and not nodes and "virtual_machines" not in eras:
        raise input_error(
            "--vm-sizes", ", ".join(eras), "an era on VMs", "virtual_machines, kubernetes_on_vms or --on vms"
        )
    if options.node_overcommit != 1 and not nodes:
        raise input_error("--node-overcommit", ", ".join(eras), "VMs that are nodes", "kubernetes_on_vms or --on vms")
