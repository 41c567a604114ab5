"""JSON documents as nodes: read at the speed of the standard library; places are looked up only when someone asks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from binpack.errors import Place
from binpack.workload.node import DEEPEST, Content, Node
from binpack.workload.source_text import SourceText

_SPACES = " \t\r\n"


class DuplicateKeyError(ValueError):
    """A key stands twice in one object; the caller finds the place."""


class _Literal(str):
    """A number or a word (``true``) that stands without quotes in the text."""

    __slots__ = ()


_WORDS = {None: _Literal("null"), True: _Literal("true"), False: _Literal("false")}


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entries = dict(pairs)
    if len(entries) != len(pairs):
        raise DuplicateKeyError
    return entries


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_Literal, parse_float=_Literal, parse_constant=_Literal, strict=False
)


class JsonNode(Node):
    """A node of a JSON document; children become nodes, and offsets are found, when they are first needed."""

    __slots__ = ("_content", "_key", "_keys", "_parent", "_source", "_starts", "_value")

    def __init__(self, source: SourceText, value: Any, parent: JsonNode | None, key: int | str) -> None:
        self._source = source
        self._value = value
        self._parent = parent
        self._key = key  # of this node within its parent; for a root the offset of its first character
        self._content: Content | None = None
        self._starts: dict[int | str, int] | None = None
        self._keys: dict[str, int] = {}
        self.quoted = isinstance(value, str) and not isinstance(value, _Literal)
        self.tag = ""

    @property
    def content(self) -> Content:
        if self._content is None:
            value = self._value
            if isinstance(value, dict):
                self._content = {key: JsonNode(self._source, child, self, key) for key, child in value.items()}
            elif isinstance(value, list):
                self._content = [JsonNode(self._source, child, self, index) for index, child in enumerate(value)]
            else:
                self._content = value if isinstance(value, str) else _WORDS[value]
        return self._content

    @property
    def offset(self) -> int:
        """The position of the value's first character in the text."""
        if self._parent is None:
            return int(self._key)
        return self._parent.starts()[self._key]

    @property
    def place(self) -> Place:
        return self._source.place_of(self.offset)

    def key_place(self, key: str) -> Place:
        self.starts()
        return self._source.place_of(self._keys[key]) if key in self._keys else self.place

    def starts(self) -> dict[int | str, int]:
        """Offsets of the children of this object or array, found in one pass over its text."""
        if self._starts is None:
            self._starts = {}
            if isinstance(self._value, dict | list):
                self._scan(self._starts)
        return self._starts

    def _scan(self, starts: dict[int | str, int]) -> None:
        text, at = self._source.text, self.offset + 1
        for key in self._value if isinstance(self._value, dict) else range(len(self._value)):
            at = _skip(text, at, _SPACES + ",")
            if isinstance(key, str):
                self._keys[key] = at
                _, at = _DECODER.raw_decode(text, at)
                at = _skip(text, at, _SPACES + ":")
            starts[key] = at
            _, at = _DECODER.raw_decode(text, at)


def _skip(text: str, at: int, characters: str) -> int:
    while at < len(text) and text[at] in characters:
        at += 1
    return at


def _limit_depth(value: Any) -> None:
    """Raise RecursionError for nesting deeper than a reader should follow; one level of the tree at a time."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(DEEPEST):
        level = [
            child
            for parent in level
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, dict | list)
        ]
        if not level:
            return
    raise RecursionError


def parse_json(source: SourceText) -> Sequence[Node]:
    """All JSON documents of a text, one after the other. JSONDecodeError, DuplicateKeyError, RecursionError (too deep)."""
    text, documents = source.text, []
    at = _skip(text, 0, _SPACES)
    while at < len(text):
        value, end = _DECODER.raw_decode(text, at)
        _limit_depth(value)
        documents.append(JsonNode(source, value, None, at))
        at = _skip(text, end, _SPACES)
    return [node for node in documents if not node.is_null]
