"""Checked access to the fields of one JSON line; every complaint carries file:line:column."""

from __future__ import annotations

from typing import Any

from binpack_solvers.errors import FormatError
from binpack_solvers.instances.locate import Path, column_of
from binpack_solvers.instances.tokens import shorten
from binpack_solvers.validation import LARGEST


class Fields:
    """The object of one line, with the line for places."""

    def __init__(self, value: dict[str, Any], line: str, file: str, number: int) -> None:
        self.value, self.line, self.file, self.number = value, line, file, number

    def error(self, path: Path, found: str, expected: str) -> FormatError:
        """A FormatError at the place of the value under ``path``."""
        return FormatError(self.file, self.number, column_of(self.line, path), found, expected)

    def text(self, key: str, default: str) -> str:
        """A text, or ``default`` where the key is missing."""
        value = self.value.get(key, default)
        if not isinstance(value, str):
            raise self.error((key,), shorten(repr(value)), f"{key}, a text")
        return value

    def check(self, path: Path, value: Any, what: str) -> int:
        """``value`` if it is a whole number from 0 to 2**62."""
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.error(path, shorten(repr(value)), f"{what}, a whole number")
        if not 0 <= value <= LARGEST:
            raise self.error(path, shorten(str(value)), f"{what}, from 0 to 2**62")
        return value

    def integer(self, key: str) -> int:
        """The whole number under ``key``."""
        return self.check((key,), self.at((key,)), key)

    def entries(self, key: str, least: int = 0) -> list[Any]:
        """The list under ``key``, with at least ``least`` entries."""
        value = self.at((key,))
        if not isinstance(value, list) or len(value) < least:
            raise self.error((key,), shorten(repr(value)), f"{key}, a list" + (" with an entry" if least else ""))
        return value

    def vector(self, path: Path, length: int | None = None) -> list[int]:
        """The list of whole numbers under ``path``; of ``length`` entries, or at least one."""
        value = self.at(path)
        if not isinstance(value, list) or (not value if length is None else len(value) != length):
            count = "at least one number" if length is None else f"{length} numbers"
            found = f"{len(value)} entries" if isinstance(value, list) else shorten(repr(value))
            raise self.error(path, found, f"{path[-1] if isinstance(path[-1], str) else path[0]} with {count}")
        what = f"a number of {path[0]}"
        return [self.check((*path, k), entry, what) for k, entry in enumerate(value)]

    def at(self, path: Path) -> Any:
        """The value under ``path``; FormatError where a key is missing."""
        value: Any = self.value
        for depth, step in enumerate(path):
            if isinstance(step, str) and step not in value:
                raise self.error(path[:depth], f"no field {step!r}", f"one, next to {', '.join(list(value)[:4])}")
            value = value[step]
        return value
