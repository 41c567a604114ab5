"""Bin types made of others hold and cost what those do."""

from __future__ import annotations

import naive
import strategies
from binpack_solvers.packing import Packing
from binpack_solvers.reductions.bin_types_made_of import bin_types_made_of
from hypothesis import given, settings
from hypothesis import strategies as st

KNOWN = tuple(rule for rule in strategies.RULES if rule not in ("spread", "initial"))


@settings(max_examples=60)
@given(data=st.data())
def test_a_packing_is_the_same_by_the_types_made_and_by_those_they_are_of(data):
    """It breaks the same rules and is worth the same, where bins are had without end."""
    problem = data.draw(strategies.problems(rules=KNOWN)).replace(available=None)
    origin = data.draw(st.lists(st.integers(0, problem.bin_types - 1), min_size=1, max_size=5))
    made = bin_types_made_of(problem, origin)
    packing = data.draw(strategies.packings(made))
    before = Packing.from_patterns((origin[k], items, times) for k, items, times in packing.patterns)
    assert naive.rules_broken(made, packing) == naive.rules_broken(problem, before)
    assert naive.value(made, packing) == naive.value(problem, before)
