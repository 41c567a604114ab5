"""Random estates: the same for the same seed, and without a fault."""

from __future__ import annotations

from hypothesis import given, reject, settings
from hypothesis import strategies as st

from bench.estates.draw import containers_take_least, draw_estate, harder
from bench.estates.run import counted, outcome_of
from binpack.eras.options import ERAS
from binpack.errors import InputError

WAS_WRONG = (11, 17, 73, 106, 7769)
"""A bound of families apart whose nodes share a machine; nodes without the headroom; a node that its agents overfill; a
minimum of nodes that fell with isolation; VMs on Linux hosts without the agents of the Windows hosts of containers."""


def test_an_estate_follows_from_seed_and_number() -> None:
    """Drawn twice it is the same, and its neighbours are others."""
    assert draw_estate(1, 5) == draw_estate(1, 5)
    assert len({repr(draw_estate(seed, number)) for seed in (1, 2) for number in range(5)}) == 10


def test_harder_is_the_same_estate() -> None:
    """Applications, copies and machine stay; only isolation or the way of counting changes."""
    estate = draw_estate(1, 5)
    for other in (*harder(estate).values(), containers_take_least(estate)):
        assert other.machine == estate.machine
        sizes = [(a.key, a.replicas, a.requests) for a in other.workload.applications]
        assert sizes == [(a.key, a.replicas, a.requests) for a in estate.workload.applications]


@settings(max_examples=300)
@given(st.integers(0, 10**9), st.sampled_from(ERAS))
def test_each_byte_is_charged_exactly_once(number: int, era: str) -> None:
    """The checker adds any era of any estate up to the same total from its plan alone; bench/estates does ten thousand."""
    try:
        _, faults = counted(draw_estate(2, number), (era,))
    except InputError:
        reject()
    assert faults == []


def test_estates_add_up() -> None:
    """Those that once did not, and two more."""
    for number in (0, 1, *WAS_WRONG):
        outcome = outcome_of(1, number)
        assert outcome.faults == []
        assert outcome.rows == 14
