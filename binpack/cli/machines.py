"""``binpack machines``: the catalogue of machines by provider, family or name; one machine alone in full."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TextIO

from binpack.cli.common import YES, add_output_options, json_line, output
from binpack.units import CPU, DISK, MEMORY, format_amount

if TYPE_CHECKING:
    from binpack.machines.catalogue import Catalogue
    from binpack.machines.machine_type import MachineType

MACHINES_SCHEMA = "binpack.machines/1"
EPILOG = """\
binpack machines m5                the types of a family
binpack machines aws --format csv  what --machines aws chooses from
binpack machines m5.large          one machine in full, with its source
binpack machines racks.yaml        how a file of your own machines is read
--format json and csv without a NAME hold every machine."""


def add_parser(subparsers: argparse._SubParsersAction, summary: str) -> None:
    """Registers the subcommand."""
    parser = subparsers.add_parser(
        "machines",
        help=summary,
        description="Lists machine types with price, memory, rack units and watts; their names work for --machines.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="provider, family, type, `servers` or a file")
    add_output_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Prints the machines named; without a name an overview, or all of them where the format is for programs."""
    from binpack.machines.catalogue import load_catalogue, select_machines

    catalogue = None if args.names else load_catalogue()
    machines = catalogue.machines if catalogue else select_machines(args.names)
    with output(args) as stream:
        if args.format == "json":
            print(json_line({"schema": MACHINES_SCHEMA, "machines": [_object(m) for m in machines]}), file=stream)
        elif args.format == "csv":
            _write_csv(machines, stream)
        elif catalogue:
            _overview(catalogue, stream)
        elif len(machines) == 1:
            _in_full(machines[0], stream)
        else:
            _list(machines, stream)
    return YES


def _list(machines: Sequence[MachineType], stream: TextIO) -> None:
    from binpack.report.figures import table

    header = ["name", "provider", "threads", "memory", "rack units", "$/hour", "watts"]
    print("\n".join(table(header, [_line(machine) for machine in machines], (0, 1))), file=stream)


def _overview(catalogue: Catalogue, stream: TextIO) -> None:
    """The default machine, and how many there are of each group."""
    from binpack.machines.catalogue import PROVIDERS, SERVERS

    print("standard, the same machine in every era unless --machines says otherwise:\n", file=stream)
    _list([machine for machine in catalogue.machines if machine.name == "standard"], stream)
    print("\nTo choose from:\n", file=stream)
    for provider in PROVIDERS:
        types = [machine for machine in catalogue.machines if machine.provider == provider]
        families = ", ".join(dict.fromkeys(machine.family for machine in types))
        print(f"  {provider:<8} {len(types):>3} types in {types[0].region}: {families}", file=stream)
    racked = catalogue.group(SERVERS)
    years = f"{min(m.family for m in racked)} to {max(m.family for m in racked)}"
    print(f"  {SERVERS:<8} {len(racked):>3} servers of {years}, with rack units and watts", file=stream)
    print("\nMore: binpack machines aws | m5 | m5.large | servers", file=stream)


def _in_full(machine: MachineType, stream: TextIO) -> None:
    """Everything that is known of one machine."""
    print(machine.name, file=stream)
    for key, value in _facts(machine).items():
        if value:
            print(f"  {key:<10} {value}", file=stream)


def _facts(machine: MachineType) -> dict[str, str]:
    racked = machine.rack_units is not None
    facts = {
        "provider": f"{machine.provider} {machine.region}".strip() if machine.rented else "own",
        "family": machine.family if machine.rented else "",
        "year": "" if machine.rented else machine.family,
        "processor": machine.arch,
        "cores": "" if machine.cores is None else f"{machine.cores} on {machine.sockets} sockets",
        "threads": format_amount(CPU, machine.capacity.get(CPU, 0)),
    }
    facts |= {resource: format_amount(resource, n) for resource, n in machine.capacity.items() if resource != CPU}
    if DISK not in machine.capacity:
        facts[DISK] = "as much as is asked for"
    return facts | {
        "rack units": str(machine.rack_units) if racked else "",
        "watts": _watts(machine) if racked else "",
        "price": "unknown" if machine.price is None else f"{_dollars(machine.price)} an hour",
        "on Windows": "" if machine.windows_price is None else f"{_dollars(machine.windows_price)} an hour",
        "purchase": "" if machine.purchase_price is None else _dollars(machine.purchase_price),
        "max pods": "" if machine.max_pods is None else str(machine.max_pods),
        "available": "" if machine.available is None else str(machine.available),
        "labels": ", ".join(f"{key}={value}" for key, value in machine.labels.items()),
        "source": machine.source,
    }


def _line(machine: MachineType) -> list[str]:
    return [
        machine.name,
        machine.provider,
        format_amount(CPU, machine.capacity.get(CPU, 0)),
        format_amount(MEMORY, machine.capacity.get(MEMORY, 0)),
        "-" if machine.rack_units is None else str(machine.rack_units),
        "-" if machine.price is None else f"{machine.price / 10**6:.4f}",
        _watts(machine),
    ]


def _watts(machine: MachineType) -> str:
    if machine.watts_idle is None or machine.watts_full is None:
        return "-"
    return f"{_decimal(machine.watts_idle)}-{_decimal(machine.watts_full)}"


def _dollars(micro: int) -> str:
    return f"${_decimal(Fraction(micro, 10**6))}"


def _decimal(value: Fraction) -> str:
    return f"{float(value):.10g}"


def _object(machine: MachineType) -> dict[str, Any]:
    """A machine as it stands in JSON: amounts are integers, money dollars, rack units text (``1/2``), unknown null."""
    return {
        "name": machine.name,
        "provider": machine.provider,
        "region": machine.region or None,
        "family": machine.family or None,
        "arch": machine.arch,
        "capacity": dict(machine.capacity),
        "rack_units": None if machine.rack_units is None else str(machine.rack_units),
        "price_per_hour": None if machine.price is None else machine.price / 10**6,
        "windows_price_per_hour": None if machine.windows_price is None else machine.windows_price / 10**6,
        "purchase_price": None if machine.purchase_price is None else machine.purchase_price / 10**6,
        "watts_idle": None if machine.watts_idle is None else float(machine.watts_idle),
        "watts_full": None if machine.watts_full is None else float(machine.watts_full),
        "sockets": machine.sockets,
        "cores": machine.cores,
        "ssj_ops": machine.ssj_ops,
        "max_pods": machine.max_pods,
        "available": machine.available,
        "labels": dict(machine.labels),
        "source": machine.source,
    }


def _write_csv(machines: Sequence[MachineType], stream: TextIO) -> None:
    """A table that ``--machines FILE.csv`` reads again."""
    amounts = {CPU: "cpu_milli", MEMORY: "memory_bytes", DISK: "disk_bytes"}
    others = sorted({r for machine in machines for r in machine.capacity} - set(amounts))
    same = (
        "name",
        "provider",
        "region",
        "family",
        "arch",
        "rack_units",
        "purchase_price",
        "watts_idle",
        "watts_full",
        "sockets",
        "cores",
        "ssj_ops",
        "max_pods",
    )
    writer = csv.writer(stream, lineterminator="\n")
    prices = ("price_per_hour", "windows_price_per_hour")
    columns = [*same, "available", *amounts.values(), *others, *prices, "labels", "source"]
    writer.writerow(columns)
    for machine in machines:
        row = _object(machine)
        quantities = [machine.capacity.get(resource, "") for resource in (*amounts, *others)]
        paid = ["" if n is None else _decimal(Fraction(n, 10**6)) for n in (machine.price, machine.windows_price)]
        labels = ";".join(f"{key}={value}" for key, value in machine.labels.items())
        known = ["" if row[key] is None else row[key] for key in (*same, "available")]
        writer.writerow([*known, *quantities, *paid, labels, machine.source])
