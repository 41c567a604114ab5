"""Rows and objectives beyond 64 bits mean exactly what they say."""

from __future__ import annotations

from itertools import product

from binpack_solvers.cp_sat.large_integers import LARGEST_SUM, Term, add_at_most, as_digits
from hypothesis import given, settings
from hypothesis import strategies as st
from ortools.sat.python import cp_model

HUGE = st.one_of(st.integers(0, 9), st.integers(2**62 - 9, 2**62), st.integers(0, 2**62))


def feasible(cp):
    return cp_model.CpSolver().solve(cp) == cp_model.OPTIMAL


@settings(max_examples=60)
@given(
    coefficients=st.lists(HUGE, min_size=1, max_size=3),
    most=st.lists(st.integers(1, 2), min_size=3, max_size=3),
    capacity=HUGE,
)
def test_a_row_allows_exactly_the_points_within_capacity(coefficients, most, capacity):
    """Every point with sum <= capacity extends to the added variables, and no other does, whatever the size."""
    for point in product(*(range(m + 1) for m in most[: len(coefficients)])):
        cp = cp_model.CpModel()
        x = [cp.new_int_var(value, value, "x") for value in point]
        terms = [Term(c, v, m) for c, v, m in zip(coefficients, x, most, strict=False)]
        used = cp.new_constant(1)
        add_at_most(cp, terms, capacity, used)
        assert feasible(cp) == (sum(c * p for c, p in zip(coefficients, point, strict=True)) <= capacity)


@settings(max_examples=60)
@given(
    coefficients=st.lists(HUGE, min_size=1, max_size=4),
    most=st.lists(st.sampled_from([1, 2, 2**20, 2**31]), min_size=4, max_size=4),
    constant=HUGE,
    data=st.data(),
)
def test_digits_read_together_are_the_total(coefficients, most, constant, data):
    """The digits of an objective, each within CP-SAT's range, determine the total exactly."""
    point = [data.draw(st.integers(0, m)) for m in most[: len(coefficients)]]
    cp = cp_model.CpModel()
    x = [cp.new_int_var(value, value, "x") for value in point]
    digits = as_digits(cp, [Term(c, v, m) for c, v, m in zip(coefficients, x, most, strict=False)], constant)
    solver = cp_model.CpSolver()
    assert solver.solve(cp) == cp_model.OPTIMAL
    total = constant + sum(c * p for c, p in zip(coefficients, point, strict=True))
    values = [solver.value(expression) for expression in digits.expressions]
    assert digits.join(values) == total
    assert digits.split(total) == values
    assert all(0 <= value <= bound <= LARGEST_SUM for value, bound in zip(values, digits.most, strict=True))
