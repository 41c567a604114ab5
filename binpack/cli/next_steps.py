"""Commands worth trying after ``binpack eras``: for the same input, with the same choices, ready to be copied."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Iterator, Sequence

STANDARD_INPUT = "-"
EXAMPLE = "my.yaml"  # what a run of a built-in data set suggests to try next


def next_steps(args: argparse.Namespace, paths: Sequence[str], builtin: bool) -> tuple[str, ...]:
    """One era in full, a little less room, and other machines or the user's own file.

    Of standard input the commands only say what comes after the pipe: nobody knows what was before it.
    """
    source = shlex.join(f"./{path}" if path.startswith("-") and path != STANDARD_INPUT else path for path in paths)
    pipe = "... | " if STANDARD_INPUT in paths else ""
    chosen = "".join(f" {shlex.quote(word)}" for word in _chosen(args))
    steps = [f"{pipe}binpack plan {source} --era kubernetes{chosen}"]
    if not args.headroom:
        steps.append(f"{pipe}binpack eras {source} --headroom cpu=20%{chosen}")
    if builtin:
        steps.append(f"binpack eras {EXAMPLE}")
    elif not args.machines:
        steps.append(f"{pipe}binpack eras {source} --machines aws{chosen}")
    return tuple(steps)


def _chosen(args: argparse.Namespace) -> Iterator[str]:
    """The options of how to count that are not at their defaults, as they were given."""
    for action in args.counting:
        value = getattr(args, action.dest)
        if value == action.default:
            continue
        for entry in value if isinstance(value, list) else [value]:
            yield from (action.option_strings[0], str(entry))
