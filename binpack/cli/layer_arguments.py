"""The options of ``eras`` and ``plan`` for the layers between applications and machines, and what they mean."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from binpack.cli.numbers import overcommit, pairs
from binpack.errors import input_error

if TYPE_CHECKING:
    from binpack.machines.vm_size import VmSize


def add_layer_options(add: Callable[..., argparse.Action]) -> list[argparse.Action]:
    """Hypervisor, runtime, what each takes and what is promised of it; the actions, to be listed."""
    return [
        add(
            "--hypervisor",
            choices=("kvm", "esxi", "hyperv", "xen"),
            help="of machines of VMs: kvm (the default) and hyperv on a host OS, esxi and xen on bare metal",
        ),
        add(
            "--host-os",
            choices=("linux", "windows"),
            help="of all machines; Linux containers on Windows share a small Linux VM, Windows applications on Linux have "
            "a VM each (default: as the applications need)",
        ),
        add(
            "--runtime",
            choices=("runc", "kata", "firecracker", "hyperv"),
            default="runc",
            help="of containers: a VM around each copy but with runc (the default); hyperv for Windows ones",
        ),
        add(
            "--overheads",
            choices=("low", "typical", "high"),
            default="typical",
            help="which of the amounts that sources give (default: typical)",
        ),
        add(
            "--overhead",
            action="append",
            metavar="NAME=AMOUNT",
            help="an amount of your own, such as host_os.linux.memory=128MiB; names: --assumptions (may be repeated)",
        ),
        add(
            "--guest-os",
            action="append",
            metavar="NAME",
            help="the least memory and disk of guests of its family: alpinelinux3.17, win2k22 (may be repeated)",
        ),
        add(
            "--cpu-efficiency",
            default="",
            metavar="LAYERS",
            help="what a layer leaves of the CPU: vm=typical,microvm=0.95 (default: all of it)",
        ),
        add(
            "--vm-sizes",
            action="append",
            metavar="FILE|NAME",
            help="sizes of VMs in the eras on VMs: a file of name,vcpus,memory,disk, or aws, azure, gcp, a family or a type "
            "(may be repeated; default: any size)",
        ),
        add(
            "--vcpu-overcommit",
            default="4",
            metavar="RATIO",
            help="vCPUs per thread, of VMs of one copy; what copies request never exceeds the threads (default: 4)",
        ),
        add(
            "--node-overcommit",
            default="1",
            metavar="RATIO",
            help="vCPUs per thread, of VMs that are nodes or hold containers, which promise them to what runs there "
            "(default: 1)",
        ),
        add(
            "--cpu-overcommit",
            default="1",
            metavar="RATIO",
            help="CPU requested per thread, or per vCPU of VMs that hold many copies (default: 1)",
        ),
        add(
            "--memory-overcommit",
            default="1",
            metavar="RATIO",
            help="memory promised to VMs or copies per byte of a machine, never of a VM (default: 1)",
        ),
    ]


def layer_options(args: argparse.Namespace) -> dict[str, Any]:
    """The fields of EraOptions that these options set; InputError names the one that makes no sense."""
    from binpack.machines.hypervisors import HOSTED
    from binpack.workload.application import LINUX

    return {
        "hypervisor": args.hypervisor or HOSTED[args.host_os or LINUX],
        "host_os": args.host_os,
        "runtime": args.runtime,
        "overheads": args.overheads,
        "own_overheads": _own_overheads(args.overhead or ()),
        "guest_os": tuple(args.guest_os or ()),
        "cpu_efficiency": dict(pairs("--cpu-efficiency", args.cpu_efficiency, "LAYER=SHARE", "such as vm=0.9")),
        "vm_sizes": _vm_sizes(args.vm_sizes),
        "vcpu_overcommit": overcommit("--vcpu-overcommit", args.vcpu_overcommit),
        "node_overcommit": overcommit("--node-overcommit", args.node_overcommit),
        "cpu_overcommit": overcommit("--cpu-overcommit", args.cpu_overcommit),
        "memory_overcommit": overcommit("--memory-overcommit", args.memory_overcommit),
    }


def _vm_sizes(names: Sequence[str] | None) -> tuple[VmSize, ...]:
    from binpack.machines.vm_catalogue import select_vm_sizes

    return select_vm_sizes(names) if names else ()


def _own_overheads(words: Sequence[str]) -> dict[str, str]:
    """``NAME=AMOUNT`` each; the amount may have a comma."""
    found = {}
    for word in words:
        name, sign, amount = word.partition("=")
        if not sign:
            raise input_error("--overhead", repr(word), "NAME=AMOUNT", "such as host_os.linux.memory=128MiB")
        found[name.strip()] = amount.strip()
    return found
