"""Rules about who stands together, in a bin (level 0) or a domain (level k >= 1): limits and requires."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.checking.domains import Domains
from binpack_solvers.checking.rows import Rows, common, some

Int64 = NDArray[np.int64]

AT_ONCE = 1 << 16
"""Limits that are looked at together."""


def limit_violations(rows: Rows, levels: Mapping[int, Domains]) -> Iterator[str]:
    """Every (i, j, k, level) where an i stands together with more than k copies of j."""
    limits = rows.problem.limits
    if not len(limits):
        return
    for part in np.array_split(limits, -(-len(limits) // AT_ONCE) or 1):
        for i, j, most, level in part[(part[:, 3] > 0) | _broken_in_bins(rows, part)].tolist():
            if level == 0:
                yield from _limit_in_bins(rows, i, j, most)
            else:
                yield from _limit_in_domains(rows, levels[level], i, j, most, level)


def _broken_in_bins(rows: Rows, limits: Int64) -> NDArray[np.bool_]:
    """(n,) whether some bin breaks the limit, read for bins."""
    i, j, most = limits[:, 0], limits[:, 1], limits[:, 2]
    entry, n = rows.entries(i)
    broken = np.zeros(len(limits), np.bool_)
    broken[n[rows.copies_in(rows.row_of[entry], j[n]) > most[n]]] = True
    return broken


def _limit_in_bins(rows: Rows, i: int, j: int, most: int) -> list[str]:
    beside, counts = rows.holding(j)
    many = beside[counts > most]
    return some(
        "limit",
        common(many, rows.holding(i)[0]).tolist(),
        lambda row: (
            f"{rows.name(row)} holds {counts[np.searchsorted(beside, row)]} copies of {rows.problem.item_name(j)}; "
            f"at most {most} where {rows.problem.item_name(i)} stands"
        ),
    )


def _limit_in_domains(rows: Rows, domains: Domains, i: int, j: int, most: int, level: int) -> list[str]:
    copies = domains.copies(j)
    return some(
        "limit",
        sorted(domain for domain in domains.copies(i) if copies.get(domain, 0) > most),
        lambda domain: (
            f"domain {domain} of level {level} holds {copies[domain]} copies of {rows.problem.item_name(j)}; "
            f"at most {most} where {rows.problem.item_name(i)} stands"
        ),
    )


def require_violations(rows: Rows, levels: Mapping[int, Domains]) -> Iterator[str]:
    """Every (i, j, level) where an i stands without a j, or apart from other copies of i where i is j."""
    for i, j, level in rows.problem.requires.tolist():
        if level == 0:
            yield from _require_in_bins(rows, i, j)
        else:
            yield from _require_in_domains(rows, levels[level], i, j, level)


def _require_in_bins(rows: Rows, i: int, j: int) -> list[str]:
    holding, _ = rows.holding(i)
    if i == j:
        bins = sum(rows.times[row] for row in holding.tolist())
        text = f"{rows.problem.item_name(i)} stands in {bins} bins; all its copies must stand in one"
        return [f"require: {text}"] if bins > 1 else []
    alone = np.setdiff1d(holding, rows.holding(j)[0], assume_unique=True)
    return some(
        "require",
        alone.tolist(),
        lambda row: f"{rows.name(row)} holds {rows.problem.item_name(i)} without {rows.problem.item_name(j)}",
    )


def _require_in_domains(rows: Rows, domains: Domains, i: int, j: int, level: int) -> Iterator[str]:
    name = rows.problem.item_name(i)
    yield from some(
        "require",
        domains.keyless(i),
        lambda row: f"{name} stands in {rows.name(row)}, which lacks the key of level {level}",
    )
    standing = sorted(domains.copies(i))
    if i == j:
        if len(standing) > 1:
            yield (
                f"require: {name} stands in {len(standing)} domains of level {level}; all its copies must stand in one"
            )
        return
    yield from some(
        "require",
        [domain for domain in standing if domain not in domains.copies(j)],
        lambda domain: f"domain {domain} of level {level} holds {name} without {rows.problem.item_name(j)}",
    )
