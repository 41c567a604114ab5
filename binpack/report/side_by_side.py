"""A trace's ways of sizing side by side: a row for each era, as text, CSV and JSON."""

from __future__ import annotations

from typing import Any

from binpack.comparison import EraResult
from binpack.report.csv_text import csv_text
from binpack.report.figures import counted, number, table, title
from binpack.report.json import comparison_json, era_json
from binpack.report.terminal import assumption_lines
from binpack.report.wrapping import labelled, lines_of, wrapped
from binpack.side_by_side import SIDE_BY_SIDE_SCHEMA, SideBySide, Way, saved
from binpack.units import CPU, MEMORY, format_amount

COLUMNS = (
    "way",
    "era",
    "shape",
    "machines",
    "lower_bound",
    "status",
    "saved",
    "saved_at_least",
    "overfull_machines",
    "why",
)
WORDS = {
    "requests": "as requested",
    "maximum": "each copy by the most that it took at any time",
    "curve": "what stands on a machine fits at every point of time",
    "all at once": "every copy of the trace, whenever it was there",
    "at the peak": "the copies that were there together when most was asked for",
}
SHOWN_UNPLACED = 3
CAUTION = (
    "Percentiles do not add up: the sum of percentiles is not the percentile of the sum, so that machines packed by them "
    "may hold too much at times"
)


def side_by_side_text(found: SideBySide, width: int, all_assumptions: bool = False) -> str:
    """What is placed in each way, the machines of each era, what is saved, what the ways mean, and what was read."""
    last = found.ways[-1].comparison
    head = f"{last.workload}: {counted(last.applications, 'application')}, {counted(last.instances, 'instance')}"
    notes = dict.fromkeys(note for way in found.ways for note in way.comparison.notes)
    blocks = [
        [*lines_of(head, width), *lines_of(last.machine, width)],
        _asked(found),
        [*_machines(found), *lines_of(_legend(found), width)],
        _unplaced(found, width),
        _cautions(found, width),
        _why(found, width),
        labelled("read", notes, width),
        assumption_lines(last, all_assumptions, width),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _asked(found: SideBySide) -> list[str]:
    """The sums of each way."""
    rows = []
    for way in found.ways:
        asked = way.comparison.requested
        sums = [format_amount(resource, asked.get(resource, 0)) for resource in (CPU, MEMORY)]
        rows.append([way.name, number(way.comparison.instances), *sums])
    return table(["sized by", "copies", "CPU", "memory"], rows, (0,))


def _machines(found: SideBySide) -> list[str]:
    header = ["machines", *(cell for way in found.ways for cell in (way.name, *["saved"] * _saves(found, way)))]
    return table(header, [[title(era), *_cells(found, era)] for era in found.eras], (0,))


def _cells(found: SideBySide, era: str) -> list[str]:
    before = found.baseline.row(era)
    cells = []
    for way in found.ways:
        row = way.row(era)
        cells += [_figure(row), *[_saved(before, row)] * _saves(found, way)]
    return cells


def _saves(found: SideBySide, way: Way) -> bool:
    """Whether a way is one that may save something: those after the baseline."""
    return found.ways.index(way) > found.ways.index(found.baseline)


def _figure(row: EraResult | None) -> str:
    """Machines, with the bound where that is lower."""
    if row is None:
        return "-"
    if row.plan.unplaced:
        return "unfit"
    bound = "" if row.plan.status == "optimal" else f" (>= {row.plan.lower_bound:,})"
    return f"{row.machines:,}{bound}"


def _saved(before: EraResult | None, after: EraResult | None) -> str:
    """The share of the baseline's machines that are fewer, and how much of it is proven where that is not all."""
    fewer = None if before is None or after is None else saved(before, after)
    if fewer is None or before is None or not before.machines:
        return "-"
    found, least = (count / before.machines for count in fewer)
    return f"{found:.1%}" if least == found else f"{found:.1%} (>= {max(0.0, least):.1%})"


def _legend(found: SideBySide) -> str:
    words = [f"{way.name}: {WORDS[way.name]}" for way in found.ways if way.name in WORDS]
    words.append(f"saved: against {found.baseline.name}")
    if any(row.plan.unplaced for way in found.ways for row in way.comparison.rows):
        words.append("unfit: not everything has a place")
    return "; ".join(words)


def _unplaced(found: SideBySide, width: int) -> list[str]:
    """The first of what has no place in each way, and why."""
    lines: list[str] = []
    for way in found.ways:
        lost = {u.application: u for row in way.comparison.rows for u in row.plan.unplaced}
        for unplaced in list(lost.values())[:SHOWN_UNPLACED]:
            text = f"{way.name}: {unplaced.application} x {unplaced.count}: {unplaced.reason}"
            lines += wrapped("" if lines else "unplaced", text, width)
        if len(lost) > SHOWN_UNPLACED:
            lines.append(f"{'':<9}and {len(lost) - SHOWN_UNPLACED} more: --format json lists them all, with reasons")
    return lines


def _cautions(found: SideBySide, width: int) -> list[str]:
    """What goes wrong at some time with plans by anything less than the maximum."""
    lines: list[str] = []
    for way in found.ways:
        over = {era: count for era, count in (way.overfull or {}).items() if count}
        if not over:
            continue
        told = ", ".join(f"{title(era)} {count:,} of {_count(way, era):,}" for era, count in over.items())
        text = f"packed by {way.name}, machines that hold too much at some time: {told}"
        lines += wrapped("" if lines else "caution", text, width)
    if any(way.name.startswith("p") for way in found.ways):
        lines += wrapped("" if lines else "caution", CAUTION, width)
    return lines


def _count(way: Way, era: str) -> int:
    row = way.row(era)
    return 0 if row is None else row.machines


def _why(found: SideBySide, width: int) -> list[str]:
    """The sums behind the bounds of the baseline and of the last way."""
    rows = [(way, row) for way in (found.baseline, found.ways[-1]) for row in way.comparison.rows]
    return labelled("why", (f"{title(row.era)}, {way.name}: {row.why}" for way, row in rows), width)


def side_by_side_csv(found: SideBySide) -> str:
    """One row for each way and era; what is not known is empty."""
    rows = ((way, row) for way in found.ways for row in way.comparison.rows)
    return csv_text(COLUMNS, ({**era_json(row), **_more(found, way, row)} for way, row in rows))


def _more(found: SideBySide, way: Way, row: EraResult) -> dict[str, Any]:
    before = found.baseline.row(row.era)
    fewer = None if before is None else saved(before, row)
    return {
        "way": way.name,
        "saved": None if fewer is None else fewer[0],
        "saved_at_least": None if fewer is None else fewer[1],
        "overfull_machines": None if way.overfull is None else way.overfull.get(row.era),
    }


def side_by_side_json(found: SideBySide) -> dict[str, Any]:
    """Each way with a comparison as ``eras`` gives it, and what it saves against the baseline."""
    return {
        "schema": SIDE_BY_SIDE_SCHEMA,
        "ways": [
            {
                "name": way.name,
                "comparison": comparison_json(way.comparison),
                "savings": [{"era": row.era, **_savings(_more(found, way, row))} for row in way.comparison.rows],
            }
            for way in found.ways
        ],
    }


def _savings(more: dict[str, Any]) -> dict[str, Any]:
    return {key: more[key] for key in ("saved", "saved_at_least", "overfull_machines")}
