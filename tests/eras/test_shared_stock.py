"""Machines of one type run one kernel family or another: there are never more of them than there are."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from eras.estates import BOX, app, rows
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from binpack.comparison import EraResult
from binpack.units import GIB
from binpack.workload.application import Application

HALF = 31 * GIB


def unplaced(row: EraResult) -> int:
    return sum(each.count for each in row.plan.unplaced)


@pytest.mark.parametrize("era", ["docker_swarm", "kubernetes"])
def test_a_node_too_many_is_said(era: str) -> None:
    """Three nodes for the control plane or managers on Linux leave none of three machines for Windows; four machines do."""
    both = [app("a"), app("w", os="windows")]
    enough, short = (rows(both, (era,), machine=replace(BOX, available=number))[era] for number in (4, 3))
    assert (enough.machines, unplaced(enough)) == (4 if era == "kubernetes" else 3, 0)
    assert short.machines == 3
    assert unplaced(short) == (1 if era == "kubernetes" else 0)


def test_a_stock_that_suffices_is_divided() -> None:
    """Four Windows halves and five Linux ones need two and three of five machines, and no sixth."""
    estate = [app("w", 4, memory=HALF - 3 * GIB, os="windows"), app("a", 5, memory=HALF - 3 * GIB)]
    row = rows(estate, ("containers",), machine=replace(BOX, available=5))["containers"]
    assert (row.machines, row.plan.status, row.plan.lower_bound) == (5, "optimal", 5)


@settings(max_examples=15, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(st.integers(1, 6), st.integers(0, 9), st.integers(0, 9), st.integers(1, 2))
def test_as_few_copies_as_can_be_are_left_out(stock: int, windows: int, linux: int, each: int) -> None:
    """Against every division of the stock, where so many copies of a family fit a machine, in Docker Swarm."""
    estate: list[Application] = []
    for name, copies, os in (("w", windows, "windows"), ("a", linux, "linux")):
        estate += [app(name, copies, memory=55 * GIB // each, os=os)] if copies else []
    if not estate:
        return
    row = rows(estate, ("docker_swarm",), machine=replace(BOX, available=stock), managers=1)["docker_swarm"]
    best = min(
        max(0, windows - w * each) + max(0, linux - a * each)
        for w, a in product(range(stock + 1), repeat=2)
        if w + a <= stock
    )
    assert row.machines <= stock
    assert unplaced(row) == best
