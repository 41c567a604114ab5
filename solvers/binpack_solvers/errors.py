"""The errors that the engine raises; none of them stands for an answer ("does not fit" is an answer)."""

from __future__ import annotations


class ProblemError(ValueError):
    """Malformed data: says what was found where, what was expected, and names the item, bin type or rule."""


class SolutionError(ProblemError):
    """Malformed packing: indices out of range, negative counts, arrays that do not belong together."""


class CheckError(AssertionError):
    """A packing breaks the problem's rules, or a bound contradicts it. ``violations`` lists every one in words."""

    def __init__(self, violations: list[str]) -> None:
        self.violations = violations
        super().__init__("\n".join(violations))
