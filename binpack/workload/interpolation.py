"""Compose's variables: ${NAME}, ${NAME:-default}, ${NAME?message} and $$, from an .env file beside the file read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

_VARIABLE = re.compile(
    r"\$(?:(?P<escaped>\$)|(?P<plain>[A-Za-z_]\w*)|\{(?P<name>[A-Za-z_]\w*)(?:(?P<rule>:?[-?+])(?P<word>[^}]*))?\})"
)


def interpolate(text: str, variables: Mapping[str, str], missing: set[str]) -> str:
    """The text with variables filled in; names without a value or default are empty and added to ``missing``.

    Source: the Compose specification, "Interpolation".
    """

    def value(found: re.Match[str]) -> str:
        if found["escaped"]:
            return "$"
        name = found["plain"] or found["name"]
        known, rule, word = variables.get(name), found["rule"] or "", found["word"] or ""
        empty = not known if rule.startswith(":") else known is None
        if rule.endswith("+"):
            return "" if empty else word
        if not empty:
            return known or ""
        if rule.endswith("-"):
            return interpolate(word, variables, missing)
        missing.add(name)
        return ""

    return _VARIABLE.sub(value, text)


def environment_beside(path: str) -> dict[str, str]:
    """The variables of ``.env`` in the file's folder, and of ``NAME.env`` where the file's name starts with ``NAME``."""
    folder = Path(path).parent
    found: dict[str, str] = {}
    if not Path(path).is_file():
        return found
    for file in sorted(folder.glob("*.env")):
        if file.name == ".env" or Path(path).name.startswith(file.stem):
            found.update(_variables(file.read_text(encoding="utf-8"), found))
    return found


def _variables(text: str, known: Mapping[str, str]) -> dict[str, str]:
    """NAME=value lines; comments and quotes removed, earlier names may be used."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        name, sign, value = line.strip().removeprefix("export ").partition("=")
        if not sign or name.startswith("#"):
            continue
        value = value.strip()
        value = value[1:-1] if len(value) > 1 and value[0] == value[-1] in "'\"" else value.split(" #")[0].strip()
        found[name.strip()] = interpolate(value, {**known, **found}, set())
    return found
