"""The built-in catalogue of machines, and the choice of machine types by name, family, provider, data set or file."""

from __future__ import annotations

import csv
import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from binpack.builtin import dataset_names, load_dataset
from binpack.datasets_path import datasets_path
from binpack.errors import InputError, input_error
from binpack.machines.machine_type import DEFAULT_DISK, MachineType
from binpack.units import CPU, DISK, GIB, MEMORY, THREAD, format_bytes

PROVIDERS = ("aws", "azure", "gcp")
STANDARD = "standard"  # the default machine
SERVERS = "servers"
CLOUD = "cloud_machines"
Adapt = Callable[[MachineType], MachineType]
DEFAULT_POWER = "primergy-rx1330-m5"  # one socket, 16 threads, as the default machine


@dataclass(frozen=True)
class Catalogue:
    """All built-in machine types, each name once: the default machine, servers, rented types.

    unusual : names of rented types that a provider or a family does not stand for: burstable and bare metal ones.
    """

    machines: tuple[MachineType, ...]
    unusual: frozenset[str] = frozenset()

    def type(self, name: str) -> MachineType | None:
        """The machine type of that name."""
        return next((machine for machine in self.machines if machine.name == name), None)

    def group(self, name: str) -> list[MachineType]:
        """The machines of a provider, of a rented family, of ``servers`` or of ``cloud_machines``; none if it is neither.

        Of rented ones only those for amd64 with a price that are neither burstable nor bare metal.
        """
        if name == SERVERS:
            return [m for m in self.machines if not m.rented and m.family]
        return [m for m in self.machines if m.rented and name in (m.provider, m.family, CLOUD) and self._ordinary(m)]

    def names(self) -> list[str]:
        """Everything that ``select_machines`` knows by name."""
        return sorted({m.name for m in self.machines} | {m.family for m in self.machines if m.rented} | {*PROVIDERS})

    def _ordinary(self, machine: MachineType) -> bool:
        return machine.name not in self.unusual and machine.arch == "amd64" and machine.price is not None


def load_catalogue() -> Catalogue:
    """The catalogue, from ``datasets/servers`` and ``datasets/cloud_machines``."""
    racked = servers()
    rows = list(_rows(CLOUD))
    surcharges = {row["provider"]: row for row in _rows(CLOUD, "windows_surcharges")}
    unusual = frozenset(row["name"] for row in rows if "yes" in (row["burstable"], row["bare_metal"]))
    return Catalogue(
        (_standard(racked), *map(_with_disk, racked), *(_rented(row, surcharges) for row in rows)), unusual
    )


def servers() -> list[MachineType]:
    """The servers of ``datasets/servers``, in its order; ``family`` is the year, and a disk that no source gives is none."""
    return [_server(row) for row in _rows(SERVERS)]


def default_machine() -> MachineType:
    """16 threads, 64 GiB, 1 TiB of disk, two to a rack unit; watts of a server with as many threads (SPECpower)."""
    return _standard([_server(row) for row in _rows(SERVERS) if row["name"] == DEFAULT_POWER])


def select_machines(names: Sequence[str], adapted: Adapt = lambda machine: machine) -> list[MachineType]:
    """The types that the names stand for, each once.

    A name is a file of one's own machines, a provider, a family, a machine type, ``standard`` (the default machine) or a
    data set of machines. A provider or a family stands for its ordinary types (see ``Catalogue.group``) without those
    that another one outdoes at no higher price. Two different machines of one name are refused.

    adapted : what is done to each type, its price changed for instance, before types are held against each other.
    """
    chosen: dict[str, MachineType] = {}
    catalogue = load_catalogue()
    for name in separate_names(names):
        for machine in _named(name, catalogue, adapted):
            if chosen.setdefault(machine.name, machine) != machine:
                raise input_error("--machines", f"two machines named {machine.name!r}", "a name for each", "rename one")
    return list(chosen.values())


def separate_names(names: Sequence[str]) -> list[str]:
    """The names one by one: several may stand in one, with commas between, unless that is a file's."""
    return [part for name in names for part in ([name] if Path(name).is_file() else name.split(","))]


def _named(name: str, catalogue: Catalogue, adapted: Adapt) -> list[MachineType]:
    from binpack.machines.own_machines import read_machines

    if Path(name).is_file():
        return [adapted(machine) for machine in read_machines(name)]
    machine = catalogue.type(name)
    if machine is not None:
        return [adapted(machine)]
    if group := catalogue.group(name):
        types = [adapted(machine) for machine in group]
        return candidate_types(types) if name != SERVERS else types
    if name in dataset_names() and (dataset := load_dataset(name)).kind == "machines":
        return [adapted(machine) for file in dataset.files for machine in read_machines(str(file))]
    raise unknown_name("--machines", name, "a file, a provider, a family or a machine type", catalogue)


def unknown_name(option: str, name: str, expected: str, catalogue: Catalogue) -> InputError:
    """What to say of a name that the catalogue has not got, with the nearest that it has."""
    lower = {each.lower(): each for each in catalogue.names()}
    near = [lower[found] for found in difflib.get_close_matches(name.lower(), lower, 4)]
    fix = f"did you mean {' or '.join(near)}?" if near else f"such as {', '.join(PROVIDERS)} or m5"
    return input_error(option, repr(name), expected, fix)


def candidate_types(types: Iterable[MachineType]) -> list[MachineType]:
    """Without types that another one outdoes: at least as much of everything, at no higher price.

    A plan that uses such a type stays one, and gets no dearer, with the other in its place. Types are comparable only if
    they agree in processor and in pods (a limit on pods raises what some providers reserve), both have a price, and the
    better one is there in any number.
    """
    ordered = sorted(types, key=lambda m: (m.price or 0, [-amount for _, amount in sorted(m.capacity.items())], m.name))
    kept: list[MachineType] = []
    for machine in ordered:
        if not any(_outdoes(other, machine) for other in kept):
            kept.append(machine)
    return kept


def _outdoes(one: MachineType, other: MachineType) -> bool:
    if one.price is None or other.price is None or one.price > other.price or one.available is not None:
        return False
    if (one.windows_price or one.price) > (other.windows_price or other.price):
        return False
    alike = (one.arch, one.max_pods, one.provider, one.labels) == (
        other.arch,
        other.max_pods,
        other.provider,
        other.labels,
    )
    bottomless = DISK not in one.capacity
    resources = {r: amount for r, amount in other.capacity.items() if not (bottomless and r == DISK)}
    return alike and all(one.capacity.get(r, 0) >= amount for r, amount in resources.items())


def _standard(racked: Sequence[MachineType]) -> MachineType:
    server = next(machine for machine in racked if machine.name == DEFAULT_POWER)
    return MachineType(
        STANDARD,
        {CPU: 16_000, MEMORY: 64 * GIB, DISK: DEFAULT_DISK},
        rack_units=Fraction(1, 2),
        watts_idle=server.watts_idle,
        watts_full=server.watts_full,
        sockets=server.sockets,
        cores=server.cores,
        source=f"a stated parameter; watts, socket and cores of {server.source}",
    )


def _with_disk(server: MachineType) -> MachineType:
    """The server with a stated disk where it has none."""
    if DISK in server.capacity:
        return server
    source = f"{server.source}; {format_bytes(DEFAULT_DISK)} of disk is a stated parameter"
    return replace(server, capacity={**server.capacity, DISK: DEFAULT_DISK}, source=source)


def _server(row: dict[str, str]) -> MachineType:
    disk = {DISK: int(row["disk_bytes"])} if row["disk_bytes"] else {}
    return MachineType(
        row["name"],
        {CPU: int(row["cpu_milli"]), MEMORY: int(row["memory_bytes"]), **disk},
        family=row["year"],
        rack_units=Fraction(row["rack_units"]),
        watts_idle=Fraction(row["watts_idle"]) if row["watts_idle"] else None,
        watts_full=Fraction(row["watts_full"]) if row["watts_full"] else None,
        sockets=int(row["sockets"]),
        cores=int(row["cores"]),
        ssj_ops=int(row["ssj_ops"]) if row["ssj_ops"] else None,
        source=f"{row['model']} ({row['vendor']}, {row['year']}, {row['processor']}): {row['source']}",
    )


def _rented(row: dict[str, str], surcharges: Mapping[str, dict[str, str]]) -> MachineType:
    """The type; with Windows where a vCPU's surcharge is known for its provider, and it is for amd64 and not burstable."""
    price, windows, source = int(row["price_micro_dollars_per_hour"]), None, row["source"]
    surcharge = surcharges.get(row["provider"])
    if surcharge and row["arch"] == "amd64" and row["burstable"] == "no":
        windows = price + int(surcharge["price_micro_dollars_per_vcpu_hour"]) * int(row["cpu_milli"]) // THREAD
        source += f"; with Windows: {surcharge['source']}"
    return MachineType(
        row["name"],
        {CPU: int(row["cpu_milli"]), MEMORY: int(row["memory_bytes"])},
        provider=row["provider"],
        family=row["family"],
        arch=row["arch"],
        region=row["region"],
        price=price,
        windows_price=windows,
        max_pods=int(row["max_pods"]) if row["max_pods"] else None,
        source=source,
    )


def _rows(dataset: str, table: str = "") -> Iterator[dict[str, str]]:
    path = datasets_path() / dataset / f"{table or dataset}.csv"
    with path.open(newline="", encoding="utf-8") as stream:
        yield from csv.DictReader(stream)
