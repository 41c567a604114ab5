"""How the order of the eras depends on assumptions: a page for people, CSV and JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from binpack.comparison import Comparison
from binpack.report.figures import counted, dollars, number, plain_title, table
from binpack.report.terminal import assumption_lines, workload_lines
from binpack.report.wrapping import lines_of, unbroken
from binpack.sensitivity import BreakEven, EraCount, Point, Swept

SWEEP_SCHEMA = "binpack.sweep/1"
SHORT = {
    "physical_per_application": "per app",
    "virtual_machines": "VMs",
    "docker_swarm": "Swarm",
    "kubernetes_on_vms": "K8s on VMs",
}
COLUMNS = (
    *("assumption", "unit", "value", "label", "first_tried", "era", "rank", "machines", "cost_per_month"),
    *("lower_bound", "status", "unplaced"),
)
SHOWN = 6
"""Changes of order that are shown of an assumption: proven ones first, those where eras change places before others."""


def sweep_text(comparison: Comparison, swept: Sequence[Swept], width: int, all_assumptions: bool = False) -> str:
    """Which assumption matters most, the eras at each value, where their order changes, and what else is assumed."""
    blocks = [
        [*workload_lines(comparison, width), *lines_of(comparison.machine, width)],
        lines_of(summary(swept), width, "  ", "  "),
        *_figures(swept, width),
        lines_of(_legend(swept), width),
        assumption_lines(comparison, all_assumptions, width),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def summary(swept: Sequence[Swept]) -> str:
    """Which assumption changes the figures most, and which the order of the eras."""
    first = swept[0]
    if not any(each.change or each.break_evens for each in swept):
        return "Nothing here changes the answer."
    what = "costs" if first.by_cost else "machines"
    ends = " to ".join(first.axis.label(first.axis.points[k]) for k in (0, -1))
    words = f"{first.axis.name} matters most: from {ends} the {what} of an era change by {_percent(first)} in the mean."
    order = max(swept, key=lambda each: (sum(map(each.proven, each.break_evens)), len(each.break_evens)))
    if not order.break_evens:
        return f"{words} The order of the eras is the same everywhere."
    proven = sum(map(order.proven, order.break_evens))
    changed = counted(len(order.break_evens), "change")
    changed += "" if proven == len(order.break_evens) else f", {proven} of them proven"
    if order is first:
        return f"{words} It changes their order most, too: {changed}."
    return f"{words} The order of the eras depends most on {order.axis.name}: {changed}."


def _figures(swept: Sequence[Swept], width: int) -> Iterator[list[str]]:
    """A block for each assumption: the eras at its values, in columns that all blocks share, and where the order changes."""
    eras = list(swept[0].run.counts)
    header = ["", *(SHORT.get(era, plain_title(era)) for era in eras)]
    groups = [_cells(each, eras) for each in swept]
    lines = table(header, [cells for group in groups for cells in group], (0,))
    head, rest = lines[0], lines[1:]
    for k, (each, group) in enumerate(zip(swept, groups, strict=True)):
        own, rest = rest[: len(group)], rest[len(group) :]
        outside = "" if each.axis.own is not None else f"; in the run {each.axis.own_label}"
        title = f"{each.axis.name}: {_percent(each)}{outside}"
        yield [*([head] if k == 0 else []), title, *own, *_break_evens(each, width)]


def _cells(each: Swept, eras: Sequence[str]) -> list[list[str]]:
    """A line for each value that was tried first, the run's own marked."""
    lines = []
    for value in each.axis.points:
        label = each.axis.label(value) + (" *" if value == each.axis.own else "")
        counts = each.points[value].counts
        lines.append([f"  {label}", *(_amount(counts.get(era), each.by_cost) for era in eras)])
    return lines


def _break_evens(each: Swept, width: int) -> Iterator[str]:
    """The changes of order between two values on a line, the most important ones first where there are too many."""
    found = sorted(each.break_evens, key=lambda change: (not each.proven(change), not each.reverses(change)))
    shown = sorted(found[:SHOWN], key=lambda change: change.below)
    for (below, above), changed in groupby(shown, key=lambda change: (change.below, change.above)):
        where = unbroken(f"{each.axis.label(below)} to {each.axis.label(above)}:")
        told = ", ".join(unbroken(_told(each, change)) for change in changed)
        yield from lines_of(f"{where} {told}", width, "  order  ", "         ")
    if len(found) > SHOWN:
        yield f"         and {counted(len(found) - SHOWN, 'change')} more: --format json"


def _told(each: Swept, change: BreakEven) -> str:
    """``Kubernetes 7 < VMs 8 becomes 9 > 8``."""
    sides = [each.points[change.below], each.points[change.above]]
    names = [SHORT.get(era, plain_title(era)) for era in (change.first, change.second)]
    signs = ["<=>"[side.order(change.first, change.second) + 1] for side in sides]
    (a, b), (c, d) = (
        [_amount(side.counts[era], side.by_cost) for era in (change.first, change.second)] for side in sides
    )
    sure = "" if each.proven(change) else " (not proven)"
    return f"{names[0]} {a} {signs[0]} {names[1]} {b} becomes {c} {signs[1]} {d}{sure}"


def _amount(count: EraCount | None, by_cost: bool) -> str:
    if count is None:
        return "-"
    if count.unplaced:
        return "unfit"
    return dollars(count.cost_per_month) if by_cost else number(count.machines)


def _percent(each: Swept) -> str:
    return f"{float(each.change):.0%}"


def _legend(swept: Sequence[Swept]) -> str:
    """What the figures are, and what the search cannot see."""
    costs = {each.by_cost for each in swept}
    what = "machines" if costs == {False} else "dollars a month" if costs == {True} else "machines, or dollars a month,"
    words = [f"{what} of each era, one assumption changed at a time"]
    words.append("per cent: most less fewest over the run's, the mean of the eras")
    if any(each.axis.own is not None for each in swept):
        words.append("*: the run's own")
    if any(count.unplaced for each in swept for point in each.points.values() for count in point.counts.values()):
        words.append("unfit: not everything has a place")
    eras = set(swept[0].run.counts)
    if any(eras - set(point.counts) for each in swept for point in each.points.values()):
        words.append("-: no such era on these machines")
    if any(each.break_evens for each in swept):
        words.append("order: where two eras change places, part or draw level")
    return "; ".join(words)


def sweep_csv(swept: Sequence[Swept]) -> str:
    """One row for each assumption, value and era, values of the search for break-even among them; unknown is empty."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for each in swept:
        for value in each.points:
            found = _point_json(each, value)
            eras = found.pop("eras")
            writer.writerows({"assumption": each.axis.name, "unit": each.axis.unit, **found, **era} for era in eras)
    return stream.getvalue()


def sweep_json(comparison: Comparison, swept: Sequence[Swept]) -> dict[str, Any]:
    """Every assumption, the one that changes most first, with all values counted and every change of order."""
    return {
        "schema": SWEEP_SCHEMA,
        "workload": comparison.workload,
        "instances": comparison.instances,
        "summary": summary(swept),
        "run": _eras_json(swept[0].run),
        "assumptions": [
            {
                "name": each.axis.name,
                "unit": each.axis.unit,
                "run": each.axis.own_label,
                "compared": "cost" if each.by_cost else "machines",
                "change": round(float(each.change), 6),
                "points": [_point_json(each, value) for value in each.points],
                "break_evens": [_break_even_json(each, change) for change in each.break_evens],
            }
            for each in swept
        ],
    }


def _point_json(each: Swept, value: int) -> dict[str, Any]:
    axis = each.axis
    return {
        "value": value if axis.unit else None,
        "label": axis.label(value),
        "first_tried": value in axis.points,
        "eras": _eras_json(each.points[value]),
    }


def _eras_json(point: Point) -> list[dict[str, Any]]:
    """Each era with its rank, 1 for the best; level eras share one."""
    ranks = sorted(point.rank(era) for era in point.counts)
    return [
        {
            **count._asdict(),
            "cost_per_month": _in_dollars(count),
            "rank": ranks.index(point.rank(era)) + 1,
        }
        for era, count in point.counts.items()
    ]


def _in_dollars(count: EraCount) -> float | None:
    return None if count.cost_per_month is None else count.cost_per_month / 10**6


def _break_even_json(each: Swept, change: BreakEven) -> dict[str, Any]:
    sides = {"below": change.below, "above": change.above}
    return {
        "eras": [change.first, change.second],
        "reverses": each.reverses(change),
        "proven": each.proven(change),
        **{side: _side_json(each, value, change) for side, value in sides.items()},
    }


def _side_json(each: Swept, value: int, change: BreakEven) -> dict[str, Any]:
    counts = [each.points[value].counts[era] for era in (change.first, change.second)]
    return {
        "value": value if each.axis.unit else None,
        "label": each.axis.label(value),
        "machines": [count.machines for count in counts],
        "cost_per_month": [_in_dollars(count) for count in counts],
    }
