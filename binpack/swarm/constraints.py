"""Placement constraints: parsed and matched as Swarm does (swarmkit ``manager/constraint/constraint.go``)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from binpack.swarm.swarm_node import SwarmNode

Operator = Literal["==", "!="]

OPERATORS: tuple[Operator, ...] = ("==", "!=")
NODE_LABELS = "node.labels."
ENGINE_LABELS = "engine.labels."
_KEY = re.compile(r"[a-z_][a-z0-9\-_.]+", re.IGNORECASE | re.ASCII)
_VALUE = re.compile(r"[a-z0-9:\-_\s.*()?+\[\]\\^$|/]+", re.IGNORECASE | re.ASCII)
_ATTRIBUTES = {
    "node.id": "id",
    "node.hostname": "name",
    "node.role": "role",
    "node.platform.os": "os",
    "node.platform.arch": "architecture",
}


@dataclass(frozen=True)
class Constraint:
    """``key == value`` or ``key != value``."""

    key: str
    operator: Operator
    value: str

    def __str__(self) -> str:
        return f"{self.key} {self.operator} {self.value}"


def parse_constraint(text: str) -> Constraint:
    """The constraint that a text stands for (``Parse``). ValueError in Swarm's words for what is none.

    ``==`` is looked for first, wherever it stands, and splits the text once.
    """
    for operator in OPERATORS:
        key, found, value = (part.strip() for part in text.partition(operator))
        if not found:
            continue
        if _KEY.fullmatch(key) is None:
            raise ValueError(f"key '{key}' is invalid")
        if _VALUE.fullmatch(value) is None:
            raise ValueError(f"value '{value}' is invalid")
        return Constraint(key, operator, value)
    raise ValueError(f"constraint expected one operator from {', '.join(OPERATORS)}")


def node_matches(constraints: Iterable[Constraint], node: SwarmNode) -> bool:
    """Does the node satisfy all of them (``NodeMatches``)?"""
    return all(_matches(constraint, node) for constraint in constraints)


def label(descriptor: str, node: SwarmNode) -> str | None:
    """The value of a label that ``node.labels.NAME`` or ``engine.labels.NAME`` names, empty where the node lacks it.

    None where the text names no label. Prefixes are read in any case, names of labels as they stand.
    """
    for prefix, labels in ((NODE_LABELS, node.labels), (ENGINE_LABELS, node.engine_labels)):
        if len(descriptor) > len(prefix) and descriptor[: len(prefix)].lower() == prefix:
            return labels.get(descriptor[len(prefix) :], "")
    return None


def _matches(constraint: Constraint, node: SwarmNode) -> bool:
    """One constraint. Values are compared in any case; a key that is no known one matches no node, whatever the sign."""
    key = constraint.key.lower()
    if key == "node.ip":
        return _matches_address(constraint, node.address)
    found = getattr(node, _ATTRIBUTES[key]) if key in _ATTRIBUTES else label(constraint.key, node)
    if found is None:
        return False
    return _equal(constraint.value, found) == (constraint.operator == "==")


def _equal(one: str, other: str) -> bool:
    """Go's ``strings.EqualFold``: character by character, so that "ss" is not the single letter that folds to it."""
    return len(one) == len(other) and one.casefold() == other.casefold()


def _matches_address(constraint: Constraint, address: str) -> bool:
    """An address, or a subnet as ADDRESS/BITS; what is neither matches no node."""
    own = _parse_address(address)
    wanted = _parse_address(constraint.value)
    if wanted is not None:
        return (own == wanted) == (constraint.operator == "==")
    try:
        if re.fullmatch(r".+/[0-9]+", constraint.value) is None:
            return False
        subnet = ipaddress.ip_network(constraint.value, strict=False)
    except ValueError:
        return False
    return (own is not None and own in subnet) == (constraint.operator == "==")


def _parse_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An address; one of version 4 written as version 6 is that of version 4."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return address.ipv4_mapped or address if isinstance(address, ipaddress.IPv6Address) else address
