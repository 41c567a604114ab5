"""Words of a text file with their places, and whole numbers out of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from binpack_solvers.errors import FormatError
from binpack_solvers.validation import LARGEST

_WORD = re.compile(r"\S+")
_INTEGER = re.compile(r"[+-]?[0-9]{1,30}")


class Token(NamedTuple):
    """A word, its line and column from 1."""

    text: str
    line: int
    column: int


def tokens_of(number: int, line: str) -> list[Token]:
    """The words of one line."""
    return [Token(match.group(), number, match.start() + 1) for match in _WORD.finditer(line)]


def integer(token: Token, file: str, what: str, low: int = 0) -> int:
    """The whole number from ``low`` to 2**62 that ``token`` says; FormatError at its place otherwise."""
    if not _INTEGER.fullmatch(token.text):
        raise FormatError(file, token.line, token.column, repr(shorten(token.text)), f"{what}, a whole number")
    value = int(token.text)
    if not low <= value <= LARGEST:
        raise FormatError(file, token.line, token.column, token.text, f"{what}, from {low} to 2**62")
    return value


def shorten(text: str, length: int = 40) -> str:
    """At most ``length`` characters of a text, for a message."""
    return text if len(text) <= length else text[: length - 3] + "..."


class TokenStream:
    """The words of a whole file, one after the other, whatever the lines."""

    def __init__(self, lines: Iterable[tuple[int, str]], file: str) -> None:
        self._tokens = self._walk(lines)
        self.file = file
        self.last_line = 1

    def _walk(self, lines: Iterable[tuple[int, str]]) -> Iterator[Token]:
        for number, line in lines:
            self.last_line = number
            yield from tokens_of(number, line)

    def integer(self, what: str, low: int = 0) -> int:
        """The next word as a whole number."""
        token = next(self._tokens, None)
        if token is None:
            raise FormatError(self.file, self.last_line, 1, "the end of the file", what)
        return integer(token, self.file, what, low)

    def end(self, what: str) -> None:
        """Nothing may follow."""
        token = next(self._tokens, None)
        if token is not None:
            raise FormatError(self.file, token.line, token.column, repr(shorten(token.text)), f"the end after {what}")
