"""The same eras on several choices of machines (years of hardware, one's own, providers'): a row for each era and choice, as
text, CSV and JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from binpack.comparison import Alternative, EraResult
from binpack.report.csv_text import csv_text
from binpack.report.figures import dollars, kilowatts, number, proven, table, title
from binpack.report.json import comparison_json, era_json
from binpack.report.terminal import assumption_lines, workload_lines
from binpack.report.wrapping import labelled, lines_of
from binpack.units import CPU, DISK, MEMORY, format_amount

CHOICES_SCHEMA = "binpack.machine_choices/1"
SHOWN = 3  # types of a choice that are listed
COLUMNS = (
    *("alternative", "machine", "machine_year", "cpu_milli", "memory_bytes", "era", "shape", "machines", "types"),
    *("lower_bound", "status", "rack_units", "cpu_used", "memory_used", "watts", "cost_per_month", "full_of", "why"),
)


def choices_text(alternatives: Sequence[Alternative], width: int, all_assumptions: bool = False) -> str:
    """The machines of each choice, then each era on all of them, what there is to say of it, and what was assumed."""
    last = alternatives[-1].comparison
    asked = {each.comparison.requested.get(CPU, 0) for each in alternatives}
    machines = [_machine_line(each, len(asked) > 1) for each in alternatives]
    blocks = [
        workload_lines(last, width),
        [line for text in machines for line in lines_of(text, width, "", "      ")],
        [*_table(alternatives), *_legend(alternatives)],
        labelled("read", list(dict.fromkeys(note for each in alternatives for note in each.comparison.notes)), width),
        assumption_lines(last, all_assumptions, width),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def choices_csv(alternatives: Sequence[Alternative]) -> str:
    """One row for each choice and era; shares from 0 to 1, unknown is empty; so is the machine of several."""
    return csv_text(COLUMNS, (_cells(each, row) for each in alternatives for row in each.comparison.rows))


def _cells(each: Alternative, row: EraResult) -> dict[str, Any]:
    found = era_json(row)
    used = {f"{resource}_used": found["utilisation"].get(resource) for resource in (CPU, MEMORY)}
    return {**found, **_only_machine(each), **used, "types": _types(row)}


def choices_json(alternatives: Sequence[Alternative]) -> dict[str, Any]:
    """Each choice with its machines and a comparison as ``eras`` gives it."""
    return {
        "schema": CHOICES_SCHEMA,
        "alternatives": [
            {
                "name": each.name,
                "machines": [
                    {"name": machine.name, "year": machine.year, "source": machine.source} for machine in each.machines
                ],
                "comparison": comparison_json(each.comparison),
            }
            for each in alternatives
        ],
    }


def _only_machine(each: Alternative) -> dict[str, Any]:
    """What there is to say of the machine of a choice, if it is a single one."""
    if len(each.machines) > 1:
        return {"alternative": each.name}
    [machine] = each.machines
    return {
        "alternative": each.name,
        "machine": machine.name,
        "machine_year": machine.year,
        "cpu_milli": machine.capacity[CPU],
        "memory_bytes": machine.capacity[MEMORY],
    }


def _table(alternatives: Sequence[Alternative]) -> list[str]:
    """Space and power only where some machine has them, cost where some has a price, types where there is a choice."""
    eras = list(dict.fromkeys(row.era for each in alternatives for row in each.comparison.rows))
    rows = [(each, row) for era in eras for each in alternatives for row in each.comparison.rows if row.era == era]
    columns = [
        ("era", [title(row.era) for _, row in rows]),
        ("on", [each.name for each, _ in rows]),
        ("machines", [number(row.machines) for _, row in rows]),
        ("proven", [proven(row) for _, row in rows]),
    ]
    if any(row.rack_units is not None for _, row in rows):
        units = [None if row.rack_units is None else int(row.rack_units) for _, row in rows]
        columns.append(("rack units", [number(each) for each in units]))
    columns += [
        (f"{resource} used", [_percent(row.utilisation.get(resource)) for _, row in rows]) for resource in (CPU, MEMORY)
    ]
    if any(row.watts is not None for _, row in rows):
        columns.append(("kW", [kilowatts(row.watts if row.machines else None) for _, row in rows]))
    if any(row.cost_per_month is not None and row.machines for _, row in rows):
        columns.append(("$/month", [dollars(row.cost_per_month if row.machines else None) for _, row in rows]))
    columns.append(("full of", [row.full_of for _, row in rows]))
    if any(len(each.machines) > 1 for each in alternatives):
        columns.append(("types", [_types(row) for _, row in rows]))
    left = [k for k, (name, _) in enumerate(columns) if name in ("era", "on", "full of", "types")]
    return table([name for name, _ in columns], list(zip(*(cells for _, cells in columns), strict=True)), left)


def _types(row: EraResult) -> str:
    return ", ".join(f"{count} {name}" for name, count in row.machines_by_type.items())


def _legend(alternatives: Sequence[Alternative]) -> Iterator[str]:
    of_a_year = [machine for each in alternatives for machine in each.machines if machine.year is not None]
    if of_a_year:
        disk = "" if any(DISK in machine.capacity for machine in of_a_year) else "; disk is no limit"
        yield f"as listed: often less than a server takes{disk}; --machines FILE for yours"
    if any(row.plan.unplaced for each in alternatives for row in each.comparison.rows):
        yield "unfit: not everything has a place; --format json says what and why"


def _machine_line(each: Alternative, with_request: bool) -> str:
    """The machines of a choice, and what is requested in their threads where that is not the same in all of them."""
    request = f"; {format_amount(CPU, each.comparison.requested.get(CPU, 0))} CPU requested" if with_request else ""
    if len(each.machines) > 1:
        names = ", ".join(machine.name for machine in each.machines[:SHOWN])
        return f"{each.name}  {len(each.machines)} types to choose from: {names} ...{request}"
    [machine] = each.machines
    threads, memory = (format_amount(resource, machine.capacity[resource]) for resource in (CPU, MEMORY))
    of = "" if machine.year is None else f" of {machine.year}"
    units = ""
    if machine.rack_units is not None:
        units = f", {machine.rack_units} rack unit{'s' if machine.rack_units > 1 else ''}"
    listed = "" if machine.year is None else " as listed"
    return f"{each.name}  {machine.name}{of}: {threads} threads, {memory}{listed}{units}{request}"


def _percent(value: Fraction | None) -> str:
    """One decimal: a machine of today is hardly used by a copy of yesterday."""
    return "-" if value is None else f"{float(value):.1%}"
