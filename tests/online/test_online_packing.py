"""Online packing: every policy against the obvious version event by event, and the state against a replay from scratch."""

from __future__ import annotations

import numpy as np
import pytest
import strategies
from binpack_solvers.check import violations
from binpack_solvers.errors import ProblemError
from binpack_solvers.heuristics.arrays import type_order
from binpack_solvers.kernels import online as kernel
from binpack_solvers.online import POLICIES, OnlinePacking
from binpack_solvers.online.policies import ranks
from binpack_solvers.problem import Problem
from binpack_solvers.rules import Setup, Spread, Standing
from hypothesis import given, settings
from hypothesis import strategies as st
from naive_online import Naive

KNOWN = ("cost", "available", "compatible", "exclusive", "limits")


@st.composite
def events_for(draw, problem, most=40):
    """Arrivals of any item types, and departures of arrivals that have come and not left."""
    events, here = [], []
    for _ in range(draw(st.integers(0, most))):
        if here and draw(st.integers(0, 2)) == 0:
            events.append(-1 - here.pop(draw(st.integers(0, len(here) - 1))))
        else:
            here.append(sum(e >= 0 for e in events))
            events.append(draw(st.integers(0, problem.item_types - 1)))
    return events


@st.composite
def large_problems(draw):
    """Sizes and capacities of up to 2**62 without further rules, in which buckets hold bins of different residuals."""
    unit = draw(st.sampled_from([1, 1000, 2**59]))
    d = draw(st.integers(1, 4))
    noise = st.integers(0, unit - 1)
    size = st.builds(lambda a, b: a * unit + b, st.integers(0, 4), noise)
    rows = draw(st.lists(st.lists(size, min_size=d, max_size=d), min_size=1, max_size=6))
    return Problem(rows, [7 * unit] * d)


def test_the_policies_have_an_oracle():
    """The tests below run all of them."""
    assert set(POLICIES) == {
        "first_fit",
        "best_fit",
        "worst_fit",
        "dot_product",
        "least_allocated",
        "most_allocated",
    }


def assert_same(problem, policy, events, close_empty, weights=None):
    naive = Naive(problem, policy, close_empty, weights, type_order(problem).tolist())
    online = OnlinePacking(problem, policy, close_empty=close_empty, weights=weights)
    expected, opened = [], []
    for event in events:
        expected.append(naive.do(event))
        opened.append(sum(naive.is_open))
    run = online.run(events)
    assert run.bins.tolist() == expected
    assert run.open_bins.tolist() == opened
    assert (online.peak_bins, online.rejected) == (naive.peak, naive.rejected)
    assert online.bin_types.tolist() == naive.kinds
    assert online.free().tolist() == [naive.free(b) for b in range(len(naive.kinds)) if naive.is_open[b]]
    return online


@pytest.mark.parametrize("policy", POLICIES)
@settings(max_examples=120)
@given(data=st.data())
def test_equals_the_obvious_version(policy, data):
    """Each copy goes to the bin that looking at every bin gives, under every rule that online packing knows."""
    problem = data.draw(strategies.problems(rules=KNOWN, max_rules=5))
    events = data.draw(events_for(problem))
    weights = None
    if policy.endswith("allocated"):
        weights = data.draw(st.lists(st.integers(1, 3), min_size=problem.resources, max_size=problem.resources))
    assert_same(problem, policy, events, data.draw(st.booleans()), weights)


@pytest.mark.parametrize("policy", [policy for policy in POLICIES if not policy.endswith("allocated")])
@settings(max_examples=80)
@given(data=st.data())
def test_equals_the_obvious_version_with_large_numbers(policy, data):
    """The same for residuals of up to 2**62: in one resource they decide exactly."""
    problem = data.draw(large_problems())
    assert_same(problem, policy, data.draw(events_for(problem)), data.draw(st.booleans()))


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("d", [1, 3])
def test_equals_the_obvious_version_on_many_bins(policy, d):
    """The same for some hundred open bins, for which trees and bits have several levels."""
    rng = np.random.default_rng(d)
    problem = Problem(rng.integers(1, 60, (20, d)), [[100] * d, [70] * d], available=[150, -1], cost=[3, 2])
    events, here = [], []
    for arrival in range(500):
        events.append(int(rng.integers(20)))
        here.append(arrival)
        if arrival > 250:
            events.append(-1 - here.pop(int(rng.integers(len(here)))))
    assert_same(problem, policy, events, close_empty=True)


@pytest.mark.parametrize("policy", ["first_fit", "best_fit", "worst_fit", "dot_product"])
def test_chooses_among_thousands_of_bins(policy):
    """With more item types than thresholds and many blocks: the first, fullest, emptiest or best aligned of all bins that
    have room, ties by room, then by number."""
    rng = np.random.default_rng(7)
    sizes = rng.integers(200, 700, (900, 3))
    sizes[:300] //= 5
    problem = Problem(sizes, [1000] * 3)
    online = OnlinePacking(problem, policy)
    events, here = rng.integers(0, 900, 8200), list(range(7000))
    for at in range(7000, 8200, 2):
        events[at] = -1 - here.pop(int(rng.integers(len(here))))
        here.append(7000 + (at - 7000) // 2)
    bins = online.run(events).bins
    assert online.open_bins > 2048
    free, arrived = np.full((len(bins), 3), -1), []
    for event, chosen in zip(events.tolist(), bins.tolist(), strict=True):
        size = problem.sizes[event if event >= 0 else arrived[-1 - event][0]]
        if event >= 0:
            arrived.append((event, chosen))
            fits = np.flatnonzero((free >= size).all(axis=1) & (free < 1000).any(axis=1))
            room = ranks(free[fits], online._rules.scale[0])
            aligned = sum(online._rules.slope[event, h] * free[fits, h] for h in range(3))
            keys = {"first_fit": (fits,), "best_fit": (fits, room), "worst_fit": (fits, -room)}
            order = np.lexsort(keys.get(policy, (fits, -room, -aligned)))
            if len(order):
                assert chosen == fits[order[0]]
            elif (free[chosen] == -1).all():
                free[chosen] = 1000
            free[chosen] -= size
        else:
            free[chosen] += size
    assert_index(online)


@pytest.mark.parametrize("policy", POLICIES)
@settings(max_examples=60)
@given(data=st.data())
def test_state_equals_a_replay(policy, data):
    """Residuals and index after any events are those computed anew from the copies that stand."""
    problem = data.draw(strategies.problems(rules=KNOWN, max_rules=5))
    online = OnlinePacking(problem, policy, close_empty=data.draw(st.booleans()))
    online.run(data.draw(events_for(problem)))
    assert_index(online)
    assert violations(online.problem_now(), online.packing()) == []


def assert_index(online):
    """The index of an OnlinePacking holds what follows from the standing copies."""
    state, problem, d = online._state, online.problem, online.problem.resources
    bins = len(state.kind)
    free = np.full((bins, d), kernel.CLOSED)
    numbers = online.open_bin_numbers()
    free[numbers] = online.free()
    item, place = online.standing()
    free[place[problem.exclusive[item]]] = kernel.CLOSED
    assert np.bincount(place, minlength=bins).tolist() == state.copies.tolist()
    assert state.used.sum() == len(numbers) == online.open_bins
    assert (state.free[:, :d] == free).all()
    if len(state.most):
        assert_blocks(online)
    else:
        assert_buckets(online, set(np.flatnonzero(free[:, 0] != kernel.CLOSED).tolist()))
    assert_counts(online, item, place)


def assert_tree(tree, d):
    """Every node is the maximum of its children, or the union of their bits."""
    left, right, above = tree[2::2], tree[3::2], tree[1 : len(tree) // 2]
    assert (above[:, :d] == np.maximum(left, right)[:, :d]).all()
    assert (above[:, d:] == (left | right)[:, d:]).all()


def assert_blocks(online):
    """The tree has the maxima of blocks, and bits of their types; bytes count the thresholds that are reached."""
    state, threshold = online._state, online._rules.threshold
    bins, columns = state.free.shape
    blocks, types = bins // kernel.BLOCK, online.bin_types.tolist()
    assert_tree(state.most, columns)
    assert (state.most[blocks:, :columns] == state.free.reshape(blocks, kernel.BLOCK, columns).max(axis=1)).all()
    for c in range(columns):
        reached = (state.free[:, c, None] >= threshold[c]).sum(axis=1)
        assert (state.level[:, c].ravel() == reached).all()
    for block, bits in enumerate(state.most[blocks:, columns:].ravel().tolist()):
        inside = types[block * kernel.BLOCK : (block + 1) * kernel.BLOCK]
        assert bits == sum(1 << k for k in {k % kernel.KIND_BITS for k in inside})


def assert_buckets(online, takers):
    """Each bin that takes anything is in the bucket of its rank once, heaps are ordered, and bounds are bounds."""
    state, d, found = online._state, online.problem.resources, []
    for bucket in np.flatnonzero(state.head != kernel.NOTHING).tolist():
        inside = members(state, int(state.head[bucket]))
        found += inside
        assert {int(state.rank[b]) >> online._shift for b in inside} == {bucket}
        if len(state.tops):
            assert (state.tops[len(state.head) + bucket, :d] >= state.free[inside].max(axis=0)).all()
    assert sorted(found) == sorted(takers)
    if len(state.tops):
        assert_tree(state.tops, d)
    else:
        words = np.array([state.bits[b >> 6] >> (b & 63) & 1 for b in range(len(state.head))])
        assert (words == (state.head != kernel.NOTHING)).all()


def members(state, root):
    """The bins of a heap, each below one that goes before it."""
    found, waiting = [], [(root, (-1, -1))]
    while waiting:
        b, above = waiting.pop()
        assert (state.rank[b], b) > above
        found.append(b)
        child = int(state.heap[b, kernel.CHILD])
        while child != kernel.NOTHING:
            waiting.append((child, (state.rank[b], b)))
            child = int(state.heap[child, kernel.AFTER])
    return found


def assert_counts(online, item, place):
    """The bit of a bin and an item type with limits is set if and only if a limit keeps a copy out."""
    state, rows, limits = online._state, online._rules.row, online.problem.limits.tolist()
    for i in np.flatnonzero(rows >= 0).tolist():
        for b in online.open_bin_numbers().tolist():
            content = item[place == b].tolist()
            after = [*content, i]
            kept_out = any(a in after and after.count(c) > cap for a, c, cap, _ in limits if cap or a != c)
            assert bool(state.blocked[rows[i], b >> 6] >> (b & 63) & 1) == kept_out


@settings(max_examples=40)
@given(data=st.data())
def test_slices_change_nothing(data):
    """Many calls for one event each give what one call gives."""
    problem = data.draw(strategies.problems(rules=KNOWN, max_rules=5))
    policy, events = data.draw(st.sampled_from(sorted(POLICIES))), data.draw(events_for(problem))
    whole, parts = OnlinePacking(problem, policy), OnlinePacking(problem, policy)
    bins = [int(parts.run([event]).bins[0]) for event in events]
    assert whole.run(events).bins.tolist() == bins
    assert whole.free().tolist() == parts.free().tolist()


def test_stops_when_asked(monkeypatch):
    """A run that is stopped holds the events done so far, and the others go on from there."""
    monkeypatch.setattr("binpack_solvers.online.online_packing.SLICE", 5)
    online = OnlinePacking(Problem([4], 10), "first_fit")
    run = online.run([0] * 100, stop=lambda: True)
    assert 0 < len(run) < 100
    assert online.arrivals == len(run)
    rest = online.run([0] * (100 - len(run)))
    assert run.bins.tolist() + rest.bins.tolist() == [a // 2 for a in range(100)]


def test_no_time_is_no_more_than_a_slice(monkeypatch):
    """A time limit of nothing ends a run after its first slice."""
    monkeypatch.setattr("binpack_solvers.online.online_packing.SLICE", 5)
    assert len(OnlinePacking(Problem([4], 10)).run([0] * 100, time_limit=0)) < 100


def test_limits_with_many_counts():
    """The table of counts grows and is cleaned: two of a kind to a bin, over thousands of arrivals and departures."""
    problem = Problem([1] * 50, 100, limits=[(i, i, 2) for i in range(50)] + [(0, 1, 0)])
    online = OnlinePacking(problem, "best_fit")
    rng = np.random.default_rng(3)
    for first in range(0, 3000, 300):
        online.run(rng.integers(0, 50, 300))
        online.run(-1 - np.arange(first, first + 250))
    assert_index(online)
    assert violations(online.problem_now(), online.packing()) == []


def test_one_event_at_a_time():
    """arrive gives the number of an arrival, or None where no bin is left; depart frees what it took."""
    online = OnlinePacking(Problem([6, 3], 10, available=[1]), "first_fit")
    assert (online.arrive(0), online.arrive(1), online.arrive(0)) == (0, 1, None)
    assert (online.bin_of(0), online.bin_of(2)) == (0, None)
    online.depart(0)
    online.depart(2)
    assert online.bin_of(0) is None
    assert online.arrive(0) == 3
    assert (online.open_bins, online.arrivals, online.rejected) == (1, 4, 1)
    assert online.problem_now().demands.tolist() == [1, 1]


def test_emptied_bins_close_or_stay():
    """A bin that closed is opened again under its number; one that stays open counts, and is packed to at once."""
    closing, staying = (OnlinePacking(Problem([6], 10), close_empty=close) for close in (True, False))
    events = [0, 0, -1, -2, 0]
    assert closing.run(events).open_bins.tolist() == [1, 2, 1, 0, 1]
    assert closing.bin_of(2) == 1
    assert staying.run(events).open_bins.tolist() == [1, 2, 2, 2, 2]
    assert staying.bin_of(2) == 0
    assert staying.packing().bins == 2


def test_types_are_tried_in_the_order_given():
    """A new bin is of the first type in order that takes the copy and is available; others are never opened."""
    problem = Problem([6, 3], [[10], [5], [20]], available=[-1, 1, -1])
    online = OnlinePacking(problem, types=[1, 0])
    assert online.run([1, 0, 1, 1]).bins.tolist() == [0, 1, 1, 2]
    assert online.bin_types.tolist() == [1, 0, 0]


def test_scores_are_those_of_kubernetes():
    """A pod of 1 CPU and 1 GiB, on 4 CPU and 8 GiB of which 2 and 2 are taken, or on 8 and 8 that are empty:
    LeastAllocated takes the second, MostAllocated the first."""
    gib = 2**30
    problem = Problem(
        [[1000, gib], [2000, 2 * gib], [0, 0]],
        [[4000, 8 * gib], [8000, 8 * gib]],
        compatible=[[1, 1], [1, 0], [0, 1]],
        available=[1, 1],
    )
    for policy, bin_number in (("least_allocated", 1), ("most_allocated", 0)):
        assert OnlinePacking(problem, policy).run([1, 2, 0]).bins.tolist() == [0, 1, bin_number]


def test_bin_time():
    """The sum of how long bins are open, from the first event to the last, exact beyond 64 bits."""
    online = OnlinePacking(Problem([6], 10))
    run = online.run([0, 0, -1, -2], times=[0, 5, 7, 2**62])
    assert run.bin_time == 5 + 2 * 2 + (2**62 - 7)
    assert (run.peak_bins, run.arrivals, run.rejected) == (2, 2, 0)
    assert OnlinePacking(Problem([6], 10)).run([0] * 8, times=[0] * 7 + [2**62]).bin_time == 7 * 2**62
    assert online.run([]).bin_time is None


REFUSED = {
    "alternatives": {"alternatives": [0, 0]},
    "requires": {"requires": [(0, 1)]},
    "setups": {"setups": [Setup((0,), (1,))]},
    "spread": {"spread": [Spread((0,), (0,), 0, 1)]},
    "initial": {"initial": [Standing(0, {})], "available": [1]},
    "minimum_bins": {"minimum_bins": 2},
    "limits by domain": {"topology": [[0]], "limits": [(0, 0, 1, 1)]},
}


@pytest.mark.parametrize("rule", REFUSED)
def test_rules_that_it_does_not_know_are_refused(rule):
    """Each by its name."""
    with pytest.raises(ProblemError, match=rule):
        OnlinePacking(Problem([3, 4], 10, **REFUSED[rule]))


@pytest.mark.parametrize(
    ("events", "message"),
    [
        ([0, 2], "entry 1: arrival of item 2; expected 0 to 1"),
        ([0, -2], "entry 1: departure of arrival 1, which has not come"),
        ([0, -1, -1], "entry 2: departure of arrival 0, which has left already"),
        ([0.5], "expected an integer"),
        ([[0]], "expected one row"),
    ],
)
def test_events_that_cannot_be_are_refused(events, message):
    """Before any event is done, naming the first that cannot be."""
    online = OnlinePacking(Problem([3, 4], 10))
    with pytest.raises(ProblemError, match=message):
        online.run(events)
    assert online.arrivals == 0


def test_refused_events_change_nothing():
    """A departure that was refused beside another is still to come."""
    online = OnlinePacking(Problem([3, 4], 10, available=[1]))
    online.run([0, 1, 1])
    for events in ([-1, -1], [-2, -3, -3], [-1, -2, 2]):
        with pytest.raises(ProblemError):
            online.run(events)
        assert [online.bin_of(a) for a in range(3)] == [0, 0, None]
    assert online.run([-3, -2, -1]).bins.tolist() == [-1, 0, 0]
    with pytest.raises(ProblemError, match="arrival 2, which has left already"):
        online.depart(2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"policy": "last_fit"}, "policy 'last_fit' is not known"),
        ({"weights": [1]}, "weights: only least_allocated"),
        ({"policy": "most_allocated", "weights": [101]}, "weights, resource 0: 101"),
        ({"types": [0, 0]}, "different bin types"),
        ({"types": [1]}, "expected an index from 0 to 0"),
    ],
)
def test_arguments_that_cannot_be_are_refused(arguments, message):
    """Each by its name."""
    with pytest.raises(ProblemError, match=message):
        OnlinePacking(Problem([3, 4], 10), **arguments)


def test_misuse_is_refused():
    """Capacities beyond a score in percent, times that go back, and numbers of arrivals that there are not."""
    with pytest.raises(ProblemError, match="use a larger unit"):
        OnlinePacking(Problem([3], 2**60), "least_allocated")
    online = OnlinePacking(Problem([3], 10))
    with pytest.raises(ProblemError, match="times, entry 1"):
        online.run([0, 0], times=[2, 1])
    for call in (online.depart, online.bin_of):
        with pytest.raises(ProblemError, match="arrival"):
            call(1)
    with pytest.raises(ProblemError, match="arrival"):
        online.arrive(1)
