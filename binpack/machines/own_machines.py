"""A user's own machines: YAML (``machines:`` with a list) or CSV, with units, prices and how many there are.

machines:
  - {name: blade, cpu: 32, memory: 128 GiB, disk: 1 TiB, rack_units: 1/2, available: 20, purchase_price: 4800}
  - {name: rented, provider: aws, cpu: 8, memory: 32 GiB, price_per_hour: 0.384, windows_price_per_hour: 0.752}

A CSV has the same names as columns, quantities with the unit in the cell or behind the column's name (``memory_gib``), other
resources as columns of their own (``gpu``, ``nvidia.com/gpu``, ``resources.rdma``) and labels as ``key=value`` with
semicolons between. A column of machines' own names (``sn``, ``serial``, ``hostname``, ``node``) in place of ``name`` makes
it an inventory: a row is one machine, and equal ones are joined into a type, named after the first, with as many available.
A table without a header, of a name and six numbers, is an inventory of the trace of ``workload.curve_tables``.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from binpack.errors import InputError, InputProblem, Place, input_error
from binpack.machines.machine_type import DEFAULT_DISK, MachineType
from binpack.machines.price import MICRO
from binpack.units import CPU, DISK, LARGEST, MEMORY, lacks_unit, parse_amount, units_of
from binpack.workload.documents import parse_documents
from binpack.workload.native_values import check_keys
from binpack.workload.node import Node
from binpack.workload.source_text import SourceText, read_text

TEXTS = ("name", "provider", "region", "family", "arch", "source")
NUMBERS = ("rack_units", "price_per_hour", "windows_price_per_hour", "purchase_price", "watts_idle", "watts_full")
COUNTS = ("sockets", "cores", "max_pods", "available", "ssj_ops")
AMOUNTS = (CPU, MEMORY, DISK)
KEYS = (*TEXTS, *AMOUNTS, *NUMBERS, *COUNTS, "resources", "labels")
VCPUS = ("vcpu", "vcpus")  # what clouds call a column of threads
INVENTORY = ("sn", "serial", "hostname", "node")
SINGLE = "one machine"  # what the column of an inventory's names is called until its rows are made
GPU = "gpu"
FURTHER = "resources."  # before the name of a resource that is known to nobody else
HEADLESS = ((SINGLE, ""), (CPU, ""), (MEMORY, "gib"), (DISK, "gib"), ("P", ""), ("M", ""), ("PM", ""))


@dataclass(frozen=True)
class Field:
    """One value as written: its text, where it stands, and the unit that a bare number is in."""

    text: str
    place: Place
    unit: str = ""

    def error(self, expected: str, fix: str = "") -> InputError:
        return input_error(self.place, repr(self.text), expected, fix)

    def amount(self, resource: str) -> int:
        """A quantity of a resource, exact; of bytes with a unit."""
        if not self.unit and lacks_unit(resource, self.text):
            raise self.error(f"{resource} with a unit", f"such as {self.text} GiB")
        try:
            return parse_amount(resource, self.text, self.unit)
        except ValueError as error:
            raise self.error(f"{resource}: {error}", "such as 16 or 500m for CPU, 64 GiB for bytes") from None

    def number(self) -> Fraction:
        """A number of at least 0, written with a point or as a fraction."""
        if not re.fullmatch(r"\d{1,12}(\.\d{0,9})?(/\d{1,6})?|\.\d{1,9}", self.text, re.ASCII) or self.text.endswith(
            "/0"
        ):
            raise self.error("a number of at least 0", "such as 0.5 or 1/2")
        top, _, bottom = self.text.partition("/")
        return Fraction(top) / Fraction(bottom or 1)

    def count(self) -> int:
        """A whole number of at least 0."""
        if not re.fullmatch(r"\d{1,9}", self.text, re.ASCII):
            raise self.error("a whole number of at least 0")
        return int(self.text)


@dataclass(frozen=True)
class Entry:
    """One machine type as written: its values, further resources and labels, where it starts, and whether it is a single
    machine of an inventory."""

    place: Place
    fields: Mapping[str, Field]
    resources: Mapping[str, Field]
    labels: Mapping[str, str]
    single: bool = False


def read_machines(path: str) -> list[MachineType]:
    """The machine types of a file (gzip as well), in its order; InputError lists every fault with its place."""
    source = read_text(path)
    machines: dict[str, MachineType] = {}
    inventory = False
    problems: list[InputProblem] = []
    for entry in entries_of(source):
        try:
            machine = machine_of(entry)
        except InputError as error:
            problems += error.problems
            continue
        if machine.name in machines:
            place = entry.fields["name"].place
            problems.append(InputProblem(place, f"a second machine named {machine.name!r}", "a name for each"))
        machines[machine.name] = machine
        inventory |= entry.single
    if problems:
        raise InputError(problems)
    if not machines:
        raise input_error(source.name, "no machines", "a list", "machines: [{name: box, cpu: 16, memory: 64 GiB}]")
    return _joined(machines.values()) if inventory else list(machines.values())


def entries_of(source: SourceText) -> Iterator[Entry]:
    """The entries of a file as written: of a table by its name's end, else of YAML or JSON documents."""
    table = source.name.lower().removesuffix(".gz").endswith((".csv", ".tsv"))
    return _table(source) if table else _documents(source)


def _joined(machines: Iterable[MachineType]) -> list[MachineType]:
    """Machines of an inventory that differ in nothing but name and line, as one type with as many available."""
    alike: dict[tuple[object, ...], MachineType] = {}
    for machine in machines:
        nameless = replace(machine, name="", source="", available=None)
        key = tuple((k, tuple(sorted(v.items())) if isinstance(v, Mapping) else v) for k, v in vars(nameless).items())
        first = alike.setdefault(key, replace(machine, available=0))
        alike[key] = replace(
            first, available=(first.available or 0) + (1 if machine.available is None else machine.available)
        )
    return list(alike.values())


def machine_of(entry: Entry) -> MachineType:
    """The machine type; prices are in dollars. InputError for what is missing or makes no sense."""
    fields = entry.fields
    missing = [key for key in ("name", CPU, MEMORY) if key not in fields]
    if missing:
        raise input_error(entry.place, f"a machine without {' and '.join(missing)}", "name, cpu and memory")
    texts = {key: fields[key].text for key in TEXTS if key in fields}
    numbers = {key: fields[key].number() for key in NUMBERS if key in fields}
    counts = {key: fields[key].count() for key in COUNTS if key in fields}
    capacity = {r: fields[r].amount(r) for r in AMOUNTS if r in fields}
    capacity |= {r: field.amount(r) for r, field in entry.resources.items()}
    for resource in (CPU, MEMORY):
        if not capacity[resource]:
            raise fields[resource].error(f"more than 0 {resource}")
    owned = texts.setdefault("provider", "own") == "own"
    if owned:
        capacity.setdefault(DISK, DEFAULT_DISK)
    price, purchase = numbers.pop("price_per_hour", None), numbers.pop("purchase_price", None)
    windows = numbers.pop("windows_price_per_hour", None)
    if windows is not None and (owned or price is None or windows < price):
        expected = "a rented machine with price_per_hour, which is that with Linux and no higher"
        raise fields["windows_price_per_hour"].error(expected)
    if purchase is not None and (price is not None or not owned):
        raise fields["purchase_price"].error("price_per_hour of a rented machine, or purchase_price of one's own")
    units = numbers.pop("rack_units", Fraction(1) if owned else None)
    if units is not None and not units:
        raise fields["rack_units"].error("more than 0 units", "such as 1/2, 1 or 2")
    if numbers.get("watts_full", Fraction(0)) < numbers.get("watts_idle", Fraction(0)):
        raise fields["watts_idle"].error("watts_full of at least watts_idle", "give both")
    if counts.get("cores", LARGEST) < counts.get("sockets", 0):
        raise fields["cores"].error(
            f"at least one core for each of {counts['sockets']} sockets", "cores of the whole machine"
        )
    return MachineType(
        capacity={r: amount for r, amount in capacity.items() if amount or (owned and r == DISK)},
        rack_units=units if owned else None,
        price=None if price is None else round(price * MICRO),
        windows_price=None if windows is None else round(windows * MICRO),
        purchase_price=None if purchase is None else round(purchase * MICRO),
        labels=entry.labels,
        **{"source": str(entry.place), **texts},  # type: ignore[arg-type]
        **numbers,  # type: ignore[arg-type]
        **counts,  # type: ignore[arg-type]
    )


def _documents(source: SourceText) -> Iterator[Entry]:
    """The machines of YAML or JSON documents."""
    for document in parse_documents(source):
        check_keys(document, ("machines",))
        yield from map(_entry, document.find_list("machines"))


def _entry(node: Node) -> Entry:
    check_keys(node, KEYS)
    plain = {
        key: _field(value) for key, value in node.items() if key not in ("resources", "labels") and not value.is_null
    }
    more, labels = node.find("resources"), node.find("labels")
    resources = {} if more is None else {key: _field(value) for key, value in more.items()}
    return Entry(node.place, plain, resources, {} if labels is None else labels.text_map())


def _field(node: Node) -> Field:
    return Field(node.text.strip(), node.place)


def _table(source: SourceText) -> Iterator[Entry]:
    """The rows of a table. A column's number stands in place of the column of a text; unknown columns are left aside."""
    delimiter = max(",;\t", key=source.text.lstrip().splitlines()[0].count)
    reader = csv.reader(io.StringIO(source.text), delimiter=delimiter, strict=True)
    try:
        header = next(reader)
        if _is_headless(header):
            columns, reader = list(HEADLESS), csv.reader(io.StringIO(source.text), delimiter=delimiter, strict=True)
        else:
            columns = [_column(cell, Place(source.name, 1, k)) for k, cell in enumerate(header, 1)]
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield _row(cells, columns, Place(source.name, reader.line_num, 1))
    except csv.Error as error:
        raise input_error(Place(source.name, reader.line_num, 1), str(error), "a CSV table") from None


def _is_headless(cells: list[str]) -> bool:
    return len(cells) == len(HEADLESS) and all(
        re.fullmatch(r"\d+(\.\d+)?", cell.strip(), re.ASCII) for cell in cells[1:]
    )


def _row(cells: list[str], columns: list[tuple[str, str]], place: Place) -> Entry:
    if len(cells) > len(columns):
        raise input_error(place, f"{len(cells)} cells", f"{len(columns)}, as the header has columns")
    found = {
        name: Field(cell.strip(), Place(place.file, place.line, k), unit)
        for k, (cell, (name, unit)) in enumerate(zip(cells, columns, strict=False), 1)
        if name and cell.strip()
    }
    labels, single = found.pop("labels", None), found.pop(SINGLE, None)
    if single is not None:
        found.setdefault("name", single)
    resources = {name: field for name, field in found.items() if name not in KEYS}
    plain = {k: v for k, v in found.items() if k in KEYS}
    return Entry(place, plain, resources, _labels(labels), single is not None)


def _labels(field: Field | None) -> dict[str, str]:
    labels: dict[str, str] = {}
    for part in filter(None, map(str.strip, field.text.split(";") if field else ())):
        key, sign, value = part.partition("=")
        if not sign and field is not None:
            raise field.error("key=value, with semicolons between")
        labels[key.strip()] = value.strip()
    return labels


def _column(cell: str, place: Place) -> tuple[str, str]:
    """What a column holds and the unit of its bare numbers; an empty name where it means nothing here.

    A name that is nearly one of ours is refused: it is more likely misspelt than meant for somebody else.
    """
    plain = cell.strip().lower().replace(" ", "_")
    if plain in KEYS and plain != "resources":
        return plain, ""
    if plain in VCPUS:
        return CPU, ""
    if plain in INVENTORY:
        return SINGLE, ""
    if plain.startswith(FURTHER):
        return cell.strip()[len(FURTHER) :], ""
    if plain == GPU or "/" in plain:
        return cell.strip(), ""
    base, _, unit = plain.rpartition("_")
    if base in AMOUNTS and unit in units_of(base):
        return base, unit
    if base in AMOUNTS:
        raise input_error(place, f"the column {cell!r}", f"{base} with a unit that is known", "such as " + _units(base))
    near = difflib.get_close_matches(plain, [key for key in KEYS if len(key) > 3], 1, cutoff=0.8)
    if near:
        raise input_error(place, f"the column {cell!r}", "a known column", f"did you mean {near[0]!r}?")
    return "", ""


def _units(resource: str) -> str:
    return f"{resource}_milli" if resource == CPU else f"{resource}_gib"
