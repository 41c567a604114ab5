"""Rules about the packing as a whole: demands, available bins, minimum_bins, bins that stand now with fixed content."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from binpack_solvers.checking.rows import Rows, some


def total_violations(rows: Rows) -> Iterator[str]:
    """Every demand not met exactly, every bin type used too often, too few bins, fixed content that left."""
    yield from _demands(rows)
    yield from _available(rows)
    bins, least = sum(rows.times), rows.problem.minimum_bins
    if bins < least:
        yield f"minimum_bins: {bins} bins; at least {least} are asked for"
    yield from _fixed_content(rows)


def unmet_demands(rows: Rows) -> list[tuple[list[int], int, int]]:
    """(item types, demand, copies placed) where these differ; item types with the same alternative id share a demand."""
    problem = rows.problem
    shared = problem.alternatives >= 0
    alone = np.flatnonzero(~shared & (rows.placed != problem.demands))
    found = [([i], int(problem.demands[i]), int(rows.placed[i])) for i in alone.tolist()]
    members: dict[int, list[int]] = {}
    for i in np.flatnonzero(shared).tolist():
        members.setdefault(int(problem.alternatives[i]), []).append(i)
    groups = [
        (items, int(problem.demands[items[0]]), sum(int(rows.placed[i]) for i in items)) for items in members.values()
    ]
    return sorted(found + [(items, demand, placed) for items, demand, placed in groups if demand != placed])


def _demands(rows: Rows) -> Iterator[str]:
    demands = unmet_demands(rows)
    yield from some(
        "demand",
        ((items, demand, placed) for items, demand, placed in demands if placed > demand),
        lambda found: f"{rows.names(found[0])}: {found[2]} copies placed, too many; the demand is {found[1]}",
    )
    yield from some(
        "demand",
        (d for d in demands if d[2] < d[1] and rows.problem.optional[d[0][0]] < 0),
        lambda found: f"{rows.names(found[0])}: {found[2]} copies placed, too few; all {found[1]} must be packed",
    )


def _available(rows: Rows) -> list[str]:
    available = rows.problem.available.tolist()
    over = [k for k, used in enumerate(rows.bins_of_type) if 0 <= available[k] < used]
    return some(
        "available",
        over,
        lambda k: f"{rows.bins_of_type[k]} bins of {rows.problem.bin_name(k)}; {available[k]} are available",
    )


def standing_now(rows: Rows) -> dict[int, dict[int, int]]:
    """Bin type -> item type -> copies, for the types of the bins that stand now."""
    now: dict[int, dict[int, int]] = {standing.bin_type: {} for standing in rows.problem.initial}
    if now:
        for i, count, row in zip(rows.item.tolist(), rows.count.tolist(), rows.row_of.tolist(), strict=True):
            content = now.get(int(rows.kind[row]))
            if content is not None:
                content[i] = content.get(i, 0) + count * rows.times[row]
    return now


def _fixed_content(rows: Rows) -> list[str]:
    now = standing_now(rows)
    left = [
        (standing.bin_type, i, count, now[standing.bin_type].get(i, 0))
        for standing in rows.problem.initial
        if standing.fixed
        for i, count in standing.content.items()
        if now[standing.bin_type].get(i, 0) < count
    ]
    return some(
        "standing",
        left,
        lambda found: (
            f"{rows.problem.item_name(found[1])}: {found[2]} copies are fixed in "
            f"{rows.problem.bin_name(found[0])}; {found[3]} are there"
        ),
    )
