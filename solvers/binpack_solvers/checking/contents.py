"""Rules about one bin alone: capacity with setups, compatibility, exclusive item types."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from binpack_solvers.checking.rows import Rows, some


def content_violations(rows: Rows) -> Iterator[str]:
    """Every row whose bins are over-full, hold what they must not, or hold an exclusive copy beside others."""
    for resource in range(rows.problem.resources):
        yield from _over_full(rows, resource)
    yield from _incompatible(rows)
    yield from _not_alone(rows)


def _over_full(rows: Rows, resource: int) -> list[str]:
    problem = rows.problem
    room = problem.capacity[rows.kind, resource]
    setups = [(s.size[resource], paying) for s, paying in zip(problem.setups, rows.setup_rows, strict=True)]
    used = rows.per_bin(problem.sizes[:, resource], extra=sum(size for size, _ in setups))
    for size, paying in setups:
        used[paying] += size
    return some(
        "capacity",
        np.flatnonzero(used > room).tolist(),
        lambda row: f"{rows.name(row)} uses {used[row]} of {problem.resource_name(resource)}; it has {room[row]}",
    )


def _incompatible(rows: Rows) -> list[str]:
    problem = rows.problem
    bad = np.flatnonzero(~problem.compatible[rows.item, rows.kind[rows.row_of]])
    return some(
        "compatible",
        bad.tolist(),
        lambda e: f"{problem.item_name(int(rows.item[e]))} may not stand in {rows.name(int(rows.row_of[e]))}",
    )


def _not_alone(rows: Rows) -> list[str]:
    problem = rows.problem
    exclusive = np.flatnonzero(problem.exclusive[rows.item])
    if not len(exclusive):
        return []
    content = rows.per_bin(np.ones(problem.item_types, np.int64))
    crowded = exclusive[content[rows.row_of[exclusive]] > 1]
    return some(
        "exclusive",
        crowded.tolist(),
        lambda e: (
            f"{problem.item_name(int(rows.item[e]))} must be alone in its bin; {rows.name(int(rows.row_of[e]))} holds "
            f"{content[rows.row_of[e]]} copies"
        ),
    )
