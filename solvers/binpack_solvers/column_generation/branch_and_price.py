"""The exact method: a tree of nodes, each solved by column generation, with packings sought on the way.

At the root: the configuration LP, a dive, the restricted master in whole bins. Where a gap stays, all configurations that
a better packing may use are listed if they are few, and decided in whole bins (Baldacci et al. 2024); else the tree is
searched depth first over what meets in a bin.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from time import monotonic

import numpy as np

from binpack_solvers.column_generation.bins_marked import certificate_without_marks
from binpack_solvers.column_generation.branch import (
    Node,
    apart,
    at_least_bins,
    at_most_bins,
    branching_meetings,
    fractional_type,
    together,
)
from binpack_solvers.column_generation.columns import Columns
from binpack_solvers.column_generation.contents import Contents, contents_apart, contents_of, contents_together
from binpack_solvers.column_generation.dive import Dive
from binpack_solvers.column_generation.master import Floats
from binpack_solvers.column_generation.meeting import Meeting, caps_per_item
from binpack_solvers.column_generation.node import SolvedNode
from binpack_solvers.column_generation.node_certificate import node_certificate, root_certificate
from binpack_solvers.column_generation.pricing import FEWEST_NODES
from binpack_solvers.column_generation.relaxation import near_configurations
from binpack_solvers.column_generation.restricted_master import solve_in_whole_bins, solve_restricted_master
from binpack_solvers.column_generation.tree import Decision, Outcome
from binpack_solvers.column_generation.tree_log import BY_COUNTS, BY_ROOT, BY_TREE
from binpack_solvers.context import Context
from binpack_solvers.problem import Problem

NODES_BETWEEN_DIVES = 5
NODES_BETWEEN_MASTERS = 25
FOR_EASY_COLUMNS, BEFORE_DIVES = 2 / 3, 1 / 3
"""Of the time left, for the LP alone: for columns that come easily, then for the others."""
MOST_ENUMERATED = 4000
FIRST_PATIENCE = 3
MOST_CAPS = 50
"""Resources that a branch may add for the limits of what meets; applications of a cluster may have thousands of limits."""
MOST_SECONDS = 4.0
"""Of a node's time, as the measure of what programs in whole bins may take."""


Sizes = tuple[bytes, ...]
"""Of the parts of a meeting: what it is known by at other nodes, where merged items have other numbers."""


@dataclass
class Open:
    """A node to solve, how to come by the contents to start from, which are not kept for every node that waits, and the
    sizes of the meeting that it came from. ``decision``, ``number``: what made it and what it is called, for the log."""

    node: Node
    contents: Callable[[], Contents]
    sizes: Sizes | None = None
    decision: Decision | None = None
    number: int = 0


class BranchAndPrice:
    """One search on the incumbent and the bounds of ``context``. dominated : the bin types that its problem leaves out, and
    which other one stands for each. worth : of copies by a bound known before, as ``Contents`` has it."""

    def __init__(self, context: Context, dominated: Mapping[int, int], worth: Floats | None = None) -> None:
        self.context, self.dominated, self.worth = context, dominated, worth
        self.nodes = 0
        self.most_listed = MOST_ENUMERATED  # fewer once so many were too many to decide
        self.root: SolvedNode | None = None
        self.decisive: Counter[Sizes] = Counter()  # how often a branch on such a meeting was done with at once
        self.patience = FIRST_PATIENCE  # with nodes whose LP is solved to the end for the sake of that list

    def run(self, problem: Problem) -> bool:
        """Search until the incumbent is proven or the time is up. ``problem``: the context's, all copies to be packed.

        Whether the whole tree was searched: without a packing, there is none then.
        """
        root = Open(Node(problem), partial(contents_of, self.context.packing, problem.item_types, self.worth))
        self._log_opened([root], None)
        stack = [root]
        complete = True
        while stack and not self.context.over and not self.context.proves("cost"):
            opened = stack.pop()
            children = self._solve(opened)
            self._log_opened(children or [], opened.number)
            complete &= children is not None
            if children == [] and opened.sizes is not None:
                self.decisive[opened.sizes] += 1
            stack += children or []
        searched = complete and not stack
        if searched and self.context.value is not None:
            self.context.raise_bound(self.context.value.cost, BY_TREE)
        if self.context.tree_log is not None:
            self.context.tree_log.searched = searched
        return searched

    def _solve(self, opened: Open) -> list[Open] | None:
        """The node's children, the one to take first last; none if it is done with; None if it was left undecided."""
        self.nodes += 1
        started = monotonic()
        solved = SolvedNode(opened.node, opened.contents(), self.context)
        if not self._relax(solved):
            return None
        seconds = min(monotonic() - started, MOST_SECONDS)
        if solved.bound >= solved.target or (solved.offer_integral() and solved.bound >= solved.target):
            return self._closed(opened, solved)
        if self.context.over:
            return None
        if self._enumerated(solved, seconds):
            return self._closed(opened, solved, listed=True)
        if (
            self.nodes == 1 and solved.target - solved.bound > solved.pricer.unit
        ) or self.nodes % NODES_BETWEEN_MASTERS == 0:
            solve_restricted_master(solved, 1.0 + 2 * seconds)
            if solved.bound >= solved.target:
                return self._closed(opened, solved)
        children = self._branch(solved)
        self._log_branched(opened, solved, children)
        return children

    def _closed(self, opened: Open, solved: SolvedNode, listed: bool = False) -> list[Open]:
        """No children. In the log, with what proves that: the LP's bound, all configurations that matter, which are
        ``listed``, or whole numbers of bins."""
        if self.context.tree_log is not None:
            certificate = node_certificate(solved, solved.relaxation, solved.target)
            outcome: Outcome = "bound" if certificate.bound >= solved.target else "listed" if listed else "left"
            if outcome == "left" and solved.counted >= solved.target:
                outcome, certificate = "counted", node_certificate(solved, solved.counted_by, solved.target)
            self.context.tree_log.done(opened.number, outcome, certificate)
        return []

    def _log_opened(self, nodes: list[Open], parent: int | None) -> None:
        if self.context.tree_log is not None:
            for opened in nodes:
                opened.number = self.context.tree_log.opened(parent, opened.decision)

    def _log_branched(self, opened: Open, solved: SolvedNode, children: list[Open] | None) -> None:
        """Whether the node was split; the root with its certificate."""
        if self.context.tree_log is not None:
            certificate = (
                node_certificate(solved, solved.relaxation, solved.target) if opened.decision is None else None
            )
            self.context.tree_log.done(opened.number, "branched" if children else "left", certificate)

    def _relax(self, solved: SolvedNode) -> bool:
        """Columns as far as they come easily, now and then a dive on them, then the rest; False without any bound.

        With several resources the columns that come easily are poor ones: the dive waits for the others, but not for ever.
        """
        if solved.bound >= solved.target:
            self._state_bound(solved)
            return True
        with self.context.part_of_time(FOR_EASY_COLUMNS):
            if not solved.relax(FEWEST_NODES):
                return False
        if solved.node.problem.resources > 1:
            with self.context.part_of_time(BEFORE_DIVES):
                solved.relax()
        self._state_bound(solved)
        if self.nodes % NODES_BETWEEN_DIVES == 1 and solved.bound < solved.target:
            self._dive(solved)
        if not solved.settled and solved.bound < solved.target:
            solved.relax()
            self._state_bound(solved)
        return True

    def _dive(self, solved: SolvedNode) -> None:
        """From the root first, then in turn from where the search is and, with other choices, from the root again: deep in
        the tree there may be nothing to find."""
        dives = self.nodes // NODES_BETWEEN_DIVES
        if self.root is None:
            self.root = solved
        Dive(self.root if dives % 2 == 0 else solved, dives + self.context.seed).run()

    def _state_bound(self, solved: SolvedNode) -> None:
        """The root's bound, with a certificate of what the LP says of it where no elementary bound says as much."""
        if self.nodes > 1:
            return
        bound = min(solved.linear_bound, solved.target)
        if bound > self.context.bounds.cost:
            certificate = root_certificate(solved, bound)
            if certificate is not None and solved.node.problem.item_types > self.context.problem.item_types:
                certificate = certificate_without_marks(certificate)
            self.context.certificate = None if certificate is None else certificate.with_bin_types(self.dominated)
        self.context.raise_bound(bound, BY_ROOT)
        self.context.raise_bound(min(solved.bound, solved.target), BY_COUNTS)

    def _enumerated(self, solved: SolvedNode, seconds: float) -> bool:
        """Whether the node was decided by listing all configurations that a better packing may use."""
        if self.context.value is None or solved.relaxation is None:
            return False
        columns = self._listed(solved)
        if columns is None:
            return solved.bound >= solved.target
        decided = solve_in_whole_bins(solved, columns, 2.0 + 4 * seconds)
        if not decided:
            self.most_listed = len(columns) // 2
        return decided

    def _listed(self, solved: SolvedNode) -> Columns | None:
        """The configurations that matter; if they are too many, once more at the LP's true value, as long as that helps."""
        assert solved.relaxation is not None
        columns = near_configurations(solved.relaxation, solved.pricer, solved.target - 1, self.most_listed)
        if columns is not None or not self.patience:
            return columns
        solved.relax(tight=True)
        if solved.bound < solved.target:
            columns = near_configurations(solved.relaxation, solved.pricer, solved.target - 1, self.most_listed)
        self.patience += -1 if columns is None else 1
        return columns

    def _branch(self, solved: SolvedNode) -> list[Open] | None:
        assert solved.relaxation is not None
        node, x = solved.node, solved.relaxation.linear.x
        columns = solved.master.columns.take(slice(len(x)))
        if node.problem.bin_types > 1 and (found := fractional_type(columns, x, node.problem.bin_types)):
            return self._branch_on_type(solved, *found)
        caps = caps_per_item(node.problem).tolist()
        meetings = branching_meetings(columns, x, solved.configurations)
        meetings = [m for m in meetings if sum(caps[n] for n in m.parts) <= MOST_CAPS]
        if not meetings:
            return None
        chosen = self._most_promising(node.problem, meetings)
        sizes = sizes_of(node.problem, chosen)
        contents = solved.contents()
        return [
            Open(
                apart(node, chosen),
                partial(contents_apart, contents, chosen),
                sizes,
                Decision("apart", chosen.parts, chosen.bin_type),
            ),
            Open(
                together(node, chosen),
                partial(contents_together, contents, chosen),
                sizes,
                Decision("together", chosen.parts, chosen.bin_type),
            ),
        ]

    def _most_promising(self, problem: Problem, meetings: list[Meeting]) -> Meeting:
        """What was decisive most often, and of those the largest parts; there may be thousands to choose from."""
        largest = (problem.sizes / np.maximum(1, problem.capacity.max(axis=0))).sum(axis=1).tolist()
        if self.decisive:
            often = [self.decisive[sizes_of(problem, m)] for m in meetings]
            most = max(often)
            meetings = [m for m, times in zip(meetings, often, strict=True) if times == most]
        return max(meetings, key=lambda m: (sum(largest[n] for n in m.parts), m.parts))

    def _branch_on_type(self, solved: SolvedNode, k: int, bins: float) -> list[Open]:
        """Fewer bins of type k, or more; the nearer number first."""
        known, below = solved.contents(), int(bins)
        fewer = Open(at_most_bins(solved.node, k, below), lambda: known, None, Decision("at_most", (), k, below))
        more = Open(
            at_least_bins(solved.node, k, below + 1), lambda: known, None, Decision("at_least", (), k, below + 1)
        )
        return [fewer, more] if bins - below >= 0.5 else [more, fewer]


def sizes_of(problem: Problem, meeting: Meeting) -> Sizes:
    """The sizes of the parts, in order."""
    return tuple(sorted(problem.sizes[n].tobytes() for n in meeting.parts))
