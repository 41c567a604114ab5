"""Certificates: dual multipliers of the configuration LP from which anyone can prove the bound again.

No configuration of bin type t may be worth more than ``best_pattern_value[t]``, which in turn is at most what a bin of the
type costs: then the duals are feasible for the LP's dual, and their objective bounds the cost of every packing that places
all copies (weak duality). All of it is in integers; see ``checking.certificate`` for the proof.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from binpack_solvers.errors import SolutionError
from binpack_solvers.problem import UNLIMITED, Problem

if TYPE_CHECKING:
    from binpack_solvers.column_generation.node import SolvedNode
    from binpack_solvers.column_generation.relaxation import Relaxation

Covers = Literal["bound", "root"]
NO_WASTE_RULE = -1


@dataclass(frozen=True)
class Certificate:
    """What proves that every packing of all copies costs at least ``bound``.

    scale : what a cost of 1 is in the integers below. duals (m,) : what a copy is worth; copies of alternatives count with
    the least of their group in the objective. availability_duals (t,) : what one more bin of a scarce type would be worth.
    side_row_duals : of further rows of the LP; there are none.
    best_pattern_value (t,) : no configuration of the type is worth more, less its setups' cost, and it is at most
        scale * cost + availability dual.
    rules_used : the rules that configurations keep in this proof, for the reader.
    target_bins, max_waste (d,) : None, or with the waste rule: what is proven is that there is no packing of at most
        ``target_bins`` bins, in which no bin leaves more than ``max_waste`` of a resource (-1: any amount).
    bound : ceil((sum demand * dual - sum available * availability dual) / scale); with the waste rule the cost of
        ``target_bins`` + 1 bins.
    covers : ``bound`` if this is the whole bound on cost that was stated beside it, ``root`` if branching raised it further.
    """

    scale: int
    duals: tuple[int, ...]
    availability_duals: tuple[int, ...]
    best_pattern_value: tuple[int, ...]
    rules_used: tuple[str, ...]
    target_bins: int | None
    max_waste: tuple[int, ...] | None
    bound: int
    side_row_duals: tuple[int, ...] = ()
    covers: Covers = "bound"

    def beside(self, bound: int) -> Certificate:
        """The same, with what it covers of the bound on cost that is stated."""
        return replace(self, covers="bound" if self.bound >= bound else "root")

    def as_dict(self) -> dict[str, Any]:
        """For JSON: lists in place of tuples."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @staticmethod
    def from_dict(fields: Mapping[str, Any]) -> Certificate:
        """What ``as_dict`` wrote; SolutionError that names the first field that is malformed."""
        missing = [name for name in Certificate.__dataclass_fields__ if name not in fields]
        if missing:
            raise SolutionError(f"certificate: no {missing[0]}")
        none = fields["target_bins"] is None, fields["max_waste"] is None
        if fields["covers"] not in ("bound", "root"):
            raise SolutionError("certificate, covers: expected 'bound' or 'root'")
        if fields["side_row_duals"] != []:
            raise SolutionError("certificate, side_row_duals: expected none, there are no such rows")
        rules = fields["rules_used"]
        if not isinstance(rules, list) or not all(isinstance(rule, str) for rule in rules):
            raise SolutionError("certificate, rules_used: expected a list of names")
        return Certificate(
            scale=_integer(fields, "scale", 1),
            duals=_integers(fields, "duals", 0),
            availability_duals=_integers(fields, "availability_duals", 0),
            best_pattern_value=_integers(fields, "best_pattern_value", 0),
            rules_used=tuple(rules),
            target_bins=None if none[0] else _integer(fields, "target_bins", 0),
            max_waste=None if none[1] else _integers(fields, "max_waste", NO_WASTE_RULE),
            bound=_integer(fields, "bound", 0),
            covers=fields["covers"],
        )


def _integer(fields: Mapping[str, Any], name: str, low: int) -> int:
    return _whole(name, fields[name], low)


def _integers(fields: Mapping[str, Any], name: str, low: int) -> tuple[int, ...]:
    if not isinstance(fields[name], list):
        raise SolutionError(f"certificate, {name}: expected a list of whole numbers")
    return tuple(_whole(name, value, low) for value in fields[name])


def _whole(name: str, value: Any, low: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < low:
        raise SolutionError(f"certificate, {name}: {value!r}; expected a whole number from {low}")
    return value


def root_certificate(solved: SolvedNode, claimed: int) -> Certificate | None:
    """The certificate of a root's relaxation for a bound on cost of at most ``claimed``; None if its duals show nothing.

    The duals are scaled down until no configuration is worth more than it costs (Farley 1990) and rounded towards safety.
    """
    assert solved.relaxation is not None
    problem = solved.node.problem
    duals, fees, values = _scaled(problem, solved.relaxation, solved.configurations.item.tolist(), solved)
    scale = solved.relaxation.duals.scale
    total = objective(problem, duals, fees)
    bound = min(claimed, -(-total // scale))
    if bound <= 0:
        return None
    waste = solved.pricer.waste.tolist()
    target_bins: int | None = None
    max_waste: tuple[int, ...] | None = None
    if any(w != NO_WASTE_RULE for w in waste):
        cost = int(problem.cost[0])
        target_bins = -(-bound // cost) - 1
        bound = cost * (target_bins + 1)
        max_waste = tuple(
            left_over(problem, target_bins, h) if w != NO_WASTE_RULE else NO_WASTE_RULE for h, w in enumerate(waste)
        )
    rules = rules_in_play(problem, max_waste is not None)
    return Certificate(scale, duals, fees, values, rules, target_bins, max_waste, bound)


def objective(problem: Problem, duals: tuple[int, ...], fees: tuple[int, ...]) -> int:
    """sum demand * dual - sum available * availability dual, alternatives with the least dual of their group."""
    covered = sum(int(problem.demands[group[0]]) * min(duals[i] for i in group) for group in problem.demand_groups)
    return covered - sum(max(0, a) * fee for a, fee in zip(problem.available.tolist(), fees, strict=True))


def left_over(problem: Problem, bins: int, resource: int) -> int:
    """What so many bins of the one type leave over of a resource, all copies packed."""
    demand = zip(problem.sizes[:, resource].tolist(), problem.demands.tolist(), strict=True)
    return bins * int(problem.capacity[0, resource]) - sum(size * copies for size, copies in demand)


def rules_in_play(problem: Problem, waste: bool) -> tuple[str, ...]:
    """The rules that configurations of this problem keep, by name."""
    in_play = {
        "demands": True,
        "available": bool((problem.available != UNLIMITED).any()),
        "compatible": not problem.compatible.all(),
        "alternatives": any(len(group) > 1 for group in problem.demand_groups),
        "exclusive": bool(problem.exclusive.any()),
        "limits": bool((problem.limits[:, 3] == 0).any()),
        "setups": bool(problem.setups),
        "waste": waste,
    }
    return tuple(name for name, used in in_play.items() if used)


def _scaled(
    problem: Problem, relaxation: Relaxation, item: list[int], solved: SolvedNode
) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """Duals, availability duals and best values that are feasible: profits cut down, fees raised."""
    scale = relaxation.duals.scale
    fees = [
        0 if a == UNLIMITED else fee
        for a, fee in zip(problem.available.tolist(), relaxation.duals.fee.tolist(), strict=True)
    ]
    cost = [c * scale for c in problem.cost.tolist()]
    share = Fraction(1)
    for price, fee, value in zip(cost, fees, relaxation.worth, strict=True):
        if value > price + fee:
            share = min(share, Fraction(price, value - fee))
    duals = [0] * problem.item_types
    for i, group in zip(item, solved.configurations.group.tolist(), strict=True):
        duals[i] = int(relaxation.duals.profit[group] * share)
    return tuple(duals), tuple(-int(-fee * share // 1) for fee in fees), tuple(int(v * share) for v in relaxation.worth)
