"""VPSolver's files: ``.vbp`` (vector packing) and ``.mvp`` (multiple-choice vector packing).

``.vbp``: d, d capacities, m, then per item d sizes and a demand. ``.mvp``: d, t, then per bin type d capacities, a cost
and a number available (-1: unlimited), m, then per item the number of its choices and its demand, and d sizes for each
choice. Lines have no meaning. Item positions count the rows of sizes: in ``.mvp`` every choice is an entry of its own.
(Brandão, "VPSolver 3: multiple-choice vector packing solver", arXiv:1602.04876.)
"""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

from binpack_solvers.errors import ProblemError
from binpack_solvers.instances.bpplib import file_entries
from binpack_solvers.instances.instance import Instance, Share, item_names, merge_entries
from binpack_solvers.instances.source import instance_name, open_lines, source_name
from binpack_solvers.instances.tokens import TokenStream
from binpack_solvers.problem import UNLIMITED, Problem


def read_vbp(path: str | Path) -> Instance:
    """The instance of a ``.vbp`` file; FormatError with file:line:column."""
    with open_lines(path) as lines:
        words = TokenStream(lines, source_name(path))
        width = words.integer("the number of dimensions", low=1)
        capacity = [words.integer("a capacity") for _ in range(width)]
        count = words.integer("the number of items")
        sizes, demands = [], []
        for k in range(count):
            sizes.append(_sizes(words, width, k, count))
            demands.append(words.integer(f"the demand of item {k} of {count}"))
        words.end(f"{count} items")
    merged, copies, positions = merge_entries(sizes, demands)
    names = item_names(positions, merged)
    return Instance(
        instance_name(path), Problem(merged, [capacity], demands=copies, item_names=names), tuple(positions)
    )


def read_mvp(path: str | Path) -> Instance:
    """The instance of a ``.mvp`` file; FormatError with file:line:column."""
    with open_lines(path) as lines:
        words = TokenStream(lines, source_name(path))
        width = words.integer("the number of dimensions", low=1)
        capacity, cost, available = [], [], []
        for _ in range(words.integer("the number of bin types", low=1)):
            capacity.append([words.integer("a capacity") for _ in range(width)])
            cost.append(words.integer("a cost"))
            available.append(words.integer("a number available", low=UNLIMITED))
        sizes, demands, alternatives = [], [], []
        count = words.integer("the number of items")
        for k in range(count):
            choices = words.integer(f"the number of choices of item {k} of {count}", low=1)
            demand = words.integer(f"the demand of item {k} of {count}")
            sizes += [_sizes(words, width, k, count) for _ in range(choices)]
            demands += [demand] * choices
            alternatives += [k if choices > 1 else -1] * choices
        words.end(f"{count} items")
    positions = [(Share(p, demand),) for p, demand in enumerate(demands)]
    problem = Problem(
        sizes,
        capacity,
        demands=demands,
        cost=cost,
        available=available,
        alternatives=alternatives,
        item_names=item_names(positions, sizes),
    )
    return Instance(instance_name(path), problem, tuple(positions))


def _sizes(words: TokenStream, width: int, k: int, count: int) -> tuple[int, ...]:
    return tuple(words.integer(f"a size of item {k} of {count}") for _ in range(width))


def write_vbp(instance: Instance, stream: TextIO) -> None:
    """The ``.vbp`` form of an instance with one unlimited bin type and no rules."""
    problem = instance.problem
    if problem.bin_types != 1 or len(problem.limits):
        raise ProblemError(f"{instance.name}: .vbp files hold one bin type and no rules; use .jsonl")
    entries = file_entries(instance)
    stream.write(f"{problem.resources}\n{_row(problem.capacity[0].tolist())}\n{len(entries)}\n")
    for size, copies in entries:
        stream.write(f"{_row([*size, copies])}\n")


def write_mvp(instance: Instance, stream: TextIO) -> None:
    """The ``.mvp`` form of an instance without limits; alternatives become choices."""
    problem = instance.problem
    if len(problem.limits):
        raise ProblemError(f"{instance.name}: .mvp files hold no limits between items; use .jsonl")
    stream.write(f"{problem.resources}\n{problem.bin_types}\n")
    for row in zip(problem.capacity.tolist(), problem.cost.tolist(), problem.available.tolist(), strict=True):
        stream.write(f"{_row([*row[0], *row[1:]])}\n")
    entries = file_entries(instance)
    choices: dict[int, list[int]] = {}
    for i, shares in enumerate(instance.positions):
        group = int(problem.alternatives[i])
        for share in shares:
            choices.setdefault(group if group >= 0 else -1 - share.position, []).append(share.position)
    stream.write(f"{len(choices)}\n")
    for positions in sorted(choices.values()):
        stream.write(f"{len(positions)} {entries[positions[0]][1]}\n")
        for position in positions:
            stream.write(f"{_row(entries[position][0])}\n")


def _row(numbers: list[int] | tuple[int, ...]) -> str:
    return " ".join(map(str, numbers))
