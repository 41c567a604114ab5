"""Pods over zones: the problems, and the table of which methods pack them."""

from __future__ import annotations

import pytest

from bench.zones.instance import ZONES, zones_problem
from bench.zones.run import main


@pytest.mark.parametrize("alike", [True, False])
def test_a_seed_gives_one_problem_with_all_its_pods(alike: bool) -> None:
    """The pods add up; the same seed gives the same problem, another one another."""
    one, again, other = (zones_problem(300, 25, alike, seed) for seed in (1, 1, 2))
    assert one.copies == 300
    assert one.item_types == 25
    assert one.bin_types == ZONES
    assert (one.sizes == again.sizes).all()
    assert (one.limits == again.limits).all()
    assert one.spread == again.spread
    assert (one.sizes != other.sizes).any()
    assert (len(set(map(tuple, one.capacity.tolist()))) == 1) == alike


def test_a_line_for_each_problem_and_what_was_packed(capsys: pytest.CaptureFixture[str]) -> None:
    """Both kinds of nodes, each checked, and a sum for the method."""
    assert main(["--sizes", "12x3", "--seeds", "1", "--methods", "exact", "--time-limit", "20"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[2] for line in lines[1:3]] == ["alike", "differ"]
    assert lines[3].startswith("exact: 2 packed")
