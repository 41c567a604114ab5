"""The generated problems and packings put every rule to the test: counted, as a rule that never binds proves nothing."""

from __future__ import annotations

from collections import Counter

import naive
import pytest
import strategies
from binding import WITHOUT, binding
from hypothesis import given, settings
from hypothesis import strategies as st

CHECKED = {
    "demands": "demand",
    "available": "available",
    "compatible": "compatible",
    "exclusive": "exclusive",
    "limits": "limit",
    "requires": "require",
    "setups": "capacity",
    "spread": "spread",
    "initial": "standing",
    "minimum_bins": "minimum_bins",
}
"""What the checker calls each rule of a Problem that a packing may break."""


def test_every_rule_of_a_problem_decides_some_optimum():
    """Taking any one rule out changes the best value of some of the problems on which solvers and bounds are tested."""
    binds: Counter[str] = Counter()

    @settings(max_examples=600, derandomize=True, database=None)
    @given(problem=strategies.problems())
    def count(problem):
        binds.update(binding(problem))

    count()
    assert {rule: binds[rule] for rule in WITHOUT if binds[rule] < 3} == {}


@pytest.mark.parametrize("rule", CHECKED)
def test_every_rule_is_broken_and_kept_by_packings(rule):
    """The checker meets packings that break the rule, some that break nothing else, and many that break none at all."""
    met: Counter[str] = Counter()

    @settings(max_examples=120, derandomize=True, database=None)
    @given(data=st.data())
    def count(data):
        problem = data.draw(strategies.problems_of_one_rule(rule))
        packing = data.draw(strategies.packings(problem))
        for _ in range(4):
            broken = naive.rules_broken(problem, packing)
            met["broken"] += CHECKED[rule] in broken
            met["alone"] += broken == {CHECKED[rule]}
            met["kept"] += not broken
            packing = data.draw(strategies.mutations(problem, packing))

    count()
    assert met["broken"] >= 5
    assert met["alone"] >= 1
    assert met["kept"] >= 20
