"""Rows and objectives of any integers within CP-SAT's 64 bits: division by the gcd, then digits; never rounding."""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd
from typing import Any

LARGEST_SUM = 2**52
"""Sums beyond it are split. Below it CP-SAT's linear relaxation and reported bounds, in floats, are exact too."""


@dataclass(frozen=True)
class Term:
    """coefficient * value, where value is a variable or expression known to lie in 0..most."""

    coefficient: int
    value: Any
    most: int


def exceeds(terms: list[Term], limit: int) -> bool:
    """Whether the terms can add up to more than ``limit``."""
    return sum(t.coefficient * t.most for t in terms) > limit


def total(terms: list[Term]) -> Any:
    """The terms added up, as one expression."""
    from ortools.sat.python.cp_model import LinearExpr

    return LinearExpr.weighted_sum([t.value for t in terms], [t.coefficient for t in terms])


def add_at_most(cp: Any, terms: list[Term], capacity: int, where: Any) -> None:
    """sum(terms) <= capacity * where, exactly; ``where`` is a literal and implies nothing if the row cannot bind.

    With s = h * base + l and capacity = H * base + L the row equals: some integer q >= 0 has sum(h x) + q <= H and
    sum(l x) <= base * q + L. (From right to left: add base times the first. From left to right: q = H - sum(h x).)
    """
    terms = [term for term in terms if term.coefficient and term.most]
    if not exceeds(terms, capacity):
        return
    unit = gcd(*(t.coefficient for t in terms))
    capacity //= unit
    terms = [Term(t.coefficient // unit, t.value, t.most) for t in terms]
    if sum(t.coefficient * t.most for t in terms) + capacity <= LARGEST_SUM:
        cp.add(total(terms) <= capacity * where)
        return
    base = _base(terms)
    high, low = divmod(capacity, base)
    most_low = sum(t.coefficient % base * t.most for t in terms)
    # q = what the low digits take from the high digits' capacity.
    q = cp.new_int_var(0, min(high, -(-most_low // base)), "q")
    cp.add(sum(t.coefficient // base * t.value for t in terms) + q <= high * where)
    cp.add(sum(t.coefficient % base * t.value for t in terms) <= base * q + low)


@dataclass(frozen=True)
class Digits:
    """total = constant + unit * (digits read in base ``base``, the most significant first)."""

    constant: int
    unit: int
    base: int
    expressions: tuple[Any, ...]
    most: tuple[int, ...]

    def split(self, total: int) -> list[int]:
        """The digits of the smallest value >= total that the form can take."""
        value = max(0, -(-(total - self.constant) // self.unit))
        digits = []
        for _ in self.expressions[1:]:
            value, digit = divmod(value, self.base)
            digits.append(digit)
        return [value, *reversed(digits)]

    def join(self, digits: list[int]) -> int:
        """The total; digits that are left out count as 0, so that a bound on the first ones bounds the total."""
        value = 0
        for position in range(len(self.expressions)):
            value = value * self.base + (digits[position] if position < len(digits) else 0)
        return self.constant + self.unit * value


def as_digits(cp: Any, terms: list[Term], constant: int = 0) -> Digits:
    """constant + sum(terms) as one expression, or as several to be minimised one after the other if it is too large."""
    terms = [term for term in terms if term.coefficient and term.most]
    unit = gcd(*(t.coefficient for t in terms)) or 1
    terms = [Term(t.coefficient // unit, t.value, t.most) for t in terms]
    base = _base(terms)
    low_first: list[tuple[Any, int]] = []
    while sum(t.coefficient * t.most for t in terms) > LARGEST_SUM:
        low_terms = [Term(t.coefficient % base, t.value, t.most) for t in terms]
        most_carry = sum(t.coefficient * t.most for t in low_terms) // base
        # low digits = base * carry + digit
        carry = cp.new_int_var(0, most_carry, "carry")
        digit = cp.new_int_var(0, base - 1, "digit")
        cp.add(total(low_terms) == base * carry + digit)
        low_first.append((digit, base - 1))
        terms = [Term(t.coefficient // base, t.value, t.most) for t in terms if t.coefficient >= base]
        terms.append(Term(1, carry, most_carry))
    digits = [(total(terms), sum(t.coefficient * t.most for t in terms)), *reversed(low_first)]
    return Digits(constant, unit, base, tuple(e for e, _ in digits), tuple(most for _, most in digits))


def _base(terms: list[Term]) -> int:
    """A power of two, at least 2**8, for which low digits cannot sum beyond LARGEST_SUM."""
    copies = sum(t.most for t in terms)
    return 1 << max(8, LARGEST_SUM.bit_length() - 1 - copies.bit_length())
