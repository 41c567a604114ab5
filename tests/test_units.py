"""Quantities as people write them: exact, rounded up, and refused in words where they make no sense."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binpack.units import (
    BYTE_UNITS,
    CPU,
    CPU_UNITS,
    DISK,
    GIB,
    LARGEST,
    MEMORY,
    MIB,
    format_amount,
    parse_amount,
    units_of,
)


@pytest.mark.parametrize(
    ("resource", "text", "unit", "amount"),
    [
        (MEMORY, "64 GiB", "", 64 * GIB),
        (MEMORY, "64GiB", "", 64 * GIB),
        (MEMORY, "64Gi", "", 64 * GIB),
        (MEMORY, "512M", "", 512 * 10**6),
        (MEMORY, "16GB", "", 16 * 10**9),
        (MEMORY, "1.5 GiB", "", 3 * GIB // 2),
        (MEMORY, "0.1 GiB", "", 107374183),
        (MEMORY, "1,5 GiB", "", 3 * GIB // 2),
        (MEMORY, "100", "", 100),
        (MEMORY, "100", "mib", 100 * MIB),
        (MEMORY, "100 GB", "mib", 100 * 10**9),
        (MEMORY, "1024 MiB", "", GIB),
        (DISK, "2 TB", "", 2 * 10**12),
        (CPU, "1.5 cores", "", 1500),
        (CPU, "500m", "", 500),
        (CPU, "250 millicores", "", 250),
        (CPU, "0.5 vCPU", "", 500),
        (CPU, ".5", "", 500),
        (CPU, "5.", "", 5000),
        (CPU, "12000", "milli", 12000),
        (CPU, "0.0001", "", 1),
        (CPU, "0", "", 0),
        (CPU, "+2", "", 2000),
        ("gpu", "2", "", 2),
        (MEMORY, f"{LARGEST}", "", LARGEST),
    ],
)
def test_amounts(resource: str, text: str, unit: str, amount: int) -> None:
    """A unit in the text wins over that of the header; what is no whole unit is rounded up."""
    assert parse_amount(resource, text, unit) == amount


@pytest.mark.parametrize(
    ("resource", "text", "said"),
    [
        (MEMORY, "-1 GiB", "at least 0"),
        (CPU, "-0.5", "at least 0"),
        (MEMORY, "64 XiB", "a unit of memory"),
        (CPU, "64 GiB", "a unit of cpu"),
        (MEMORY, "2 cores", "a unit of memory"),
        (CPU, "50%", "a unit of cpu"),
        ("gpu", "2 GiB", "a number"),
        (MEMORY, f"{LARGEST + 1}", "2**62"),
        (MEMORY, "9999999 PiB", "2**62"),
        (MEMORY, "9" * 5000, "a number with a unit"),
        (CPU, "1,024", "comma between thousands"),
        (CPU, "1,024,000", "a number with a unit"),
        (CPU, "", "a number with a unit"),
        (CPU, ".", "a number with a unit"),
        (CPU, "1e3", "a number with a unit"),
        (CPU, "nan", "a number with a unit"),
        (CPU, "٣", "a number with a unit"),
        (CPU, "1/2", "a number with a unit"),
        (CPU, "a lot", "a number with a unit"),
    ],
)
def test_refused(resource: str, text: str, said: str) -> None:
    """Negative, too large, of an unknown unit, or no number at all: refused, in words that say what was expected."""
    with pytest.raises(ValueError, match=r".") as caught:
        parse_amount(resource, text)
    assert said in str(caught.value)


def numbers() -> st.SearchStrategy[str]:
    """Decimal numbers, as text."""
    digits = st.text("0123456789", min_size=1, max_size=9)
    return st.one_of(digits, st.builds(lambda a, b: f"{a}.{b}", digits, digits))


@given(
    numbers(), st.sampled_from([(r, u) for r in (CPU, MEMORY, DISK) for u in units_of(r)]), st.sampled_from(["", " "])
)
def test_exact_and_rounded_up(number: str, of: tuple[str, str], gap: str) -> None:
    """The amount is the smallest integer that is not below the number times its unit, whatever the case of the unit."""
    resource, unit = of
    exact = Fraction(number) * units_of(resource)[unit]
    if exact > LARGEST:
        with pytest.raises(ValueError):
            parse_amount(resource, number + gap + unit)
        return
    amount = parse_amount(resource, number + gap + unit)
    assert amount - 1 < exact <= amount
    assert parse_amount(resource, number + gap + unit.upper()) == amount
    assert parse_amount(resource, number, unit) == amount


@given(st.sampled_from([CPU, MEMORY, "gpu"]), st.text(max_size=80))
def test_any_text_is_an_amount_or_a_clear_refusal(resource: str, text: str) -> None:
    """Whatever is written gives an integer in range or a ValueError of our own words."""
    try:
        amount = parse_amount(resource, text)
    except ValueError as error:
        said = str(error)
    else:
        said = "a number"
        assert 0 <= amount <= LARGEST
    assert said.startswith(("a ", "an "))


@given(st.integers(0, 10**6))
def test_shown_cpu_reads_back(milli: int) -> None:
    """What is shown of whole hundredths of a thread reads back as the same amount."""
    shown = format_amount(CPU, milli // 10 * 10).replace(",", "")
    assert parse_amount(CPU, shown) == milli // 10 * 10


def test_units_are_powers() -> None:
    """``k`` is decimal and ``Ki`` binary; a core is a thousand thousandths."""
    assert (BYTE_UNITS["kb"], BYTE_UNITS["kib"], BYTE_UNITS["g"], BYTE_UNITS["gi"]) == (1000, 1024, 10**9, 2**30)
    assert (CPU_UNITS["cores"], CPU_UNITS["m"]) == (1000, 1)
