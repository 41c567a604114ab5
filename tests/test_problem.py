"""Problem: what it takes, how it completes it, and what it says of malformed data."""

from __future__ import annotations

import numpy as np
import pytest
from binpack_solvers.bounds.lower_bounds import lower_bounds
from binpack_solvers.check import violations
from binpack_solvers.errors import ProblemError
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem
from binpack_solvers.rules import Setup, Spread, Standing

NAMED = {"item_names": ["web", "db"], "bin_names": ["small", "large"]}
BASE = {"sizes": [[1, 2], [3, 4]], "capacity": [[5, 6], [7, 8]], **NAMED}


def test_one_resource_may_be_written_flat():
    """(m,) sizes and a scalar capacity mean one resource and one bin type."""
    problem = Problem([3, 4], 10)
    assert problem.sizes.tolist() == [[3], [4]]
    assert problem.capacity.tolist() == [[10]]
    assert (problem.item_types, problem.resources, problem.bin_types) == (2, 1, 1)


def test_flat_capacity_is_one_bin_type():
    """(d,) capacity means one bin type of d resources."""
    assert Problem([[3, 4]], [10, 20]).capacity.tolist() == [[10, 20]]


def test_defaults():
    """One copy each, cost 1, unlimited bins, everything compatible, nothing optional, alternative or exclusive."""
    problem = Problem(**BASE)
    assert problem.demands.tolist() == problem.cost.tolist() == [1, 1]
    assert problem.available.tolist() == problem.alternatives.tolist() == problem.optional.tolist() == [-1, -1]
    assert problem.compatible.all()
    assert not problem.exclusive.any()
    assert problem.topology.shape == (2, 0)
    assert problem.move_cost.tolist() == [0, 0]
    assert problem.unit_cost


def test_arrays_cannot_be_written():
    """What was validated once stays valid."""
    problem = Problem(**BASE, limits=[[0, 1, 2]], requires=[[0, 1]])
    for name in ("sizes", "capacity", "demands", "compatible", "limits", "requires"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(problem, name)[...] = 0


def test_callers_array_is_not_shared():
    """Changing the array that was passed changes nothing in the problem."""
    sizes = np.array([[1, 2], [3, 4]])
    problem = Problem(sizes, [5, 6])
    sizes[0, 0] = 9
    assert problem.sizes[0, 0] == 1


def test_repeated_limits_keep_the_smallest():
    """Of repeated arcs (i, j) at one level the smallest k counts; levels are kept apart."""
    problem = Problem(**BASE, limits=[[0, 1, 5, 0], [0, 1, 2, 0], [0, 1, 3, 1]], topology=[[0], [1]])
    assert problem.limits.tolist() == [[0, 1, 2, 0], [0, 1, 3, 1]]


def test_rows_without_level_are_at_the_bin():
    """Rows of limits and requires without a level count inside the bin."""
    problem = Problem(**BASE, limits=[[0, 1, 5]], requires=[[1, 0]])
    assert problem.limits.tolist() == [[0, 1, 5, 0]]
    assert problem.requires.tolist() == [[1, 0, 0]]


def test_copies_count_alternatives_once():
    """Item types with one alternative id share a demand; the total is exact beyond 64 bits."""
    problem = Problem([1, 1, 1], 9, demands=[2**62, 2**62, 2**62], alternatives=[7, -1, 7])
    assert problem.demand_groups == ((0, 2), (1,))
    assert problem.copies == 2**63


def test_move_cost_is_one_where_bins_stand():
    """move_cost defaults to 1 each where ``initial`` is given."""
    problem = Problem([1], [[4], [4]], available=[-1, 1], initial=[Standing(1, {0: 1})])
    assert problem.move_cost.tolist() == [1]


def test_costly_setup_is_not_unit_cost():
    """Cost and bins are one objective only if every bin costs 1 and no setup costs anything."""
    assert not Problem([1], 4, setups=[Setup((0,), (0,), cost=1)]).unit_cost
    assert not Problem([1], 4, cost=[2]).unit_cost


def test_replace_validates_again():
    """``replace`` changes the named fields, keeps the others, and refuses what the constructor refuses."""
    problem = Problem(**BASE, demands=[2, 3])
    assert problem.replace(cost=[4, 5]).demands.tolist() == [2, 3]
    with pytest.raises(ProblemError, match="web"):
        problem.replace(demands=[-1, 3])


def test_what_fits_nowhere_is_not_an_error():
    """An item larger than every bin is a question with the answer ``infeasible``, not malformed data."""
    assert Problem([11], 10).item_types == 1
    assert Problem([1], 10, available=[0], limits=[[0, 0, 0]]).item_types == 1


@pytest.mark.parametrize("largest", [2**62, np.int64(2**62), float(2**52)])
def test_largest_quantities_are_kept_exactly(largest):
    """Sizes up to 2**62 are taken as they are."""
    assert Problem([largest], 2**62).sizes[0, 0] == int(largest)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"sizes": [[1, 2], [-3, 4]]}, ["sizes", "entry 1 ('db')", "column 0", "-3"]),
        ({"sizes": [[1, 2], [3, 2**62 + 1]]}, ["sizes", "'db'", "column 1", str(2**62 + 1)]),
        ({"sizes": [[1, 2], [3, 2**70]]}, ["sizes", "'db'", str(2**70)]),
        ({"sizes": np.array([[1, 2], [3, 2**63]], np.uint64)}, ["sizes", "'db'", str(2**63)]),
        ({"sizes": [[1, 2], [3, 4.5]]}, ["sizes", "'db'", "4.5"]),
        ({"sizes": [[1, 2], [3, float("nan")]]}, ["sizes", "'db'", "nan"]),
        ({"sizes": [[1, 2], [3, float(2**60)]]}, ["sizes", "'db'"]),
        ({"sizes": [[1, 2], [3]]}, ["sizes", "different lengths"]),
        ({"sizes": [["1", "2"], ["3", "4"]]}, ["sizes", "expected integers"]),
        ({"sizes": [[True, False], [True, True]]}, ["sizes", "expected integers"]),
        ({"sizes": [[1, 2, 3], [4, 5, 6]]}, ["3 resources", "capacity has 2"]),
        ({"sizes": [[[1, 2]], [[3, 4]]]}, ["sizes must be (m, d)"]),
        ({"capacity": [[5, 6], [7, -8]]}, ["capacity", "entry 1 ('large')", "-8"]),
        ({"capacity": []}, ["sizes have 2 resources", "capacity has 0"]),
        ({"sizes": [], "capacity": [], "item_names": [], "bin_names": []}, ["capacity is empty"]),
        ({"demands": [1, -2]}, ["demands", "'db'", "-2"]),
        ({"demands": [1, 2**63]}, ["demands", "'db'", str(2**63)]),
        ({"demands": [1]}, ["demands has shape (1,)", "expected (2,)"]),
        ({"cost": [1, -1]}, ["cost", "'large'", "-1"]),
        ({"available": [1, -2]}, ["available", "'large'", "-2"]),
        ({"optional": [-2, 0]}, ["optional", "'web'", "-2"]),
        ({"alternatives": [-2, 0]}, ["alternatives", "'web'", "-2"]),
        ({"compatible": [[True], [True]]}, ["compatible has shape (2, 1)", "expected (2, 2)"]),
        ({"compatible": [[2, 0], [1, 1]]}, ["compatible", "true and false"]),
        ({"alternatives": [0, 0], "demands": [1, 2]}, ["'db'", "'web'", "demand 2 and 1"]),
        ({"alternatives": [0, 0], "optional": [-1, 2]}, ["'db'", "'web'", "optional 2 and -1"]),
        ({"limits": [[0, 2, 1]]}, ["limits, column j: 2", "0 to 1"]),
        ({"limits": [[0, 1, 1, 1]]}, ["limits, column level: 1", "0 to 0"]),
        ({"limits": [[0, 1, -1]]}, ["limits", "-1"]),
        ({"limits": [[0, 1]]}, ["limits has shape (1, 2)"]),
        ({"requires": [[2, 0]]}, ["requires, column i: 2"]),
        ({"requires": [[1, 0, 3]]}, ["requires, column level: 3"]),
        ({"topology": [[0]]}, ["topology has shape (1, 1)"]),
        ({"topology": [[0], [-2]]}, ["topology", "-2"]),
        ({"setups": [Setup((2,), (0, 0))]}, ["setup 0, members: 2"]),
        ({"setups": [Setup((0,), (1,))]}, ["setup 0, size", "(1,)", "(2,)"]),
        ({"setups": [Setup((0,), (1, -1))]}, ["setup 0, size", "-1"]),
        ({"setups": [Setup((0,), (0, 0), (5,))]}, ["setup 0, types: 5"]),
        ({"setups": [Setup((0,), (0, 0), cost=-1)]}, ["setup 0, cost: -1"]),
        ({"spread": [Spread((0,), (4,), 0)]}, ["spread 0, counted: 4"]),
        ({"spread": [Spread((0,), (0,), 1)]}, ["spread 0, key: 1"]),
        ({"spread": [Spread((0,), (0,), 0, max_skew=0)]}, ["spread 0, max_skew: 0"]),
        ({"spread": [Spread((0,), (0,), 0, domains=(2,))]}, ["spread 0, domains: 2"]),
        ({"spread": [Spread((0,), (0,), 1)], "topology": [[0], [1]]}, ["spread 0", "no domain is declared"]),
        ({"initial": [Standing(1)]}, ["initial bin 0", "'large'", "available 1"]),
        ({"initial": [Standing(2)]}, ["initial bin 0, bin type: 2"]),
        ({"initial": [Standing(1, {3: 1})], "available": [-1, 1]}, ["initial bin 0, content: 3"]),
        ({"initial": [Standing(1, {1: -1})], "available": [-1, 1]}, ["initial bin 0", "'db'", "-1"]),
        ({"initial": [Standing(1), Standing(1)], "available": [-1, 1]}, ["initial bin 1", "'large'", "initial bin 0"]),
        ({"move_cost": [1, -1]}, ["move_cost", "'db'", "-1"]),
        ({"minimum_bins": -1}, ["minimum_bins", "-1"]),
        ({"minimum_bins": 1.5}, ["minimum_bins", "1.5"]),
        ({"item_names": ["web"]}, ["item_names has 1 names: expected 2"]),
    ],
)
def test_malformed_data_is_named(change, words):
    """Malformed data raises ProblemError in one line that names the field, the item, bin type or rule, and the value."""
    with pytest.raises(ProblemError) as caught:
        Problem(**{**BASE, **change})
    message = str(caught.value)
    assert "\n" not in message
    for word in words:
        assert word in message


def test_items_without_names_are_numbered():
    """Without names, messages call an item type by its index."""
    with pytest.raises(ProblemError, match="sizes, entry 1: -3"):
        Problem([1, -3], 10)
    assert Problem([1], 10).item_name(0) == "item 0"


def test_resource_names_reach_bounds_and_checker():
    """Where resources have names, messages about them say which; without names they are numbered."""
    named = Problem([[3, 1]], [10, 10], demands=[7], resource_names=("cpu", "memory"))
    assert lower_bounds(named).bins_by == "volume of resource 0 ('cpu')"
    assert lower_bounds(named.replace(resource_names=())).bins_by == "volume of resource 0"
    [broken] = [line for line in violations(named, Packing.from_patterns([(0, {0: 7}, 1)])) if "21" in line]
    assert "resource 0 ('cpu')" in broken


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("compatible", {"compatible": [[1], [0]]}),
        ("alternatives", {"alternatives": [0, 0]}),
        ("optional", {"optional": [0, -1]}),
        ("exclusive", {"exclusive": [1, 0]}),
        ("limits", {"limits": [(0, 1, 2)]}),
        ("limits by domain", {"limits": [(0, 1, 2, 1)], "topology": [[0]]}),
        ("requires", {"requires": [(0, 1)]}),
        ("setups", {"setups": [Setup((0,), (1,))]}),
        ("spread", {"spread": [Spread((0,), (0,), 0, 1)]}),
        ("initial", {"initial": [Standing(0, {0: 1})], "available": [1]}),
        ("minimum_bins", {"minimum_bins": 1}),
    ],
)
def test_each_rule_is_named_where_it_is_there_and_nowhere_else(rule, fields):
    """``rules`` names what is asked beyond demands, capacity and available bins; a field of its default asks nothing."""
    assert Problem([1, 2], 5, **fields).rules == {rule}
    assert Problem([1, 2], 5, demands=[3, 4], cost=[2], available=[9], topology=[[0]]).rules == set()
