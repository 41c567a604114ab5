"""Even distribution over domains, as ``Spread`` defines it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from binpack_solvers.checking.domains import Domains
from binpack_solvers.checking.rows import Rows, some
from binpack_solvers.rules import Spread


def spread_violations(rows: Rows, levels: Mapping[int, Domains]) -> Iterator[str]:
    """Every spread whose carriers stand outside its domains, or whose counts differ by more than max_skew."""
    for number, spread in enumerate(rows.problem.spread):
        carrying = rows.holding_any(spread.carriers)
        if not len(carrying):
            continue
        place = levels[spread.key].of_row if spread.key else rows.kind
        outside = carrying[~np.isin(place[carrying], spread.domains)].tolist()
        names = {row: f"{rows.name(row)} holds a carrier of spread {number} outside its domains" for row in outside}
        yield from some("spread", names.values(), str)
        counts, domains = _in_domains(levels[spread.key], spread) if spread.key else _in_bins(rows, spread)
        yield from _skew(number, spread, counts, domains)


def _in_domains(domains: Domains, spread: Spread) -> tuple[list[int], int]:
    """The counted copies in each declared domain, whether or not a bin stands in it, and how many are declared."""
    per_item = [domains.copies(i) for i in spread.counted]
    return [sum(copies.get(d, 0) for copies in per_item) for d in spread.domains], len(spread.domains)


def _in_bins(rows: Rows, spread: Spread) -> tuple[list[int], int]:
    """The counted copies in a bin of each row of a declared type, and how many such bins there are."""
    counted = np.zeros(rows.problem.item_types, np.int64)
    counted[list(spread.counted)] = 1
    declared = np.flatnonzero(np.isin(rows.kind, spread.domains))
    return rows.per_bin(counted)[declared].tolist(), sum(rows.times[row] for row in declared.tolist())


def _skew(number: int, spread: Spread, counts: list[int], domains: int) -> Iterator[str]:
    if not counts:
        return
    most, least = max(counts), 0 if domains < spread.min_domains else min(counts)
    if most - least > spread.max_skew:
        few = f" (0, as there are {domains} domains and not {spread.min_domains})" * (domains < spread.min_domains)
        yield (
            f"spread: spread {number} counts {most} copies in one domain and {least} in another{few}; they may differ by "
            f"{spread.max_skew}"
        )
