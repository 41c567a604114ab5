"""Kubernetes quantities (``250m``, ``1.5Gi``, ``1e3``): parsed exactly, summed exactly, printed canonically.

Follows ``apimachinery/pkg/api/resource/quantity.go`` and ``suffix.go`` of Kubernetes v1.34. The finest step is one
billionth (nano); anything finer rounds away from zero to it. Amounts are Python integers and never overflow; whether a value
fits the 64 bits that Kubernetes has is a question of its own (:func:`overflows`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Form = Literal["decimal", "exponent", "binary"]

NANO = 10**9
LARGEST = 2**63 - 1
_SYNTAX = re.compile(
    r"(?P<sign>[-+]?)(?P<whole>[0-9]*)(\.(?P<part>[0-9]*))?(?P<suffix>[eEinumkKMGTP]*[-+]?[0-9]*)\Z", re.ASCII
)
_EXPONENT = re.compile(r"[eE](?P<power>[-+]?[0-9]+)\Z", re.ASCII)
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_DECIMAL_NAMES = {power: name for name, power in _DECIMAL.items()}
_BINARY_NAMES = {power: name for name, power in _BINARY.items()} | {0: ""}
_LONGEST_EXPONENT = 1_000  # a larger power of ten would only fill the memory
_DIGITS_KEPT = 18  # with up to so many digits the original keeps a string that is canonical already


class QuantityError(ValueError):
    """A text that is no quantity; the message says what is wrong with it."""


@dataclass(frozen=True)
class Quantity:
    """An exact amount: ``nano`` billionths, and the family of suffixes it was written in.

    ``written`` is kept where Kubernetes would echo the text as it stands.
    """

    nano: int
    form: Form = "decimal"
    written: str = ""

    def __str__(self) -> str:
        return self.written or canonical(self.nano, self.form)

    @property
    def value(self) -> Fraction:
        return Fraction(self.nano, NANO)

    @property
    def whole(self) -> int:
        """The amount in units, rounded away from zero."""
        return away_from_zero(self.nano, NANO)

    @property
    def milli(self) -> int:
        """The amount in thousandths, rounded away from zero."""
        return away_from_zero(self.nano, NANO // 1000)


def away_from_zero(amount: int, unit: int) -> int:
    """``amount / unit`` rounded away from zero."""
    return -(-amount // unit) if amount > 0 else amount // unit


def parse_quantity(text: str) -> Quantity:
    """The quantity a text stands for, QuantityError if none; negative ones, ``.`` and ``m`` (both 0) are quantities."""
    match = _SYNTAX.match(text) if text else None
    if match is None:
        raise QuantityError(_advice(text))
    suffix = match["suffix"]
    base, power, form = _interpret(text, suffix)
    digits, places = match["whole"] + (match["part"] or ""), len(match["part"] or "")
    if not digits.strip("0"):
        return Quantity(0, form)
    if abs(power) > _LONGEST_EXPONENT or len(digits) > _LONGEST_EXPONENT:
        raise QuantityError("the number is too long")
    nano = _scaled(int(digits) * NANO, base, power, places)
    if form == "binary":
        nano = min(nano, LARGEST * NANO)
        if nano < NANO:
            form = "decimal"
    written = text if _echoed(match["whole"].lstrip("0"), match["part"] or "", power, form) else ""
    return Quantity(-nano if match["sign"] == "-" else nano, form, written)


def overflows(quantity: Quantity, milli: bool) -> bool:
    """Does the amount not fit 64 signed bits, counted in thousandths (CPU) or in units?"""
    return abs(quantity.milli if milli else quantity.whole) > LARGEST


def _interpret(text: str, suffix: str) -> tuple[int, int, Form]:
    """Base, power and family of a suffix. ``E`` alone is 10^18, ``E3`` an exponent."""
    if suffix in _DECIMAL:
        return 10, _DECIMAL[suffix], "decimal"
    if suffix in _BINARY:
        return 2, _BINARY[suffix], "binary"
    exponent = _EXPONENT.match(suffix)
    if exponent is None:
        raise QuantityError(_advice(text))
    if len(exponent["power"]) > len(str(_LONGEST_EXPONENT)) + 1:
        raise QuantityError("the exponent is too long")
    return 10, int(exponent["power"]), "exponent"


def _scaled(amount: int, base: int, power: int, places: int) -> int:
    """amount * base^power / 10^places, rounded up."""
    numerator, denominator = amount, 10**places
    if power >= 0:
        numerator *= base**power
    else:
        denominator *= base**-power
    return -(-numerator // denominator)


def _advice(text: str) -> str:
    """What is wrong, and which unit may have been meant."""
    if not text:
        return "it is empty"
    number = re.match(r"[-+]?[0-9.]*", text)
    rest = text[number.end() if number else 0 :]
    meant = {"K": "k or Ki", "ki": "Ki", "mi": "Mi", "gi": "Gi", "KB": "k or Ki", "kb": "k or Ki", "MB": "M or Mi"} | {
        "GB": "G or Gi", "KiB": "Ki", "MiB": "Mi", "GiB": "Gi", "g": "G or Gi", "b": "no unit", "B": "no unit"
    }  # fmt: skip
    if rest in meant:
        return f'unknown unit "{rest}" (write {meant[rest]})'
    return "it has a space in it" if " " in text else f'unknown unit "{rest}"' if rest else "it is no number"


def _echoed(whole: str, part: str, power: int, form: Form) -> bool:
    """Would Kubernetes keep the text as it stands? It does where a quick test finds it canonical."""
    if form == "binary":
        room = 15 - len(whole) - int(power * 3 / 10) - 1
        return not part and room >= 0 and int(whole) % 8 != 0 and int(whole) << power <= LARGEST
    digits, scale = whole + part, power - len(part)
    return (
        len(digits) <= _DIGITS_KEPT
        and scale >= -9
        and scale % 3 == 0
        and digits[:1] != "0"
        and not digits.endswith("000")
    )


def canonical(nano: int, form: Form) -> str:
    """The canonical text: no fraction, the largest suffix that loses nothing, the family kept where it can be."""
    if nano == 0:
        return "0"
    units, rest = divmod(abs(nano), NANO)
    sign = "-" if nano < 0 else ""
    if form == "binary" and rest == 0 and units >= 1024:
        power = 0
        while units % 1024 == 0 and power < 60:
            units, power = units // 1024, power + 10
        return f"{sign}{units}{_BINARY_NAMES[power]}"
    number, power = abs(nano), -9
    while number % 1000 == 0:
        number, power = number // 1000, power + 3
    if form != "exponent" and power in _DECIMAL_NAMES:
        return f"{sign}{number}{_DECIMAL_NAMES[power]}"
    return f"{sign}{number}e{power}" if power else f"{sign}{number}"
