"""Numbers on the command line are what arithmetic says, or refused at once."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binpack.cli.numbers import MOST_PROMISED, number, overcommit, share
from binpack.errors import InputError


@given(st.integers(0, 10**9), st.integers(0, 6), st.integers(1, 10**6))
def test_a_number_is_exact(digits: int, decimals: int, divisor: int) -> None:
    """With a point, and as a fraction."""
    written = f"{digits // 10**decimals}.{digits % 10**decimals:0{decimals}d}" if decimals else str(digits)
    assert number(written) == Fraction(digits, 10**decimals)
    assert number(f" {written}/{divisor} ") == Fraction(digits, 10**decimals) / divisor


@given(st.text(max_size=20))
def test_anything_else_is_no_number(text: str) -> None:
    """What is read is at least 0 and of bounded length, whatever is written."""
    value = number(text)
    assert value is None or 0 <= value < 10**12


@pytest.mark.parametrize("text", ["", "-1", "1e9", "1/0", "nan", "inf", "1_000", "٣", "9" * 13, "1" * 5000])
def test_exponents_signs_and_endless_digits_are_refused(text: str) -> None:
    """A line that names the option, in no time."""
    assert number(text) is None
    with pytest.raises(InputError, match=r"^--x: found "):
        share("--x", text)
    with pytest.raises(InputError, match=r"^--x: found "):
        overcommit("--x", text)


@given(st.fractions(Fraction(0), Fraction(2000), max_denominator=1000))
def test_a_ratio_is_at_least_one(ratio: Fraction) -> None:
    """``4`` and ``4:1`` are the same; below 1 and above a thousand are refused."""
    if 1 <= ratio <= MOST_PROMISED:
        assert overcommit("--x", str(ratio)) == overcommit("--x", f"{ratio}:1") == ratio
    else:
        with pytest.raises(InputError, match="at least 1"):
            overcommit("--x", str(ratio))
    if ratio < 1:
        assert share("--x", str(ratio)) == ratio
