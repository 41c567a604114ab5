"""Node: one value of a YAML or JSON document that still knows its exact text and its place."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import ItemsView, Sequence
from typing import Any

from binpack.errors import InputError, Place, input_error

DEEPEST = 200  # levels of nesting that are read; the deepest real manifests have about 40
_INTEGER = re.compile(r"[-+]?[0-9]+\Z", re.ASCII)
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z", re.ASCII)
_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}
_SHOWN = 60  # characters of a value that a message quotes

Content = str | Sequence["Node"] | dict[str, "Node"]


class Node(ABC):
    """A scalar, a list or a mapping with text keys.

    Numbers stay text (``1E3`` and ``1000`` differ to a reader of quantities). A null counts as an empty mapping or list when
    read as one, and a value of the wrong shape raises InputError at its own place, so readers need no checks of their own.
    """

    __slots__ = ("quoted", "tag")
    quoted: bool
    """True for scalars that are text whatever they look like (``"80"``)."""
    tag: str
    """The explicit YAML tag (``!reset``), or empty."""

    @property
    @abstractmethod
    def place(self) -> Place:
        """Where the value starts."""

    @abstractmethod
    def key_place(self, key: str) -> Place:
        """Where a key of this mapping stands."""

    @property
    @abstractmethod
    def content(self) -> Content:
        """The text of a scalar, the elements of a list or the entries of a mapping."""

    @property
    def is_mapping(self) -> bool:
        return isinstance(self.content, dict)

    @property
    def is_scalar(self) -> bool:
        return isinstance(self.content, str)

    @property
    def is_list(self) -> bool:
        return not isinstance(self.content, str | dict)

    @property
    def is_null(self) -> bool:
        """True for a plain ``null``, ``~`` or nothing at all."""
        content = self.content
        return isinstance(content, str) and not self.quoted and content.lower() in ("", "~", "null")

    @property
    def text(self) -> str:
        """The source text of a scalar, quotes removed."""
        content = self.content
        if not isinstance(content, str):
            raise self.error(self.describe(), "a single value")
        return content

    def items(self) -> ItemsView[str, Node]:
        """The entries of a mapping, in their order."""
        content = self.content
        if isinstance(content, dict):
            return content.items()
        if self.is_null:
            return {}.items()
        raise self.error(self.describe(), "a mapping (key: value)")

    def elements(self) -> Sequence[Node]:
        """The elements of a list."""
        content = self.content
        if not isinstance(content, str | dict):
            return content
        if self.is_null:
            return ()
        raise self.error(self.describe(), "a list")

    def get(self, key: str) -> Node | None:
        """The value of ``key`` in this mapping (which may be a null), or None."""
        content = self.content
        if isinstance(content, dict):
            return content.get(key)
        self.items()
        return None

    def find(self, *keys: str) -> Node | None:
        """The value below ``keys``, or None where one of them is absent or null."""
        node: Node | None = self
        for key in keys:
            if node is None:
                return None
            node = node.get(key)
        return None if node is None or node.is_null else node

    def find_text(self, *keys: str, default: str = "") -> str:
        """The scalar below ``keys``, or ``default``."""
        node = self.find(*keys)
        return default if node is None else node.text

    def find_list(self, *keys: str) -> Sequence[Node]:
        """The list below ``keys``, or an empty one."""
        node = self.find(*keys)
        return () if node is None else node.elements()

    def text_map(self) -> dict[str, str]:
        """This mapping with scalar values as text."""
        return {key: "" if value.is_null else value.text for key, value in self.items()}

    def integer(self) -> int:
        """The scalar as an integer written in plain digits."""
        text = self.text.strip()
        if self.quoted or not _INTEGER.match(text) or len(text) > 20:
            raise self.error(self.describe(), "a whole number", "write plain digits" + " without quotes" * self.quoted)
        return int(text)

    def boolean(self) -> bool:
        """The scalar as true or false."""
        value = _WORDS.get(self.text.lower()) if not self.quoted else None
        if not isinstance(value, bool):
            raise self.error(self.describe(), "true or false")
        return value

    def plain(self) -> Any:
        """The value as plain Python: str, int, float, bool, None, list, dict. For what needs neither text nor place."""
        content = self.content
        if isinstance(content, dict):
            return {key: value.plain() for key, value in content.items()}
        if not isinstance(content, str):
            return [value.plain() for value in content]
        if self.quoted:
            return content
        if content.lower() in _WORDS:
            return _WORDS[content.lower()]
        if _INTEGER.match(content) and len(content) < 4000:
            return int(content)
        return float(content) if _FLOAT.match(content) else content

    def describe(self) -> str:
        """The value for a message: quoted text, or what shape it has."""
        content = self.content
        if isinstance(content, dict):
            return "a mapping"
        if not isinstance(content, str):
            return "a list"
        if self.is_null:
            return "nothing"
        shown = content if len(content) <= _SHOWN else content[: _SHOWN - 3] + "..."
        return f'"{shown}"'

    def error(self, found: str, expected: str, fix: str = "") -> InputError:
        """An InputError at this place."""
        return input_error(self.place, found, expected, fix)
