"""Text broken into lines, but not where it would hurt."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

NO_BREAK = "\N{NO-BREAK SPACE}"
LABEL = 9  # columns of a label, and how far further lines are indented


def wrapped(label: str, text: str, width: int) -> list[str]:
    """The text after its label; further lines are indented as far as a short label reaches."""
    head = f"{label:<{LABEL}}" if len(label) < LABEL else f"{label}:  "
    return lines_of(text, width, head, " " * LABEL)


def labelled(label: str, texts: Iterable[str], width: int) -> list[str]:
    """Each text from a line of its own on, the label before the first of them."""
    return [line for k, text in enumerate(texts) for line in wrapped("" if k else label, text, width)]


def lines_of(text: str, width: int, first: str = "", further: str = "") -> list[str]:
    """Lines of at most ``width`` columns, of at least 20; what is longer without a space stands out."""
    room = max(20, width)
    lines = textwrap.wrap(
        text, room, initial_indent=first, subsequent_indent=further, break_on_hyphens=False, break_long_words=False
    )
    return [line.replace(NO_BREAK, " ") for line in lines]


def unbroken(text: str) -> str:
    """The text with spaces at which no line ends; ``lines_of`` makes them plain again."""
    return text.replace(" ", NO_BREAK)
