"""BPPLIB text files: one-dimensional bin packing, and cutting stock with demands.

Format: the number of lines that follow, the capacity, then one size per line; in the cutting stock form ``size demand``
on each line (Delorme, Iori, Martello, "BPPLIB: a library for bin packing and cutting stock problems", Optimization
Letters 12, 2018).
"""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

from binpack_solvers.errors import FormatError, ProblemError
from binpack_solvers.instances.instance import Instance, item_names, merge_entries
from binpack_solvers.instances.source import instance_name, open_lines, source_name
from binpack_solvers.instances.tokens import Token, integer, tokens_of
from binpack_solvers.problem import Problem


def read(path: str | Path) -> Instance:
    """The instance of one file; FormatError with file:line:column."""
    file = source_name(path)
    with open_lines(path) as lines:
        rows = [row for row in (tokens_of(number, line) for number, line in lines) if row]
    if not rows:
        raise FormatError(file, 1, 1, "nothing but blank lines", "the number of items")
    count = integer(_single(rows[0], file, "the number of items"), file, "the number of items")
    if len(rows) < 2:
        raise FormatError(file, rows[0][0].line, 1, "the end of the file after this line", "the capacity")
    capacity = integer(_single(rows[1], file, "the capacity"), file, "the capacity")
    body = rows[2:]
    if len(body) != count:
        place = body[count][0] if len(body) > count else rows[-1][0]
        raise FormatError(file, place.line, place.column, f"{len(body)} item lines", f"{count}, as line 1 says")
    return build(instance_name(path), capacity, *_items(body, file))


def _single(row: list[Token], file: str, what: str) -> Token:
    if len(row) != 1:
        raise FormatError(file, row[1].line, row[1].column, f"{len(row)} words", f"{what} alone on its line")
    return row[0]


def _items(rows: list[list[Token]], file: str) -> tuple[list[int], list[int]]:
    """Sizes and demands; all lines have one word, or all have two."""
    width = len(rows[0]) if rows else 1
    for row in rows:
        if len(row) != width or width > 2:
            expected = "one size, or a size and a demand, the same on every line"
            raise FormatError(file, row[-1].line, row[-1].column, f"{len(row)} words", expected)
    sizes = [integer(row[0], file, "a size") for row in rows]
    demands = [integer(row[1], file, "a demand") if width == 2 else 1 for row in rows]
    return sizes, demands


def build(name: str, capacity: int, sizes: list[int], demands: list[int]) -> Instance:
    """An Instance from the entries of a one-dimensional file."""
    merged, copies, positions = merge_entries([(size,) for size in sizes], demands)
    names = item_names(positions, merged)
    problem = Problem([size for (size,) in merged], capacity, demands=copies, item_names=names)
    return Instance(name, problem, tuple(positions))


def write(instance: Instance, stream: TextIO) -> None:
    """The file form of a one-dimensional instance with one unlimited bin type; with demands where an entry has several."""
    problem = instance.problem
    if problem.resources != 1 or problem.bin_types != 1:
        raise ProblemError(f"{instance.name}: BPPLIB files hold one resource and one bin type; use .vbp or .jsonl")
    entries = file_entries(instance)
    stream.write(f"{len(entries)}\n{int(problem.capacity[0, 0])}\n")
    several = any(copies != 1 for _, copies in entries)
    for (size,), copies in entries:
        stream.write(f"{size} {copies}\n" if several else f"{size}\n")


def file_entries(instance: Instance) -> list[tuple[tuple[int, ...], int]]:
    """(size, copies) of every entry of the file, in its order."""
    sizes = instance.problem.sizes.tolist()
    entries: list[tuple[tuple[int, ...], int]] = [((), 0)] * instance.entries
    for size, shares in zip(sizes, instance.positions, strict=True):
        for share in shares:
            entries[share.position] = (tuple(size), share.copies)
    return entries
