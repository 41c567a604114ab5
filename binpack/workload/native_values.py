"""Keys and amounts of the project's own YAML."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from binpack.errors import input_error
from binpack.units import CPU, DISK, LARGEST, MEMORY, lacks_unit, parse_amount
from binpack.workload.node import Node

AMOUNT_KEYS = (CPU, MEMORY, DISK, "resources")


def check_keys(node: Node, known: Sequence[str]) -> None:
    """Refuse keys that mean nothing, with the nearest that does."""
    for key, _ in node.items():
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            fix = f"did you mean {near[0]!r}?" if near else "known: " + ", ".join(known)
            raise input_error(node.key_place(key), f"the key {key!r}", "a known key", fix)


def amount(node: Node, resource: str) -> int:
    """A quantity with its unit, exact; InputError at its place."""
    try:
        return parse_amount(resource, node.text)
    except ValueError as error:
        raise node.error(node.describe(), str(error), "such as 500m for CPU, 64 GiB for bytes") from None


def count(node: Node, key: str, default: int, least: int = 0) -> int:
    """A whole number from ``least`` to 2**62."""
    value = node.find(key)
    if value is None:
        return default
    number = value.integer()
    if not least <= number <= LARGEST:
        raise value.error(value.describe(), f"a whole number from {least} to 2**62")
    return number


def requests_of(node: Node) -> dict[str, int]:
    """``cpu``, ``memory``, ``disk`` and what is below ``resources``."""
    found = {r: _request(value, r) for r in (CPU, MEMORY, DISK) if (value := node.find(r)) is not None}
    more = node.find("resources")
    return found if more is None else {**found, **{key: amount(value, key) for key, value in more.items()}}


def _request(value: Node, resource: str) -> int:
    if lacks_unit(resource, value.text):
        raise value.error(value.describe(), f"{resource} with a unit", f"such as {value.text.strip()} MiB")
    return amount(value, resource)


def name_of(node: Node, what: str) -> str:
    """The name that every application and component has, of more than spaces."""
    name = node.find("name")
    if name is None or not name.text.strip():
        raise (name or node).error(f"{what} without a name", "name: ...")
    return name.text
