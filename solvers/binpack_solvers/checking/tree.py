"""Proving the bound of a search tree again, from the Problem and the log; shares no code with the search.

The argument. Every packing of all copies is one at the root, once rules across bins are left aside. At a branched node it is
one of at least one child, for its decisions leave none out; so, going down, it is one at a leaf, where it costs no less than
the bound: by a certificate, or since no whole numbers of bins at a lower cost give what all copies are worth, or since the
patterns that a cheaper one may use cannot hold all copies.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from binpack_solvers.checking.best_pattern import Budget
from binpack_solvers.checking.branching import Subproblem, Unsound, uncovered, with_marks
from binpack_solvers.checking.certificate import Verdict, shape_flaws, verdict_within
from binpack_solvers.checking.counting import counted
from binpack_solvers.checking.covering import covered
from binpack_solvers.checking.listing import Infeasible, Unlisted, near_patterns
from binpack_solvers.checking.root_problem import bins_by_themselves, without_dominated
from binpack_solvers.column_generation.certificate import Certificate
from binpack_solvers.column_generation.tree import Decision, Tree, TreeNode
from binpack_solvers.problem import Problem
from binpack_solvers.validation import LARGEST

STEPS = 3 * 10**9
"""The usual budget for all nodes together: search steps, about 100 s."""


def replay_tree(problem: Problem, tree: Tree, bound: int | None, budget: int = STEPS) -> Verdict:
    """``proved``: every packing of all copies costs at least ``bound``; None: there is no such packing. ``refuted``: the
    tree does not show that. ``not re-proved``: the budget was not enough to tell, or the tree proved nothing in the end. The
    reason names the node.
    """
    if tree.reason:
        return Verdict("not re-proved", f"nothing to replay: {tree.reason}")
    root = without_dominated(bins_by_themselves(problem), tree.dominated)
    if isinstance(root, str):
        return Verdict("refuted", root)
    if tree.marks > problem.minimum_bins:
        return Verdict("refuted", f"{tree.marks} bins are marked, {problem.minimum_bins} are asked for")
    if tree.marks:
        root = with_marks(root, np.ones((1, root.bin_types), np.bool_), [tree.marks])
    try:
        waiting = [Visit(_root_of(tree), Subproblem(root, {}))]
        replay = Replay(_children_of(tree), bound, Budget(budget), _across(problem, tree.marks), set())
        while waiting:
            waiting += replay.below(waiting.pop())
        if len(replay.seen) < len(tree.nodes):
            return Verdict("refuted", _never_reached(tree, replay.seen))
    except Open as found:
        return found.verdict
    return Verdict("proved")


def replay_fewest_bins(problem: Problem, tree: Tree, cost: int, bins: int, budget: int = STEPS) -> Verdict:
    """``proved``: no packing of all copies of cost ``cost`` has fewer than ``bins`` bins; else as ``replay_tree``. tree :
    that of the search for them, with its weight.

    Where such a packing's cost counts ``weight`` times and its bins once, it would come to less than the tree shows.
    """
    weight = tree.weight
    if not 0 < weight * (cost + 1) < LARGEST or weight * int(problem.cost.max()) >= LARGEST:
        return Verdict("refuted", f"costs cannot count {weight} times")
    setups = [replace(setup, cost=setup.cost * weight) for setup in problem.setups]
    finer = problem.replace(cost=problem.cost * weight + 1, setups=setups)
    return replay_tree(finer, tree, cost * weight + bins, budget)


class Open(Exception):
    """The replay ends without a proof."""

    def __init__(self, result: str, node: TreeNode, reason: str) -> None:
        self.verdict = Verdict("refuted" if result == "refuted" else "not re-proved", f"node {node.number}: {reason}")


class Visit(NamedTuple):
    """A node and what is packed there."""

    node: TreeNode
    packed: Subproblem


@dataclass
class Replay:
    """One pass over a tree. ``across``: whether rules across bins were left aside. ``seen``: numbers of nodes visited or
    below one that needs no children."""

    children: dict[int, list[TreeNode]]
    bound: int | None
    budget: Budget
    across: bool
    seen: set[int]

    def below(self, visit: Visit) -> list[Visit]:
        """The children that have to be looked at as well; Open if the node shows nothing."""
        node, packed = visit
        if node.number in self.seen:
            raise Open("refuted", node, "it comes twice")
        self.seen.add(node.number)
        children, needed = self.children.get(node.number, []), self._needed(packed.problem)
        if node.outcome == "branched":
            if node.certificate is not None and self._shown_at_once(visit, node.certificate, needed):
                self._pass_over(children)
                return []
            return self._branched(visit, children)
        if children:
            raise Open("refuted", node, f"it has children, but its outcome is {node.outcome!r}")
        if node.outcome == "left":
            raise Open("refuted", node, "it was left undecided")
        if node.certificate is None:
            raise Open("refuted", node, "it has no certificate")
        if node.outcome == "bound":
            self._certified(visit, node.certificate, needed)
        elif node.outcome == "counted":
            self._counted(visit, node.certificate, needed)
        else:
            self._listed(visit, node.certificate, needed)
        return []

    def _needed(self, problem: Problem) -> int:
        """What packings of a node have to cost at least: no more than is sure to be too much for any."""
        available = problem.available.tolist()
        if min(available) < 0:
            if self.bound is None:
                raise Open(
                    "refuted", TreeNode(0, None, None, "left"), "there is no end of bins, so that all can be packed"
                )
            return self.bound
        bins = sum(int(cost) * n for cost, n in zip(problem.cost.tolist(), available, strict=True))
        most = bins + sum(setup.cost * sum(available[k] for k in setup.types) for setup in problem.setups)
        return most + 1 if self.bound is None else min(self.bound, most + 1)

    def _branched(self, visit: Visit, children: list[TreeNode]) -> list[Visit]:
        decisions = [child.decision for child in children if child.decision is not None]
        if len(decisions) < len(children):
            raise Open("refuted", visit.node, "a child has no decision")
        if gap := uncovered(decisions):
            raise Open("refuted", visit.node, gap)
        return [self._child(visit, child, decision) for child, decision in zip(children, decisions, strict=True)]

    def _child(self, visit: Visit, child: TreeNode, decision: Decision) -> Visit:
        try:
            return Visit(child, visit.packed.child(decision))
        except Unsound as error:
            raise Open("refuted", child, str(error)) from error

    def _shown_at_once(self, visit: Visit, certificate: Certificate, needed: int) -> bool:
        """Whether a branched node's certificate makes its children needless; Open if it claims that and does not hold."""
        if certificate.bound >= needed:
            self._certified(visit, certificate, needed)
            return True
        packed = visit.packed
        if packed.problem.bin_types == 1 or next(shape_flaws(packed.with_markers(), certificate), None):
            return False  # to count is easy; what patterns are worth is looked at only where that helps
        return counted(packed, certificate, needed - 1) == "no" and self._holds(visit, certificate)

    def _certified(self, visit: Visit, certificate: Certificate, needed: int) -> None:
        if certificate.bound < needed:
            raise Open("refuted", visit.node, f"its certificate shows {certificate.bound}, and {needed} is needed")
        self._verified(visit, certificate)

    def _counted(self, visit: Visit, certificate: Certificate, needed: int) -> None:
        """No whole numbers of bins give enough for less than ``needed``."""
        self._verified(visit, certificate)
        answer = counted(visit.packed, certificate, needed - 1)
        if answer == "yes":
            raise Open("refuted", visit.node, f"whole bins at a cost of {needed - 1} may give enough")
        if answer == "undecided":
            raise Open("not re-proved", visit.node, "whether whole bins give enough: that took too long")

    def _holds(self, visit: Visit, certificate: Certificate) -> bool:
        return verdict_within(visit.packed.with_markers(), certificate, self.budget).result == "proved"

    def _verified(self, visit: Visit, certificate: Certificate) -> None:
        verdict = verdict_within(visit.packed.with_markers(), certificate, self.budget)
        if verdict.result != "proved":
            raise Open(verdict.result, visit.node, verdict.reason)

    def _listed(self, visit: Visit, certificate: Certificate, needed: int) -> None:
        """No packing of fewer than ``needed`` of the patterns that the duals leave."""
        problem = visit.packed.with_markers()
        if flaw := next(shape_flaws(problem, certificate), None):
            raise Open("refuted", visit.node, flaw)
        try:
            listing = near_patterns(problem, certificate, needed - 1, self.budget)
        except Infeasible as error:
            raise Open("refuted", visit.node, str(error)) from error
        except Unlisted as error:
            raise Open("not re-proved", visit.node, f"its configurations were not listed: {error}") from error
        answer = covered(problem, listing, needed - 1)
        if answer == "yes" and not self.across:
            raise Open("refuted", visit.node, f"its configurations may hold all copies at a cost of {needed - 1}")
        if answer != "no":
            why = "rules across bins were left aside" if answer == "yes" else "that took too long"
            raise Open("not re-proved", visit.node, f"whether {len(listing.loss)} configurations suffice: {why}")

    def _pass_over(self, nodes: list[TreeNode]) -> None:
        """What is below a node that needs no children."""
        waiting = list(nodes)
        while waiting:
            node = waiting.pop()
            if node.number not in self.seen:
                self.seen.add(node.number)
                waiting += self.children.get(node.number, [])


def _root_of(tree: Tree) -> TreeNode:
    roots = [node for node in tree.nodes if node.parent is None]
    if len(roots) != 1 or roots[0].decision is not None:
        number = roots[-1] if roots else TreeNode(0, None, None, "left")
        raise Open("refuted", number, f"the tree has {len(roots)} roots, or one that a decision made")
    return roots[0]


def _children_of(tree: Tree) -> dict[int, list[TreeNode]]:
    children: dict[int, list[TreeNode]] = {}
    for node in tree.nodes:
        if node.parent is not None:
            children.setdefault(node.parent, []).append(node)
    return children


def _never_reached(tree: Tree, seen: set[int]) -> str:
    """What is wrong with a tree of which not every node is below the root, once."""
    missing = [node.number for node in tree.nodes if node.number not in seen]
    return f"node {missing[0]}: no way leads to it from the root" if missing else "a node's number comes twice"


def _across(problem: Problem, marks: int) -> bool:
    """Whether some rule looks beyond one bin, so many bins marked."""
    beyond = len(problem.requires) or problem.spread or problem.initial or problem.minimum_bins > marks
    return bool(beyond or (problem.limits[:, 3] > 0).any())
