"""The options that ``eras`` and ``plan`` share, and what they mean as EraOptions."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from binpack.errors import input_error

if TYPE_CHECKING:
    from binpack.eras.options import EraOptions
    from binpack.machines.machine_type import MachineType
    from binpack.verify_facts import Facts
    from binpack.workload.workload import Workload

DEFAULT_WORKLOAD = "train_ticket"


def add_era_options(parser: argparse.ArgumentParser) -> None:
    """Machines, sizes and everything else that changes how eras count."""
    group = parser.add_argument_group("how to count")
    group.add_argument(
        "--machines",
        action="append",
        metavar="FILE|NAME",
        help="machine types to choose from: a file, aws, azure, gcp, a family or a type (may be repeated)",
    )
    group.add_argument(
        "--max-types",
        type=int,
        metavar="N",
        help="machine types in one plan (default: 3 of rented ones, all of your own)",
    )
    group.add_argument(
        "--copies", type=int, default=1, metavar="N", help="so many times the copies of every application"
    )
    group.add_argument("--size-by", choices=("requests", "limits"), default="requests", help="default: requests")
    group.add_argument("--headroom", default="", metavar="cpu=20%,memory=10%%", help="keep room free on every machine")
    group.add_argument("--spare", type=int, metavar="N", help="N machines more, as the headline")
    group.add_argument("--hypervisor", choices=("kvm", "esxi"), default="kvm", help="kvm is hosted, esxi bare metal")
    group.add_argument("--vcpu-overcommit", default="4", metavar="RATIO", help="vCPUs per thread (default: 4)")
    group.add_argument("--on", choices=("machines", "vms"), default="machines", help="what containers run on")
    group.add_argument("--control-plane", choices=("nodes", "dedicated", "managed"), default="nodes")
    group.add_argument("--provider", choices=("gke", "eks", "aks", "gdc"), default="gke", help="whose reservations")
    group.add_argument("--minimum-nodes", type=int, default=3, metavar="N", help="of Kubernetes (default: 3)")


def era_options(args: argparse.Namespace) -> EraOptions:
    """EraOptions from the arguments; InputError names the option that makes no sense."""
    from binpack.eras.options import EraOptions

    overcommit = _ratio("--vcpu-overcommit", args.vcpu_overcommit)
    if overcommit < 1:
        raise input_error("--vcpu-overcommit", args.vcpu_overcommit, "a ratio of at least 1")
    for option, low in (("max_types", 1), ("copies", 1), ("minimum_nodes", 1), ("spare", 0)):
        value = getattr(args, option)
        if value is not None and value < low:
            raise input_error(f"--{option.replace('_', '-')}", str(value), f"a number of at least {low}")
    return EraOptions(
        hypervisor=args.hypervisor,
        vcpu_overcommit=overcommit,
        headroom=headroom(args.headroom),
        spare=args.spare,
        provider=args.provider,
        control_plane=args.control_plane,
        minimum_nodes=args.minimum_nodes,
        containers_on_vms=args.on == "vms",
        max_types=args.max_types,
        time_limit=args.time_limit,
        threads=args.threads,
        seed=args.seed,
    )


def headroom(text: str) -> Mapping[str, Fraction]:
    """``cpu=20%,memory=0.1`` as shares."""
    shares = {}
    for part in filter(None, text.split(",")):
        name, sign, value = part.partition("=")
        if not sign:
            raise input_error("--headroom", repr(part), "RESOURCE=SHARE", "such as cpu=20%")
        share = _ratio("--headroom", value.rstrip("%")) / (100 if value.endswith("%") else 1)
        if not 0 <= share < 1:
            raise input_error("--headroom", repr(part), "a share from 0 % to below 100 %")
        shares[name.strip()] = share
    return shares


def _ratio(option: str, text: str) -> Fraction:
    try:
        return Fraction(text.strip())
    except (ValueError, ZeroDivisionError):
        raise input_error(option, repr(text), "a number") from None


def inputs(args: argparse.Namespace, paths: list[str]) -> tuple[Workload, list[MachineType] | None]:
    """The workload and, where named, the machines."""
    from binpack.machines.catalogue import select_machines
    from binpack.workload.reading import read, scaled

    workload = scaled(read(*paths), args.copies)
    return workload, select_machines(args.machines) if args.machines else None


def refuse(faults: list[str], what: str) -> None:
    """A plan that does not add up is an error of ours: it is never printed."""
    if faults:
        raise AssertionError(f"internal error, {what} does not add up:\n" + "\n".join(faults))


def facts(
    args: argparse.Namespace, workload: Workload, machines: list[MachineType] | None, options: EraOptions, shape: str
) -> Facts:
    """What a plan of that shape has to agree with."""
    from binpack.machines.catalogue import default_machine
    from binpack.verify_facts import Facts
    from binpack.workload.monolith import as_monolith, as_parts
    from binpack.workload.sizing import size_workload

    sized = size_workload(workload, args.size_by)
    shaped = as_parts(sized) if shape == "parts" else as_monolith(sized)
    nodes = options.minimum_nodes
    charged = options.control_plane != "managed" and not any(n.startswith("control_plane.") for n in workload.overheads)
    return Facts(
        applications={application.key: application for application in shaped.placed},
        machines={machine.name: machine for machine in machines or [default_machine()]},
        minimum_nodes=nodes,
        managers=options.managers,
        control_planes=max(1, nodes - (nodes + 1) % 2) if charged else 0,
        containers_on_vms=options.containers_on_vms,
        vcpu_overcommit=options.vcpu_overcommit,
        headroom=options.headroom,
    )
