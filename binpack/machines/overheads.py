"""Overheads: what operating systems, hypervisors, engines and orchestrators take, by name, with a source each."""

from __future__ import annotations

import csv
import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from binpack.datasets_path import datasets_path
from binpack.errors import input_error
from binpack.units import CPU, MEMORY, parse_amount

OVERRIDDEN = "the workload file"
LEVELS = ("low", "typical", "high")
ARCHITECTURES = ("i686", "any", "amd64")  # of a guest's minimum, the last one that there is
EFFICIENCY = "cpu_efficiency."
STEP = "vm.memory_step"
WHOLE = 1000  # an efficiency of 1, in thousandths


@dataclass(frozen=True)
class Overhead:
    """One amount: an exact integer in ``unit``. evidence: ``read`` in the source named, or a stated ``parameter``."""

    name: str
    amount: int
    unit: str
    evidence: str
    source: str


class Overheads:
    """The rows of ``datasets/overheads`` at one level, some of them overridden. ``used`` collects the names that a run
    asked for.

    ranges : the rows of each name by level; a name without a typical row has a range only.
    """

    def __init__(self, rows: Mapping[str, Overhead], ranges: Mapping[str, Mapping[str, Overhead]]) -> None:
        self._rows = rows
        self._ranges = ranges
        self.used: set[str] = set()

    def __getitem__(self, name: str) -> int:
        self.used.add(name)
        return self._rows[name].amount

    def __contains__(self, name: object) -> bool:
        return name in self._rows

    def amount(self, name: str) -> int:
        """The amount, or 0 for what no row charges."""
        return self[name] if name in self._rows else 0

    def source(self, name: str) -> str:
        """Where the amount comes from, in words fit for a report."""
        row = self._rows[name]
        return row.source if row.evidence == "read" else f"parameter {name}: {row.source}"

    def amounts(self) -> dict[str, int]:
        """Every name with its amount, whether a run asks for it or not."""
        return {name: row.amount for name, row in self._rows.items()}

    def range(self, name: str) -> tuple[Overhead, Overhead] | None:
        """The lowest and the highest row of a name, whatever the level; None where there is no row."""
        self.used.add(name)
        levels = self._ranges.get(name, {})
        known = [levels[level] for level in LEVELS if level in levels]
        return (known[0], known[-1]) if known else None

    def rows_used(self) -> list[Overhead]:
        """The rows that a run has asked for, in the order of the file; both ends of a range."""
        found: list[Overhead] = []
        for name, levels in self._ranges.items():
            if name in self.used:
                found += [self._rows[name]] if name in self._rows else levels.values()
        return found


def load_overheads(
    overrides: Mapping[str, int] | None = None,
    level: str = "typical",
    *,
    guest_os: Sequence[str] = (),
    cpu_efficiency: Mapping[str, str] | None = None,
    own: Mapping[str, str] | None = None,
) -> Overheads:
    """The built-in rows of a level.

    level : ``low``, ``typical`` or ``high``; what has no row there has its typical amount.
    guest_os : names of ``datasets/guest_os`` whose minimum of memory and disk guests of their family have.
    cpu_efficiency : layer -> a level, or a share of bare metal's CPU such as 0.95; 1 for layers not named.
    overrides : name -> amount in the row's unit, of a workload file; they win over all this. own : name -> amount as
        written on the command line (``128 MiB``, ``0.2``), which wins over everything. InputError for unknown names.
    """
    ranges = _ranges()
    rows = {}
    for name, levels in ranges.items():
        if name.startswith(EFFICIENCY):
            rows[name] = _efficiency(name, levels, (cpu_efficiency or {}).get(name.removeprefix(EFFICIENCY)))
        elif "typical" in levels:
            rows[name] = levels.get(level, levels["typical"])
    for layer in cpu_efficiency or {}:
        if EFFICIENCY + layer not in ranges:
            known = ", ".join(name.removeprefix(EFFICIENCY) for name in ranges if name.startswith(EFFICIENCY))
            raise input_error("--cpu-efficiency", f"layer {layer!r}", f"one of {known}")
    for system in guest_os:
        rows |= _guest_minimum(system)
    for name, amount in (overrides or {}).items():
        _override(name, amount, OVERRIDDEN, rows, ranges)
    for name, text in (own or {}).items():
        _override(name, _amount(name, text, ranges), "option --overhead", rows, ranges)
    return Overheads(rows, ranges)


def _override(
    name: str, amount: int, source: str, rows: dict[str, Overhead], ranges: dict[str, dict[str, Overhead]]
) -> None:
    """Put an amount of the user's own in place of whatever a name has; it has no range any more."""
    if name not in ranges:
        near = difflib.get_close_matches(name, ranges, 1)
        fix = f"did you mean {near[0]}?" if near else ""
        raise input_error(source, f"overhead {name!r}", "one of " + ", ".join(sorted(ranges)), fix)
    efficiency = name.startswith(EFFICIENCY)
    if (efficiency or name == STEP) and not 1 <= amount <= (WHOLE if efficiency else amount):
        raise input_error(source, f"overhead {name} of {amount}", f"1 to {WHOLE}" if efficiency else "at least 1")
    rows[name] = Overhead(name, amount, next(iter(ranges[name].values())).unit, "read", source)
    ranges[name] = {"typical": rows[name]}


def overhead_amount(name: str, text: str) -> int:
    """An amount as people write it, in the unit of the name's rows: bytes, threads, or a whole number. ValueError says what
    is wrong in words."""
    return _parsed(name, text, _ranges())


def _parsed(name: str, text: str, ranges: Mapping[str, Mapping[str, Overhead]]) -> int:
    unit = next((row.unit for row in ranges.get(name, {}).values()), "")
    return parse_amount({"bytes": MEMORY, "thousandths of a thread": CPU}.get(unit, name), text)


def _amount(name: str, text: str, ranges: Mapping[str, Mapping[str, Overhead]]) -> int:
    try:
        return _parsed(name, text, ranges)
    except ValueError as error:
        raise input_error("--overhead", f"{name}={text}", str(error), "such as 128 MiB, or 0.25 threads") from None


def _ranges() -> dict[str, dict[str, Overhead]]:
    """Name -> level -> row, in the order of the file."""
    ranges: dict[str, dict[str, Overhead]] = {}
    for row in _table("overheads"):
        overhead = Overhead(row["name"], int(row["amount"]), row["unit"], row["evidence"], row["source"])
        ranges.setdefault(row["name"], {})[row["level"]] = overhead
    return ranges


def _efficiency(name: str, levels: Mapping[str, Overhead], chosen: str | None) -> Overhead:
    """What of bare metal's CPU is left in a layer, in thousandths; all of it unless a level or a share is chosen."""
    unit = next(iter(levels.values())).unit
    if chosen is None:
        return Overhead(name, WHOLE, unit, "parameter", "1 unless --cpu-efficiency chooses another")
    if chosen in levels:
        return levels[chosen]
    known = ", ".join(f"{level} ({row.amount / WHOLE:g})" for level, row in levels.items())
    expected = f"{known} or a share above 0, at most 1, of at most three decimals"
    try:
        thousandths = Decimal(chosen) * WHOLE
        if not 0 < thousandths <= WHOLE or thousandths != int(thousandths):
            raise ValueError
    except (ArithmeticError, ValueError):
        layer = name.removeprefix(EFFICIENCY)
        raise input_error("--cpu-efficiency", f"{layer}={chosen}", expected, f"such as {layer}=0.95") from None
    return Overhead(name, int(thousandths), unit, "parameter", "option --cpu-efficiency")


def _guest_minimum(system: str) -> dict[str, Overhead]:
    """The rows of a guest's minimum, from ``datasets/guest_os``: of amd64 where that has a row of its own.

    What an idle guest uses stays what it is: a minimum for the installation says nothing about it.
    """
    rows = sorted(_table("guest_os"), key=lambda row: ARCHITECTURES.index(row["arch"]))
    known = {row["name"]: row for row in rows}
    if system not in known:
        near = difflib.get_close_matches(system, known, 3)
        fix = f"did you mean {' or '.join(near)}?" if near else "see datasets/guest_os"
        raise input_error("--guest-os", repr(system), "a system of datasets/guest_os", fix)
    row = known[system]
    found = {}
    for resource, column in (("minimum_memory", "minimum_memory_bytes"), ("disk", "minimum_disk_bytes")):
        name = f"guest_os.{row['family']}.{resource}"
        if row[column]:
            found[name] = Overhead(name, int(row[column]), "bytes", "read", f"{row['title']}: {row['source']}")
    return found


def _table(dataset: str) -> Iterator[dict[str, str]]:
    with open(datasets_path() / dataset / f"{dataset}.csv", newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)
