"""The same eras on the hardware of several years: a row for each era and year, as text, CSV and JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from binpack.comparison import EraResult, HardwareYear
from binpack.report.figures import kilowatts, number, proven, table, title
from binpack.report.json import comparison_json, era_json
from binpack.report.terminal import assumption_lines, workload_lines
from binpack.report.wrapping import lines_of
from binpack.units import CPU, MEMORY, format_amount

HARDWARE_SCHEMA = "binpack.hardware/1"
HEADER = ("era", "year", "machines", "proven", "rack units", "cpu used", "memory used", "kW")
COLUMNS = (
    *("hardware_of", "machine", "machine_year", "cpu_milli", "memory_bytes", "era", "shape", "machines", "lower_bound"),
    *("status", "rack_units", "cpu_used", "memory_used", "watts", "why"),
)


def years_text(years: Sequence[HardwareYear], width: int, all_assumptions: bool = False) -> str:
    """The machines of the years, then each era through the years, and what was assumed."""
    last = years[-1].comparison
    asked = {each.comparison.requested.get(CPU, 0) for each in years}
    machines = [_machine_line(each, len(asked) > 1) for each in years]
    lines = [
        _cells(each.year, row)
        for era in _eras(years)
        for each in years
        for row in each.comparison.rows
        if row.era == era
    ]
    blocks = [
        workload_lines(last, width),
        [line for text in machines for line in lines_of(text, width, "", "      ")],
        [*table(HEADER, lines, (0,)), *_legend(years)],
        assumption_lines(last, all_assumptions, width),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def years_csv(years: Sequence[HardwareYear]) -> str:
    """One row for each year and era; shares from 0 to 1, unknown is empty."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for each in years:
        machine = {
            "hardware_of": each.year,
            "machine": each.machine,
            "machine_year": each.machine_year,
            "cpu_milli": each.capacity[CPU],
            "memory_bytes": each.capacity[MEMORY],
        }
        for row in each.comparison.rows:
            found = era_json(row)
            used = {f"{resource}_used": found["utilisation"].get(resource) for resource in (CPU, MEMORY)}
            writer.writerow({**found, **machine, **used})
    return stream.getvalue()


def years_json(years: Sequence[HardwareYear]) -> dict[str, Any]:
    """Each year with its machine and a comparison as ``eras`` gives it."""
    return {
        "schema": HARDWARE_SCHEMA,
        "years": [
            {
                "year": each.year,
                "machine": each.machine,
                "machine_year": each.machine_year,
                "source": each.source,
                "comparison": comparison_json(each.comparison),
            }
            for each in years
        ],
    }


def _eras(years: Sequence[HardwareYear]) -> Iterator[str]:
    yield from dict.fromkeys(row.era for each in years for row in each.comparison.rows)


def _legend(years: Sequence[HardwareYear]) -> list[str]:
    if any(row.plan.unplaced for each in years for row in each.comparison.rows):
        return ["unfit: not everything has a place; --format json says what and why"]
    return []


def _machine_line(each: HardwareYear, with_request: bool) -> str:
    """The machine of a year, and what is requested in its threads where that is not the same in all years."""
    threads, memory = (format_amount(resource, each.capacity[resource]) for resource in (CPU, MEMORY))
    units = "rack unit" if (each.rack_units or 0) <= 1 else "rack units"
    request = f"; {format_amount(CPU, each.comparison.requested.get(CPU, 0))} CPU requested" if with_request else ""
    size = f"{threads} threads, {memory}, {each.rack_units} {units}"
    return f"{each.year}  {each.machine} of {each.machine_year}: {size}{request}"


def _cells(year: int, row: EraResult) -> list[str]:
    units = None if row.rack_units is None else int(row.rack_units)
    used = [_percent(row.utilisation.get(resource)) for resource in (CPU, MEMORY)]
    power = kilowatts(row.watts if row.machines else None)
    return [title(row.era), str(year), number(row.machines), proven(row), number(units), *used, power]


def _percent(value: Fraction | None) -> str:
    """One decimal: a machine of today is hardly used by a copy of yesterday."""
    return "-" if value is None else f"{float(value):.1%}"
