"""CSV tables: columns found by their headers, units in the header or the cell, equal rows merged into copies."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import replace

from binpack.errors import InputError, InputProblem, Place, input_error
from binpack.units import CPU, DISK, MEMORY, parse_amount, units_of
from binpack.workload.application import ISOLATIONS, ROWS, Application, Container
from binpack.workload.source_text import SourceText
from binpack.workload.workload import Workload

GPU = "gpu"
_NAMES: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "app", "app_name", "application", "service", "workload", "pod", "sn", "instance"),
    "replicas": ("replicas", "copies", "instances", "count", "number"),
    CPU: ("cpu", "cpus", "vcpu", "vcpus", "cores", "core", "cpu_request", "cpu_requests"),
    MEMORY: ("memory", "mem", "ram", "memory_request", "memory_requests"),
    DISK: ("disk", "storage", "disk_request", "ephemeral_storage"),
    GPU: ("gpu", "gpus", "num_gpu", "nvidia.com/gpu"),
    "os": ("os", "operating_system", "platform"),
    "group": ("group", "namespace", "stack"),
    "isolation": ("isolation",),
    "image": ("image",),
    "agent": ("agent", "daemon"),
}
_MEANINGS = {spelling: meaning for meaning, spellings in _NAMES.items() for spelling in spellings}
_HEADER = re.compile(r"^(.*?)(?:\s*[(\[]\s*([A-Za-z]+)\s*[)\]]|_([A-Za-z]+))?$")


def read_table(source: SourceText, name: str) -> Workload:
    """Applications from a table with a header row. ``cpu`` and ``memory`` are required; InputError lists every fault."""
    rows = _rows(source)
    header = rows[0][1]
    columns, ignored = _columns(header)
    missing = [r for r in (CPU, MEMORY) if r not in columns]
    if missing:
        raise input_error(
            Place(source.name, 1, 1),
            f"columns {', '.join(header)}",
            f"a column for {' and '.join(missing)}",
            "rename one, such as 'cpu' or 'memory_mib'",
        )
    merged: dict[_Key, int] = {}
    problems: list[InputProblem] = []
    for line, cells in rows[1:]:
        try:
            application = _application(cells, columns, Place(source.name, line), name)
        except InputError as error:
            problems += error.problems
            continue
        key = _Key(application)
        merged[key] = merged.get(key, 0) + application.replicas
    if problems:
        raise InputError(problems)
    applications = tuple(replace(key.application, replicas=count) for key, count in merged.items())
    return Workload(
        name, _named(applications), notes=_notes(len(rows) - 1, len(applications), ignored), sources=(source.name,)
    )


class _Key:
    """An application compared by what it asks for; dictionaries are not hashable by themselves."""

    def __init__(self, application: Application) -> None:
        self.application = application
        a = application
        named = "" if a.kind == ROWS else a.name
        self._key = (named, tuple(sorted(a.requests.items())), a.group, a.os, a.isolation, a.agent, a.containers)

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self._key == other._key


def _rows(source: SourceText) -> list[tuple[int, list[str]]]:
    first = source.text.lstrip().splitlines()[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(source.text), delimiter=delimiter, strict=True)
    rows = []
    try:
        rows = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise input_error(
            Place(source.name, reader.line_num, 1), str(error), "a CSV table", "close the quote"
        ) from error
    if len(rows) < 2:
        raise input_error(Place(source.name, 1, 1), "a table without rows", "a header and at least one row")
    return rows


def _columns(header: list[str]) -> tuple[dict[str, tuple[int, str]], list[str]]:
    """Meaning -> (column, unit of bare numbers); and the headers that mean nothing here."""
    columns: dict[str, tuple[int, str]] = {}
    ignored = []
    for index, cell in enumerate(header):
        plain = cell.strip().lower().replace(" ", "_") if "(" not in cell and "[" not in cell else cell.strip().lower()
        meaning, unit = _MEANINGS.get(plain), ""
        if meaning is None and (found := _HEADER.match(plain)):
            meaning, unit = _MEANINGS.get(found[1].strip()), (found[2] or found[3] or "")
            if meaning is not None and unit not in units_of(meaning):
                meaning = None
        if meaning is None or meaning in columns:
            ignored.append(cell.strip())
        else:
            columns[meaning] = (index, unit)
    return columns, ignored


def _application(cells: list[str], columns: dict[str, tuple[int, str]], place: Place, group: str) -> Application:
    def cell(meaning: str) -> str:
        index = columns.get(meaning, (-1, ""))[0]
        return cells[index].strip() if 0 <= index < len(cells) else ""

    requests = {}
    for resource in (CPU, MEMORY, DISK, GPU):
        text = cell(resource)
        if text:
            requests[resource] = _amount(resource, text, columns[resource], place)
    if not requests.get(GPU, 1):
        del requests[GPU]
    replicas = _amount("replicas", cell("replicas"), columns["replicas"], place) if cell("replicas") else 1
    isolation = cell("isolation") or None
    if isolation is not None and isolation not in ISOLATIONS:
        raise input_error(place, repr(isolation), "isolation: one of " + ", ".join(ISOLATIONS))
    image = cell("image")
    return Application(
        cell("name") or "row",
        replicas,
        requests,
        group=cell("group") or group,
        kind="row" if "replicas" in columns else ROWS,
        os=cell("os").lower() or "linux",
        isolation=isolation,
        agent=cell("agent").lower() in ("1", "yes", "true"),
        containers=(Container(cell("name"), image),) if image else (),
        place=str(place),
    )


def _amount(resource: str, text: str, column: tuple[int, str], place: Place) -> int:
    try:
        return parse_amount(resource, text, column[1])
    except ValueError as error:
        where = Place(place.file, place.line, column[0] + 1)
        raise input_error(where, f"{text!r} in the column of {resource}", str(error)) from None


def _named(applications: tuple[Application, ...]) -> tuple[Application, ...]:
    """Unique names: a number behind those that appear again."""
    seen: dict[str, int] = {}
    named = []
    for application in applications:
        number = seen[application.key] = seen.get(application.key, 0) + 1
        named.append(application if number == 1 else replace(application, name=f"{application.name}-{number}"))
    return tuple(named)


def _notes(rows: int, applications: int, ignored: list[str]) -> tuple[str, ...]:
    notes = []
    if applications < rows:
        notes.append(
            f"{rows:,} rows are {applications:,} kinds of instances: rows that ask for the same are copies of one"
        )
    if ignored:
        notes.append("columns without a meaning here: " + ", ".join(ignored))
    return tuple(notes)
