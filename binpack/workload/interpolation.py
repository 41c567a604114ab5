"""Compose's variables: ${NAME}, ${NAME:-default}, ${NAME?message} and $$, from an .env file beside the file read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from binpack.errors import InputError
from binpack.workload.source_text import read_text

DEEPEST = 20  # defaults inside of defaults
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_RULE = re.compile(r":?[-?+]")


class InterpolationError(ValueError):
    """What is wrong with a variable, in words."""


def interpolate(text: str, variables: Mapping[str, str], missing: set[str], depth: int = 0) -> str:
    """The text with variables filled in; names without a value or default are empty and added to ``missing``.

    InterpolationError for a variable that is required (``${NAME?message}``) or malformed. Source: the Compose
    specification, "Interpolation".
    """
    if depth > DEEPEST:
        raise InterpolationError(f"defaults nested deeper than {DEEPEST}")
    done, start = [], 0
    while (at := text.find("$", start)) >= 0:
        done.append(text[start:at])
        if text.startswith("${", at):
            end = _closing(text, at + 2)
            done.append(_value(text[at + 2 : end], variables, missing, depth))
            start = end + 1
        elif (name := _NAME.match(text, at + 1)) is not None:
            done.append(_value(name[0], variables, missing, depth))
            start = name.end()
        else:
            done.append("$")
            start = at + (2 if text.startswith("$$", at) else 1)
    return "".join(done) + text[start:]


def _closing(text: str, start: int) -> int:
    """Where the brace that closes a variable stands; the variables in its default have braces of their own."""
    inside = 1
    for k in range(start, len(text)):
        if text[k] == "{" and text[k - 1] == "$":
            inside += 1
        elif text[k] == "}":
            inside -= 1
            if not inside:
                return k
    raise InterpolationError("a variable without a closing brace")


def _value(content: str, variables: Mapping[str, str], missing: set[str], depth: int) -> str:
    """The value of what stands between the braces."""
    name = _NAME.match(content)
    rest = content[name.end() :] if name is not None else content
    rule = _RULE.match(rest)
    if name is None or (rest and rule is None):
        raise InterpolationError(f"${{{content}}}, which is no variable")
    known = variables.get(name[0])
    if rule is None:
        if known is None:
            missing.add(name[0])
        return known or ""
    unset = not known if rule[0].startswith(":") else known is None
    kind, word = rule[0][-1], rest[rule.end() :]
    if kind == "+":
        return "" if unset else interpolate(word, variables, missing, depth + 1)
    if not unset:
        return known or ""
    if kind == "?":
        raise InterpolationError(f"no value for {name[0]}" + (f" ({word})" if word else ""))
    return interpolate(word, variables, missing, depth + 1)


def environment_beside(path: str) -> dict[str, str]:
    """The variables of ``.env`` in the file's folder, and of ``NAME.env`` where the file is called ``NAME.something``."""
    found: dict[str, str] = {}
    if not Path(path).is_file():
        return found
    for file in sorted(Path(path).parent.glob("*.env")):
        if file.is_file() and (file.name == ".env" or Path(path).name.startswith(f"{file.stem}.")):
            try:
                text = read_text(file).text
            except InputError:
                continue  # nothing in it, or no text: the variables that are missed are named in a note
            found.update(_variables(text, found))
    return found


def environment_of(files: Iterable[str | Path]) -> dict[str, str]:
    """The variables of files named for them (``--env-file``), the later over the earlier. InputError if one is no text."""
    found: dict[str, str] = {}
    for file in files:
        found.update(_variables(read_text(file).text, found))
    return found


def _variables(text: str, known: Mapping[str, str]) -> dict[str, str]:
    """NAME=value lines; comments and quotes removed, earlier names may be used. In single quotes all is literal."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        name, sign, value = line.strip().removeprefix("export ").partition("=")
        if not sign or name.startswith("#"):
            continue
        value = value.strip()
        literal = len(value) > 1 and value[0] == value[-1] == "'"
        if literal or (len(value) > 1 and value[0] == value[-1] == '"'):
            value = value[1:-1]
        else:
            value = "" if value.startswith("#") else value.split(" #")[0].strip()
        found[name.strip()] = value if literal else _filled(value, {**known, **found})
    return found


def _filled(value: str, known: Mapping[str, str]) -> str:
    try:
        return interpolate(value, known, set())
    except InterpolationError:
        return value
