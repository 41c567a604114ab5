"""Traces of curves without headers, as those of the Alibaba Tianchi contest of 2018: recognised by what is in their cells.

app, CPU curve, memory curve, disk, P, M, PM       curves joined by bars; threads, GiB, GiB, and three counts
instance, app, machine                             a copy of an app, and the machine it was on, if any
app, other app, k                                  at most k copies of the other on a machine with the app, of itself k + 1
machine, CPU, memory, disk, P, M, PM               a machine (read by ``machines.own_machines``)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from binpack.errors import InputError, InputProblem, input_error
from binpack.units import CPU, DISK, MEMORY, parse_amount, units_of
from binpack.workload.application import ROWS, Application, Placement
from binpack.workload.source_text import SourceText
from binpack.workload.table_columns import read_header
from binpack.workload.table_rows import Row, first_cells, read_rows
from binpack.workload.workload import Workload

BAR = "|"
CURVES = ((CPU, "cores"), (MEMORY, "gib"))
AMOUNTS = ((DISK, "gib"), ("P", ""), ("M", ""), ("PM", ""))
MOST_PROBLEMS = 20
PLAIN_DIGITS = 9  # of a number that needs no check for being too large


def is_curve_table(source: SourceText) -> bool:
    """Does a text start with a name and two curves?"""
    cells = first_cells(source)
    return len(cells) > 2 and BAR in cells[1] and BAR in cells[2]


def is_companion(source: SourceText) -> bool:
    """May a text be one of the tables of three columns beside curves? Only with curves beside it does it mean anything."""
    cells = first_cells(source)
    return len(cells) == 3 and bool(cells[0] and cells[1]) and not read_header(cells).of


def read_curves(curves: SourceText, companions: Sequence[SourceText], name: str) -> Workload:
    """Applications with a curve of CPU and memory each, with copies and limits as the companions say (without: one copy).

    Requests are the tops of the curves. InputError for curves of different lengths, what is no amount, a table of copies
    that names an app without curves, and more.
    """
    problems: list[InputProblem] = []
    found: dict[str, Application] = {}
    for row in read_rows(curves):
        try:
            one = _application(row, name)
            _take(one, row, found)
        except InputError as error:
            problems += error.problems
        if len(problems) >= MOST_PROBLEMS:
            break
    if problems:
        raise InputError(problems)
    notes = []
    for source in companions:
        rows = list(read_rows(source))
        if rows[0].cell(2).isdecimal():
            found = _limited(found, rows, name)
        else:
            found, note = _copied(found, rows)
            notes.append(note)
    points = len(next(iter(found.values())).curves[CPU])
    notes.insert(0, f"curves of CPU and memory over {points:,} points of time; requests are their tops")
    return Workload(name, tuple(found.values()), tuple(notes), sources=(curves.name, *(c.name for c in companions)))


def _take(one: Application, row: Row, found: dict[str, Application]) -> None:
    if one.name in found:
        raise input_error(row.place, f"a second row for {one.name}", f"one, as in {found[one.name].place}")
    first = next(iter(found.values()), one)
    for column, (resource, _) in enumerate(CURVES, 1):
        if len(one.curves[resource]) != len(first.curves[CPU]):
            expected = f"{len(first.curves[CPU]):,}, as in {first.place}"
            raise input_error(row.cell_place(column), f"a curve of {len(one.curves[resource]):,} points", expected)
    found[one.name] = one


def _application(row: Row, group: str) -> Application:
    if len(row.cells) != 1 + len(CURVES) + len(AMOUNTS):
        raise input_error(row.place, f"{len(row.cells)} cells", "app, CPU curve, memory curve, disk, P, M and PM")
    curves = {
        resource: tuple(_amount(row, column, resource, unit, text) for text in row.cell(column).split(BAR))
        for column, (resource, unit) in enumerate(CURVES, 1)
    }
    amounts = {
        resource: _amount(row, column, resource, unit, row.cell(column))
        for column, (resource, unit) in enumerate(AMOUNTS, 1 + len(CURVES))
    }
    tops = {resource: max(curve) for resource, curve in curves.items()}
    asked = {r: amount for r, amount in amounts.items() if amount}
    return Application(row.cell(0), 1, {**tops, **asked}, group=group, kind=ROWS, curves=curves, place=str(row.place))


def _amount(row: Row, column: int, resource: str, unit: str, text: str) -> int:
    """An amount as everywhere, rounded up; plain decimals, of which a trace has millions, without fractions on the way."""
    whole, _, part = text.partition(".")
    if (digits := whole + part).isdecimal() and text.isascii() and len(digits) <= PLAIN_DIGITS:
        return -(-int(digits) * units_of(resource)[unit] // 10 ** len(part))
    try:
        return parse_amount(resource, text, unit)
    except ValueError as error:
        raise input_error(row.cell_place(column), f"{text!r} as {resource}", str(error)) from None


def _copied(found: dict[str, Application], rows: Sequence[Row]) -> tuple[dict[str, Application], str]:
    """The apps with as many copies as have a row, and what the rows say of the machines that they were on."""
    copies = Counter(_known(row, 1, found) for row in rows)
    on = [row.cell(2) for row in rows if row.cell(2)]
    note = f"{len(on):,} of {len(rows):,} copies were on a machine, together on {len(set(on)):,} machines"
    return {app: replace(one, replicas=copies[app]) for app, one in found.items()}, note


def _limited(found: dict[str, Application], rows: Sequence[Row], group: str) -> dict[str, Application]:
    """The apps with the limits that the rows set them."""
    beside: dict[str, dict[str, int]] = {}
    for row in rows:
        if not row.cell(2).isdecimal():
            raise input_error(row.cell_place(2), repr(row.cell(2)), "a number of copies, 0 or more")
        app, other = _known(row, 0, found), _known(row, 1, found)
        most = int(row.cell(2)) + (app == other)
        beside.setdefault(app, {})[other] = min(most, beside.get(app, {}).get(other, most))
    return {app: replace(one, placement=_placement(app, beside.get(app, {}), group)) for app, one in found.items()}


def _placement(app: str, beside: dict[str, int], group: str) -> Placement:
    others = [(f"{group}/{other}", most) for other, most in beside.items() if other != app]
    return Placement(
        max_per_host=beside.get(app),
        apart_from=tuple(key for key, most in others if not most),
        most_beside={key: most for key, most in others if most},
    )


def _known(row: Row, column: int, found: dict[str, Application]) -> str:
    name = row.cell(column)
    if name not in found:
        raise input_error(row.cell_place(column), repr(name), "an app that has curves")
    return name
