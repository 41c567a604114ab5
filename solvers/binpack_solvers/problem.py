"""Problem: item types, resources, bin types and the rules between them; validated once, then trusted by every solver."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from binpack_solvers.errors import ProblemError
from binpack_solvers.exact_sums import total
from binpack_solvers.rules import Setup, Spread, Standing
from binpack_solvers.validation import (
    LARGEST,
    as_flags,
    as_integers,
    check_indices,
    check_range,
    integer_tuple,
    name_of,
)

Int64 = NDArray[np.int64]
Flags = NDArray[np.bool_]

UNLIMITED = -1
MUST_BE_PACKED = -1
NO_DOMAIN = -1
NO_ALTERNATIVE = -1


@dataclass(frozen=True, eq=False)
class Problem:
    """Pack ``m`` item types of ``d`` resources into bins of ``t`` types: fewest unplaced, then cost, bins, moves.

    Every quantity is an exact integer of at most 2**62. Data that is malformed raises ProblemError naming the item, bin
    type or rule; what fits nowhere is an answer (status ``infeasible``), never an error.

    Parameters
    ----------
    sizes : (m, d), or (m,) for one resource. What one copy takes.
    capacity : (t, d), (d,) for one bin type, or a scalar for one type and one resource.
    demands : (m,), default 1 each. Identical copies; time and memory depend on m, never on copies.
    cost : (t,), default 1 each. Lower total cost comes before fewer bins.
    available : (t,), default -1: unlimited.
    compatible : (m, t) booleans, default all true. Which item type may stand in which bin type.
    alternatives : (m,), default -1: none. Item types with the same id >= 0 share one demand: their copies sum to it.
        They must carry the same demand and the same ``optional``.
    optional : (m,), default -1: must be packed. Otherwise a priority class >= 0, a higher one being more important;
        copies of it may stay out, at the price of the first objective level.
    exclusive : (m,) booleans. A copy of such a type is alone in its bin.
    limits : (L, 3) or (L, 4) rows (i, j, k[, level]): where an i stands, at most k copies of j stand in the same bin
        (level 0) or domain; bins without the key are free of it. (i, i, k): at most k copies of i. Repeated arcs keep
        the smallest k.
    requires : (R, 2) or (R, 3) rows (i, j[, level]): where an i stands, at least one copy of j stands in the same bin or
        domain, and i may stand only where the key exists. (i, i): all copies of i stand in one bin or domain (the first
        may stand alone: bootstrap).
    setups, spread : see ``Setup`` and ``Spread``.
    topology : (t, K) domain ids, -1: key absent.
    initial : see ``Standing``; ``move_cost`` (m,), default 1 each where ``initial`` is given.
    minimum_bins : at least so many bins. Every bin of a packing counts and is charged, empty or not. The rule is about the
        number alone: of which types the empty bins are is for the objective, which is why a best packing adds the
        cheapest that are available and break no rule. More empty bins than are asked for are no fault either, only never
        better; an empty bin pays no setup, and is a domain without copies to a ``Spread`` at level 0.
    item_names, bin_names, resource_names : only for messages.
    """

    sizes: Int64
    capacity: Int64
    demands: Int64
    cost: Int64
    available: Int64
    compatible: Flags
    alternatives: Int64
    optional: Int64
    exclusive: Flags
    limits: Int64
    requires: Int64
    setups: tuple[Setup, ...]
    topology: Int64
    spread: tuple[Spread, ...]
    initial: tuple[Standing, ...]
    move_cost: Int64
    minimum_bins: int
    item_names: tuple[str, ...] = field(repr=False)
    bin_names: tuple[str, ...] = field(repr=False)
    resource_names: tuple[str, ...] = field(repr=False)

    def __init__(
        self,
        sizes: ArrayLike,
        capacity: ArrayLike,
        *,
        demands: ArrayLike | None = None,
        cost: ArrayLike | None = None,
        available: ArrayLike | None = None,
        compatible: ArrayLike | None = None,
        alternatives: ArrayLike | None = None,
        optional: ArrayLike | None = None,
        exclusive: ArrayLike | None = None,
        limits: ArrayLike | None = None,
        requires: ArrayLike | None = None,
        setups: Iterable[Setup] = (),
        topology: ArrayLike | None = None,
        spread: Iterable[Spread] = (),
        initial: Iterable[Standing] | None = None,
        move_cost: ArrayLike | None = None,
        minimum_bins: int = 0,
        item_names: Sequence[str] = (),
        bin_names: Sequence[str] = (),
        resource_names: Sequence[str] = (),
    ) -> None:
        put = lambda name, value: object.__setattr__(self, name, value)  # noqa: E731  (the dataclass is frozen)
        put("item_names", tuple(item_names))
        put("bin_names", tuple(bin_names))
        put("resource_names", tuple(resource_names))
        size_array, capacity_array = _sizes_and_capacity(sizes, capacity, self.item_names, self.bin_names)
        put("sizes", size_array)
        put("capacity", capacity_array)
        m, t = len(size_array), len(capacity_array)
        items, bins = self.item_names, self.bin_names
        _check_names(items, m, "item_names")
        _check_names(bins, t, "bin_names")
        _check_names(self.resource_names, self.resources, "resource_names")
        put("demands", as_integers("demands", demands, (m,), default=1, low=0, names=items))
        put("cost", as_integers("cost", cost, (t,), default=1, low=0, names=bins))
        put("available", as_integers("available", available, (t,), default=UNLIMITED, low=UNLIMITED, names=bins))
        put("compatible", as_flags("compatible", compatible, (m, t), default=True))
        put("alternatives", as_integers("alternatives", alternatives, (m,), NO_ALTERNATIVE, NO_ALTERNATIVE, items))
        put("optional", as_integers("optional", optional, (m,), MUST_BE_PACKED, MUST_BE_PACKED, items))
        put("exclusive", as_flags("exclusive", exclusive, (m,), default=False))
        put("topology", _topology(topology, t))
        put("limits", _limits(limits, m, self.topology.shape[1]))
        put("requires", _requires(requires, m, self.topology.shape[1]))
        put("setups", tuple(_setup(s, k, self) for k, s in enumerate(setups)))
        put("spread", tuple(_spread(s, k, self) for k, s in enumerate(spread)))
        put("initial", tuple(_standing(s, k, self) for k, s in enumerate(initial or ())))
        put(
            "move_cost", as_integers("move_cost", move_cost, (m,), default=1 if self.initial else 0, low=0, names=items)
        )
        put("minimum_bins", int(as_integers("minimum_bins", minimum_bins, (), default=0, low=0, names=())))
        _check_alternatives(self)
        _check_standing_types(self)

    @property
    def item_types(self) -> int:
        """m, the number of item types."""
        return len(self.sizes)

    @property
    def resources(self) -> int:
        """d, the number of resources."""
        return self.sizes.shape[1]

    @property
    def bin_types(self) -> int:
        """t, the number of bin types."""
        return len(self.capacity)

    @property
    def unit_cost(self) -> bool:
        """Whether cost and bins are the same objective: every bin costs 1 and no setup costs anything."""
        return bool((self.cost == 1).all()) and all(s.cost == 0 for s in self.setups)

    @cached_property
    def rules(self) -> frozenset[str]:
        """The rules beyond demands, capacity and available bins that there are, by the names of their fields; limits above
        the bin are ``limits by domain``."""
        there = {
            "compatible": not self.compatible.all(),
            "alternatives": not self.alone,
            "optional": (self.optional != MUST_BE_PACKED).any(),
            "exclusive": self.exclusive.any(),
            "limits": (self.limits[:, 3] == 0).any(),
            "limits by domain": (self.limits[:, 3] > 0).any(),
            "requires": len(self.requires),
            "setups": self.setups,
            "spread": self.spread,
            "initial": self.initial,
            "minimum_bins": self.minimum_bins,
        }
        return frozenset(name for name, asked in there.items() if asked)

    @cached_property
    def alone(self) -> bool:
        """Whether no item type shares its demand: then demand groups are the item types themselves, in their order."""
        return not (self.alternatives != NO_ALTERNATIVE).any()

    @cached_property
    def demand_groups(self) -> tuple[tuple[int, ...], ...]:
        """The item types that share a demand: one tuple per alternative id, and one per item type without."""
        start, items = (rows.tolist() for rows in self.group_rows)
        return tuple(tuple(items[a:b]) for a, b in pairwise(start))

    @cached_property
    def group_rows(self) -> tuple[Int64, Int64]:
        """``demand_groups`` as compressed rows: group g is the second array from the first array's g to its g + 1."""
        count = self.item_types
        if self.alone:
            return _freeze(np.arange(count + 1)), _freeze(np.arange(count))
        shared = self.alternatives >= 0
        key = np.where(shared, self.alternatives, -1 - np.arange(count))
        _, first, group = np.unique(key, return_index=True, return_inverse=True)
        came = np.argsort(np.argsort(first))[group.ravel()]
        start = np.concatenate(([0], np.cumsum(np.bincount(came))))
        return _freeze(start), _freeze(np.argsort(came, kind="stable"))

    @cached_property
    def group_of(self) -> Int64:
        """(m,) the demand group of each item type."""
        start, items = self.group_rows
        if len(start) == len(items) + 1:
            return items
        groups = np.empty(self.item_types, np.int64)
        groups[items] = np.repeat(np.arange(len(start) - 1), np.diff(start))
        return _freeze(groups)

    @cached_property
    def first_of_group(self) -> Int64:
        """(groups,) the first item type of each demand group."""
        start, items = self.group_rows
        return items if len(start) == len(items) + 1 else _freeze(items[start[:-1]])

    @cached_property
    def copies(self) -> int:
        """All copies demanded, alternatives counted once; a Python integer, so it cannot overflow."""
        return total(self.demands if self.alone else self.demands[self.first_of_group])

    def item_name(self, i: int) -> str:
        """How messages call item type ``i``."""
        return name_of("item", i, self.item_names)

    def bin_name(self, k: int) -> str:
        """How messages call bin type ``k``."""
        return name_of("bin type", k, self.bin_names)

    def resource_name(self, r: int) -> str:
        """How messages call resource ``r``."""
        return name_of("resource", r, self.resource_names)

    def replace(self, **changes: Any) -> Problem:
        """The same problem with some fields changed; validated again."""
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return Problem(**{**fields, **changes})


def _sizes_and_capacity(
    sizes: ArrayLike, capacity: ArrayLike, items: tuple[str, ...], bins: tuple[str, ...]
) -> tuple[Int64, Int64]:
    size_array = as_integers("sizes", sizes, None, low=0, names=items)
    capacity_array = as_integers("capacity", capacity, None, low=0, names=bins)
    if size_array.ndim == 1:
        size_array = size_array.reshape(-1, 1)
    if capacity_array.ndim == 0:
        capacity_array = capacity_array.reshape(1, 1)
    if capacity_array.ndim == 1:
        capacity_array = capacity_array.reshape(1, -1)
    if size_array.ndim != 2 or capacity_array.ndim != 2:
        raise ProblemError("sizes must be (m, d) or (m,), capacity (t, d), (d,) or a scalar")
    if size_array.shape[0] and size_array.shape[1] != capacity_array.shape[1]:
        raise ProblemError(
            f"sizes have {size_array.shape[1]} resources, capacity has {capacity_array.shape[1]}: expected the same"
        )
    if not len(size_array):
        size_array = size_array.reshape(0, capacity_array.shape[1])
    if capacity_array.shape[1] == 0 or not len(capacity_array):
        raise ProblemError("capacity is empty: expected at least one bin type and one resource")
    return size_array, capacity_array


def _check_names(names: tuple[str, ...], count: int, what: str) -> None:
    if names and len(names) != count:
        raise ProblemError(f"{what} has {len(names)} names: expected {count}")


def _topology(topology: ArrayLike | None, t: int) -> Int64:
    if topology is None:
        return np.empty((t, 0), np.int64)
    array = as_integers("topology", topology, None, low=NO_DOMAIN)
    if array.ndim != 2 or len(array) != t:
        raise ProblemError(f"topology has shape {array.shape}: expected ({t}, keys)")
    return array


def _rows(name: str, rows: ArrayLike | None, narrow: int) -> Int64:
    """Rows of ``narrow`` columns or one more, the level, which defaults to 0."""
    if rows is None or np.size(np.asarray(rows, dtype=object)) == 0:
        return np.empty((0, narrow + 1), np.int64)
    array = as_integers(name, rows, None, low=0)
    if array.ndim != 2 or array.shape[1] not in (narrow, narrow + 1):
        raise ProblemError(f"{name} has shape {array.shape}: expected rows of {narrow} or {narrow + 1} integers")
    if array.shape[1] == narrow:
        array = np.hstack([array, np.zeros((len(array), 1), np.int64)])
    return array


def _limits(rows: ArrayLike | None, m: int, keys: int) -> Int64:
    array = _rows("limits", rows, 3)
    check_indices("limits, column i", array[:, 0], m)
    check_indices("limits, column j", array[:, 1], m)
    check_indices("limits, column level", array[:, 3], keys + 1)
    return _freeze(_strictest(array))


def _strictest(limits: Int64) -> Int64:
    """Of rows (i, j, k, level) that differ in k alone one with the smallest, in the order in which they first came."""
    i, j, k, level = limits.T
    order = np.lexsort((k, level, j, i))
    key = limits[order][:, (0, 1, 3)]
    first = np.flatnonzero(np.append(True, (key[1:] != key[:-1]).any(axis=1))[: len(key)])
    if len(first) == len(limits):
        return limits
    came = np.minimum.reduceat(order, first)
    return limits[order[first]][np.argsort(came)]


def _requires(rows: ArrayLike | None, m: int, keys: int) -> Int64:
    array = _rows("requires", rows, 2)
    check_indices("requires, column i", array[:, 0], m)
    check_indices("requires, column j", array[:, 1], m)
    check_indices("requires, column level", array[:, 2], keys + 1)
    return _freeze(np.unique(array, axis=0))


def _setup(setup: Setup, k: int, problem: Problem) -> Setup:
    where = f"setup {k}"
    members = integer_tuple(f"{where}, members", setup.members, problem.item_types)
    types = integer_tuple(f"{where}, types", setup.types, problem.bin_types) or tuple(range(problem.bin_types))
    size = tuple(int(s) for s in as_integers(f"{where}, size", setup.size, (problem.resources,), low=0))
    check_range(f"{where}, cost", setup.cost, 0, LARGEST)
    return Setup(members, size, types, int(setup.cost))


def _spread(spread: Spread, k: int, problem: Problem) -> Spread:
    where = f"spread {k}"
    carriers = integer_tuple(f"{where}, carriers", spread.carriers, problem.item_types)
    counted = integer_tuple(f"{where}, counted", spread.counted, problem.item_types)
    check_range(f"{where}, key", spread.key, 0, problem.topology.shape[1])
    check_range(f"{where}, max_skew", spread.max_skew, 1, LARGEST)
    check_range(f"{where}, min_domains", spread.min_domains, 0, LARGEST)
    limit = LARGEST if spread.key else problem.bin_types
    domains = integer_tuple(f"{where}, domains", spread.domains, limit)
    if spread.key and not domains:
        raise ProblemError(f"{where}: no domain is declared; expected at least one id of the key")
    if not spread.key and not domains:
        domains = tuple(range(problem.bin_types))
    return Spread(carriers, counted, int(spread.key), int(spread.max_skew), int(spread.min_domains), domains)


def _standing(standing: Standing, k: int, problem: Problem) -> Standing:
    where = f"initial bin {k}"
    check_range(f"{where}, bin type", standing.bin_type, 0, problem.bin_types - 1)
    if problem.available[standing.bin_type] != 1:
        raise ProblemError(f"{where}: {problem.bin_name(standing.bin_type)} must be a type of its own with available 1")
    items = integer_tuple(f"{where}, content", tuple(standing.content), problem.item_types)
    for i in items:
        check_range(f"{where}, copies of {problem.item_name(i)}", standing.content[i], 0, LARGEST)
    return Standing(int(standing.bin_type), {i: int(standing.content[i]) for i in items}, bool(standing.fixed))


def _check_alternatives(problem: Problem) -> None:
    if problem.alone:
        return
    leader = problem.first_of_group[problem.group_of]
    if all((values == values[leader]).all() for values in (problem.demands, problem.optional)):
        return
    for group in problem.demand_groups:
        first = group[0]
        for i in group[1:]:
            for what, values in (("demand", problem.demands), ("optional", problem.optional)):
                if values[i] != values[first]:
                    raise ProblemError(
                        f"{problem.item_name(i)} and {problem.item_name(first)} are alternatives with {what} "
                        f"{values[i]} and {values[first]}: expected the same"
                    )


def _check_standing_types(problem: Problem) -> None:
    types = [standing.bin_type for standing in problem.initial]
    for k, bin_type in enumerate(types):
        if bin_type in types[:k]:
            first = types.index(bin_type)
            raise ProblemError(
                f"initial bin {k}: {problem.bin_name(bin_type)} is the type of initial bin {first} already; expected a "
                f"type of its own"
            )


def _freeze(array: Int64) -> Int64:
    array.setflags(write=False)
    return array
