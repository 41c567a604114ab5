"""The built-in catalogue of machines, and the choice of machine types by name, family, provider or file."""

from __future__ import annotations

import csv
import difflib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from binpack.datasets_path import datasets_path
from binpack.errors import input_error
from binpack.machines.machine_type import MachineType
from binpack.machines.own_machines import read_machines
from binpack.units import CPU, DISK, GIB, MEMORY

PROVIDERS = ("aws", "azure", "gcp")
DEFAULT_POWER = "primergy-rx1330-m5"


def default_machine() -> MachineType:
    """16 threads, 64 GiB, 1 TiB of disk, two to a rack unit; watts of a server with as many threads (SPECpower)."""
    server = next(m for m in servers() if m.name == DEFAULT_POWER)
    return MachineType(
        "standard",
        {CPU: 16_000, MEMORY: 64 * GIB, DISK: 1024 * GIB},
        rack_units=Fraction(1, 2),
        watts_idle=server.watts_idle,
        watts_full=server.watts_full,
        source=f"parameter; watts of {server.name} (SPECpower_ssj2008)",
    )


def cloud_machines() -> list[MachineType]:
    """All rented types of the catalogue."""
    return [
        MachineType(
            row["name"],
            {CPU: int(row["cpu_milli"]), MEMORY: int(row["memory_bytes"])},
            provider=row["provider"],
            family=row["family"],
            arch=row["arch"],
            price=int(row["price_micro_dollars_per_hour"]) if row["price_micro_dollars_per_hour"] else None,
            max_pods=int(row["max_pods"]) if row["max_pods"] else None,
            labels={"burstable": row["burstable"], "bare_metal": row["bare_metal"]},
            source=row["source"],
        )
        for row in _rows("cloud_machines", "cloud_machines.csv")
    ]


def servers() -> list[MachineType]:
    """All racked servers of the catalogue, memory as tested."""
    return [
        MachineType(
            row["name"],
            {CPU: int(row["cpu_milli"]), MEMORY: int(row["memory_bytes"])},
            family=row["year"],
            rack_units=Fraction(row["rack_units"]),
            watts_idle=Fraction(row["watts_idle"]),
            watts_full=Fraction(row["watts_full"]),
            source=row["source"],
        )
        for row in _rows("servers", "servers.csv")
    ]


def load_catalogue() -> list[MachineType]:
    """Everything that has a name: the default machine, servers, rented types."""
    return [default_machine(), *servers(), *cloud_machines()]


def select_machines(names: Sequence[str]) -> list[MachineType]:
    """The types that the names stand for, each once: a file, a provider, a family, a type, or ``standard``.

    A provider or family gives its priced amd64 types that are neither burstable nor bare metal, without those that another
    one outdoes at no higher price.
    """
    chosen: dict[str, MachineType] = {}
    for name in names:
        for machine in _named(name):
            chosen[machine.name] = machine
    return list(chosen.values())


def _named(name: str) -> list[MachineType]:
    if Path(name).is_file():
        return read_machines(name)
    catalogue = load_catalogue()
    exact = [m for m in catalogue if m.name == name]
    if exact:
        return [replace(exact[0], labels={})]
    group = [m for m in catalogue if m.rented and name in (m.provider, m.family) and _ordinary(m)]
    if group:
        return [replace(m, labels={}) for m in candidate_types(group)]
    known = sorted({m.name for m in catalogue} | {m.family for m in catalogue if m.rented} | set(PROVIDERS))
    near = ", ".join(difflib.get_close_matches(name, known, 4)) or ", ".join(PROVIDERS)
    raise input_error("--machines", repr(name), "a file, a provider, a family or a machine type", f"such as {near}")


def _ordinary(machine: MachineType) -> bool:
    ordinary = machine.labels.get("burstable") == "no" and machine.labels.get("bare_metal") == "no"
    return ordinary and machine.arch == "amd64" and machine.price is not None


def candidate_types(types: Iterable[MachineType]) -> list[MachineType]:
    """Without types that another one outdoes: at least as much of everything, at no higher price."""
    kept: list[MachineType] = []
    for machine in sorted(types, key=lambda m: (m.price or 0, [-v for v in m.capacity.values()], m.name)):
        if not any(_covers(other, machine) for other in kept):
            kept.append(machine)
    return kept


def _covers(one: MachineType, other: MachineType) -> bool:
    pods = (one.max_pods or 110) >= (other.max_pods or 110)
    return pods and all(one.capacity.get(r, 0) >= amount for r, amount in other.capacity.items())


def _rows(folder: str, file: str) -> Iterable[dict[str, str]]:
    with open(datasets_path() / folder / file, newline="", encoding="utf-8") as stream:
        yield from csv.DictReader(stream)
