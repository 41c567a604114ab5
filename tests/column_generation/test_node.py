"""What a node knows: the waste that a better packing can afford, and packings from columns that cover too much."""

from __future__ import annotations

import numpy as np
from binpack_solvers.column_generation.branch import Node
from binpack_solvers.column_generation.columns import Column
from binpack_solvers.column_generation.configurations import configurations_of
from binpack_solvers.column_generation.node import allowed_waste
from binpack_solvers.column_generation.packings import packing_of
from binpack_solvers.problem import Problem


def test_a_better_packing_wastes_no_more_than_its_bins_leave():
    """Three bins of 10 for 26 leave 4 in all; with four bins to beat, one bin leaves no more than that."""
    problem = Problem([6, 5, 4], 10, demands=[2, 2, 1])
    assert allowed_waste(Node(problem), 4).tolist() == [4]


def test_waste_says_nothing_where_it_is_more_than_a_bin_or_bins_differ():
    """With many bins to beat a bin may be empty; bins of two sizes have no common waste."""
    assert allowed_waste(Node(Problem([6], 10)), 9).tolist() == [-1]
    assert allowed_waste(Node(Problem([6, 6], [[10], [7]])), 2).tolist() == [-1]


def test_copies_that_columns_cover_twice_are_packed_once():
    """The demands are met exactly: of what is covered too often, the last bins hold less."""
    problem = Problem([3, 2], 10, demands=[4, 3])
    configurations = configurations_of(problem)
    bins = [(Column(0, np.array([2, 2]), 1), 2), (Column(0, np.array([1, 0]), 1), 1)]
    packing = packing_of(bins, configurations, configurations.demand)
    assert packing.copies(2) == [4, 3]
    assert packing.bins == 2
