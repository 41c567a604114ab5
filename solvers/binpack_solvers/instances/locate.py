"""Where in a line of JSON a value stands: looked up only when something is wrong with it."""

from __future__ import annotations

import json
import re

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()

Path = tuple[str | int, ...]


def column_of(line: str, path: Path) -> int:
    """The column, from 1, of the value under ``path`` (keys and indices); of the deepest part that is there.

    ``line`` must be valid JSON.
    """
    at = _skip(line, 0)
    for step in path:
        found = _member(line, at, step) if isinstance(step, str) else _element(line, at, step)
        if found is None:
            break
        at = found
    return at + 1


def _skip(line: str, at: int) -> int:
    match = _SPACE.match(line, at)
    return match.end() if match else at


def _member(line: str, at: int, key: str) -> int | None:
    if line[at] != "{":
        return None
    found = None
    at = _skip(line, at + 1)
    while line[at] != "}":
        name, at = _DECODER.raw_decode(line, at)
        at = _skip(line, _skip(line, at) + 1)  # past the colon
        if name == key:
            found = at  # of repeated keys the last one counts, as in json.loads
        at = _past_comma(line, at)
    return found


def _element(line: str, at: int, index: int) -> int | None:
    if line[at] != "[":
        return None
    at = _skip(line, at + 1)
    while line[at] != "]":
        if not index:
            return at
        index -= 1
        at = _past_comma(line, at)
    return None


def _past_comma(line: str, at: int) -> int:
    """From the start of a value to the start of the next one, or to the closing bracket."""
    at = _skip(line, _DECODER.raw_decode(line, at)[1])
    return _skip(line, at + 1) if line[at] == "," else at
