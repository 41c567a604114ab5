"""Wholes against parts over levels of load: what is saved, by what, and where the verdict turns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from eras.estates import BOX, app
from hypothesis import given, settings
from hypothesis import strategies as st

from binpack.comparison import Comparison
from binpack.eras.options import PARTS, EraOptions
from binpack.errors import InputError
from binpack.machines.licence import Licence
from binpack.machines.machine_type import MachineType
from binpack.machines.price import HOURS_PER_MONTH
from binpack.planning import compare_sized
from binpack.split import LoadLevel, Splitting
from binpack.splitting import split_over_loads, turns
from binpack.units import CPU, GIB, MEMORY
from binpack.workload.application import Application, Component
from binpack.workload.sizing import size_workload
from binpack.workload.workload import Workload

OPTIONS = EraOptions(time_limit=0.2)


def split(
    applications: list[Application],
    loads: list[int],
    era: str = "containers",
    joined: bool = False,
    machines: Sequence[MachineType] = (BOX,),
    options: EraOptions = OPTIONS,
) -> Splitting:
    """Split over loads, on one machine type unless told otherwise."""

    def count(estate: Workload) -> Comparison:
        return compare_sized(estate, machines, (era,), (PARTS,), options, "requests")

    sized = size_workload(Workload("test", tuple(applications)))
    return split_over_loads(sized, machines, options, loads, count, joined)


def whole(copies: int, cpu: int, memory: int, *parts: tuple[str, int, int, int]) -> Application:
    """A whole with components of so many hundredths of the load, thousandths of a thread and GiB."""
    components = tuple(
        Component(name, {CPU: milli, MEMORY: size * GIB}, share=Fraction(hundredths, 100))
        for name, hundredths, milli, size in parts
    )
    return app("whole", copies, cpu, memory * GIB, components=components)


def test_scaling_apart_saves_what_the_whole_carries_along() -> None:
    """Ninety per cent of the load is a tenth of the memory: parts request less, and all that is saved is by scaling."""
    found = split([whole(1, 1000, 20, ("hot", 90, 1000, 2), ("cold", 10, 1000, 18))], [1, 30])
    last = found.levels[-1]
    assert (last.whole.copies, last.split.copies) == (30, 27 + 3)
    assert last.saved == last.whole.row.machines - last.split.row.machines > 0
    assert (last.saved_by_processes, last.saved_by_packing) == (0, 0)
    assert last.saved_by_scaling == last.saved
    assert found.turns[-1].after == "saves"


def test_finer_grains_save_by_packing() -> None:
    """Nine threads of sixteen leave seven that no other whole can use; its halves can, and request the same."""
    found = split([whole(10, 9000, 1, ("a", 50, 4500, 1), ("b", 50, 4500, 1))], [1])
    [level] = found.levels
    assert (level.whole.row.machines, level.split.row.machines) == (10, 7)
    assert (level.saved_by_scaling, level.saved_by_processes, level.saved_by_packing) == (0, 0, 3)
    assert level.verdict == "saves"


def test_fixed_parts_can_cost_more_than_scaling_saves() -> None:
    """Parts that are nothing but runtime need more machines than the whole from some load on, found to the copy."""
    parts = tuple(
        Component(n, {CPU: 1000, MEMORY: GIB}, share=Fraction(1, 2), fixed={CPU: 900, MEMORY: GIB}) for n in "ab"
    )
    found = split([app("whole", 1, 2000, 2 * GIB, components=parts)], [1, 20])
    assert [level.verdict for level in found.levels] == ["equal", "costs"]
    assert (found.levels[-1].saved_by_processes or 0) < 0 == found.levels[-1].saved_by_scaling
    [turn] = found.turns
    before, after = (
        split([app("whole", 1, 2000, 2 * GIB, components=parts)], [k]).levels[0] for k in (turn.load - 1, turn.load)
    )
    assert (before.verdict, after.verdict) == ("equal", "costs")


def test_groups_are_wholes_where_asked() -> None:
    """Without components the applications of a group are joined; without either nothing is split."""
    estate = [app("a", 4, 9000), app("b", 4, 6000)]
    found = split(estate, [1], joined=True)
    assert (found.wholes, found.levels[0].whole.copies, found.levels[0].split.copies) == (
        ["shop/shop as one process"],
        4,
        8,
    )
    with pytest.raises(InputError, match="--as-monolith"):
        split(estate, [1])
    with pytest.raises(InputError, match="nothing that is of one group"):
        split(estate[:1], [1], joined=True)


def test_machines_of_several_prices_are_counted_in_money() -> None:
    """A whole of nine threads takes a large machine, its halves two small ones of a third of the price each; what is saved
    is money, by packing, though machines are more."""
    small = MachineType("small", {**BOX.capacity, CPU: 5_000}, provider="aws", price=100_000)
    large = MachineType("large", BOX.capacity, provider="aws", price=300_000)
    parts = ("a", 50, 4500, 1), ("b", 50, 4500, 1)
    [level] = split([whole(1, 9000, 1, *parts)], [1], machines=(small, large)).levels
    assert (level.whole.row.machines, level.split.row.machines, level.verdict) == (1, 2, "saves")
    assert level.saved == (300_000 - 200_000) * HOURS_PER_MONTH
    parted = (level.saved_by_scaling, level.saved_by_calls, level.saved_by_processes, level.saved_by_packing)
    assert sum(part or 0 for part in parted) == level.saved
    assert level.split.by_cost


def test_bought_machines_are_counted_in_money() -> None:
    """Machines of one's own of several purchase prices cost their part of a month, which is what is saved."""
    month = 12 * 5  # parts of a purchase, over the years of use
    small = MachineType("small", {**BOX.capacity, CPU: 5_000}, purchase_price=1_000 * month * 10**6)
    large = MachineType("large", BOX.capacity, purchase_price=3_000 * month * 10**6)
    parts = ("a", 50, 4500, 1), ("b", 50, 4500, 1)
    [level] = split([whole(1, 9000, 1, *parts)], [1], machines=(small, large)).levels
    assert (level.whole.row.machines, level.split.row.machines, level.verdict) == (1, 2, "saves")
    assert (level.saved, level.split.by_cost) == ((3_000 - 2_000) * 10**6, True)


def test_licences_are_money_that_splitting_saves() -> None:
    """A licence for each host of one product is paid on every machine of wholes, and on one where the part that needs it is
    by itself: as many machines, less money, by what grains leave free."""
    licence = Licence("sql", "host", 500 * 10**6, applications=("shop/whole-c0",))
    machine = replace(BOX, provider="aws", price=100_000)
    parts = (Component("c0", {CPU: 4_500}, 1), Component("c1", {CPU: 4_500}, 3))
    wholes = [app("whole", 2, 9_000, components=parts)]
    options = replace(OPTIONS, licences=(licence,))
    [level] = split(wholes, [1], machines=(machine,), options=options).levels
    assert (level.whole.row.machines, level.split.row.machines, level.verdict) == (2, 2, "saves")
    assert (level.saved, level.saved_by_packing) == (500 * 10**6, 500 * 10**6)


def test_costs_that_are_unknown_save_machines() -> None:
    """Where cores are not known, a licence per core has no cost, and nothing is counted in money."""
    small = MachineType("small", {**BOX.capacity, CPU: 5_000}, provider="aws", price=100_000)
    large = MachineType("large", BOX.capacity, provider="aws", price=300_000)
    options = replace(OPTIONS, licences=(Licence("sql", "core", 10**6, applications=("whole",)),))
    parts = ("a", 50, 4500, 1), ("b", 50, 4500, 1)
    [level] = split([whole(1, 9000, 1, *parts)], [1], machines=(small, large), options=options).levels
    assert (level.whole.row.cost_per_month, level.split.by_cost) == (None, False)
    assert level.saved == level.whole.row.machines - level.split.row.machines


def test_what_fits_nowhere_is_no_saving() -> None:
    """A whole larger than any machine has no place, its parts have: that is said, and nothing is counted as saved."""
    [level] = split([whole(1, 20_000, 1, ("a", 50, 10_000, 1), ("b", 50, 10_000, 1))], [1]).levels
    assert (level.verdict, level.saved, level.saved_by_scaling, level.saved_by_packing) == ("unfit", None, None, None)
    assert level.saved_by_processes is None


@st.composite
def estates(draw: st.DrawFn) -> list[Application]:
    """A whole of one to three components, with shares or copies of their own, and perhaps something beside it."""
    weights = draw(st.lists(st.integers(1, 5), min_size=1, max_size=3))
    by_share = draw(st.booleans())
    parts = tuple(
        Component(
            f"c{k}",
            {CPU: draw(st.integers(200, 2500)), MEMORY: draw(st.integers(0, 6 * GIB))},
            None if by_share else draw(st.none() | st.integers(1, 3)),
            share=Fraction(weight, sum(weights)) if by_share else None,
            fixed=draw(st.sampled_from([{}, {CPU: 100}])),
        )
        for k, weight in enumerate(weights)
    )
    one = app(
        "whole", draw(st.integers(1, 3)), draw(st.integers(500, 6000)), draw(st.integers(0, 12 * GIB)), components=parts
    )
    return [one, app("beside", 2, 700)] if draw(st.booleans()) else [one]


@settings(max_examples=25)
@given(estates(), st.sampled_from(["containers", "virtual_machines", "kubernetes", "physical"]))
def test_more_load_never_needs_fewer_machines(estate: list[Application], era: str) -> None:
    """Between proven answers; the load's volume is never above that of all, nor that above the machines; what is saved by
    scaling, by fewer processes and by packing adds up."""
    levels = split(estate, [1, 3, 8], era).levels
    for side in ("whole", "split"):
        proven = [s.row.machines for level in levels if (s := getattr(level, side)).row.plan.status == "optimal"]
        assert proven == sorted(proven)
    for level in levels:
        for one in (level.whole, level.split):
            assert one.load_volume <= one.volume <= one.row.machines
        parts = (level.saved_by_scaling, level.saved_by_processes, level.saved_by_packing)
        assert sum(part or 0 for part in parts) == level.saved


@given(st.lists(st.sampled_from(["saves", "equal", "costs", "open"]), min_size=2, max_size=40), st.data())
def test_turns_are_where_verdicts_change(verdicts: list[str], data: st.DataObject) -> None:
    """Each turn is one between a load and the next; they lead from the verdict of each level to that of the one after it;
    where there is but one change between two levels, it is found."""
    loads = sorted(data.draw(st.sets(st.integers(1, len(verdicts)), min_size=2)))

    def level(load: int) -> Any:
        return SimpleNamespace(verdict=verdicts[load - 1])

    found = list(turns(level, loads))
    for turn in found:
        assert (turn.before, turn.after) == (verdicts[turn.load - 2], verdicts[turn.load - 1])
        assert turn.before != turn.after
    for low, high in pairwise(loads):
        between = [turn for turn in found if low < turn.load <= high]
        changes = [k for k in range(low + 1, high + 1) if verdicts[k - 2] != verdicts[k - 1]]
        assert [turn.load for turn in between] == sorted(turn.load for turn in between)
        assert bool(between) == (verdicts[low - 1] != verdicts[high - 1])
        assert not between or between[-1].after == verdicts[high - 1]
        if len(changes) == 1:
            assert [turn.load for turn in between] == changes


@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 9), st.integers(1, 9), st.booleans())
def test_a_verdict_is_given_where_the_bounds_leave_one(
    whole: int, split: int, below: int, under: int, priced: bool
) -> None:
    """It holds for every pair of numbers, or prices, between bound and count; where two pairs differ in it, it is open."""
    bounds = {"whole": max(0, whole - below + 1), "split": max(0, split - under + 1)}
    sides = {}
    for name, machines in (("whole", whole), ("split", split)):
        status = "optimal" if bounds[name] == machines else "feasible"
        cost, least = (machines, bounds[name]) if priced else (None, None)
        plan = SimpleNamespace(unplaced=(), status=status, lower_bound=1 if priced else bounds[name])
        row = {"plan": plan, "machines": 1 if priced else machines}
        money = {"cost_per_month": cost, "cost_lower_bound_per_month": least}
        sides[name] = SimpleNamespace(row=SimpleNamespace(**row, **money))
    possible = {
        "equal" if s == w else "saves" if s < w else "costs"
        for w in range(bounds["whole"], whole + 1)
        for s in range(bounds["split"], split + 1)
    }
    level = LoadLevel(1, sides["whole"], sides["split"])  # type: ignore[arg-type]
    assert level.verdict == (possible.pop() if len(possible) == 1 else "open")
