"""CSV tables: columns found by their headers, units in the header or the cell, equal rows merged into copies."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from binpack.errors import InputError, InputProblem, input_error
from binpack.units import BYTE_RESOURCES, CPU, MEMORY, lacks_unit, parse_amount
from binpack.workload.application import ISOLATIONS, LINUX, ROWS, Application, Container, Isolation, Life, Placement
from binpack.workload.families import architecture, os_family
from binpack.workload.source_text import SourceText
from binpack.workload.table_columns import GPU, GPU_SHARE, Column, Columns, read_header
from binpack.workload.table_lives import has_lives, life
from binpack.workload.table_rows import NOTHING, Row, first_cells, read_rows
from binpack.workload.workload import Assumption, Workload

REQUIRED = (CPU, MEMORY)
MOST_PROBLEMS = 20  # faults listed of one table; a column in the wrong unit would list every row
_FLAGS = {"1": True, "yes": True, "true": True, "0": False, "no": False, "false": False}


def is_table(source: SourceText, named: Mapping[str, tuple[str, str]] | None = None) -> bool:
    """Does a text start with a header that has columns for CPU and memory? named : see ``read_header``."""
    columns = read_header(first_cells(source), named).of
    return all(resource in columns for resource in REQUIRED)


def read_table(source: SourceText, name: str, named: Mapping[str, tuple[str, str]] | None = None) -> Workload:
    """Applications from a table with a header row. ``cpu`` and ``memory`` are required; InputError lists the faults.

    named : columns whose headers do not say what they are (see ``read_header``).

    Without a column of replicas each row is one copy, and rows that ask for the same are copies of one application: rows of
    the same name, or, where no name appears twice, of names that differ in their last number only.
    """
    header, *rows = read_rows(source)
    columns = read_header(header.cells, named)
    _require_named(header, named or {})
    _require(header, columns, rows)
    reader = _Reader(columns, name)
    problems: list[InputProblem] = []
    applications: list[Application] = []
    for row in rows:
        try:
            applications.append(reader.application(row))
        except InputError as error:
            problems += error.problems
        if len(problems) > MOST_PROBLEMS:
            last = InputProblem(row.place, "yet more faults from here on", "a table without faults")
            problems = [*problems[:MOST_PROBLEMS], last]
            break
    if problems:
        raise InputError(problems)
    merged = _named(_merged(applications))
    notes = _notes(len(rows), len(merged), columns)
    return Workload(name, merged, notes, tuple(reader.assumptions()), sources=(source.name,))


def _require(header: Row, columns: Columns, rows: Sequence[Row]) -> None:
    missing = [resource for resource in REQUIRED if resource not in columns.of]
    if missing:
        raise input_error(
            header.place,
            f"the columns {', '.join(cell.strip() for cell in header.cells)}",
            f"a column for {' and '.join(missing)}",
            f"name it {' and '.join({CPU: 'cpu', MEMORY: 'memory_mib'}[resource] for resource in missing)}",
        )
    if not rows:
        raise input_error(header.place, "a table without rows", "a header and at least one row")
    for resource, column in {**columns.resources(), **columns.resources(limits=True)}.items():
        if resource in BYTE_RESOURCES and not column.unit:
            _require_units(resource, columns, column, rows)


def _require_named(header: Row, named: Mapping[str, tuple[str, str]]) -> None:
    cells = [cell.strip() for cell in header.cells]
    if missing := [title for title, _ in named.values() if title not in cells]:
        raise input_error(header.place, f"no column {missing[0]!r}", f"one of {', '.join(cells)}", "see --columns")


def _require_units(resource: str, columns: Columns, column: Column, rows: Sequence[Row]) -> None:
    """Bare numbers of bytes below a mebibyte are no sizes of memory or disk: the table means another unit."""
    for row in rows:
        text = row.cell(column.index) if len(row.cells) <= columns.width else ""
        if lacks_unit(resource, text):
            expected = f"a unit ({text} bytes are no {resource} to speak of)"
            fix = f"name the unit in the header, such as {resource}_mib or {resource}_gib"
            raise input_error(row.cell_place(column.index), f"{text!r} as {resource}", expected, fix)


@dataclass
class _Reader:
    """Makes applications of rows; counts what has to be said in the end."""

    columns: Columns
    group: str
    shared: int = field(default=0)
    asked: dict[tuple[str, str], tuple[Isolation, Row]] = field(default_factory=dict)

    def text(self, row: Row, meaning: str) -> str:
        column = self.columns.of.get(meaning)
        found = "" if column is None else row.cell(column.index)
        return "" if found.lower() in NOTHING else found

    def error(self, row: Row, meaning: str, expected: str, fix: str = "") -> InputError:
        column = self.columns.of[meaning]
        return input_error(row.cell_place(column.index), f"{row.cell(column.index)!r} as {meaning}", expected, fix)

    def application(self, row: Row) -> Application:
        width = self.columns.width
        if len(row.cells) > width and any(cell.strip() for cell in row.cells[width:]):
            found = f"{len(row.cells)} cells under {width} headers"
            raise input_error(
                row.cell_place(width), found, "a header for every cell", "quote cells with the delimiter in them"
            )
        name, image = self.text(row, "name") or "row", self.text(row, "image")
        requests, limits = self.amounts(row), self.amounts(row, limits=True)
        os, arch = self.platform(row)
        counted, copies = "replicas" in self.columns.of, self.count(row, "replicas", 1)
        return Application(
            name,
            copies,
            requests,
            limits,
            group=self.text(row, "group") or self.group,
            kind="row" if counted else ROWS,
            os=os,
            arch=arch,
            isolation=self.isolation(row),
            agent=self.flag(row, "agent"),
            containers=(Container(name, image, requests, limits),) if image else (),
            placement=Placement(self.max_per_host(row)),
            place=str(row.place),
            lives=(life(row, self.columns)._replace(copies=copies),) if has_lives(self.columns) else (),
        )

    def amounts(self, row: Row, limits: bool = False) -> dict[str, int]:
        """Requests or limits; what a cell does not say is not declared."""
        found = {}
        for resource, column in self.columns.resources(limits).items():
            text = row.cell(column.index)
            if text.lower() in NOTHING:
                continue
            try:
                found[resource] = parse_amount(resource, text, column.unit)
            except ValueError as error:
                where = row.cell_place(column.index)
                raise input_error(where, f"{text!r} as {resource}", str(error), _advice(resource)) from None
        if not limits:
            self._share(row, found)
        return {r: amount for r, amount in found.items() if amount or r in (*REQUIRED, *BYTE_RESOURCES)}

    def _share(self, row: Row, found: dict[str, int]) -> None:
        """A share of a GPU, in thousandths, takes a whole one: machines have whole devices."""
        if not self.text(row, GPU_SHARE):
            return
        share = self.count(row, GPU_SHARE, 0)
        found.setdefault(GPU, -(-share // 1000))
        self.shared += bool(share % 1000 and found[GPU])

    def count(self, row: Row, meaning: str, default: int) -> int:
        text = self.text(row, meaning)
        if not text:
            return default
        if not re.fullmatch(r"[0-9]{1,18}(\.0*)?", text):
            raise self.error(row, meaning, "a whole number of at least 0")
        return int(text.split(".")[0])

    def max_per_host(self, row: Row) -> int | None:
        if not self.text(row, "max_per_host") or self.text(row, "max_per_host") == "-1":
            return None
        limit = self.count(row, "max_per_host", 1)
        if limit < 1:
            raise self.error(row, "max_per_host", "a number of at least 1", "leave it empty for no limit")
        return limit

    def platform(self, row: Row) -> tuple[str, str]:
        """Kernel family and architecture; ``linux/arm64`` says both."""
        system, _, processor = self.text(row, "os").partition("/")
        os = os_family(system or LINUX)
        if os is None:
            raise self.error(row, "os", "linux or windows")
        own = self.text(row, "arch")
        arch = architecture(own or processor or "amd64")
        if arch is None:
            raise self.error(row, "arch" if own else "os", "an architecture: amd64 or arm64")
        return os, arch

    def isolation(self, row: Row) -> Isolation | None:
        text = self.text(row, "isolation").lower()
        if text and text not in ISOLATIONS:
            raise self.error(row, "isolation", "one of " + ", ".join(ISOLATIONS))
        if not text:
            return None
        name = self.text(row, "name")
        first, other = self.asked.setdefault((self.text(row, "group"), name), (text, row))
        if name and first != text:
            fix = f"row {other.place.line} asks for {first}; two names, if these are two"
            raise self.error(row, "isolation", f"one isolation for all rows of {name}", fix)
        return text

    def flag(self, row: Row, meaning: str) -> bool:
        text = self.text(row, meaning).lower()
        if text and text not in _FLAGS:
            raise self.error(row, meaning, "yes or no")
        return _FLAGS.get(text, False)

    def assumptions(self) -> list[Assumption]:
        if not self.shared:
            return []
        source = f"machines have whole devices; {self.shared:,} rows ask for a share (gpu_milli)"
        return [Assumption("a share of a GPU", "takes a whole one", source)]


def _advice(resource: str) -> str:
    return {CPU: "such as 500m or 1.5"}.get(resource, "such as 64 GiB" if resource in BYTE_RESOURCES else "")


def _merged(applications: Sequence[Application]) -> list[Application]:
    """Equal rows as one application with all their copies."""
    names = [a.name for a in applications]
    numbered = len(set(names)) == len(names)
    copies: dict[tuple[object, ...], int] = {}
    lives: dict[tuple[object, ...], list[Life]] = {}
    first: dict[tuple[object, ...], Application] = {}
    for a in applications:
        name = re.sub(r"[0-9]+$", "", a.name) if numbered and a.kind == ROWS else a.name
        amounts = (tuple(sorted(a.requests.items())), tuple(sorted(a.limits.items())))
        images = tuple(c.image for c in a.containers)
        key = (name, amounts, a.group, a.os, a.arch, a.isolation, a.agent, images, a.placement.max_per_host)
        copies[key] = copies.get(key, 0) + a.replicas
        lives.setdefault(key, []).extend(a.lives)
        first.setdefault(key, a)
    return [replace(a, replicas=copies[key], lives=tuple(lives[key])) for key, a in first.items()]


def _named(applications: Sequence[Application]) -> tuple[Application, ...]:
    """Unique names: a number behind those that stand already."""
    taken = {a.key for a in applications}
    seen: set[str] = set()
    named = []
    for a in applications:
        number = 1
        new = a
        while new.key in seen or (number > 1 and new.key in taken):
            number += 1
            new = replace(a, name=f"{a.name}-{number}")
        seen.add(new.key)
        named.append(new)
    return tuple(named)


def _notes(rows: int, applications: int, columns: Columns) -> tuple[str, ...]:
    notes = []
    if applications < rows:
        notes.append(
            f"{rows:,} rows are {applications:,} kinds of instances: rows that ask for the same are copies of one"
        )
    if columns.ignored:
        notes.append("columns without a meaning here: " + ", ".join(columns.ignored))
    if columns.repeated:
        notes.append("columns that say again what an earlier one says, ignored: " + ", ".join(columns.repeated))
    return tuple(notes)
