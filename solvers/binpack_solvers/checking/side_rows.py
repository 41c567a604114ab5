"""What every packing keeps of the rules across bins, as rows that are linear in copies, from the Problem alone.

Beside the copies of an item type in bins of a type, rows speak of facts that are numbers: ("stands", i, level, domain) is 1
if the domain holds a copy of i; ("least", n) is the count of spread n in the domain that has least, or 0 where it counts as
that; ("in play", n) is 1 if a carrier of spread n is placed. All copies are placed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from binpack_solvers.problem import Problem
from binpack_solvers.rules import Spread

Fact = tuple[str, tuple[int, ...]]


@dataclass
class SideRow:
    """``least`` <= sum of factor * copies + sum of factor * fact <= ``most``; None: no limit. bins : the factor of a bin."""

    least: int | None = None
    most: int | None = None
    copies: dict[tuple[int, int], int] = field(default_factory=dict)
    facts: dict[Fact, int] = field(default_factory=dict)
    bins: int = 0

    def add(self, items: Iterable[int], types: Iterable[int]) -> SideRow:
        """Count the copies of these item types in bins of these types."""
        types = list(types)
        for i in items:
            for k in types:
                self.copies[i, k] = self.copies.get((i, k), 0) + 1
        return self


class SideRows:
    """The rows of one Problem, each made when it is asked for."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._demand = problem.demands.tolist()
        self._makers: dict[str, tuple[int, Callable[..., SideRow | None]]] = {
            "demands": (1, self._demands),
            "stands": (3, self._stands),
            "limits": (2, self._limits),
            "requires": (2, self._requires),
            "spread": (2, self._spread_range),
            "spread, least": (2, self._spread_least),
            "spread, most": (2, self._spread_most),
            "spread, in play": (1, self._spread_in_play),
            "initial": (2, self._initial),
            "minimum_bins": (0, self._minimum_bins),
        }

    @property
    def rules(self) -> frozenset[str]:
        """Their names."""
        return frozenset(self._makers)

    def row(self, rule: str, of: tuple[int, ...]) -> SideRow | None:
        """The row of that name; None if there is none."""
        if rule == "requires" and len(of) == 1:
            return self._together(*of)
        arguments, maker = self._makers.get(rule, (-1, self._minimum_bins))
        return maker(*of) if len(of) == arguments else None

    def most(self, fact: Fact) -> int:
        """What a fact is at most; at least 0."""
        if fact[0] != "least":
            return 1
        spread = self.problem.spread[fact[1][0]]
        return 0 if self._counts_as_none(spread) else self._copies_of(spread.counted)

    def _types(self, level: int, domain: int) -> list[int]:
        """The bin types that are in a domain."""
        return [
            k for k, id_ in enumerate(self.problem.topology[:, level - 1].tolist()) if id_ == domain and domain >= 0
        ]

    def _copies_of(self, items: Iterable[int]) -> int:
        return sum(self._demand[i] for i in items)

    def _demands(self, i: int) -> SideRow | None:
        group = next((g for g in self.problem.demand_groups if i in g), None)
        if group is None:
            return None
        return SideRow(most=self._demand[group[0]]).add(group, range(self.problem.bin_types))

    def _stands(self, i: int, level: int, domain: int) -> SideRow | None:
        """Copies only where the domain holds one."""
        if i >= self.problem.item_types or not 1 <= level <= self.problem.topology.shape[1]:
            return None
        row = SideRow(most=0).add([i], self._types(level, domain))
        row.facts["stands", (i, level, domain)] = -self._demand[i]
        return row

    def _limits(self, number: int, domain: int) -> SideRow | None:
        """Where an i stands at most so many j; elsewhere all there are."""
        if number >= len(self.problem.limits):
            return None
        i, j, most, level = self.problem.limits[number].tolist()
        if not level or (i != j and most > self._demand[j]):
            return None
        row = SideRow(most=most).add([j], self._types(level, domain))
        if i != j:
            row.most = self._demand[j]
            row.facts["stands", (i, level, domain)] = self._demand[j] - most
        return row

    def _requires(self, number: int, domain: int) -> SideRow | None:
        """Where an i stands, a j."""
        if number >= len(self.problem.requires):
            return None
        i, j, level = self.problem.requires[number].tolist()
        if not level or i == j:
            return None
        row = SideRow(least=0).add([j], self._types(level, domain))
        row.facts["stands", (i, level, domain)] = -1
        return row

    def _together(self, number: int) -> SideRow | None:
        """All copies of an i that requires its like in one domain."""
        if number >= len(self.problem.requires):
            return None
        i, j, level = self.problem.requires[number].tolist()
        if not level or i != j:
            return None
        domains = {d for d in self.problem.topology[:, level - 1].tolist() if d >= 0}
        return SideRow(most=1, facts={("stands", (i, level, d)): 1 for d in domains})

    def _counted(self, number: int, domain: int) -> tuple[Spread, SideRow] | None:
        """A spread by domains, and the counted copies in one that is declared."""
        if number >= len(self.problem.spread):
            return None
        spread = self.problem.spread[number]
        if not spread.key or domain not in spread.domains:
            return None
        return spread, SideRow().add(spread.counted, self._types(spread.key, domain))

    def _spread_range(self, number: int, domain: int) -> SideRow | None:
        """All domains within ``max_skew`` of this one, d of them: where d * count + (d - 1) * max_skew falls short of the
        copies inside, or d * count - (d - 1) * max_skew exceeds all copies, the count is not possible."""
        found = self._counted(number, domain)
        if found is None:
            return None
        spread, row = found
        row.least, row.most = 0, self._copies_of(spread.counted)
        if self._always_in_play(spread) and not self._counts_as_none(spread):
            domains = len(spread.domains)
            around = (domains - 1) * spread.max_skew
            row.least = max(0, -((around - self._inside(spread)) // domains))
            row.most = min(row.most, (row.most + around) // domains)
        return row

    def _spread_least(self, number: int, domain: int) -> SideRow | None:
        found = self._counted(number, domain)
        if found is None:
            return None
        found[1].facts["least", (number,)] = -1
        found[1].least = 0
        return found[1]

    def _spread_most(self, number: int, domain: int) -> SideRow | None:
        """No more than ``max_skew`` above the least; where the rule is not in play, no more than all copies above that."""
        found = self._counted(number, domain)
        if found is None:
            return None
        spread, row = found
        row.facts["least", (number,)], row.most = -1, spread.max_skew
        if not self._always_in_play(spread):
            every = self._copies_of(spread.counted)
            row.facts["in play", (number,)] = every
            row.most += every
        return row

    def _spread_in_play(self, number: int) -> SideRow | None:
        if number >= len(self.problem.spread):
            return None
        carriers = self.problem.spread[number].carriers
        row = SideRow(most=0).add(carriers, range(self.problem.bin_types))
        row.facts["in play", (number,)] = -self._copies_of(carriers)
        return row

    def _initial(self, number: int, i: int) -> SideRow | None:
        """What is fixed in a bin that stands stays."""
        if number >= len(self.problem.initial) or not self.problem.initial[number].fixed:
            return None
        standing = self.problem.initial[number]
        copies = standing.content.get(i, 0)
        return SideRow(least=copies).add([i], [standing.bin_type]) if copies else None

    def _minimum_bins(self) -> SideRow:
        return SideRow(least=self.problem.minimum_bins, bins=1)

    def _counts_as_none(self, spread: Spread) -> bool:
        """Whether the least count is 0 whatever is packed: too few domains, or one in which no bin can stand."""
        usable = {int(self.problem.topology[k, spread.key - 1]) for k in self._to_be_had()}
        return len(spread.domains) < spread.min_domains or any(domain not in usable for domain in spread.domains)

    def _to_be_had(self) -> list[int]:
        return [k for k, available in enumerate(self.problem.available.tolist()) if available]

    def _always_in_play(self, spread: Spread) -> bool:
        """Whether a demand can be met by carriers alone."""
        return any(self._demand[g[0]] and set(g) <= set(spread.carriers) for g in self.problem.demand_groups)

    def _inside(self, spread: Spread) -> int:
        """Counted copies that stand in declared domains in any packing: those of carriers, with no alternative to them."""
        inside = set(spread.counted) & set(spread.carriers)
        return sum(self._demand[g[0]] for g in self.problem.demand_groups if set(g) <= inside)
