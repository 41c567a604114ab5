"""Durations as Go writes them."""

from __future__ import annotations

import pytest

from binpack.workload.durations import parse_duration


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("0", 0),
        ("10s", 10**10),
        ("1m30s", 90 * 10**9),
        ("1.5h", 5400 * 10**9),
        (".5ms", 500_000),
        ("3us", 3_000),
        ("3µs", 3_000),
        ("+1ns", 1),
        ("0.5ns", 0),
        ("1h2m3.004s", 3723_004 * 10**6),
    ],
)
def test_parsed(text: str, nanoseconds: int) -> None:
    """Sums of numbers with units; fractions of a nanosecond are cut off."""
    assert parse_duration(text) == nanoseconds


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is no duration"),
        ("10", "it has no unit"),
        ("-1s", "it is below 0"),
        ("1 s", "it is no duration"),
        ("1s!", "it is no duration"),
        ("1d", "it is no duration"),
        ("9" * 18 + "h", "it is too long"),
    ],
)
def test_refused(text: str, said: str) -> None:
    """In words, to stand in a message."""
    with pytest.raises(ValueError) as caught:
        parse_duration(text)
    assert str(caught.value) == said
