"""Numbers as people read them: separators, units, and ``-`` for what is not known."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import hand_made
import pytest

from binpack.comparison import Duration
from binpack.eras.options import ERAS
from binpack.report.figures import (
    bar,
    dollars,
    duration,
    kilowatts,
    number,
    overhead_memory,
    proven,
    share,
    table,
    title,
)
from binpack.units import GIB


def test_what_is_not_known_is_a_dash_and_never_zero() -> None:
    """None is ``-`` (or nothing, for a share of a rule); 0 is a figure like any other."""
    assert (number(None), kilowatts(None), dollars(None), share(None)) == ("-", "-", "-", "")
    assert (number(0), kilowatts(0), dollars(0), share(Fraction(0))) == ("0", "0.0", "$0", "0%")


def test_large_numbers_have_their_thousands_separated() -> None:
    """Counts, kilowatts and dollars."""
    assert number(1_234_567) == "1,234,567"
    assert kilowatts(1_234_567) == "1,234.6"
    assert dollars(1_234_567_890_000) == "$1,234,568"


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        ("0.25", "0.25", "0.25 s"),
        ("25.8", "53", "26-53 s"),
        ("47", "900", "47 s-15 min"),
        ("1032", "7200", "17 min-2 h"),
    ],
)
def test_times_are_in_the_largest_unit_of_which_there_are_two(low: str, high: str, words: str) -> None:
    """One unit where both ends have the same; the given words where nothing is known."""
    assert duration(Duration(Fraction(low), Fraction(high), "test")) == words
    assert duration(None, "minutes") == "minutes"


def test_every_era_has_a_title() -> None:
    """Plain words for each era, all different; an unknown name is shown as it is."""
    titles = {title(era) for era in ERAS}
    assert len(titles) == len(ERAS)
    assert not any("_" in words for words in titles)
    assert title("mainframe") == "mainframe"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (hand_made.ROW, "yes"),
        (hand_made.GAP, ">= 2"),
        (hand_made.UNFIT, "unfit"),
        (replace(hand_made.ROW, plan=replace(hand_made.PLAN, status="feasible")), "not cost"),
    ],
)
def test_proven_says_which_bound_is_met(row, words) -> None:  # type: ignore[no-untyped-def]
    """The bound where it is below the machines; ``not cost`` where only the price may fall; nothing is proven of unfit."""
    assert proven(row) == words


def test_overhead_memory_is_the_sum_over_kinds() -> None:
    """3 GiB of host OS and 1 GiB of guest."""
    assert overhead_memory(hand_made.ROW) == 4 * GIB


def test_a_bar_is_as_long_as_its_share_and_never_hides_something() -> None:
    """Full at the largest, a dot for a trace, nothing for nothing, nothing where nothing has any."""
    assert [bar(value, 100) for value in (100, 50, 1, 0)] == ["#" * 10, "#" * 5, ".", ""]
    assert bar(0, 0) == ""


def test_a_table_is_aligned() -> None:
    """Columns named ``left`` to the left, figures to the right, no blanks at the end of a line."""
    lines = table(["era", "n", "why"], [["a", "1,000", "x"], ["long", "2", ""]], left=(0, 2))
    assert lines == ["era       n  why", "a     1,000  x", "long      2"]
