"""What an era is full of, and the sum behind its bound in one line: the engine's reason, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from binpack_solvers.bounds.bound import Reason

from binpack.eras.kubernetes import CONTROL_PLANE, MINIMUM_NODES
from binpack.eras.packing.compilation import TENANCY, VCPUS, Compiled, Piece
from binpack.eras.packing.machine_bound import MachineBound
from binpack.units import BYTE_RESOURCES, CPU, GIB, PODS, THREAD, format_amount

ISOLATION = "isolation"
SPREAD = "spread"
CONFLICTS = "conflicts"
FULL_OF = {PODS: "max pods", TENANCY: ISOLATION, VCPUS: "vCPUs"}
SHOWN_PARTS = 3


@dataclass(frozen=True)
class Explanation:
    """``full_of``: what binds; ``resource``: the resource behind it, None for a rule; ``why``: the sum, in words."""

    full_of: str
    resource: str | None
    why: str


def explain(bound: MachineBound, use: Mapping[str, Fraction]) -> Explanation:
    """The argument that gives the bound, and nothing else. use : how full the machines are, for what no sum explains."""
    found = _decoded(bound.compiled, bound.reason, bound.machines - bound.spare, use)
    if bound.relaxed and bound.reason.kind not in ("copies per bin", "minimum bins", "nothing"):
        found = replace(found, why=f"{found.why}, were each VM as large as its machine")
    if bound.spare:
        found = replace(found, why=f"{found.why}; and {bound.spare:,} spare")
    return found


def _decoded(compiled: Compiled, reason: Reason, value: int, use: Mapping[str, Fraction]) -> Explanation:
    match reason.kind:
        case "volume":
            return _volume(compiled, reason, value)
        case "large items":
            resource = compiled.resources[reason.resource]
            return _of(resource, f"copies too large in {_named(resource)} to share machines: {_machines(value)}")
        case "dual feasible function":
            return _rounded(compiled, reason, value, use)
        case "dominance":
            filled, further = _machines(reason.amount), value - reason.amount
            return _of(
                compiled.resources[reason.resource], f"{filled} best filled as they are, {further:,} for the rest"
            )
        case "copies per bin":
            return _copies(compiled, reason, value)
        case "conflicts":
            why = f"{reason.amount:,} kinds of copies of which no two share a machine, {_machines(value)} at the least"
            return Explanation(CONFLICTS, None, why)
        case "separate setups":
            return _separate_setups(compiled, reason, value)
        case "minimum bins":
            return Explanation(MINIMUM_NODES, None, f"at least {_machines(compiled.problem.minimum_bins)}")
        case "exclusive items" if not reason.parts:
            own = "its" if reason.amount == 1 else "their"
            return Explanation(ISOLATION, None, f"{_copies_of(reason.amount)} with a machine of {own} own")
        case "exclusive items" | "bin types apart":
            return _sum(compiled, reason, use)
        case "bins of cost":
            return _of_cost(compiled, reason, use)
        case "availability" | "misfit":
            return _shortage(compiled, reason)
        case "search":
            found = f"{_machines(value)} needed" if value else "that the machines there are do not do"
            return _fullest(use, f"no sum shows it: the search proves {found}")
        case _:
            asked = any(piece.demand for piece in compiled.pieces)
            return Explanation("-", None, "nothing fits a machine" if asked else "nothing to place")


def _volume(compiled: Compiled, reason: Reason, value: int) -> Explanation:
    """What all takes over what the roomiest machine has; more where there are too few of the roomiest."""
    resource = compiled.resources[reason.resource]
    if resource == TENANCY:
        return Explanation(ISOLATION, None, f"{_copies_of(reason.amount)}, a machine each")
    room = _roomiest(compiled, reason.resource)
    ratio = Fraction(reason.amount, room)
    unit = {CPU: " CPU", PODS: " pods", VCPUS: " vCPUs"}.get(resource, _unit(resource))
    words = f"{_short(resource, reason.amount)}{unit} / {_short(resource, room)} free a machine = {float(ratio):.2f}"
    return _of(resource, words + _too_few_roomy(value, ratio))


def _rounded(compiled: Compiled, reason: Reason, value: int, use: Mapping[str, Fraction]) -> Explanation:
    """Sizes rounded by a dual feasible function: what no way of placing can use up is counted with what is taken."""
    words = f"with what no placing can use up: {_machines(value)}"
    if reason.resource < 0:
        return _fullest(use, f"several resources together, {words}")
    resource = compiled.resources[reason.resource]
    return _of(resource, f"{_named(resource)} asked for, {words}")


def _copies(compiled: Compiled, reason: Reason, value: int) -> Explanation:
    """So many copies, at most so many a machine: a rule's doing, or a resource's."""
    piece = compiled.pieces[reason.item]
    few = _too_few_roomy(value, Fraction(piece.demand, reason.per_bin))
    if piece.application is None and piece.max_per_box == reason.per_bin:
        word = "node" if piece.name in (MINIMUM_NODES, CONTROL_PLANE) else "manager"
        more = " more" * (piece.name == MINIMUM_NODES and any(p.alone and p.application for p in compiled.pieces))
        nodes = f"at least {piece.demand:,}{more} {word}{'s' * (piece.demand > 1)}"
        return Explanation(MINIMUM_NODES, None, f"{nodes}, on as many machines{few}")
    copies = f"{_copies_of(piece.demand)} of {_name(piece)}"
    if reason.resource >= 0:
        resource = compiled.resources[reason.resource]
        return _of(resource, f"{copies}, {reason.per_bin:,} a machine by {_named(resource)}{few}")
    if piece.application is not None and piece.application.placement.max_per_host == reason.per_bin:
        most = "separate hosts" if reason.per_bin == 1 else f"at most {reason.per_bin:,} a host"
        return Explanation(SPREAD, None, f"{copies}, {most}{few}")
    return Explanation(ISOLATION, None, f"{copies}, at most {reason.per_bin:,} a machine{few}")


def _separate_setups(compiled: Compiled, reason: Reason, value: int) -> Explanation:
    if any(s.rules.get(TENANCY) for s in compiled.shared):
        applications = "1 application" if reason.amount == 1 else f"{reason.amount:,} applications"
        return Explanation(ISOLATION, None, f"{applications}, {_machines(value)} at the least")
    why = f"{reason.amount:,} groups of which no two share a machine, {_machines(value)} at the least"
    return Explanation(CONFLICTS, None, why)


def _sum(compiled: Compiled, reason: Reason, use: Mapping[str, Fraction]) -> Explanation:
    """Machines of which no two parts share one; full of what the largest part is full of."""
    parts = sorted(_parts(reason), key=lambda part: -part[0])
    found = [_decoded(compiled, why, value, use) for value, why in parts]
    words = [f"{value:,} ({one.why})" for (value, _), one in zip(parts[:SHOWN_PARTS], found, strict=False)]
    rest = sum(value for value, _ in parts[SHOWN_PARTS:])
    words += [f"{rest:,} for {len(parts) - SHOWN_PARTS} more kinds"] if rest else []
    return replace(found[0], why=" + ".join(words))


def _parts(reason: Reason) -> Iterator[tuple[int, Reason]]:
    """The parts of a sum, and of the sums in it."""
    for value, part in reason.parts:
        if part.kind in ("exclusive items", "bin types apart") and part.parts:
            yield from _parts(part)
        else:
            yield value, part


def _of_cost(compiled: Compiled, reason: Reason, use: Mapping[str, Fraction]) -> Explanation:
    """So much has to be paid at the least, and no machine takes more than so much of it."""
    [(cost, why)] = reason.parts
    problem, objective = compiled.problem, compiled.objective
    dearest = max(problem.cost.tolist()) + sum(setup.cost for setup in problem.setups)
    found = _decoded(compiled, why, cost, use)
    least, most = (objective.per_hour(c) if objective else c for c in (cost, dearest))
    words = f"${least / 10**6:,.2f} an hour at the least / ${most / 10**6:,.2f} a machine = {cost / dearest:.2f}"
    return replace(found, why=f"{words} ({found.why})")


def _shortage(compiled: Compiled, reason: Reason) -> Explanation:
    """Why the machines that there are do not hold it all."""
    if reason.parts:
        [(needed, why)] = reason.parts
        found = _decoded(compiled, why, needed, {})
        return replace(found, why=f"{_machines(needed)} needed, more than there are ({found.why})")
    if reason.resource >= 0:
        resource = compiled.resources[reason.resource]
        problem = compiled.problem
        room = sum(
            a * c for a, c in zip(problem.available.tolist(), problem.capacity.T.tolist()[reason.resource], strict=True)
        )
        asked, there = _short(resource, reason.amount), _short(resource, room)
        return _of(resource, f"{asked} {_named(resource)} needed, {there} on all machines there are")
    piece = compiled.pieces[reason.item]
    return Explanation(
        SPREAD, None, f"{piece.demand:,} copies of {_name(piece)}, more than the machines there are take"
    )


def _fullest(use: Mapping[str, Fraction], words: str) -> Explanation:
    """Full of the resource that is used most, where no single argument says what binds."""
    if not use:
        return Explanation("-", None, words)
    return _of(max(use, key=lambda resource: use[resource]), words)


def _of(resource: str, why: str) -> Explanation:
    return Explanation(FULL_OF.get(resource, resource), None if resource in (TENANCY, VCPUS) else resource, why)


def _roomiest(compiled: Compiled, resource: int) -> int:
    """The most that a machine of a type that is to be had has free of a resource."""
    problem = compiled.problem
    return max(int(room) for room in problem.capacity[problem.available != 0, resource])


def _too_few_roomy(value: int, ratio: Fraction) -> str:
    """What there is to say where the bound is above the plain quotient: there are too few of the roomiest machines."""
    return f", {value:,} of the machines there are" if value > -(-ratio // 1) else ""


def _machines(count: int) -> str:
    return "1 machine" if count == 1 else f"{count:,} machines"


def _copies_of(count: int) -> str:
    return "1 copy" if count == 1 else f"{count:,} copies"


def _name(piece: Piece) -> str:
    return piece.name if piece.application is None else piece.application.name


def _named(resource: str) -> str:
    return {CPU: "CPU", PODS: "pods", VCPUS: "vCPUs", TENANCY: "tenancy"}.get(resource, resource)


def _unit(resource: str) -> str:
    return "" if resource in BYTE_RESOURCES or resource in (CPU, PODS, VCPUS) else f" {resource}"


def _short(resource: str, amount: int) -> str:
    if resource in BYTE_RESOURCES:
        return f"{amount / GIB:,.1f} GiB"
    return f"{amount // THREAD:,}" if resource == VCPUS else format_amount(resource, amount)
