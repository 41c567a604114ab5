"""What a lower bound is: a number, and why, both in words and as a reason that a caller can decode."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Kind = Literal[
    "nothing",
    "volume",
    "large items",
    "dual feasible function",
    "dominance",
    "copies per bin",
    "conflicts",
    "exclusive items",
    "separate setups",
    "minimum bins",
    "bins of cost",
    "bin types apart",
    "misfit",
    "availability",
    "search",
]


@dataclass(frozen=True)
class Reason:
    """Why a bound holds, with the figures that its sum is made of.

    kind : which argument; "search" is that of CP-SAT or of column generation, which no sum shows.
    resource : the resource that binds, -1 for a rule and for several resources together. item : the item type that binds,
        -1 if none.
    per_bin : for "copies per bin", how many of ``item`` a bin takes at most; 0 otherwise.
    amount : what is divided or counted, a Python integer. "volume", and "availability" of a resource: the total of all
        copies and of the setups that cannot be avoided; "exclusive items": copies; "conflicts": demand groups; "separate
        setups": setups; "dominance": bins that some best packing holds; 0 otherwise.
    parts : (value, reason) of the bounds that this one is made of: those that "bin types apart" and "exclusive items" add
        up, the cost behind "bins of cost", the bound that too few bins are available for.
    """

    kind: Kind
    resource: int = -1
    item: int = -1
    per_bin: int = 0
    amount: int = 0
    parts: tuple[tuple[int, Reason], ...] = ()


SEARCH = Reason("search")


class Bound(NamedTuple):
    """A value and its reason; the larger value wins, the earlier one in a tie."""

    value: int
    by: str
    reason: Reason


NO_BOUND = Bound(0, "nothing", Reason("nothing"))


@dataclass(frozen=True)
class Bounds:
    """Lower bounds on bins and on cost, each with its argument; or why no packing exists.

    bins, cost : no packing (of all copies that must be packed; of all copies with ``all_placed``) has fewer or costs less.
    infeasible : what shows that there is no packing at all, in words; empty if nothing does.
    """

    bins: int
    bins_by: str
    cost: int
    cost_by: str
    infeasible: str = ""
    bins_reason: Reason = Reason("nothing")
    cost_reason: Reason = Reason("nothing")
    infeasible_reason: Reason = Reason("nothing")


def best(bounds: list[Bound]) -> Bound:
    """The largest; the first of equals."""
    return max(bounds, key=lambda bound: bound.value, default=NO_BOUND)
