"""JSON lines, one instance a line, plain or gzip: 1-D (capacity, sizes) and vector (capacities or bins, items).

1-D: ``capacity`` and ``sizes``, integers or ``[size, count]`` pairs. Vector: ``capacities`` (identical bins) or ``bins``
(``{"capacity": [...], "count": n, "cost": c}``; count and cost may be missing: unlimited, 1), ``items`` (size vectors),
``demands`` (default 1), ``affinities`` ([i, j, k]: a bin that holds an i holds at most k copies of j) or the compact
coding of them that ``affinity.py`` describes. Items and bin types are known by their position in these lists.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from binpack_solvers.errors import FormatError
from binpack_solvers.instances.affinity import limit_rows
from binpack_solvers.instances.bpplib import build, file_entries
from binpack_solvers.instances.fields import Fields
from binpack_solvers.instances.instance import Instance, item_names, merge_entries
from binpack_solvers.instances.source import instance_name, open_lines, source_name
from binpack_solvers.problem import UNLIMITED, Problem

_REFERENCES = ("optimum", "lower_bound", "upper_bound", "best_heuristic", "feasible")
_REASSIGNMENT = ("services", "balance", "mmc_rows")


class Skipped(NamedTuple):
    """An instance that its own file marks as invalid."""

    name: str
    reason: str


def read(path: str | Path) -> Iterator[Instance | Skipped]:
    """The instances of a file, one after the other; FormatError with file:line:column."""
    for fields in read_objects(path):
        yield _instance(fields, f"{instance_name(path)}:{fields.number}")


def read_objects(path: str | Path) -> Iterator[Fields]:
    """The objects of a file of JSON lines, one after the other; blank lines are passed over."""
    file, any_line = source_name(path), False
    with open_lines(path) as lines:
        for number, line in lines:
            if line.strip():
                any_line = True
                yield _parse(line, file, number)
    if not any_line:
        raise FormatError(file, 1, 1, "nothing but blank lines", "one JSON object per line")


def _parse(line: str, file: str, number: int) -> Fields:
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        raise FormatError(
            file, number, error.colno, f"broken JSON ({error.msg})", "one JSON object per line"
        ) from error
    except (ValueError, RecursionError) as error:
        raise FormatError(file, number, 1, f"JSON that cannot be read ({error})", "one JSON object per line") from error
    if not isinstance(value, dict):
        raise FormatError(file, number, 1, f"JSON {type(value).__name__}", "an object")
    return Fields(value, line, file, number)


def _instance(fields: Fields, default_name: str) -> Instance | Skipped:
    name = fields.text("name", default_name)
    if any(key in fields.value for key in _REASSIGNMENT):
        raise fields.error(
            ("name",), f"{name}, a machine reassignment problem", "bin packing (reassignment is another problem)"
        )
    if fields.value.get("invalid_negative_sizes"):
        return Skipped(name, "its file marks it: invalid_negative_sizes")
    instance = _one_dimensional(fields, name) if "sizes" in fields.value else _vector(fields, name)
    known = {key: fields.value[key] for key in _REFERENCES if fields.value.get(key) is not None}
    return Instance(instance.name, instance.problem, instance.positions, known)


def _one_dimensional(fields: Fields, name: str) -> Instance:
    capacity = fields.integer("capacity")
    sizes: list[int] = []
    demands: list[int] = []
    for k, entry in enumerate(fields.entries("sizes")):
        size, count = entry if isinstance(entry, list) and len(entry) == 2 else (entry, 1)
        sizes.append(fields.check(("sizes", k), size, "a size"))
        demands.append(fields.check(("sizes", k), count, "a count"))
    if "n" in fields.value and fields.integer("n") != sum(demands):
        raise fields.error(("sizes",), f"{sum(demands)} items", f"{fields.value['n']}, as n says")
    return build(name, capacity, sizes, demands)


def _vector(fields: Fields, name: str) -> Instance:
    capacity, available, cost = _bins(fields)
    width = len(capacity[0])
    items = fields.entries("items")
    sizes = [tuple(fields.vector(("items", k), width)) for k in range(len(items))]
    demands = [1] * len(sizes)
    if "demands" in fields.value:
        demands = fields.vector(("demands",), len(sizes))
    rows = limit_rows(fields, len(sizes))
    named = frozenset(i for i, j, _ in rows) | frozenset(j for _, j, _ in rows)
    merged, copies, positions = merge_entries(sizes, demands, named)
    type_of = {share.position: i for i, shares in enumerate(positions) for share in shares}
    problem = Problem(
        merged,
        capacity,
        demands=copies,
        cost=cost,
        available=available,
        limits=[(type_of[i], type_of[j], k) for i, j, k in rows] or None,
        item_names=item_names(positions, merged),
    )
    return Instance(name, problem, tuple(positions))


def _bins(fields: Fields) -> tuple[list[list[int]], list[int], list[int]]:
    """Capacities, available and cost of every bin type."""
    if "bins" not in fields.value:
        return [fields.vector(("capacities",))], [UNLIMITED], [1]
    capacity: list[list[int]] = []
    available, cost = [], []
    for k, bin_type in enumerate(fields.entries("bins", least=1)):
        if not isinstance(bin_type, dict):
            raise fields.error(("bins", k), f"{type(bin_type).__name__}", "an object with a capacity")
        capacity.append(fields.vector(("bins", k, "capacity"), len(capacity[0]) if capacity else None))
        count = bin_type.get("count")
        unlimited = count is None or (count == UNLIMITED and not isinstance(count, bool))
        available.append(UNLIMITED if unlimited else fields.check(("bins", k, "count"), count, "a count"))
        cost.append(fields.check(("bins", k, "cost"), bin_type.get("cost", 1), "a cost"))
    return capacity, available, cost


def write(instance: Instance, stream: TextIO) -> None:
    """One line; 1-D fields where they say everything, vector fields otherwise."""
    problem, entries = instance.problem, file_entries(instance)
    line: dict[str, Any] = {"name": instance.name}
    plain = problem.bin_types == 1 and problem.unit_cost and problem.available[0] == UNLIMITED
    if plain and problem.resources == 1 and not len(problem.limits):
        several = any(copies != 1 for _, copies in entries)
        line |= {"capacity": int(problem.capacity[0, 0]), "n": problem.copies, **instance.reference}
        line["sizes"] = [[size, copies] if several else size for (size,), copies in entries]
    else:
        line |= _bin_fields(problem) if not plain else {"capacities": problem.capacity[0].tolist()}
        line |= {"items": [list(size) for size, _ in entries], "demands": [copies for _, copies in entries]}
        if len(problem.limits):
            first = [shares[0].position for shares in instance.positions]
            line["affinities"] = [[first[i], first[j], k] for i, j, k, _ in problem.limits.tolist()]
        line |= instance.reference
    stream.write(json.dumps(line, separators=(",", ":"), ensure_ascii=False) + "\n")


def _bin_fields(problem: Problem) -> dict[str, Any]:
    rows = zip(problem.capacity.tolist(), problem.available.tolist(), problem.cost.tolist(), strict=True)
    return {
        "bins": [
            {"capacity": capacity, **({} if count == UNLIMITED else {"count": count}), "cost": cost}
            for capacity, count, cost in rows
        ]
    }
