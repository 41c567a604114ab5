"""``binpack machines``: the catalogue of machines, all of it or by provider, family or name."""

from __future__ import annotations

import argparse
import csv
import json
from typing import Any

from binpack.cli.common import YES, add_output_options, output
from binpack.machines.machine_type import MachineType
from binpack.units import format_bytes, format_cpu

COLUMNS = (
    "name",
    "provider",
    "cpu",
    "memory",
    "rack_units",
    "price_per_hour",
    "watts_idle",
    "watts_full",
    "max_pods",
    "source",
)


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Registers the subcommand."""
    parser = subparsers.add_parser("machines", help="list the built-in machines", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="a provider, family, type or file (default: everything)"
    )
    add_output_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Prints the machines chosen."""
    from binpack.machines.catalogue import load_catalogue, select_machines
    from binpack.report.figures import table

    machines = select_machines(args.names) if args.names else load_catalogue()
    with output(args) as stream:
        if args.format == "json":
            json.dump({"schema": "binpack.machines/1", "machines": [_object(m) for m in machines]}, stream, indent=1)
            stream.write("\n")
        elif args.format == "csv":
            writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(_object(m) for m in machines)
        else:
            header = ["name", "provider", "threads", "memory", "rack units", "$/hour", "watts"]
            stream.write("\n".join(table(header, [_line(m) for m in machines], (0, 1))) + "\n")
    return YES


def _line(machine: MachineType) -> list[str]:
    watts = "-" if machine.watts_idle is None else f"{float(machine.watts_idle):g}-{float(machine.watts_full or 0):g}"
    return [
        machine.name,
        machine.provider,
        format_cpu(machine.capacity.get("cpu", 0)),
        format_bytes(machine.capacity.get("memory", 0)),
        "-" if machine.rack_units is None else str(machine.rack_units),
        "-" if machine.price is None else f"{machine.price / 10**6:.4f}",
        watts,
    ]


def _object(machine: MachineType) -> dict[str, Any]:
    return {
        "name": machine.name,
        "provider": machine.provider,
        "cpu": machine.capacity.get("cpu", 0),
        "memory": machine.capacity.get("memory", 0),
        "rack_units": None if machine.rack_units is None else float(machine.rack_units),
        "price_per_hour": None if machine.price is None else machine.price / 10**6,
        "watts_idle": None if machine.watts_idle is None else float(machine.watts_idle),
        "watts_full": None if machine.watts_full is None else float(machine.watts_full),
        "max_pods": machine.max_pods,
        "source": machine.source,
    }
