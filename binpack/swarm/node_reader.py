"""Nodes as ``docker node inspect $(docker node ls --quiet)`` prints them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from binpack.errors import InputError, InputProblem
from binpack.swarm.amounts import Amounts
from binpack.swarm.swarm_node import AVAILABILITIES, ROLES, STATES, SwarmNode
from binpack.workload.documents import Node

Word = TypeVar("Word", bound=str)


def is_swarm_node(document: Node) -> bool:
    """Does a document look like a node of a swarm (``Description`` and ``Spec``), or like a list of them?"""
    if document.is_list:
        return bool(document.elements()) and all(map(is_swarm_node, document.elements()))
    return document.is_mapping and document.find("Description") is not None and document.get("Spec") is not None


def read_swarm_nodes(documents: Sequence[Node]) -> list[SwarmNode]:
    """The nodes of all documents. InputError, with every fault found, for what is malformed or stands twice."""
    problems: list[InputProblem] = []
    found: dict[str, SwarmNode] = {}
    for document in _unfolded(documents):
        try:
            node = _read_node(document)
        except InputError as error:
            problems += error.problems
            continue
        if node.name in found:
            problems.append(InputProblem(document.place, f"node {node.name} a second time", "each hostname once"))
        found[node.name] = node
    if problems:
        raise InputError(problems)
    return list(found.values())


def _unfolded(documents: Sequence[Node]) -> Iterator[Node]:
    for document in documents:
        if document.is_list:
            yield from _unfolded(document.elements())
        else:
            yield document


def _read_node(node: Node) -> SwarmNode:
    """Without a state or an availability a node is ready and active."""
    name = node.find_text("Description", "Hostname") or node.find_text("ID")
    if not name:
        raise node.error("a node without a hostname", "Description.Hostname")
    engine = node.find("Description", "Engine")
    plugins = None if engine is None else engine.find("Plugins")
    return SwarmNode(
        name,
        _amounts(node.find("Description", "Resources")),
        labels=_labels(node.find("Spec", "Labels")),
        engine_labels=_labels(None if engine is None else engine.find("Labels")),
        role=_word(node, ("Spec", "Role"), ROLES),
        id=node.find_text("ID"),
        address=node.find_text("Status", "Addr"),
        os=node.find_text("Description", "Platform", "OS"),
        architecture=node.find_text("Description", "Platform", "Architecture"),
        plugins=None if plugins is None else frozenset(map(_plugin, plugins.elements())),
        availability=_word(node, ("Spec", "Availability"), AVAILABILITIES),
        state=_word(node, ("Status", "State"), STATES),
    )


def _amounts(resources: Node | None) -> Amounts:
    if resources is None:
        return Amounts()
    generic: dict[str, int] = {}
    for entry in resources.find_list("GenericResources"):
        if (discrete := entry.find("DiscreteResourceSpec")) is not None:
            kind, number = discrete.find_text("Kind"), _number(discrete, "Value")
        else:  # a named one: one device
            kind, number = entry.find_text("NamedResourceSpec", "Kind"), 1
        generic[kind] = generic.get(kind, 0) + number
    return Amounts(_number(resources, "NanoCPUs"), _number(resources, "MemoryBytes"), generic)


def _number(node: Node, key: str) -> int:
    value = node.find(key)
    number = 0 if value is None else value.integer()
    if value is not None and number < 0:
        raise value.error(f"{key} {number}", "a number of at least 0")
    return number


def _labels(node: Node | None) -> dict[str, str]:
    return {} if node is None else node.text_map()


def _plugin(node: Node) -> tuple[str, str]:
    return node.find_text("Type"), node.find_text("Name")


def _word(node: Node, path: tuple[str, ...], words: tuple[Word, ...]) -> Word:
    """One of the words, the first where nothing is said."""
    found = node.find(*path)
    if found is None:
        return words[0]
    for word in words:
        if found.text.lower() == word:
            return word
    raise found.error(found.describe(), f"{'.'.join(path)} as one of {', '.join(words)}")
