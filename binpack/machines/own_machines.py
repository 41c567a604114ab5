"""A user's own machines: YAML (``machines:`` with a list) or CSV, with units, prices and how many there are."""

from __future__ import annotations

import csv
import io
from fractions import Fraction

from binpack.errors import Place, input_error
from binpack.machines.machine_type import MachineType
from binpack.units import CPU, DISK, MEMORY, parse_amount
from binpack.workload.documents import parse_documents
from binpack.workload.native import amount, check_keys
from binpack.workload.node import Node
from binpack.workload.source_text import SourceText, read_text

KEYS = (
    *("name", "cpu", "memory", "disk", "resources", "arch", "rack_units", "price_per_hour", "watts_idle", "watts_full"),
    *("max_pods", "available", "labels", "provider"),
)
_COLUMNS = {
    "cpu_milli": (CPU, "m"),
    "memory_mib": (MEMORY, "mib"),
    "memory_gib": (MEMORY, "gib"),
    "disk_gib": (DISK, "gib"),
}


def read_machines(path: str) -> list[MachineType]:
    """The machine types of a file. ``price_per_hour`` is in dollars; ``rack_units`` may be 1/2. Errors say where."""
    source = read_text(path)
    if path.removesuffix(".gz").endswith(".csv"):
        return _table(source)
    machines = []
    for document in parse_documents(source):
        check_keys(document, ("machines",))
        machines += [_machine(node) for node in document.find_list("machines")]
    if not machines:
        raise input_error(source.name, "no machines", "machines: with a list", "- name: ... cpu: 16 memory: 64 GiB")
    return machines


def _machine(node: Node) -> MachineType:
    check_keys(node, KEYS)
    name, cpu, memory = node.find("name"), node.find("cpu"), node.find("memory")
    if name is None or cpu is None or memory is None:
        raise node.error("a machine without name, cpu or memory", "all three", "cpu: 16, memory: 64 GiB")
    capacity = {CPU: amount(cpu, CPU), MEMORY: amount(memory, MEMORY)}
    if (disk := node.find("disk")) is not None:
        capacity[DISK] = amount(disk, DISK)
    if (more := node.find("resources")) is not None:
        capacity.update({key: amount(value, key) for key, value in more.items()})
    price = _number(node, "price_per_hour")
    units = _number(node, "rack_units")
    labels = node.find("labels")
    provider = node.find_text("provider", default="own")
    return MachineType(
        name.text,
        capacity,
        provider=provider,
        arch=node.find_text("arch", default="amd64"),
        rack_units=units if units is not None or provider != "own" else Fraction(1),
        price=None if price is None else round(price * 10**6),
        watts_idle=_number(node, "watts_idle"),
        watts_full=_number(node, "watts_full"),
        max_pods=_whole(node, "max_pods"),
        available=_whole(node, "available"),
        labels={} if labels is None else labels.text_map(),
        source=str(node.place),
    )


def _number(node: Node, key: str) -> Fraction | None:
    value = node.find(key)
    if value is None:
        return None
    try:
        number = Fraction(value.text)
    except (ValueError, ZeroDivisionError):
        raise value.error(value.describe(), "a number", "such as 0.5 or 1/2") from None
    if number < 0:
        raise value.error(value.describe(), "a number of at least 0")
    return number


def _whole(node: Node, key: str) -> int | None:
    value = node.find(key)
    return None if value is None else value.integer()


def _table(source: SourceText) -> list[MachineType]:
    """Columns name, cpu or cpu_milli, memory or memory_mib or memory_gib; rack_units and available if there."""
    reader = csv.DictReader(io.StringIO(source.text))
    machines: dict[str, MachineType] = {}
    for row in reader:
        place = Place(source.name, reader.line_num)
        capacity: dict[str, int] = {}
        for column, text in row.items():
            resource, unit = _COLUMNS.get(column or "", (column or "", ""))
            if resource not in (CPU, MEMORY, DISK, "gpu") or not text:
                continue
            try:
                capacity[resource] = parse_amount(resource, text, unit)
            except ValueError as error:
                raise input_error(place, f"{text!r} in the column {column}", str(error)) from None
        if CPU not in capacity or MEMORY not in capacity:
            raise input_error(place, "columns " + ", ".join(map(str, row)), "name, cpu and memory")
        name = row.get("name") or row.get("sn") or f"machine of line {reader.line_num}"
        units = Fraction(row.get("rack_units") or 1)
        available = int(row["available"]) if row.get("available") else None
        machines[name] = MachineType(name, capacity, rack_units=units, available=available, source=str(place))
    return list(machines.values())
