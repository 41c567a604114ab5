"""Random small problems with any of the rules of ``Problem``, each following from a seed and its number alone.

Larger than what the tests' brute force can take, small enough that most are proven within a second: up to eight item
types, four bin types, three resources and some thirty copies. Rules are mostly mild, so that most problems are feasible.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from binpack_solvers.instances.draws import Draws
from binpack_solvers.problem import Problem
from binpack_solvers.rules import Setup, Spread, Standing

T = TypeVar("T")
RULES = (
    "cost",
    "available",
    "compatible",
    "alternatives",
    "optional",
    "exclusive",
    "limits",
    "requires",
    "setups",
    "topology",
    "spread",
    "initial",
    "minimum_bins",
)
"""``topology`` moves limits, requires and spread to levels above the bin; without it they look at one bin."""

SHARES = (0.0, 0.1, 0.2, 0.3, 0.5, 0.9)
"""Chance of each rule to be in a problem; drawn anew for each problem, so that some have none and some nearly all."""

SIZES = (0, 1, 2, 3, 3, 4, 4, 5, 6, 8)
"""Against capacities of 6 to 15."""

SCALES = (1, 1, 1, 1, 100, 10**9, 2**50)
"""What sizes and capacities are multiplied by: far from 1, sums leave 64 bits unless they are taken with care."""


def draw_problem(seed: int, number: int) -> tuple[Problem, tuple[str, ...]]:
    """Problem ``number`` of the seed, and which of ``RULES`` are in it."""
    draws = Draws(f"differential-{seed}-{number}")
    share = _one_of(draws, SHARES)
    chosen = tuple(rule for rule in RULES if draws.chance(share))
    return Problem(**_fields(draws, chosen)), chosen


def _fields(draws: Draws, chosen: Sequence[str]) -> dict[str, Any]:
    m, t, d = draws.integer(1, 8), draws.integer(1, 4), draws.integer(1, 3)
    scale, most = _one_of(draws, SCALES), draws.integer(1, 6)
    fields: dict[str, Any] = {
        "sizes": [[_scaled(draws, _one_of(draws, SIZES), scale) for _ in range(d)] for _ in range(m)],
        "capacity": [[_scaled(draws, draws.integer(6, 15), scale) for _ in range(d)] for _ in range(t)],
        "demands": [draws.integer(0, most) for _ in range(m)],
    }
    for rule in chosen:
        if rule in _OF_ITEMS_AND_BINS:
            _OF_ITEMS_AND_BINS[rule](draws, fields)
    _agree_within_groups(fields)
    if "initial" in chosen:
        _add_initial(draws, fields)
    keys = draws.integer(1, 2) if "topology" in chosen else 0
    if keys:
        fields["topology"] = [[draws.integer(-1, 1) for _ in range(keys)] for _ in fields["capacity"]]
    for rule in chosen:
        if rule in _OF_TOGETHER:
            fields[rule] = [_OF_TOGETHER[rule](draws, fields, keys) for _ in range(draws.integer(1, 3))]
    return fields


def _scaled(draws: Draws, value: int, scale: int) -> int:
    """Times the scale, less a little, so that not every number is a multiple of it."""
    return max(0, value * scale - draws.integer(0, scale // 10)) if value else 0


def _one_of(draws: Draws, values: Sequence[T]) -> T:
    return values[draws.integer(0, len(values) - 1)]


def _cost(draws: Draws, fields: dict[str, Any]) -> None:
    most = _one_of(draws, (1, 4, 1000))
    fields["cost"] = [draws.integer(0, most) for _ in fields["capacity"]]


def _available(draws: Draws, fields: dict[str, Any]) -> None:
    fields["available"] = [_one_of(draws, (-1, -1, 0, 1, 2, 4)) for _ in fields["capacity"]]


def _compatible(draws: Draws, fields: dict[str, Any]) -> None:
    fields["compatible"] = [[draws.chance(0.75) for _ in fields["capacity"]] for _ in fields["sizes"]]


def _alternatives(draws: Draws, fields: dict[str, Any]) -> None:
    fields["alternatives"] = [_one_of(draws, (-1, -1, 0, 1)) for _ in fields["sizes"]]


def _optional(draws: Draws, fields: dict[str, Any]) -> None:
    fields["optional"] = [draws.integer(-1, 1) for _ in fields["sizes"]]


def _exclusive(draws: Draws, fields: dict[str, Any]) -> None:
    fields["exclusive"] = [draws.chance(0.3) for _ in fields["sizes"]]


def _minimum_bins(draws: Draws, fields: dict[str, Any]) -> None:
    fields["minimum_bins"] = draws.integer(1, 6)


_OF_ITEMS_AND_BINS = {
    "cost": _cost,
    "available": _available,
    "compatible": _compatible,
    "alternatives": _alternatives,
    "optional": _optional,
    "exclusive": _exclusive,
    "minimum_bins": _minimum_bins,
}


def _agree_within_groups(fields: dict[str, Any]) -> None:
    """Alternatives carry one demand and one priority: those of the first of their group."""
    first: dict[int, int] = {}
    for i, group in enumerate(fields.get("alternatives", ())):
        if group >= 0:
            leader = first.setdefault(group, i)
            for name in fields.keys() & {"demands", "optional"}:
                fields[name][i] = fields[name][leader]


def _add_initial(draws: Draws, fields: dict[str, Any]) -> None:
    """One or two standing bins, each of a bin type of its own that is added at the end."""
    before, added = len(fields["capacity"]), draws.integer(1, 2)
    fields["available"] = fields.get("available", [-1] * before) + [1] * added
    fields["cost"] = fields.get("cost", [1] * before) + [draws.integer(0, 1) for _ in range(added)]
    fields["capacity"] = fields["capacity"] + [list(fields["capacity"][0]) for _ in range(added)]
    if "compatible" in fields:
        fields["compatible"] = [row + [True] * added for row in fields["compatible"]]
    fields["initial"] = [
        Standing(before + k, _content(draws, fields["demands"]), draws.chance(0.3)) for k in range(added)
    ]
    if draws.chance(0.5):
        fields["move_cost"] = [draws.integer(0, 3) for _ in fields["sizes"]]


def _content(draws: Draws, demands: Sequence[int]) -> dict[int, int]:
    return {i: draws.integer(0, min(2, demand)) for i, demand in enumerate(demands) if demand and draws.chance(0.5)}


def _item(draws: Draws, fields: dict[str, Any]) -> int:
    return draws.integer(0, len(fields["sizes"]) - 1)


def _items(draws: Draws, fields: dict[str, Any]) -> tuple[int, ...]:
    return tuple(_item(draws, fields) for _ in range(draws.integer(1, 2)))


def _types(draws: Draws, fields: dict[str, Any]) -> tuple[int, ...]:
    """Some bin types; none stands for all of them, which is drawn in half of the cases."""
    return () if draws.chance(0.5) else (draws.integer(0, len(fields["capacity"]) - 1),)


def _limit(draws: Draws, fields: dict[str, Any], keys: int) -> tuple[int, int, int, int]:
    return _item(draws, fields), _item(draws, fields), _one_of(draws, (0, 0, 1, 1, 2, 3)), draws.integer(0, keys)


def _require(draws: Draws, fields: dict[str, Any], keys: int) -> tuple[int, int, int]:
    return _item(draws, fields), _item(draws, fields), draws.integer(0, keys)


def _setup(draws: Draws, fields: dict[str, Any], keys: int) -> Setup:
    """A quarter of a bin at most, so that members still fit beside it."""
    room = [min(column) // 4 for column in zip(*fields["capacity"], strict=True)]
    size = tuple(draws.integer(0, most) for most in room)
    return Setup(_items(draws, fields), size, _types(draws, fields), draws.integer(0, 2))


def _spread(draws: Draws, fields: dict[str, Any], keys: int) -> Spread:
    key, carriers = draws.integer(0, keys), _items(draws, fields)
    counted = carriers if draws.chance(0.5) else _items(draws, fields)
    domains = tuple(range(draws.integer(1, 3))) if key else _types(draws, fields)
    return Spread(carriers, counted, key, draws.integer(1, 3), draws.integer(0, 3), domains)


_OF_TOGETHER = {"limits": _limit, "requires": _require, "setups": _setup, "spread": _spread}
