"""Quantities: every value measured with the original, every error, and round trips."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binpack.kubernetes.quantity import LARGEST, NANO, QuantityError, canonical, overflows, parse_quantity

MILLI = [
    ("0.0005", 1), ("0.5m", 1), ("1n", 1), ("1E", 10**21), ("1E3", 10**6), ("1e3", 10**6), ("1e-3", 1), ("5.", 5000),
    (".5", 500), ("007", 7000), ("-0.5m", -1), ("250m", 250), ("1", 1000), ("0", 0), (".", 0), ("m", 0), ("+1", 1000),
]  # fmt: skip
WHOLE = [
    ("0.1Gi", 107374183), ("1.5Gi", 1536 << 20), ("128m", 1), ("8Ei", LARGEST), ("16Ei", LARGEST), ("1k", 1000),
    ("1M", 10**6), ("1G", 10**9),
    ("1T", 10**12), ("1P", 10**15), ("1Ki", 1 << 10), ("1Mi", 1 << 20), ("1Ti", 1 << 40), ("1Pi", 1 << 50),
    ("1Ei", 1 << 60), ("1u", 1), ("128974848", 128974848), ("129e6", 129000000),
]  # fmt: skip
PRINTED = [
    ("1500m", "1500m"), ("1.5", "1500m"), ("1024Mi", "1Gi"), ("1000M", "1G"), ("0.1Gi", "107374182400m"), ("0.5m", "500u"),
    ("1.5Gi", "1536Mi"), ("1e+3", "1e+3"), ("007", "007"), ("+1", "+1"), ("1000E", "1e21"), ("0", "0"), ("8Mi", "8Mi"),
    ("512", "512"), ("0.5Ki", "512"), ("-1.5", "-1500m"), ("1e21", "1e21"), ("0.000000001n", "1n"),
]  # fmt: skip
WRONG = [
    "1K",
    "1ki",
    "1mi",
    "1KiB",
    "1e",
    "1e3.5",
    "",
    "1 Gi",
    "0x10",
    "1_000",
    "inf",
    "NaN",
    "1\n",
    "--1",
    "1.2.3",
    "٣",
    "1e9999",
]


@pytest.mark.parametrize(("text", "milli"), MILLI)
def test_thousandths(text: str, milli: int) -> None:
    """A quantity in thousandths is what Kubernetes counts after defaulting, rounded away from zero."""
    assert parse_quantity(text).milli == milli


@pytest.mark.parametrize(("text", "whole"), WHOLE)
def test_units(text: str, whole: int) -> None:
    """A quantity in units is what Kubernetes' Value() gives; binary suffixes stop at the largest 64-bit number."""
    assert parse_quantity(text).whole == whole


@pytest.mark.parametrize(("text", "printed"), PRINTED)
def test_canonical_form(text: str, printed: str) -> None:
    """Printing keeps the family of suffixes and echoes what is canonical already."""
    assert str(parse_quantity(text)) == printed


@pytest.mark.parametrize("text", WRONG)
def test_no_quantity(text: str) -> None:
    """What Kubernetes does not parse is an error."""
    with pytest.raises(QuantityError):
        parse_quantity(text)


def test_unknown_unit_is_named_with_the_one_meant() -> None:
    """A wrong unit is quoted, with what to write instead."""
    with pytest.raises(QuantityError, match=r'unknown unit "GB" \(write G or Gi\)'):
        parse_quantity("2GB")


def test_overflow_depends_on_how_it_is_counted() -> None:
    """1E fits 64 bits in units but not in thousandths, in which CPU is counted."""
    assert not overflows(parse_quantity("1E"), milli=False)
    assert overflows(parse_quantity("1E"), milli=True)
    assert overflows(parse_quantity("10E"), milli=False)


@given(st.integers(0, 10**30), st.sampled_from(["n", "u", "m", "", "k", "M", "G", "T", "P", "E", "e2", "E-4"]))
def test_decimal_quantities_are_exact(number: int, suffix: str) -> None:
    """Value = number times the power of ten, up to the step of one billionth, for any number of digits."""
    powers = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18, "e2": 2, "E-4": -4}
    assert parse_quantity(f"{number}{suffix}").value == number * Fraction(10) ** powers[suffix]


@given(st.decimals(0, 10**6, places=6), st.sampled_from(["Ki", "Mi", "Gi"]))
def test_fractions_of_binary_suffixes_round_up_to_a_billionth(number: object, suffix: str) -> None:
    """A fraction of a binary suffix is exact where a billionth divides it and else less than one billionth larger."""
    exact = Fraction(str(number)) * 1024 ** (["Ki", "Mi", "Gi"].index(suffix) + 1)
    assert 0 <= parse_quantity(f"{number}{suffix}").value - exact < Fraction(1, NANO)


@given(st.integers(-(2**63), 2**63), st.sampled_from(["decimal", "exponent", "binary"]))
def test_printing_and_parsing_give_the_same_amount(nano: int, form: str) -> None:
    """parse(print(q)) = q, and printing again changes nothing."""
    text = canonical(nano, form)  # type: ignore[arg-type]
    again = parse_quantity(text)
    assert again.nano == nano
    assert str(again) == text
