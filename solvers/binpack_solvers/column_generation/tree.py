"""The tree of branch and price as data: what anyone needs to prove its bound again, with no state of the solver.

Item types are those of the Problem, then the one that marks bins, if there is one; each merge along the way from the root
adds one more, numbered on from there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from binpack_solvers.column_generation.certificate import Certificate

Kind = Literal["together", "apart", "at_most", "at_least"]
Outcome = Literal["bound", "counted", "branched", "listed", "left"]


@dataclass(frozen=True)
class Decision:
    """What makes a child of its parent.

    together, apart : some bin holds one copy of each of ``parts`` (two item types, or one twice), or none does; of a single
        part, some copy of it stands in a bin of type ``bin_type``, or none does. *Together* takes these copies away and
        adds an item type that stands for them.
    at_most, at_least : so many ``bins`` of type ``bin_type``.
    """

    kind: Kind
    parts: tuple[int, ...] = ()
    bin_type: int | None = None
    bins: int | None = None


@dataclass(frozen=True)
class TreeNode:
    """A node and how it was done with; the root has no ``parent`` and no ``decision``.

    outcome : ``bound``: its certificate says enough. ``counted``: whole numbers of bins do, by the volume and by what its
        certificate says of the best pattern of each type. ``listed``: no packing of the configurations that its
        certificate's duals leave does better. ``branched``: its children say it. ``left``: undecided.
    certificate : on the node's own problem, one dual for each of its item types, merged ones too; then, for each bin type
        of which there are at least some, in order, the dual of an item of no size that stands once in each such bin. The
        root has one after branching too.
    """

    number: int
    parent: int | None
    decision: Decision | None
    outcome: Outcome
    certificate: Certificate | None = None


@dataclass(frozen=True)
class Tree:
    """A whole search. ``dominated``: bin types that were left out, and for each the one that takes its place.
    ``reason``: why there is nothing to replay; empty if the tree proves the bound. ``marks``: copies of an item type beyond
    those of the Problem, of no size and one to a bin, that stand for its ``minimum_bins``; 0: there is none.

    ``fewest_bins``: the search for the fewest bins at the least cost, if there was one. Its problem is the same with every
    cost ``weight`` times as high and a bin dearer by 1. ``weight``: 0 where costs are as they are.
    """

    nodes: tuple[TreeNode, ...] = ()
    dominated: Mapping[int, int] = field(default_factory=dict)
    reason: str = ""
    marks: int = 0
    weight: int = 0
    fewest_bins: Tree | None = None
