"""Affinity arcs of container placement instances: plain ``[i, j, k]`` rows, or the compact coding of dense sets.

A bin that holds a copy of i holds at most k copies of j. Compact coding: ``affinity_degree[i]`` arcs leave i; their
targets are running sums of ``affinity_target_delta``, begun again at 0 for each i; ``affinity_limit[i]`` is a text with
one digit per arc. (Data: the TClab set of the Alibaba trace, as used by Mommessin, Erlebach and Shakhlevich.)
"""

from __future__ import annotations

from binpack_solvers.instances.fields import Fields


def limit_rows(fields: Fields, items: int) -> list[tuple[int, int, int]]:
    """(i, j, k) rows with i and j checked to be items."""
    if "affinity_degree" in fields.value:
        return _compact(fields, items)
    if "affinities" not in fields.value:
        return []
    rows = []
    for r in range(len(fields.entries("affinities"))):
        i, j, k = fields.vector(("affinities", r), 3)
        if max(i, j) >= items:
            raise fields.error(("affinities", r), f"item {max(i, j)}", f"an index from 0 to {items - 1}")
        rows.append((i, j, k))
    return rows


def _compact(fields: Fields, items: int) -> list[tuple[int, int, int]]:
    degrees = fields.vector(("affinity_degree",), items)
    deltas = fields.vector(("affinity_target_delta",), sum(degrees))
    limits = fields.entries("affinity_limit")
    if len(limits) != items:
        raise fields.error(("affinity_limit",), f"{len(limits)} texts", f"{items}, one for each item")
    rows, start = [], 0
    for i, (degree, text) in enumerate(zip(degrees, limits, strict=True)):
        if not isinstance(text, str) or len(text) != degree or not (text.isdecimal() or not text):
            raise fields.error(("affinity_limit", i), repr(text)[:40], f"a text of {degree} digits")
        j = 0
        for delta, digit in zip(deltas[start : start + degree], text, strict=True):
            j += delta
            rows.append((i, j, int(digit)))
        if j >= items:
            raise fields.error(("affinity_target_delta", start), f"an arc to item {j}", f"one from 0 to {items - 1}")
        start += degree
    return rows
