"""Usage: what applications, or their pods, were measured to use, for sizing by usage instead of requests."""

from __future__ import annotations

import re
from pathlib import Path

from binpack.errors import InputError, InputProblem, input_error
from binpack.units import BYTE_RESOURCES, parse_amount
from binpack.workload.application import Resources
from binpack.workload.kubectl_top import is_kubectl_top, top_rows
from binpack.workload.source_text import read_text
from binpack.workload.table_columns import Columns, read_header
from binpack.workload.table_rows import Row, read_rows

# How a column says which figure it holds, best first: the 95th percentile is what most people size by.
_STATISTICS = ("p95", "p99", "max", "maximum", "peak", "")
WHOLE = ("", "POD")
"""What cadvisor calls the container of figures that are the whole pod's, or those of its pause container."""
_WORDS = re.compile(r"[_\s.-]*\b(p95|p99|max|maximum|peak|usage|used)\b[_\s.-]*", re.IGNORECASE)


def read_usage(path: str | Path) -> dict[str, Resources]:
    """``group/name`` (``name`` where the table has no groups) -> amounts that one copy uses.

    A CSV, or what ``kubectl top pods`` prints. Columns: a name (of an application or a pod), and amounts such as ``cpu_p95``
    or ``memory_max_mib``; of several figures the p95 is taken. Of several rows for one name the largest amount counts; with
    a column ``container`` that of each container, and their sum. InputError lists every fault.
    """
    source = read_text(path)
    header, *rows = top_rows(source) if is_kubectl_top(source) else read_rows(source)
    columns = _columns(header)
    container = next((k for k, cell in enumerate(header.cells) if cell.strip().lower() == "container"), -1)
    amounts = columns.resources()
    if "name" not in columns.of or not amounts:
        found = f"the columns {', '.join(header.cells)}"
        raise input_error(
            header.place, found, "a column name and one of cpu or memory", "such as name,cpu_milli,memory_mib"
        )
    usage: dict[str, dict[str, dict[str, int]]] = {}
    problems: list[InputProblem] = []
    for row in rows:
        try:
            _take(row, columns, container, usage)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    if not usage:
        raise input_error(header.place, "a table without rows", "a row for each application")
    return {name: _sum(containers) for name, containers in usage.items()}


def _sum(containers: dict[str, dict[str, int]]) -> dict[str, int]:
    """All named containers together; what stands for the whole pod only where none is named."""
    named = [amounts for container, amounts in containers.items() if container]
    total: dict[str, int] = {}
    for amounts in named or containers.values():
        for resource, amount in amounts.items():
            total[resource] = total.get(resource, 0) + amount
    return total


def _columns(header: Row) -> Columns:
    """What the headers mean without the words for statistics; only the best figure of each amount is kept."""
    plain = [" ".join(_WORDS.sub(" ", cell.replace("_", " ")).split()) for cell in header.cells]
    ranks = [_rank(cell) for cell in header.cells]
    meanings = [next(iter(read_header([cell]).of), cell) for cell in plain]
    kept = [
        text
        if ranks[k] == min(rank for rank, other in zip(ranks, meanings, strict=True) if other == meanings[k])
        else ""
        for k, text in enumerate(plain)
    ]
    return read_header(kept)


def _rank(cell: str) -> int:
    words = re.split(r"[\W_]+", cell.lower())
    return next(k for k, word in enumerate(_STATISTICS) if not word or word in words)


def _take(row: Row, columns: Columns, container: int, usage: dict[str, dict[str, dict[str, int]]]) -> None:
    name = row.cell(columns.of["name"].index)
    if not name:
        raise input_error(row.cell_place(columns.of["name"].index), "an empty name", "the name of an application")
    group = row.cell(columns.of["group"].index) if "group" in columns.of else ""
    part = row.cell(container)
    largest = usage.setdefault(f"{group}/{name}" if group else name, {}).setdefault("" if part in WHOLE else part, {})
    for resource, column in columns.resources().items():
        text = row.cell(column.index)
        if not text:
            continue
        try:
            amount = parse_amount(resource, text, column.unit)
        except ValueError as error:
            fix = "such as 512 MiB" if resource in BYTE_RESOURCES else "such as 500m"
            raise input_error(row.cell_place(column.index), f"{text!r} as {resource}", str(error), fix) from None
        largest[resource] = max(amount, largest.get(resource, 0))
