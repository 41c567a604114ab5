"""The options that ``eras`` and ``plan`` share, and what they mean as EraOptions."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from binpack.cli.cabinet_arguments import cabinet
from binpack.cli.common import natural, positive
from binpack.cli.image_arguments import add_image_options, bandwidth, read_with_images
from binpack.cli.layer_arguments import add_layer_options, layer_options
from binpack.cli.numbers import pairs, share
from binpack.cli.operation_arguments import add_operation_options, operation_options, refuse_idle_prices
from binpack.cli.trace_arguments import add_trace_options, refuse_usage, sized_workload
from binpack.errors import RefusedPlanError, input_error

if TYPE_CHECKING:
    from fractions import Fraction

    from binpack.eras.options import EraOptions
    from binpack.machines.machine_type import MachineType
    from binpack.verify.facts import Facts
    from binpack.workload.workload import Workload

DEFAULT_WORKLOAD = "train_ticket"
MOST_INSTANCES = 1_000_000_000
"""Equal copies cost no time, but what they take is added up in 64 bits."""
ZONE_SPARE = "zone"


def add_era_options(parser: argparse.ArgumentParser) -> None:
    """Machines, sizes and everything else that changes how eras count; ``args.counting`` lists these options."""
    group = parser.add_argument_group("how to count")
    add = group.add_argument
    counting = [
        add(
            "--machines",
            action="append",
            metavar="FILE|NAME",
            help="machine types to choose from: a file, aws, azure, gcp, a family or a type (may be repeated)",
        ),
        add(
            "--hardware",
            metavar="YEAR",
            help="the server that stands for a year, in place of --machines; eras takes several: 2003,2010,2024",
        ),
        add(
            "--cpu-of",
            type=natural,
            metavar="YEAR",
            help="with --hardware: CPU is requested in threads of that year (default: in threads of the machine)",
        ),
        add(
            "--machines-per-unit",
            type=positive,
            metavar="N",
            help="racked machines to a rack unit (default: as the machine is, two of the default machine)",
        ),
        add(
            "--cabinet",
            default="",
            metavar="kw=15,units=42",
            help="what a cabinet feeds, in kilowatts at full load, and its rack units (default: 15 kW and 42 units)",
        ),
        add(
            "--max-types",
            type=positive,
            metavar="N",
            help="machine types in one plan (default: 3 of rented ones, all of your own; all with --zones)",
        ),
        add("--copies", type=positive, default=1, metavar="N", help="so many times the copies of every application"),
        add(
            "--size-by", choices=("requests", "limits", "usage", "curve"), default="requests", help="default: requests"
        ),
        add(
            "--usage",
            metavar="FILE",
            help="what is used: a CSV of name, cpu and memory, or kubectl top pods (- reads it)",
        ),
        add("--headroom", default="", metavar="SHARES", help="keep room free everywhere: cpu=20%%,memory=10%%"),
        add(
            "--spare",
            type=_spare,
            metavar="N|zone",
            help="N machines more, as the headline; with --zones any N nodes, or any one zone, may fail",
        ),
        *add_layer_options(add),
        add("--on", choices=("machines", "vms"), default="machines", help="what the era containers runs on"),
        add("--control-plane", choices=("nodes", "dedicated", "managed"), default="nodes", help="default: nodes"),
        add("--provider", choices=("gke", "eks", "aks", "gdc"), help="whose reservations (default: the machines' own)"),
        add("--minimum-nodes", type=positive, default=3, metavar="N", help="of Kubernetes, with Linux (default: 3)"),
    ]
    more = (*add_image_options(group), *add_trace_options(parser), *add_operation_options(parser))
    parser.set_defaults(counting=[*counting, *more])


def era_options(args: argparse.Namespace) -> EraOptions:
    """EraOptions from the arguments; InputError names the option that makes no sense."""
    from binpack.eras.options import EraOptions

    spare = None if args.spare == ZONE_SPARE else args.spare
    for option, machines in (("--spare", spare or 0), ("--minimum-nodes", args.minimum_nodes)):
        if machines > MOST_INSTANCES:
            raise input_error(option, f"{machines:,} machines", f"at most {MOST_INSTANCES:,}")
    return EraOptions(
        **layer_options(args),
        headroom=headroom(args.headroom),
        spare=spare,
        provider=args.provider,
        control_plane=args.control_plane,
        minimum_nodes=args.minimum_nodes,
        containers_on_vms=args.on == "vms",
        cabinet=cabinet(args.cabinet),
        max_types=args.max_types,
        bandwidth=bandwidth(args),
        **operation_options(args),
        time_limit=args.time_limit,
        threads=args.threads,
        seed=args.seed,
    )


def _spare(text: str) -> int | str:
    """A number of machines, or the word for a zone."""
    return text if text == ZONE_SPARE else natural(text)


def headroom(text: str) -> Mapping[str, Fraction]:
    """``cpu=20%,memory=0.1`` as shares."""
    named = pairs("--headroom", text, "RESOURCE=SHARE", "such as cpu=20%")
    return {name: share(f"--headroom {name}", value) for name, value in named}


class Asked(NamedTuple):
    """What a run is about: the sized workload, the machines (None: the default one), and how to count."""

    workload: Workload
    machines: list[MachineType] | None
    options: EraOptions
    paths: tuple[str, ...]

    @property
    def offered(self) -> list[MachineType]:
        """The machines to choose from, the default one where none is named."""
        from binpack.machines.catalogue import default_machine

        return self.machines or [default_machine()]

    def on_hardware_of(self, year: int, args: argparse.Namespace) -> Asked:
        """The same on the server that stands for a year; where ``--cpu-of`` says of which threads CPU is requested, in its
        threads, and if its speed was never measured, on the nearest server of which it was."""
        from binpack.eras.layers.thread_speed import in_threads_of
        from binpack.machines.hardware import machine_of_year, measured_machine_of_year

        machine, workload = machine_of_year(year), self.workload
        if args.cpu_of is not None:
            machine = machine if machine.ssj_ops else measured_machine_of_year(year)
            workload = in_threads_of(machine, workload, measured_machine_of_year(args.cpu_of))
        return self._replace(workload=workload, machines=in_units([machine], args.machines_per_unit))

    def facts(self, shape: str) -> Facts:
        """What a plan of that shape has to agree with."""
        from binpack.cli.era_facts import facts_of

        return facts_of(self, shape)


def asked(args: argparse.Namespace) -> Asked:
    """Reads and sizes the workload (the built-in one if none is named) and finds the machines; those of several years of
    hardware are left to ``Asked.on_hardware_of``."""
    return sized(unsized(args), args)


def unsized(args: argparse.Namespace) -> Asked:
    """The same with the workload as it was read."""
    from binpack.machines.catalogue import default_machine, select_machines
    from binpack.workload.reading import scaled

    options = era_options(args)
    if args.spare == ZONE_SPARE:
        raise input_error("--spare", "zone", "a number of machines", "zones are those of binpack plan --zones")
    paths = tuple(args.workload) or (DEFAULT_WORKLOAD,)
    years = hardware_years(args)
    machines = select_machines(args.machines) if args.machines else None
    if args.machines_per_unit is not None and not years:
        machines = in_units(machines or [default_machine()], args.machines_per_unit)
    offered = machines or [default_machine()]
    if args.cabinet and not years and all(machine.rack_units is None for machine in offered):
        raise input_error("--cabinet", repr(args.cabinet), "racked machines", "rented ones are in no rack")
    refuse_idle_prices(args, options.ownership, offered, years)
    known = {resource for machine in offered for resource in machine.capacity}
    if strange := [name for name in options.headroom if name not in known]:
        raise input_error("--headroom", repr(strange[0]), f"a resource of the machines: {', '.join(sorted(known))}")
    refuse_usage(args, paths)
    workload = scaled(read_with_images(paths, args), args.copies)
    if workload.instances > MOST_INSTANCES:
        raise input_error(", ".join(paths), f"{workload.instances:,} instances", f"at most {MOST_INSTANCES:,}")
    return Asked(workload, machines, options, paths)


def sized(question: Asked, args: argparse.Namespace) -> Asked:
    """What ``unsized`` found, each copy with its size, on the hardware of a year where one is named."""
    workload = sized_workload(question.workload, question.offered, args)
    years = hardware_years(args)
    question = question._replace(workload=workload)
    return question.on_hardware_of(years[0], args) if len(years) == 1 else question


def hardware_years(args: argparse.Namespace) -> tuple[int, ...]:
    """The years of ``--hardware``, each once and in order; InputError where machines are named in two ways, or none."""
    if args.hardware is None:
        if args.cpu_of is not None:
            raise input_error("--cpu-of", str(args.cpu_of), "--hardware with it", "--hardware 2010 --cpu-of 2020")
        return ()
    if args.machines:
        raise input_error("--hardware", "--machines beside it", "one of them")
    words = args.hardware.split(",")
    if not all(word.isdecimal() and len(word) == 4 for word in words):
        raise input_error("--hardware", repr(args.hardware), "a year, or several", "such as 2003 or 2003,2010,2024")
    return tuple(sorted({int(word) for word in words}))


def in_units(machines: list[MachineType], per_unit: int | None) -> list[MachineType]:
    """The machines with so many of each racked type to a rack unit; None: as they are."""
    from dataclasses import replace
    from fractions import Fraction

    if per_unit is None:
        return machines
    if all(machine.rack_units is None for machine in machines):
        raise input_error("--machines-per-unit", str(per_unit), "racked machines", "rented ones are in no rack")
    height = Fraction(1, per_unit)
    return [m if m.rack_units is None else replace(m, rack_units=height) for m in machines]


def refuse(faults: list[str], what: str) -> None:
    """A plan that does not add up is an error of ours: it is never printed."""
    if faults:
        raise RefusedPlanError(what, faults)
