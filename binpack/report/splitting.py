"""Wholes against parts over levels of load: two rows for each load, as text, CSV and JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from binpack.report.csv_text import csv_text
from binpack.report.figures import counted, dollars, number, proven, table, title
from binpack.report.json import era_json
from binpack.report.wrapping import labelled, lines_of, wrapped
from binpack.split import SPLIT_SCHEMA, LoadLevel, Side, Splitting, Traffic, Turn
from binpack.units import CPU, MEMORY, format_amount, format_bytes

COLUMNS = (
    *("load", "shape", "copies", "cpu_milli", "memory_bytes", "fixed_cpu_milli", "fixed_memory_bytes", "machines"),
    *("lower_bound", "status", "cost_per_month", "volume_bound", "load_volume_bound"),
    *("counted_in", "saved", "saved_by_scaling", "saved_by_calls", "saved_by_processes", "saved_by_packing", "verdict"),
    *("call_cpu_milli", "traffic_bytes_per_second", "crossing_bytes_per_second", "why"),
)
LEGEND = (
    "whole: copies of the whole; split: its parts, each with copies for its own load; fixed: what a process takes "
    "whatever its load; saved: machines, fewer (or with -: more) for the parts; scaling: of these, by what is requested "
    "for the load; processes: by what is fixed and what the era charges for a copy; packing: by what the grains leave free"
)
BESIDE = {"energy": "by what machines draw under load", "licences": "by licences"}
"""Parts of the bill that fall to packing."""
CALLS = (
    "calls: of these, by the CPU of calls that were none within one process; traffic: of calls, bytes a second; crossing: "
    "of them, those between machines, each call answered by any copy with the same chance"
)
TURNS = "from ... on: found by bisection between two loads of the table; between others it may turn and turn back"
SHOWN_WHOLES = 5
SHOWN_UNPLACED = 5


def split_text(found: Splitting, width: int) -> str:
    """What is split, what splitting does, a table, and what its columns mean."""
    names = ", ".join(found.wholes[:SHOWN_WHOLES]) + (" ..." if len(found.wholes) > SHOWN_WHOLES else "")
    head = f"{found.workload}, {title(found.era)}: {names}, whole and split"
    blocks = [
        [*lines_of(head, width), *lines_of(found.machine, width)],
        lines_of(headline(found), width, "  ", "  "),
        [*_table(found), *lines_of(_legend(found), width)],
        _unplaced(found, width),
        labelled("read", found.notes, width),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _legend(found: Splitting) -> str:
    by_cost = any(level.split.by_cost for level in found.levels)
    legend = LEGEND.replace("saved: machines, fewer", "saved: a month, less") if by_cost else LEGEND
    parts = {part for level in found.levels for side in (level.whole, level.split) for part in side.row.costs}
    legend += "".join(f", {words}" for part, words in BESIDE.items() if by_cost and part in parts)
    return "; ".join([legend, *[CALLS] * _calls(found), *[TURNS] * bool(found.turns)])


def _calls(found: Splitting) -> bool:
    """Whether any component calls another one."""
    return any(level.split.call_cpu or (level.split.traffic and level.split.traffic.total) for level in found.levels)


def headline(found: Splitting) -> str:
    """The verdict at the lowest load and every turn; that it never saves, where it does not."""
    first, last = found.levels[0], found.levels[-1]
    words = {
        "saves": "splitting saves",
        "costs": "splitting costs more than it saves",
        "equal": "splitting changes nothing",
        "open": "the bounds leave open what splitting does",
        "unfit": "not everything has a place",
    }
    parts = [f"From {first.load}x on {words[first.verdict]}"]
    parts += [f"from {turn.load}x on {words[turn.after]}".replace("splitting", "it") for turn in found.turns]
    sentence = "; ".join(parts) + (f": {_in_place_of(last)}." if last.verdict in ("saves", "costs") else ".")
    verdicts = {level.verdict for level in found.levels} | {turn.after for turn in found.turns}
    if "open" in verdicts:
        return f"{sentence} A longer --time-limit may tell."
    return sentence + (" Proven." if "saves" in verdicts else " It saves at none of these loads. Proven.")


def _in_place_of(level: LoadLevel) -> str:
    """What the parts need in place of what the wholes do."""
    split, whole = level.split.row, level.whole.row
    if whole.cost_per_month is not None:
        return f"at {level.load}x {dollars(split.cost_per_month)} a month in place of {dollars(whole.cost_per_month)}"
    return f"at {level.load}x {counted(split.machines, 'machine')} in place of {number(whole.machines)}"


def _unplaced(found: Splitting, width: int) -> list[str]:
    """What has no place at the lowest load at which that is so, and why."""
    level = next((level for level in found.levels if level.verdict == "unfit"), None)
    if level is None:
        return []
    lost = [("whole", u) for u in level.whole.row.plan.unplaced] + [("split", u) for u in level.split.row.plan.unplaced]
    words = [f"{level.load}x, {shape}: {u.application} x {u.count}: {u.reason}" for shape, u in lost[:SHOWN_UNPLACED]]
    return [line for text in words for line in wrapped("unplaced", text, width)]


def split_csv(found: Splitting) -> str:
    """One row for each load and shape; what is saved stands in the row of the parts."""
    sides = ((level, side) for level in found.levels for side in (level.whole, level.split))
    return csv_text(COLUMNS, (_cells(level, side) for level, side in sides))


def _cells(level: LoadLevel, side: Side) -> dict[str, Any]:
    split = side is level.split
    return {
        **era_json(side.row),
        "load": level.load,
        "shape": "split" if split else "whole",
        "copies": side.copies,
        "cpu_milli": side.requested.get(CPU, 0),
        "memory_bytes": side.requested.get(MEMORY, 0),
        "fixed_cpu_milli": side.fixed.get(CPU, 0),
        "fixed_memory_bytes": side.fixed.get(MEMORY, 0),
        "counted_in": _unit(level),
        **_volumes(side),
        **_traffic(side),
        **(_saved(level) if split else {}),
    }


def split_json(found: Splitting) -> dict[str, Any]:
    """Every level with both sides, each row as ``eras`` gives it, and the turns."""
    return {
        "schema": SPLIT_SCHEMA,
        "workload": found.workload,
        "era": found.era,
        "wholes": list(found.wholes),
        "machine": found.machine,
        "levels": [_level(level) for level in found.levels],
        "turns": [_turn(turn) for turn in found.turns],
        "notes": list(found.notes),
    }


def _level(level: LoadLevel) -> dict[str, Any]:
    sides = {"whole": _side(level.whole), "split": _side(level.split)}
    return {"load": level.load, "counted_in": _unit(level), **_saved(level), **sides}


def _saved(level: LoadLevel) -> dict[str, Any]:
    saved = {
        "saved": level.saved,
        "saved_by_scaling": level.saved_by_scaling,
        "saved_by_calls": level.saved_by_calls,
        "saved_by_processes": level.saved_by_processes,
        "saved_by_packing": level.saved_by_packing,
    }
    amounts = {key: _amount(value, level.split.by_cost) for key, value in saved.items()}
    return {**amounts, "verdict": level.verdict}


def _unit(level: LoadLevel) -> str:
    return "dollars_per_month" if level.split.by_cost else "machines"


def _amount(amount: int | None, by_cost: bool) -> float | None:
    """Machines, or dollars of micro-dollars."""
    return amount / 10**6 if by_cost and amount is not None else amount


def _volumes(side: Side) -> dict[str, Any]:
    return {
        "volume_bound": _amount(side.volume, side.by_cost),
        "load_volume_bound": _amount(side.load_volume, side.by_cost),
    }


def _side(side: Side) -> dict[str, Any]:
    return {
        "copies": side.copies,
        "requested": dict(side.requested),
        "fixed": dict(side.fixed),
        **_volumes(side),
        **_traffic(side),
        "row": era_json(side.row),
    }


def _traffic(side: Side) -> dict[str, Any]:
    """What calls take, and what they say to each other; null where something has no place."""
    return {
        "call_cpu_milli": side.call_cpu,
        "traffic_bytes_per_second": None if side.traffic is None else side.traffic.total,
        "crossing_bytes_per_second": None if side.traffic is None else side.traffic.crossing,
    }


def _turn(turn: Turn) -> dict[str, Any]:
    return {"load": turn.load, "before": turn.before, "after": turn.after}


def _table(found: Splitting) -> list[str]:
    sides = [side for level in found.levels for side in (level.whole, level.split)]
    fixed, priced = any(any(s.fixed.values()) for s in sides), any(s.row.cost_per_month is not None for s in sides)
    header = ["load", "shape", "copies", "CPU", "memory", *["fixed memory"] * fixed, "machines", "proven"]
    calls = _calls(found)
    header += [*["$/month"] * priced, "saved", "scaling", *["calls"] * calls, "processes", "packing"]
    header += ["traffic", "crossing"] * calls
    return table(header, [cells for level in found.levels for cells in _rows(level, fixed, priced, calls)], (1,))


def _rows(level: LoadLevel, fixed: bool, priced: bool, calls: bool) -> Iterator[list[str]]:
    saved = [level.saved, level.saved_by_scaling, *[level.saved_by_calls] * calls]
    saved += [level.saved_by_processes, level.saved_by_packing]
    for side in (level.whole, level.split):
        split = side is level.split
        yield [
            "" if split else f"{level.load}x",
            "split" if split else "whole",
            number(side.copies),
            format_amount(CPU, side.requested.get(CPU, 0)),
            format_amount(MEMORY, side.requested.get(MEMORY, 0)),
            *[format_amount(MEMORY, side.fixed.get(MEMORY, 0))] * fixed,
            number(side.row.machines),
            proven(side.row),
            *[dollars(side.row.cost_per_month)] * priced,
            *([dollars(each) if side.by_cost else number(each) for each in saved] if split else [""] * len(saved)),
            *(_said(side.traffic) if split else ["", ""]) * calls,
        ]


def _said(traffic: Traffic | None) -> list[str]:
    return ["-", "-"] if traffic is None else [f"{format_bytes(amount)}/s" for amount in traffic]
