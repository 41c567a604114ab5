"""The log of a search: written by branch and price where a run asks for it, read as a ``Tree`` once the run is over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from binpack_solvers.bounds.bound import Bounds
from binpack_solvers.column_generation.certificate import Certificate
from binpack_solvers.column_generation.tree import Decision, Outcome, Tree, TreeNode

BY_ROOT, BY_COUNTS, BY_TREE = "configuration LP", "whole bins of each type", "branch and price"
"""What bounds are said to be by that the log of a tree can show."""


@dataclass
class TreeLog:
    """The nodes so far, the root being number 0, and the bin types left out (``Tree.dominated``). ``searched``: whether
    no node was left undecided. ``marks``, ``weight``, ``fewest_bins``: as in ``Tree``."""

    nodes: list[TreeNode] = field(default_factory=list)
    dominated: Mapping[int, int] = field(default_factory=dict)
    searched: bool = False
    marks: int = 0
    weight: int = 0
    fewest_bins: Tree | None = None

    def opened(self, parent: int | None, decision: Decision | None) -> int:
        """A new node, left undecided until more is known of it; its number."""
        self.nodes.append(TreeNode(len(self.nodes), parent, decision, "left"))
        return len(self.nodes) - 1

    def done(self, number: int, outcome: Outcome, certificate: Certificate | None) -> None:
        """How a node was done with."""
        self.nodes[number] = replace(self.nodes[number], outcome=outcome, certificate=certificate)

    def tree(self, bounds: Bounds, infeasible: str) -> Tree:
        """What was logged, beside the bounds that the run ended with or what showed that nothing can be packed."""
        shown = (
            (self.searched and not bounds.infeasible) if infeasible else bounds.cost_by in (BY_ROOT, BY_COUNTS, BY_TREE)
        )
        reason = "" if shown else f"not the tree but this proved it: {infeasible or bounds.cost_by}"
        return Tree(tuple(self.nodes), self.dominated, reason, self.marks, self.weight, self.fewest_bins)
