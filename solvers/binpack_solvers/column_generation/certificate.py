"""Certificates: dual multipliers of the configuration LP from which anyone can prove the bound again.

No configuration of bin type t may be worth more than ``best_pattern_value[t]``, which in turn is at most what a bin of the
type costs: then the duals are feasible for the LP's dual, and their objective bounds the cost of every packing that places
all copies (weak duality). All of it is in integers; see ``checking.certificate`` for the proof.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, NamedTuple

from binpack_solvers.errors import SolutionError

Covers = Literal["bound", "root"]
NO_WASTE_RULE = -1


class SideRowDual(NamedTuple):
    """The multiplier of a row that a rule across bins gives: the rule's name, which row of it, and the dual.

    What there is, as ``checking.side_rows`` makes the rows from the Problem: "demands" (item type), no more copies than
    are to be packed; "stands" (item type, level, domain); "limits" (number, domain); "requires" (number, domain), or
    (number) for copies that stand together; "spread", "spread, least" and "spread, most" (number, domain); "spread, in
    play" (number); "initial" (number, item type); "minimum_bins" ().
    """

    rule: str
    of: tuple[int, ...]
    dual: int


@dataclass(frozen=True)
class Certificate:
    """What proves that every packing of all copies costs at least ``bound``.

    scale : what a cost of 1 is in the integers below. duals (m,) : what a copy is worth; copies of alternatives count with
    the least of their group in the objective. availability_duals (t,) : what one more bin of a scarce type would be worth.
    side_row_duals : of further rows of the LP, with what they pay for a copy in a bin of a type on top of its dual.
    best_pattern_value (t,) : no configuration of the type is worth more, less its setups' cost, and it is at most
        scale * cost + availability dual, less the dual of "minimum_bins".
    rules_used : the rules that configurations keep in this proof, for the reader.
    target_bins, max_waste (d,) : None, or with the waste rule: what is proven is that there is no packing of at most
        ``target_bins`` bins, in which no bin leaves more than ``max_waste`` of a resource (-1: any amount).
    bound : ceil((sum demand * dual - sum available * availability dual) / scale); with the waste rule the cost of
        ``target_bins`` + 1 bins.
    covers : ``bound`` if this is the whole bound on cost that was stated beside it, ``root`` if whole numbers of bins or
        branching raised it further.
    """

    scale: int
    duals: tuple[int, ...]
    availability_duals: tuple[int, ...]
    best_pattern_value: tuple[int, ...]
    rules_used: tuple[str, ...]
    target_bins: int | None
    max_waste: tuple[int, ...] | None
    bound: int
    side_row_duals: tuple[SideRowDual, ...] = ()
    covers: Covers = "bound"

    def beside(self, bound: int) -> Certificate:
        """The same, with what it covers of the bound on cost that is stated."""
        return replace(self, covers="bound" if self.bound >= bound else "root")

    def with_bin_types(self, dominated: Mapping[int, int]) -> Certificate:
        """The same for a problem in which further bin types are available, each worse in every way than another one.

        A configuration of such a type is one of the other type as well, so that the other's best value bounds its own.
        """
        values, fees = list(self.best_pattern_value), list(self.availability_duals)
        for k, other in dominated.items():
            values[k], fees[k] = values[other], 0
        return replace(self, best_pattern_value=tuple(values), availability_duals=tuple(fees))

    def as_dict(self) -> dict[str, Any]:
        """For JSON: lists in place of tuples, an object for each side row."""
        fields = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}
        side = [{"rule": row.rule, "of": list(row.of), "dual": row.dual} for row in self.side_row_duals]
        return fields | {"side_row_duals": side}

    @staticmethod
    def from_dict(fields: Mapping[str, Any]) -> Certificate:
        """What ``as_dict`` wrote; SolutionError that names the first field that is malformed."""
        missing = [name for name in Certificate.__dataclass_fields__ if name not in fields]
        if missing:
            raise SolutionError(f"certificate: no {missing[0]}")
        none = fields["target_bins"] is None, fields["max_waste"] is None
        if fields["covers"] not in ("bound", "root"):
            raise SolutionError("certificate, covers: expected 'bound' or 'root'")
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
            side_row_duals=_side_rows(fields["side_row_duals"]),
            covers=fields["covers"],
        )


def _integer(fields: Mapping[str, Any], name: str, low: int) -> int:
    return _whole(name, fields[name], low)


def _integers(fields: Mapping[str, Any], name: str, low: int) -> tuple[int, ...]:
    if not isinstance(fields[name], list):
        raise SolutionError(f"certificate, {name}: expected a list of whole numbers")
    return tuple(_whole(name, value, low) for value in fields[name])


def _side_rows(rows: Any) -> tuple[SideRowDual, ...]:
    name = "side_row_duals"
    keys = {"rule", "of", "dual"}
    if not isinstance(rows, list) or not all(isinstance(row, dict) and row.keys() == keys for row in rows):
        raise SolutionError(f"certificate, {name}: expected a list of objects with rule, of and dual")
    found = []
    for row in rows:
        if not isinstance(row["rule"], str) or not isinstance(row["of"], list):
            raise SolutionError(
                f"certificate, {name}: {row!r}; expected the name of a rule and a list of whole numbers"
            )
        of = tuple(_whole(name, value, 0) for value in row["of"])
        found.append(SideRowDual(row["rule"], of, _whole(name, row["dual"], None)))
    return tuple(found)


def _whole(name: str, value: Any, low: int | None) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or (low is not None and value < low):
        least = "" if low is None else f" from {low}"
        raise SolutionError(f"certificate, {name}: {value!r}; expected a whole number{least}")
    return value
