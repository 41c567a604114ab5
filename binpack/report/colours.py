"""Colours for the texts of this package: by what a line says, so that the text itself stays the same with and without."""

from __future__ import annotations

from typing import TextIO

from rich.console import Console
from rich.highlighter import RegexHighlighter
from rich.theme import Theme

THEME = Theme(
    {
        "binpack.header": "bold",
        "binpack.headline": "bold",
        "binpack.label": "cyan",
        "binpack.good": "green",
        "binpack.open": "yellow",
        "binpack.bad": "bold red",
        "binpack.bar": "blue",
        "binpack.command": "bold",
        "binpack.faint": "dim",
    }
)


class Highlighter(RegexHighlighter):
    """Styles by regular expression; each group's name is a style of ``THEME``."""

    base_style = "binpack."
    highlights = (
        r"(?m)^(?P<header>era +machines.*|assumption +value.*)$",
        r"(?m)^  (?P<headline>(Containers need|virtual machines) [^.]*\.)",
        r"(?m)^(?P<label>why|assumed|next|read|cost|as (one|[0-9,]+) monoliths?, [^:]*:)(?=  | *$)",
        r"(?m)^(?P<header>total: .*)$",
        r"(?m)^(?P<label>[^ :]+-[0-9]+[^:]*)(?=: )",
        r"(?m)^(?P<open>> \S+ +[0-9]+%)(?= )",
        r"(?m)^(?P<bad>unplaced)(?=  )",
        r"(?m)^.{17,19} +[0-9,]+ +(?P<good>yes)(?= )",
        r"(?m)^.{17,19} +[0-9,]+ +(?P<open>>= [0-9,]+|not cost)(?= )",
        r"(?m)^.{17,19} +[0-9,]+ +(?P<bad>unfit)(?= )",
        r"(?P<bar>(?<= )#+(?= ))",
        r"(?m)^(next)? +(?P<command>(\.\.\. \| )?binpack .*)$",
        r"(?m)^(?P<faint>(\+1 spare:|\+1:|racks:|per machine:|each:|updates:|no room for) .*)$",
        r"(?P<good>[Pp]roven: nothing (smaller|cheaper)\s+exists)",
    )


def write_coloured(text: str, stream: TextIO) -> None:
    """The text as it is, with escape sequences for its colours; lines are not wrapped again."""
    console = Console(file=stream, theme=THEME, highlighter=Highlighter(), force_terminal=True)
    console.print(text, end="", soft_wrap=True, markup=False, emoji=False)
