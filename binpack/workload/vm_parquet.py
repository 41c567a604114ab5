"""Traces of VMs in Parquet, as OpenDC keeps those of Bitbrains (Shen, van Beek and Iosup, 2015): a table of VMs and one of
what they used, recognised by their columns.

VMs: ``id``, ``cpu_count``, ``cpu_capacity`` (MHz of all of a VM's cores together) and ``mem_capacity``, whose unit differs
from trace to trace. Use: ``id``, ``timestamp`` (the end of a stretch), ``duration`` (milliseconds) and ``cpu_usage`` (MHz).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from binpack.errors import InputError, InputProblem, Place, input_error
from binpack.units import CPU, MEMORY, THREAD, parse_amount
from binpack.workload.application import ROWS, Application
from binpack.workload.workload import Workload

MAGIC = b"PAR1"
VMS = ("id", "cpu_count", "cpu_capacity", "mem_capacity")
USE = ("id", "timestamp", "duration", "cpu_usage")
EXTRA = "pip install 'binpack-eras[traces]'"
MOST_POINTS = 100_000
_MOST_PROBLEMS = 20

Row = Mapping[str, Any]


def is_parquet(path: Path) -> bool:
    """Does a file start as Parquet does?"""
    if not path.is_file():  # a pipe can be read only once
        return False
    try:
        with path.open("rb") as stream:
            return stream.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def read_vm_parquet(paths: Sequence[Path], named: Mapping[str, tuple[str, str]] | None, name: str) -> Workload:
    """A VM for each row of the table of VMs, with a curve of CPU over a grid as fine as the shortest stretch: of stretches
    that share a point the most, None where a VM is in none of them.

    named : has to say the unit of ``mem_capacity`` (see ``table_columns.named_columns``). InputError for tables that are not
    there, VMs without use, and amounts below 0 or that are none.
    """
    tables = [(path, _rows(path)) for path in paths]
    vms = _table(tables, VMS, "VMs")
    use = _table(tables, USE, "what VMs used")
    unit = (named or {}).get(MEMORY, ("", ""))
    if unit[0] != "mem_capacity" or not unit[1]:
        fix = "--columns memory=mem_capacity:KiB (or MiB: it differs from trace to trace)"
        raise input_error(str(vms[0]), "mem_capacity without a unit", "the unit of memory", fix)
    stretches = _stretches(*use)
    start, step, points = _grid(str(use[0]), stretches)
    problems: list[InputProblem] = []
    found = []
    for number, row in enumerate(vms[1], 1):
        try:
            found.append(_vm(row, Place(str(vms[0]), number), unit[1], stretches, (start, step, points), name))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems[:_MOST_PROBLEMS])
    note = f"{len(found):,} VMs with a curve of CPU over {points:,} points of {step / 1000:g} s"
    return Workload(name, tuple(found), (note,), sources=tuple(map(str, paths)))


def _rows(path: Path) -> list[Row]:
    try:
        import pyarrow.parquet
    except ImportError:
        raise input_error(str(path), "a Parquet file", "pyarrow, which reads it", EXTRA) from None
    try:
        rows: list[Row] = pyarrow.parquet.read_table(path).to_pylist()
    except (OSError, ValueError) as error:
        raise input_error(str(path), f"a Parquet file that cannot be read ({error})", "a whole one") from None
    return rows


def _table(tables: Sequence[tuple[Path, list[Row]]], columns: Sequence[str], what: str) -> tuple[Path, list[Row]]:
    """The table that has these columns."""
    for path, rows in tables:
        if rows and all(column in rows[0] for column in columns):
            return path, rows
    names = ", ".join(str(path) for path, _ in tables)
    raise input_error(names, f"no table of {what}", f"one with the columns {', '.join(columns)}", "name both files")


def _stretches(path: Path, rows: Sequence[Row]) -> dict[str, list[tuple[int, int, Decimal]]]:
    """VM -> start and end in milliseconds, and MHz."""
    found: dict[str, list[tuple[int, int, Decimal]]] = {}
    for number, row in enumerate(rows, 1):
        end, duration, used = _milliseconds(row["timestamp"]), row["duration"], Decimal(repr(row["cpu_usage"]))
        place = Place(str(path), number)
        if duration is None or duration <= 0:
            raise input_error(place, f"a duration of {duration}", "milliseconds, more than 0")
        if not used.is_finite() or used < 0:
            raise input_error(place, f"a cpu_usage of {row['cpu_usage']}", "MHz, 0 or more")
        found.setdefault(str(row["id"]), []).append((end - int(duration), end, used))
    return found


def _milliseconds(time: datetime | int) -> int:
    return round(time.timestamp() * 1000) if isinstance(time, datetime) else int(time)


def _grid(file: str, stretches: Mapping[str, Sequence[tuple[int, int, Decimal]]]) -> tuple[int, int, int]:
    """Start, step and number of points of a grid over all stretches."""
    every = [stretch for own in stretches.values() for stretch in own]
    start, end = min(s for s, _, _ in every), max(e for _, e, _ in every)
    step = min(e - s for s, e, _ in every)
    points = -(-(end - start) // step)
    if points > MOST_POINTS:
        raise input_error(file, f"{points:,} points of {step} ms", f"at most {MOST_POINTS:,}", "longer stretches")
    return start, step, points


def _vm(
    row: Row,
    place: Place,
    unit: str,
    stretches: Mapping[str, Sequence[tuple[int, int, Decimal]]],
    grid: tuple[int, int, int],
    group: str,
) -> Application:
    cores, capacity, memory = row["cpu_count"], row["cpu_capacity"], row["mem_capacity"]
    own = stretches.get(str(row["id"]))
    if own is None:
        raise input_error(place, f"the VM {row['id']} without any use", "a row of it in the table of what VMs used")
    if not (cores and cores > 0 and capacity and 0 < capacity < float("inf") and memory and memory > 0):
        found = f"a VM of {cores} cores, {capacity} MHz and {memory} of memory"
        raise input_error(place, found, "more than 0 of each")
    requests = {CPU: int(cores) * THREAD, MEMORY: parse_amount(MEMORY, str(memory), unit)}
    per_mhz = requests[CPU] / Fraction(Decimal(repr(capacity)))
    curve = tuple(_curve(own, grid, per_mhz))
    return Application(str(row["id"]), 1, requests, group=group, kind=ROWS, curves={CPU: curve}, place=str(place))


def _curve(
    stretches: Sequence[tuple[int, int, Decimal]], grid: tuple[int, int, int], per_mhz: Fraction
) -> Iterator[int | None]:
    """At each point of the grid the most of the stretches that share time with it, in thousandths of a thread."""
    start, step, points = grid
    curve: list[int | None] = [None] * points
    for begin, end, used in stretches:
        amount = Fraction(used) * per_mhz
        milli = -(-amount.numerator // amount.denominator)
        for k in range((begin - start) // step, -(-(end - start) // step)):
            curve[k] = max(milli, curve[k] or 0)
    yield from curve
