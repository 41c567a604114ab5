"""NestedPacking and NestedSolution: what is in which box, which boxes stand on which host, and what is proven of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from binpack_solvers.exact_sums import dot, total
from binpack_solvers.nested.nested_problem import NestedProblem
from binpack_solvers.packing import Packing
from binpack_solvers.solution import Status

if TYPE_CHECKING:
    from binpack_solvers.nested.box_prices import BoxPrices


@dataclass(frozen=True, eq=False)
class NestedPacking:
    """boxes : items in boxes. hosts : boxes on hosts, its items being the rows of ``boxes``."""

    boxes: Packing
    hosts: Packing

    @classmethod
    def of_hosts(cls, hosts: Iterable[tuple[int, Sequence[tuple[int, Mapping[int, int]]]]]) -> NestedPacking:
        """From each host's type and its boxes: (kind, {item: copies}); equal boxes and hosts are joined."""
        rows: dict[tuple[int, tuple[tuple[int, int], ...]], int] = {}
        boxes: list[tuple[int, Mapping[int, int], int]] = []
        stand: list[tuple[int, Counter[int], int]] = []
        for host_type, content in hosts:
            here: Counter[int] = Counter()
            for kind, items in content:
                here[rows.setdefault((kind, tuple(sorted(items.items()))), len(rows))] += 1
                boxes.append((kind, items, 1))
            stand.append((host_type, here, 1))
        return cls(Packing.from_patterns(boxes), Packing.from_patterns(stand))

    def value(self, problem: NestedProblem) -> tuple[int, int, int]:
        """Cost of the hosts, hosts, boxes: the smaller, the better."""
        cost = dot(problem.outer.cost[self.hosts.bin_type], self.hosts.multiplicity)
        return cost, total(self.hosts.multiplicity), total(self.boxes.multiplicity)


@dataclass(frozen=True, eq=False)
class NestedSolution:
    """The answer to one NestedProblem.

    cost, hosts, boxes : of the packing; None without one. cost_lower_bound : no packing costs less. prices : what proves
    it, None where a bound by numbers alone is as good. status : ``optimal`` where cost and bound meet, ``infeasible`` with
    a ``reason``, ``feasible`` or ``unknown`` otherwise.
    """

    status: Status
    packing: NestedPacking | None
    cost: int | None
    hosts: int | None
    boxes: int | None
    cost_lower_bound: int
    prices: BoxPrices | None = None
    reason: str = ""
    bound_by: str = ""

    @property
    def gap(self) -> float | None:
        """(cost - bound) / cost; None without a packing."""
        if self.cost is None:
            return None
        return (self.cost - self.cost_lower_bound) / self.cost if self.cost else 0.0
