"""How ``binpack solve`` prints its lines: as a table, as JSON lines or as CSV, row by row as they come."""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from typing import Any, Protocol, TextIO

from binpack_solvers.instances.instance import Instance

from binpack.cli.common import json_line

CSV_COLUMNS = (
    "instance",
    "status",
    "bins",
    "cost",
    "lower_bound",
    "cost_lower_bound",
    "gap",
    "time_s",
    "method",
    "bound_by",
    "cost_bound_by",
    "reason",
)


class Writer(Protocol):
    """Takes one row for each instance, then the end."""

    def write(self, instance: Instance, line: dict[str, Any]) -> None:
        """One instance's row."""

    def end(self) -> None:
        """After the last row."""


def writer(stream: TextIO, args: argparse.Namespace) -> Writer:
    """The writer for ``--format``."""
    if args.format == "json":
        return JsonLines(stream)
    return Table(stream) if args.format == "table" else Csv(stream, args.no_timings)


class JsonLines:
    """One object a line."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, instance: Instance, line: dict[str, Any]) -> None:
        """One line."""
        print(json_line(line), file=self._stream, flush=True)

    def end(self) -> None:
        """Nothing follows."""


class Csv:
    """A header and a row for each instance."""

    def __init__(self, stream: TextIO, no_timings: bool) -> None:
        columns = [name for name in CSV_COLUMNS if not (no_timings and name == "time_s")]
        self._writer = csv.DictWriter(stream, columns, extrasaction="ignore", lineterminator="\n")
        self._writer.writeheader()

    def write(self, instance: Instance, line: dict[str, Any]) -> None:
        """One row."""
        self._writer.writerow(line)

    def end(self) -> None:
        """Nothing follows."""


class Table:
    """Columns of fixed width, so that rows can be printed as they come, and a last line that adds them up."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._statuses: Counter[str] = Counter()
        self._bins = self._bound = 0
        self._seconds = 0.0
        self._width = 0

    def write(self, instance: Instance, line: dict[str, Any]) -> None:
        """One row, after the header if it is the first."""
        with_cost = not instance.problem.unit_cost
        if not self._width:
            self._width = max(24, len(instance.name) + 2)
            self._print(self._row("instance", "items", "bins", "bound", "gap", "status", "seconds", "published", "by"))
        published = instance.reference.get("optimum", instance.reference.get("lower_bound"))
        self._print(
            self._row(
                instance.name,
                f"{instance.problem.copies:,}",
                _figure(line["bins"]),
                _figure(line["lower_bound"]),
                "-" if line["gap"] is None else f"{100 * line['gap']:.1f} %",
                line["status"],
                f"{line['time_s']:.2f}" if "time_s" in line else "-",
                ("" if "optimum" in instance.reference else ">= ") + _figure(published) if published else "-",
                line["method"]
                + (f"; cost {line['cost']:,}, bound {line['cost_lower_bound']:,}" if _costs(with_cost, line) else ""),
            )
        )
        self._statuses[line["status"]] += 1
        self._bins += line["bins"] or 0
        self._bound += line["lower_bound"]
        self._seconds += line.get("time_s", 0.0)

    def end(self) -> None:
        """The totals, if there is more than one row."""
        count = self._statuses.total()
        if count > 1:
            states = ", ".join(f"{number} {status}" for status, number in self._statuses.most_common())
            seconds = f"; {self._seconds:.1f} s" if self._seconds else ""
            self._print(f"{count} instances: {states}; {self._bins:,} bins, bound {self._bound:,}{seconds}")

    def _row(self, name: str, *cells: str) -> str:
        widths = (7, 8, 8, 8, 11, 8, 10)
        figures = "".join(f"{cell:>{width}}" for cell, width in zip(cells[:-1], widths, strict=True))
        return f"{name:<{self._width}}{figures}  {cells[-1]}"

    def _print(self, text: str) -> None:
        print(text, file=self._stream, flush=True)


def _figure(value: int | None) -> str:
    return "-" if value is None else f"{value:,}"


def _costs(with_cost: bool, line: dict[str, Any]) -> bool:
    return with_cost and line["cost"] is not None
