"""What is done first for rules across bins: the bound of their LP, and packings from splits by place and a program."""

from __future__ import annotations

from time import monotonic

from binpack_solvers.column_generation.branch import Node
from binpack_solvers.column_generation.columns import joined_columns
from binpack_solvers.column_generation.contents import contents_of
from binpack_solvers.column_generation.contents_across_types import in_every_type, single_copies
from binpack_solvers.column_generation.master import Floats
from binpack_solvers.column_generation.node import SolvedNode
from binpack_solvers.column_generation.pricing import FEWEST_NODES
from binpack_solvers.column_generation.relaxation import ceiling
from binpack_solvers.column_generation.relaxation_across_bins import RelaxationAcrossBins
from binpack_solvers.column_generation.restricted_master import MOST_ENTRIES, rows_across_bins, solve_in_whole_bins
from binpack_solvers.column_generation.split_by_place import pack_places, whole_copies
from binpack_solvers.context import Context
from binpack_solvers.problem import Problem

FOR_BOUND, FOR_CHOICES, FOR_SPLIT, FOR_PLACES, FOR_PROGRAM = 0.3, 0.15, 0.5, 0.7, 0.5
"""Parts of the time left, or of this if that is more:"""
LONGEST = 120.0


def search_across_bins(context: Context, relaxed: Problem, worth: Floats) -> None:
    """Offer packings that keep the rules across bins, of which dives and heuristics know nothing, and raise the bound.

    relaxed : the problem with its bins alone. worth : of copies, as ``Contents`` has it.
    """
    solved = SolvedNode(Node(relaxed), contents_of(context.packing, relaxed.item_types, worth), context)
    rows = rows_across_bins(solved, exact=False, everything=True)
    if rows is None or not solved.relax(FEWEST_NODES):
        return
    known = joined_columns([solved.master.columns, single_copies(solved.pricer)])
    columns = in_every_type(context.problem, solved.pricer, known.count)
    if len(columns) * len(rows.rows) > MOST_ENTRIES:
        return
    relaxation = RelaxationAcrossBins(solved, rows, columns)
    if relaxation.raise_bound(monotonic() + _seconds(context, FOR_BOUND), solved.target):
        _state_bound(context, relaxation)
        if not context.proves("cost"):
            _split(context, relaxation)
    if not context.proves("cost"):
        solve_in_whole_bins(solved, relaxation.columns, _seconds(context, FOR_PROGRAM), exact=True)


def _state_bound(context: Context, relaxation: RelaxationAcrossBins) -> None:
    """The LP's bound, with its certificate where no elementary bound says as much."""
    bound = min(relaxation.solved.target, ceiling(relaxation.bound))
    if bound > context.bounds.cost:
        context.certificate = relaxation.certificate(bound)
    context.raise_bound(bound, "configuration LP with rules across bins")


def _split(context: Context, relaxation: RelaxationAcrossBins) -> None:
    """Offer a packing of the places by themselves."""
    end = monotonic() + _seconds(context, FOR_SPLIT)
    if not relaxation.choose(_seconds(context, FOR_CHOICES), end):
        return
    copies = whole_copies(relaxation, end)
    if copies is not None:
        context.offer(pack_places(context, relaxation, copies, _seconds(context, FOR_PLACES)))


def _seconds(context: Context, part: float) -> float:
    return min(context.left, LONGEST) * part
