"""The C++ baselines of the kernels' bench against one-copy-at-a-time versions and against each other."""

from __future__ import annotations

import shutil
from collections import Counter

import naive_kernels
import numpy as np
import pytest
from binpack_solvers.kernels.greedy import BEST_FIT, FIRST_FIT
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.kernels.baselines import RESOURCES, baselines_of, compile_baselines, place
from bench.kernels.contents import contents_of_packing, contents_of_placed

METHODS = {"first_fit_decreasing": FIRST_FIT, "best_fit_decreasing": BEST_FIT}
CAPACITY = 16


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """The compiled baselines; without a compiler these tests are skipped."""
    if shutil.which("g++") is None:
        pytest.skip("no g++ to compile the baselines with")
    return compile_baselines(tmp_path_factory.mktemp("baselines"))


@st.composite
def items(draw, resources):
    """Sizes and demands, with items that take nothing of a resource or of any."""
    m = draw(st.integers(1, 8))
    row = st.lists(st.integers(0, CAPACITY), min_size=resources, max_size=resources)
    sizes = draw(st.lists(row, min_size=m, max_size=m))
    demands = draw(st.lists(st.integers(0, 9), min_size=m, max_size=m))
    return np.array(sizes, np.int64), np.array(demands, np.int64)


def placed_contents(placed, demands):
    """Content -> bins, from the bin of each copy."""
    held = [Counter() for _ in range(placed.bins)]
    for i, b in zip(np.repeat(np.arange(len(demands)), demands).tolist(), placed.bin_of.tolist(), strict=True):
        held[b][i] += 1
    return Counter((0, tuple(sorted(content.items()))) for content in held)


def loads(contents, sizes):
    """How full the bins are, in the first resource, ascending."""
    full = {key: sum(int(sizes[i, 0]) * c for i, c in key[1]) for key in contents}
    return sorted(full[key] for key in contents.elements())


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("resources", RESOURCES)
@settings(max_examples=60)
@given(data=st.data())
def test_baselines_equal_one_copy_at_a_time(library, method, resources, data):
    """Every baseline gives the bins of the naive version; among bins equally full, 1-D best fit may choose any."""
    sizes, demands = data.draw(items(resources))
    order = np.argsort(-sizes.sum(axis=1), kind="stable").tolist()
    problem = Problem(sizes, [CAPACITY] * resources, demands=demands)
    expected = naive_kernels.any_fit(problem, METHODS[method], order)
    for name in baselines_of(method, resources):
        found = placed_contents(place(library, name, sizes, demands, CAPACITY), demands)
        if resources == 1 and method == "best_fit_decreasing":
            assert loads(found, sizes) == loads(expected, sizes), name
        else:
            assert found == expected, name


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("resources", "item_types", "copies"), [(1, 3000, 1), (3, 3000, 1), (4, 40, 200)])
def test_baselines_equal_each_other(library, method, resources, item_types, copies):
    """On more bins than a tree starts with and than a block holds, all make equally many, first fit the same ones."""
    sizes = np.random.default_rng(1).integers(1, 500, (item_types, resources))
    demands = np.full(item_types, copies)
    names = baselines_of(method, resources)
    placed = [place(library, name, sizes, demands, 1000) for name in names]
    assert len({one.bins for one in placed}) == 1
    if method == "first_fit_decreasing":
        assert len({contents_of_placed(one.bin_of, demands, one.bins) for one in placed}) == 1


def test_what_a_baseline_cannot_take_is_refused(library):
    """A size above the capacity would loop for ever; other numbers of resources are not compiled in."""
    one = np.array([1])
    for sizes in (np.array([[CAPACITY + 1]]), np.ones((1, 5), np.int64)):
        with pytest.raises(ValueError, match="resources"):
            place(library, "first_fit_groups", sizes, one, CAPACITY)


@given(data=st.data())
def test_the_number_of_contents(data):
    """Copies with their bins and the packing's rows give one number, and another one where a copy is elsewhere."""
    demands = np.array(data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=5)), np.int64)
    copies = int(demands.sum())
    bin_of = np.array(data.draw(st.permutations([k // 2 for k in range(copies)])), np.int32)
    bins = int(bin_of.max()) + 1
    item_of = np.repeat(np.arange(len(demands)), demands)
    held = [Counter(item_of[bin_of == b].tolist()) for b in data.draw(st.permutations(range(bins)))]
    packing = Packing.from_patterns((0, content, 1) for content in held)
    number = contents_of_placed(bin_of, demands, bins)
    assert contents_of_packing(packing, len(demands)) == number
    one_bin = Packing.from_patterns([(0, dict(enumerate(demands.tolist())), 1)])
    assert (contents_of_packing(one_bin, len(demands)) == number) == (bins == 1)
