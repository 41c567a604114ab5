"""What is wrong with an input: where, what was found, what was expected, and how to mend it. One line a problem."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Place(NamedTuple):
    """A place in an input. ``line`` and ``column`` start at 1; 0 means that the format gives none."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if not self.line:
            return self.file
        return f"{self.file}:{self.line}:{self.column}" if self.column else f"{self.file}:{self.line}"


class InputProblem(NamedTuple):
    """One fault of an input."""

    place: Place
    found: str
    expected: str
    fix: str = ""

    def __str__(self) -> str:
        line = f"{self.place}: found {self.found}; expected {self.expected}"
        line = f"{line}; {self.fix}" if self.fix else line
        return " ".join(line.split())  # one line, whatever was quoted


class InputError(ValueError):
    """Bad input: one or more problems, each printed on a line of its own; the command line exits with 2."""

    def __init__(self, problems: InputProblem | Iterable[InputProblem]) -> None:
        self.problems = (problems,) if isinstance(problems, InputProblem) else tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[InputProblem, ...]]]:
        """A worker process sends it whole."""
        return type(self), (self.problems,)


def input_error(place: Place | str, found: str, expected: str, fix: str = "") -> InputError:
    """An InputError with a single problem."""
    return InputError(InputProblem(place if isinstance(place, Place) else Place(place), found, expected, fix))


class RefusedPlanError(Exception):
    """A plan that the checks refuse: a fault of this program, not of the input. It is never shown."""

    def __init__(self, what: str, faults: Sequence[str]) -> None:
        self.what, self.faults = what, tuple(faults)
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        text = f"internal error: {what} does not add up and is not shown: {faults[0]}{more}"
        super().__init__(" ".join(text.split()))

    def __reduce__(self) -> tuple[type[RefusedPlanError], tuple[str, tuple[str, ...]]]:
        """A worker process sends it whole."""
        return type(self), (self.what, self.faults)
