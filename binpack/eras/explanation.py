"""What an era is full of, and the sum behind its number in one line: the largest of the elementary bounds, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from binpack.eras.compilation import TENANCY, VCPUS, Compiled, Piece
from binpack.eras.kubernetes import CONTROL_PLANE, MINIMUM_NODES
from binpack.units import BYTE_RESOURCES, CPU, GIB, PODS, THREAD, format_amount

ISOLATION = "isolation"
SPREAD = "spread"


@dataclass(frozen=True)
class Explanation:
    """``full_of``: what binds; ``resource``: the resource behind it, None for a rule; ``why``: the sum, in words."""

    full_of: str
    resource: str | None
    why: str


def explain(compiled: Compiled) -> Explanation:
    """The elementary bound that asks for the most machines; a rule before a resource where both ask for the same."""
    found = sorted(_candidates(compiled), key=lambda c: (-c[0], c[1]))
    return found[0][2] if found else Explanation("-", None, "nothing to place")


def _candidates(compiled: Compiled) -> Iterator[tuple[int, int, Explanation]]:
    """(machines, rank, explanation); a resource's rank orders ties by how full it is."""
    pieces = [(i, p) for i, p in enumerate(compiled.pieces) if compiled.problem.demands[i] > 0]
    apart = [(-(-p.demand // p.max_per_box), p) for _, p in pieces if p.max_per_box]
    for machines, piece in apart:
        yield machines, 0, _separate(machines, piece)
    if compiled.problem.minimum_bins:
        machines = compiled.problem.minimum_bins
        yield machines, 0, Explanation(MINIMUM_NODES, None, f"at least {machines} machines")
    alone = sum(p.demand for _, p in pieces if p.alone)
    if alone:
        yield alone, 1, Explanation(ISOLATION, None, f"{alone:,} copies with a machine of their own")
    per_application = [s for s in compiled.shared if s.rules.get(TENANCY)]
    if per_application:
        least = {p.name: -(-p.demand // (p.max_per_box or p.demand)) for _, p in pieces}
        machines = sum(least.get(name, 0) for s in per_application for name in s.members)
        why = f"{len(per_application):,} applications, {machines:,} machines at the least"
        yield machines, 1, Explanation(ISOLATION, None, why)
    for resource in compiled.resources:
        ratio, why = _volume(compiled, resource)
        if ratio > 0:
            full_of = {PODS: "max pods", TENANCY: ISOLATION, VCPUS: "vCPUs"}.get(resource, resource)
            listed = None if resource in (TENANCY, VCPUS) else resource
            rank = 2 + int((-(-ratio // 1) - ratio) * 1000)
            yield int(-(-ratio // 1)), rank, Explanation(full_of, listed, why)


def _separate(machines: int, piece: Piece) -> Explanation:
    if piece.application is None:
        word = "nodes" if piece.name in (MINIMUM_NODES, CONTROL_PLANE) else "managers"
        return Explanation(MINIMUM_NODES, None, f"at least {machines} {word}, on as many machines")
    most = "separate hosts" if piece.max_per_box == 1 else f"at most {piece.max_per_box} a host"
    return Explanation(SPREAD, None, f"{piece.demand:,} copies of {piece.application.name}, {most}")


def _volume(compiled: Compiled, resource: str) -> tuple[Fraction, str]:
    """How many of the roomiest boxes one resource fills."""
    column = compiled.resources.index(resource)
    problem = compiled.problem
    room = max(int(amount) for amount in problem.capacity[:, column])
    taken = sum(
        min(int(problem.sizes[i, column]) for i in group) * int(problem.demands[group[0]])
        for group in problem.demand_groups
    )
    if not taken or not room:
        return Fraction(0), ""
    ratio = Fraction(taken, room)
    if resource == TENANCY:
        return ratio, f"{taken:,} copies, a machine each"
    unit = {CPU: " CPU", PODS: " pods"}.get(resource, "" if resource in BYTE_RESOURCES else f" {resource}")
    if resource == VCPUS:
        unit = " vCPUs"
    return ratio, f"{_short(resource, taken)}{unit} / {_short(resource, room)} free a machine = {float(ratio):.2f}"


def _short(resource: str, amount: int) -> str:
    if resource in BYTE_RESOURCES:
        return f"{amount / GIB:,.1f} GiB"
    return f"{amount // THREAD:,}" if resource == VCPUS else format_amount(resource, amount)
