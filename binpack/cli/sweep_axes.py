"""``--sweep overheads=low..high,load=1..10``: the words of the option as axes around a run's own assumptions."""

from __future__ import annotations

import argparse
import difflib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from fractions import Fraction
from typing import Any

from binpack.cli.era_arguments import Asked, headroom
from binpack.eras.options import EraOptions
from binpack.errors import InputError, InputProblem, Place, input_error
from binpack.machines.catalogue import STANDARD, select_machines
from binpack.machines.overheads import LEVELS, load_overheads
from binpack.planning import overheads_of
from binpack.sensitivity import Axis
from binpack.units import format_cpu
from binpack.workload.reading import scaled

POINTS = 5
"""Values of a range that are counted first, both ends among them."""
HEADROOM = "headroom."
OVERCOMMITS = ("vcpu_overcommit", "node_overcommit", "cpu_overcommit", "memory_overcommit")
LONGEST_LOAD = 6  # digits
SINGULAR = {"overhead": "overheads", "machines": "machine"}
EXAMPLE = "such as overheads=low..high,load=1..10,headroom.cpu=0..40%"

Choices = Mapping[str, Sequence[str]]


def sweep_axes(text: str, asked: Asked, counting: Sequence[argparse.Action]) -> list[Axis]:
    """An axis for each assumption named; InputError for an unknown one, or a range that makes no sense.

    counting : the options of how to count; those with a list of choices can be swept under their names.
    """
    known = {field.name for field in fields(EraOptions)}
    known -= {"host_os"}  # the hypervisor goes with it
    choices: Choices = {str(a.dest): tuple(a.choices) for a in counting if a.choices and a.dest in known}
    axes: list[Axis] = []
    for name, words in _assumptions(text):
        try:
            axis = _axis(name, words, asked, choices)
        except InputError as error:  # of an option of the same kind, or a machine file's own
            raise InputError([_in_sweep(problem) for problem in error.problems]) from None
        if any(other.name == axis.name for other in axes):
            raise input_error("--sweep", f"{axis.name} twice", "each assumption once")
        axes.append(axis)
    return axes


def _in_sweep(problem: InputProblem) -> InputProblem:
    """What another option would be refused for is the sweep's fault here."""
    option = problem.place.file.startswith("--")
    return problem._replace(place=Place("--sweep")) if option else problem


def _assumptions(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each name with its values; a part without ``=`` is one more value of the name before it."""
    found: list[tuple[str, list[str]]] = []
    for part in text.split(","):
        name, sign, value = part.partition("=")
        if sign:
            found.append((SINGULAR.get(name.strip(), name.strip()), [value.strip()]))
        elif found:
            found[-1][1].append(part.strip())
        if not found or not found[-1][1][-1]:
            raise input_error("--sweep", repr(part), "ASSUMPTION=LOW..HIGH, or a list of values", EXAMPLE)
    return iter(found)


def _axis(name: str, words: list[str], asked: Asked, choices: Choices) -> Axis:
    if name in choices:
        return _of_choices(name, words, asked, choices[name])
    if name == "machine":
        return _of_machines(words, asked)
    if name == "load":
        return _range(name, words, "times the copies", 1, _whole(name), str, _with_load)
    if name == "minimum_nodes":
        own = asked.options.minimum_nodes
        return _range(name, words, "nodes", own, _whole(name), str, _with_option(name, int))
    if name in OVERCOMMITS:
        return _of_overcommit(name, words, asked)
    if name.startswith(HEADROOM):
        return _of_headroom(name, words, asked)
    return _of_overhead(name, words, asked, choices)


def _of_choices(name: str, words: list[str], asked: Asked, known: Sequence[str]) -> Axis:
    """Values that an option takes by name; those of levels have an order, and ``low..high`` stands for all between."""
    chosen: list[str] = []
    for word in words:
        low, sign, high = word.partition("..")
        ends = (low, high) if sign else (low, low)
        if any(end not in known for end in ends) or (sign and tuple(known) != LEVELS):
            raise input_error("--sweep", f"{name}={word}", "some of " + ", ".join(known))
        first, last = map(known.index, ends)
        if first > last:
            raise _backwards(name, word)
        chosen += known[first : last + 1]
    chosen = list(dict.fromkeys(chosen))
    return _listed(name, chosen, str(getattr(asked.options, name)), _with_option(name, chosen.__getitem__))


def _of_machines(words: list[str], asked: Asked) -> Axis:
    """Each word one run's machines, as ``--machines`` takes them."""
    words = list(dict.fromkeys(words))
    sets = [select_machines([word]) for word in words]
    own = asked.offered
    label = next((word for word, machines in zip(words, sets, strict=True) if machines == own), None)
    named = STANDARD if asked.machines is None else ", ".join(machine.name for machine in own[:3])
    return _listed("machine", words, label or named, lambda run, k: run._replace(machines=sets[k]))


def _listed(name: str, labels: list[str], own: str, change: Callable[[Asked, int], Asked]) -> Axis:
    place = labels.index(own) if own in labels else None
    return Axis(name, "", tuple(range(len(labels))), place, own, labels.__getitem__, change)


def _of_overcommit(name: str, words: list[str], asked: Asked) -> Axis:
    def read(text: str) -> int:
        ratio = re.fullmatch(r"([0-9]{1,6})(?:\.([0-9]{1,2}))?", text)
        value = 0 if ratio is None else int(ratio[1] + (ratio[2] or "").ljust(2, "0"))
        if value < 100:
            raise input_error("--sweep", f"{name}={text}", "a ratio of at least 1, with at most two decimals")
        return value

    own = getattr(asked.options, name) * 100
    change = _with_option(name, lambda value: Fraction(value, 100))
    return _range(name, words, "hundredths", own, read, lambda value: f"{value / 100:g}", change)


def _of_headroom(name: str, words: list[str], asked: Asked) -> Axis:
    """In tenths of a per cent."""
    resource = name.removeprefix(HEADROOM)
    resources = {r for machine in asked.offered for r in machine.capacity}
    if resource not in resources:
        raise input_error("--sweep", repr(name), f"a resource of the machines: {', '.join(sorted(resources))}")

    def read(text: str) -> int:
        share = headroom(f"{resource}={text}")[resource] * 1000
        if share.denominator != 1:
            raise input_error("--sweep", f"{name}={text}", "a share in tenths of a per cent")
        return int(share)

    def change(run: Asked, value: int) -> Asked:
        shares = {**run.options.headroom, resource: Fraction(value, 1000)}
        return run._replace(options=replace(run.options, headroom=shares))

    own = asked.options.headroom.get(resource, Fraction(0)) * 1000
    return _range(name, words, "tenths of a per cent", own, read, lambda value: f"{value / 10:g}%", change)


def _of_overhead(name: str, words: list[str], asked: Asked, choices: Choices) -> Axis:
    """An amount of ``datasets/overheads`` by its name, in the unit of its rows."""
    overheads = overheads_of(asked.workload, asked.options)
    if name not in overheads:
        raise _unknown(name, [*choices, "load", "machine", "minimum_nodes", *OVERCOMMITS], overheads.amounts())
    own = overheads[name]
    unit = next(row.unit for row in overheads.rows_used())
    thread = unit == "thousandths of a thread"

    def change(run: Asked, value: int) -> Asked:
        amounts = {**run.options.own_overheads, name: f"{value}m" if thread else str(value)}
        return run._replace(options=replace(run.options, own_overheads=amounts))

    def read(text: str) -> int:
        return load_overheads(own={name: text})[name]

    label = format_cpu if thread else _bytes if unit == "bytes" else str
    return _range(name, words, unit, own, read, label, change, percent=1)


def _range(
    name: str,
    words: list[str],
    unit: str,
    own: int | Fraction,
    read: Callable[[str], int],
    label: Callable[[int], str],
    change: Callable[[Asked, int], Asked],
    percent: int = 0,
) -> Axis:
    """Numbers: ``LOW..HIGH`` or single ones; the run's own value is a point as well where it lies among them."""
    points: set[int] = set()
    for word in words:
        low, sign, high = word.partition("..")
        if not sign:
            points.add(read(low))
            continue
        ends = read(_with_unit_of(high, low)), read(high)
        if ends[0] > ends[1]:
            raise _backwards(name, word)
        points |= spaced(*ends)
    at = int(own) if own == int(own) and min(points) <= own <= max(points) else None
    ordered = tuple(sorted(points if at is None else points | {at}))
    return Axis(name, unit, ordered, at, label(round(own)), label, change, percent)


def spaced(low: int, high: int) -> set[int]:
    """At most ``POINTS`` integers from ``low`` to ``high``: by equal ratios, by equal steps from 0 on."""
    steps = range(1, POINTS - 1)
    if low == 0:
        between = [high * k // (POINTS - 1) for k in steps]
    else:
        between = [round(low * (high / low) ** (k / (POINTS - 1))) for k in steps]
    return {low, *between, high}


def _with_unit_of(high: str, low: str) -> str:
    """``0.25`` of ``0.25..4GiB`` is in GiB too."""
    unit = re.search(r"[A-Za-z%\s]*$", high)
    return low + unit[0] if unit is not None and low[-1:].isdigit() else low


def _whole(name: str) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isdecimal() or len(text) > LONGEST_LOAD or int(text) < 1:
            raise input_error(
                "--sweep", f"{name}={text}", "whole numbers, 1 or more and at most 999999", "such as 1..10"
            )
        return int(text)

    return read


def _with_load(run: Asked, value: int) -> Asked:
    return run._replace(workload=scaled(run.workload, value))


def _with_option(name: str, value_of: Callable[[int], Any]) -> Callable[[Asked, int], Asked]:
    def change(run: Asked, value: int) -> Asked:
        return run._replace(options=replace(run.options, **{name: value_of(value)}))

    return change


def _bytes(amount: int) -> str:
    """With two decimals: break-even values are found to 1 %."""
    value, unit = float(amount), "B"
    for unit in ("B", "KiB", "MiB", "GiB"):
        if value < 1024 or unit == "GiB":
            break
        value /= 1024
    return f"{value:,.2f}".rstrip("0").rstrip(".") + f" {unit}"


def _backwards(name: str, word: str) -> InputError:
    return input_error("--sweep", f"{name}={word}", "a range from low to high", f"such as {name}=LOW..HIGH")


def _unknown(name: str, assumptions: list[str], overheads: Mapping[str, int]) -> InputError:
    near = difflib.get_close_matches(name, [*assumptions, "headroom.cpu", "headroom.memory", *overheads], 1)
    expected = f"{', '.join(sorted(assumptions))}, headroom.RESOURCE, or an overhead (--assumptions lists them)"
    return input_error("--sweep", repr(name), expected, f"did you mean {near[0]}?" if near else "")
