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

    def __reduce__(self) -> tuple[type[CheckError], tuple[list[str]]]:
        return type(self), (self.violations,)  # as a worker process sends it


class ClusterError(ProblemError):
    """A cluster that cannot be used: no such package, nothing that answers at the address, or no worker."""


class WorkersLostError(RuntimeError):
    """A problem whose workers died every time that it was tried, the last time with no other problem beside it."""


class FormatError(ProblemError):
    """An instance file that cannot be read: where (``line`` and ``column`` from 1; 0: not known), found, expected."""

    def __init__(self, file: str, line: int, column: int, found: str, expected: str, fix: str = "") -> None:
        self.file, self.line, self.column = file, line, column
        place = ":".join([file, *(str(number) for number in (line, column) if number)])
        message = f"{place}: found {found}; expected {expected}" + (f"; {fix}" if fix else "")
        super().__init__(" ".join(message.split()))  # one line, whatever was quoted
