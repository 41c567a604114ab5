"""How copies get their sizes, and what traces say of them: what columns mean, curves, and which copies were there when."""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from binpack.errors import input_error

if TYPE_CHECKING:
    from fractions import Fraction

    from binpack.machines.machine_type import MachineType
    from binpack.workload.application import Resources
    from binpack.workload.workload import Workload

PEAK, ALL = "peak", "all"
PERCENTILE = 95


def add_trace_options(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """Registers them; the actions are among what a run counts by."""
    add = parser.add_argument_group("traces").add_argument
    return [
        add(
            "--columns",
            metavar="MEANING=COLUMN,...",
            help="of tables whose headers do not say it: cpu=plan_cpu:cores,memory=plan_mem:GiB,name=app",
        ),
        add(
            "--percent-of",
            metavar="SIZE",
            help="of a folder or tar of a file of CPU percentages for each VM: its size, such as cpu=2,memory=4GiB",
        ),
        add(
            "--at",
            metavar="WHEN",
            help="of copies that came and went: peak (the default: when most was asked for), a second, or all at once",
        ),
        add(
            "--percentile",
            type=percent,
            default=PERCENTILE,
            metavar="P",
            help=f"of curves, with --size-by usage and in comparisons (default: {PERCENTILE}; 100: the maximum)",
        ),
    ]


def percent(text: str) -> int:
    """A whole number from 1 to 100."""
    if not text.isdecimal() or not 1 <= int(text[:4]) <= 100:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to 100")
    return int(text)


def reading_options(args: argparse.Namespace) -> dict[str, Any]:
    """What ``reading.read`` is told of traces."""
    return {"columns": _columns(args.columns), "percent_of": _size(args.percent_of)}


def _columns(text: str | None) -> Mapping[str, tuple[str, str]] | None:
    from binpack.workload.table_columns import named_columns

    if text is None:
        return None
    try:
        return named_columns(text)
    except ValueError as error:
        raise input_error("--columns", str(error), "MEANING=COLUMN:UNIT", "such as cpu=plan_cpu:cores") from None


def _size(text: str | None) -> Resources | None:
    """``cpu=2,memory=4GiB`` as amounts."""
    from binpack.units import parse_amount

    if text is None:
        return None
    found = {}
    for part in text.split(","):
        resource, sign, amount = (word.strip() for word in part.partition("="))
        try:
            found[resource] = parse_amount(resource, amount)
        except ValueError as error:
            raise input_error("--percent-of", repr(part), str(error), "such as cpu=2,memory=4GiB") from None
        if not sign or not found[resource]:
            raise input_error("--percent-of", repr(part), "RESOURCE=AMOUNT of more than 0", "such as cpu=2,memory=4GiB")
    return found


def refuse_usage(args: argparse.Namespace, paths: Sequence[str]) -> None:
    """InputError where ``--usage`` is idle, or to be read from where the workload is."""
    if args.size_by != "usage" and args.usage is not None:
        raise input_error("--usage", f"--size-by {args.size_by}", "--size-by usage with it")
    if args.usage == "-" and "-" in paths:
        raise input_error("standard input", "both the workload and --usage", "one of them in a file")


def sized_workload(workload: Workload, machines: Sequence[MachineType], args: argparse.Namespace) -> Workload:
    """Each copy with its size by ``--size-by`` (usage from the table of ``--usage``, else from a trace's curves), and of a
    trace with times only the copies of ``--at``."""
    from binpack.workload.curves import usage_of_curves
    from binpack.workload.sizing import size_workload
    from binpack.workload.usage import read_usage

    usage: Mapping[str, Resources] | None = None
    if args.size_by == "usage":
        usage = read_usage(args.usage) if args.usage is not None else usage_of_curves(workload, args.percentile)
    return _at_its_time(size_workload(workload, args.size_by, usage), machines, args.at)


def _at_its_time(sized: Workload, machines: Sequence[MachineType], at: str | None) -> Workload:
    """The copies of a trace that were there together; a workload without times as it is."""
    from dataclasses import replace

    from binpack.workload.lives import at_all_times, at_moment, fullest, has_lives, peaks_note

    if not has_lives(sized):
        if at is not None:
            raise input_error("--at", at, "a trace with times", "columns such as creation_time and deletion_time")
        return sized
    if at == ALL:
        return at_all_times(sized)
    time = fullest(sized, room_of(machines)).time if at in (None, PEAK) else _second(at or "")
    found = at_moment(sized, time)
    return replace(found, notes=(*found.notes, peaks_note(sized), *fleet_notes(machines)))


def _second(text: str) -> Fraction:
    from fractions import Fraction

    if not re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,9})?", text):
        raise input_error("--at", repr(text), "peak, all, or a second of the trace's clock", "such as --at peak")
    return Fraction(text)


def fleet_notes(machines: Sequence[MachineType]) -> list[str]:
    """How many machines there were, where that is known."""
    if any(machine.available is None for machine in machines):
        return []
    count = sum(machine.available or 0 for machine in machines)
    return [f"the fleet that was there: {count:,} machines; how many of them were in use, the trace does not say"]


def room_of(machines: Sequence[MachineType]) -> dict[str, int]:
    """What all machines have together, or, where there are any number of some type, the most that one has."""
    room: dict[str, int] = {}
    counted = all(machine.available is not None for machine in machines)
    for machine in machines:
        for resource, amount in machine.capacity.items():
            had = room.get(resource, 0)
            room[resource] = had + amount * (machine.available or 0) if counted else max(had, amount)
    return room
