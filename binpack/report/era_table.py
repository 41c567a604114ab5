"""The table of eras: as many columns as the terminal has room for, and a legend that names what was left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from binpack.comparison import EraResult
from binpack.listing import listed
from binpack.report.figures import (
    PARTLY,
    bar,
    copies_per_machine,
    dollars,
    duration,
    kilograms,
    kilowatts,
    number,
    overhead_memory,
    proven,
    share,
    starts,
    table,
    title,
    unknown_of,
    updates,
)
from binpack.report.wrapping import lines_of, unbroken
from binpack.units import format_bytes

TIMES = ("starts", "deploy all", "update all")
SHOWN_UNKNOWN = 4
_NEVER = 1_000
_CROWDED = 5  # from this step on the gaps may be narrow too


@dataclass(frozen=True)
class Column:
    """A title, a cell for each era, and how the column gives way where room is short.

    shorten, drop : the step at which it takes its short form, or goes; the least important first.
    """

    title: str
    cells: tuple[str, ...]
    left: bool = False
    drop: int = _NEVER
    shorten: int = _NEVER
    short_title: str = ""
    short_cells: tuple[str, ...] = ()

    def at(self, step: int) -> Column | None:
        """The column as it is after a step; None if it is gone."""
        if step >= self.drop:
            return None
        if step >= self.shorten:
            return replace(self, title=self.short_title, cells=self.short_cells or self.cells)
        return self


def era_table(rows: Sequence[EraResult], width: int) -> list[str]:
    """One line per era, as much as fits the width, and the legend that says what the words mean and what had no room."""
    columns = _columns(rows)
    last = max((step for c in columns for step in (c.drop, c.shorten) if step < _NEVER), default=0)
    for step in range(last + 1):
        shown = [short for column in columns if (short := column.at(step)) is not None]
        left_out = [column.title for column in columns if column.at(step) is None]
        for gap in (2, 1) if step >= _CROWDED else (2,):
            lines = _lines(shown, gap)
            if max(map(len, lines)) <= width:
                return [*lines, *_legend(rows, shown, left_out, width)]
    return [*lines, *_legend(rows, shown, left_out, width)]


def _columns(rows: Sequence[EraResult]) -> list[Column]:
    """All that is worth a column; racks and power, or a price, only where some era has them."""
    largest = max((overhead_memory(row) for row in rows), default=0)
    amounts = [format_bytes(overhead_memory(row)) for row in rows]
    longest = max(map(len, amounts), default=0)
    bars = [f"{a:>{longest}} {bar(overhead_memory(row), largest)}" for a, row in zip(amounts, rows, strict=True)]
    short_amounts = tuple(f"{amount:>{longest}}" for amount in amounts)
    columns = [
        Column("era", tuple(title(row.era) for row in rows), left=True),
        Column("machines", tuple(number(row.machines) for row in rows)),
        Column("proven", tuple(proven(row) for row in rows)),
        Column("+1 spare", tuple(number(row.plus_one_spare) for row in rows), drop=11, shorten=6, short_title="+1"),
    ]
    if any(row.rack_units is not None for row in rows):
        units = tuple(number(None if row.rack_units is None else int(row.rack_units)) for row in rows)
        columns.append(Column("racks", units, drop=10))
    columns += [
        Column("per machine", tuple(copies_per_machine(row) for row in rows), drop=8, shorten=4, short_title="each"),
        Column("overhead memory", tuple(bars), True, 12, 5, "overhead", short_amounts),
        Column("full of", tuple(f"{row.full_of} {share(row.full_share)}".strip() for row in rows), left=True),
        Column("starts", tuple(starts(row) for row in rows), left=True, drop=9),
        Column("deploy all", tuple(duration(row.times.deploy_all) for row in rows), left=True, drop=2),
        Column("update all", tuple(duration(row.times.update_all) for row in rows), left=True, drop=1),
        Column("updates", tuple(updates(row) for row in rows), left=True, drop=3),
    ]
    if any(row.watts is not None for row in rows):
        columns.append(Column("kW", tuple(kilowatts(row.watts) for row in rows), drop=7))
    if any(row.carbon_per_month is not None for row in rows):
        columns.append(Column("kg CO2", tuple(kilograms(row.carbon_per_month) for row in rows), drop=7))
    if any(row.licences for row in rows):
        columns.append(Column("licences", tuple(dollars(row.costs["licences"]) for row in rows), drop=6))
    if any(row.cost_per_month is not None and row.machines for row in rows):
        costs = tuple(dollars(row.cost_per_month if row.machines else None) for row in rows)
        columns.append(Column("$/month", costs))
    return columns


def _lines(columns: Sequence[Column], gap: int) -> list[str]:
    lines = [list(line) for line in zip(*(column.cells for column in columns), strict=True)]
    left = [k for k, column in enumerate(columns) if column.left]
    return table([column.title for column in columns], lines, left, gap)


def _legend(rows: Sequence[EraResult], columns: Sequence[Column], left_out: Sequence[str], width: int) -> list[str]:
    """What the short words mean, and which columns had no room."""
    shown = {column.title for column in columns}
    words = []
    if spare := shown & {"+1 spare", "+1"}:
        words.append(f"{spare.pop()}: machines of which any one may fail")
    if "racks" in shown:
        racked = [(row.rack_units, row.machines) for row in rows if row.rack_units is not None]
        two = all(units == -(-machines // 2) for units, machines in racked)
        words.append("racks: rack units" + (", two machines to a unit" if two else ""))
    if copies := shown & {"per machine", "each"}:
        words.append(f"{copies.pop()}: copies on a machine")
    if "starts" in shown:
        words.append("starts: one copy")
    if "kg CO2" in shown:
        words.append("kg CO2: a month")
    if "updates" in shown:
        words.append("updates: without downtime")
    notes = ["; ".join(map(unbroken, words))]
    if any(PARTLY in cell for column in columns for cell in column.cells if column.title in TIMES):
        names = list(dict.fromkeys(name for row in rows for name in unknown_of(row.times)))
        notes.append(f"{PARTLY}: of others; no source gives it for {listed(names, SHOWN_UNKNOWN)}")
    if left_out:
        notes.append(f"no room for {', '.join(left_out)}: widen the terminal, or see --format csv")
    return [line for note in notes for line in lines_of(note, width)]
