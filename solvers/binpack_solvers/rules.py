"""The rules of a Problem that are objects of their own: Setup, Spread and Standing (bins that stand now).

Levels. A *level* names where copies count as "together": level 0 is the bin itself; level k >= 1 is column k - 1 of
``Problem.topology`` (zone, rack ...), where two bins are in the same domain if their types carry the same id >= 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ALL_TYPES: tuple[int, ...] = ()


@dataclass(frozen=True)
class Setup:
    """A fixed charge: a bin of a type in ``types`` pays ``size`` and ``cost`` once if it holds any copy of a member.

    members : item types that need the setup (one image layer, one helper virtual machine ...).
    size : the amount paid, one integer per resource.
    types : bin types in which it is paid; empty means every type. Elsewhere members pay nothing.
    cost : added to the cost of the bin, in the unit of ``Problem.cost``.

    Setups add up; they do not nest.
    """

    members: tuple[int, ...]
    size: tuple[int, ...]
    types: tuple[int, ...] = ALL_TYPES
    cost: int = 0


@dataclass(frozen=True)
class Spread:
    """Even distribution: over the declared domains, ``max(count) - min(count) <= max_skew``.

    carriers : item types that bear the rule. It is in play when at least one copy of a carrier is placed, and a
        carrier may stand only in a declared domain.
    counted : item types whose copies are counted, per domain.
    key : the level. k >= 1: domains are ids in column k - 1 of the topology. 0: every bin of the packing whose type is
        in ``domains`` (empty: of any type) is a domain of its own.
    max_skew : at least 1.
    min_domains : if fewer domains than this are declared (level 0: are in the packing), the minimum counts as 0.
    domains : the declared, eligible ids. Each counts, whether or not a bin stands in it.

    Source: Kubernetes ``podtopologyspread`` (DoNotSchedule), read as a rule on the final state.
    """

    carriers: tuple[int, ...]
    counted: tuple[int, ...]
    key: int
    max_skew: int = 1
    min_domains: int = 0
    domains: tuple[int, ...] = ()


@dataclass(frozen=True)
class Standing:
    """A bin that stands now, with what is in it.

    bin_type : a bin type of its own, with ``available`` 1 (and cost 0 where the bin is owned already).
    content : item type -> copies.
    fixed : the content must stay, beside which others may come; otherwise each copy that leaves costs ``move_cost`` of
        its item type. What is empty has nothing that must stay: such a bin may be closed, fixed or not, and is closed by
        leaving it out of the packing, as is one whose content has left.
    """

    bin_type: int
    content: Mapping[int, int] = field(default_factory=dict)
    fixed: bool = False
