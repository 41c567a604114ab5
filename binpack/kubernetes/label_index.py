"""What may select what, found by labels: so that a new selector meets few pods, and a new pod few selectors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

Pair = tuple[str, str]
"""A label: key and value."""

Anchors = tuple[Pair, ...] | None
"""Labels of one key, one of which everything that is selected has; None where there are no such labels."""

Item = TypeVar("Item")


class SelectorIndex(Generic[Item]):
    """Items that select, found by the labels of what they may select."""

    def __init__(self) -> None:
        self._under: dict[Pair, list[Item]] = {}
        self._anywhere: list[Item] = []

    def add(self, item: Item, anchors: Anchors) -> None:
        """Keep an item under its anchors."""
        if anchors is None:
            self._anywhere.append(item)
        for pair in anchors or ():
            self._under.setdefault(pair, []).append(item)

    def candidates(self, labels: Iterable[Pair]) -> Iterator[Item]:
        """All items that may select something with these labels, each once."""
        yield from self._anywhere
        for pair in labels:
            yield from self._under.get(pair, ())


class LabelledIndex(Generic[Item]):
    """Items with labels, found by the anchors of what may select them."""

    def __init__(self) -> None:
        self._under: dict[Pair, list[Item]] = {}
        self._all: list[Item] = []

    def add(self, item: Item, labels: Iterable[Pair]) -> None:
        """Keep an item under each of its labels."""
        self._all.append(item)
        for pair in labels:
            self._under.setdefault(pair, []).append(item)

    def candidates(self, anchors: Anchors) -> Iterator[Item]:
        """All items that something with these anchors may select, each once."""
        if anchors is None:
            yield from self._all
        for pair in anchors or ():
            yield from self._under.get(pair, ())
