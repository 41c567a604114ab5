"""The project's own YAML: applications written down by hand, nothing more than is needed."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import cast

from binpack.errors import InputError, InputProblem
from binpack.units import CPU, DISK, MEMORY, parse_amount
from binpack.workload.application import ISOLATIONS, Application, Component, Container, Isolation, Placement
from binpack.workload.node import Node
from binpack.workload.workload import Workload

TOP = ("workload", "applications", "overheads")
KEYS = (
    *(
        "name",
        "replicas",
        "cpu",
        "memory",
        "disk",
        "resources",
        "os",
        "arch",
        "isolation",
        "image",
        "image_size",
        "group",
    ),
    *("labels", "agent", "job", "components", "placement"),
)
COMPONENT_KEYS = ("name", "replicas", "cpu", "memory", "disk", "image")
PLACEMENT_KEYS = ("max_per_host", "apart_from", "together_with", "node_selector")


def is_native(document: Node) -> bool:
    """Does a document have the top key ``applications``?"""
    return document.is_mapping and document.get("applications") is not None


def read_native(document: Node, name: str) -> Workload:
    """A workload from one document; InputError lists every fault in it."""
    check_keys(document, TOP)
    problems: list[InputProblem] = []
    applications = []
    for node in document.find_list("applications"):
        try:
            applications.append(_application(node))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    overheads = document.find("overheads")
    return Workload(
        document.find_text("workload", default=name),
        tuple(applications),
        overheads={} if overheads is None else {key: value.integer() for key, value in overheads.items()},
        sources=(document.place.file,),
    )


def check_keys(node: Node, known: Sequence[str]) -> None:
    """Refuse keys that mean nothing, with the nearest that does."""
    for key, value in node.items():
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            fix = f"did you mean {near[0]!r}?" if near else "known: " + ", ".join(known)
            raise value.error(f"the key {key!r}", "a known key", fix)


def amount(node: Node, resource: str) -> int:
    """A quantity with its unit, exact; InputError at its place."""
    try:
        return parse_amount(resource, node.text)
    except ValueError as error:
        raise node.error(node.describe(), str(error), "such as 500m for CPU, 64 GiB for bytes") from None


def requests_of(node: Node) -> dict[str, int]:
    """``cpu``, ``memory``, ``disk`` and what is below ``resources``."""
    found = {r: amount(value, r) for r in (CPU, MEMORY, DISK) if (value := node.find(r)) is not None}
    more = node.find("resources")
    return found if more is None else {**found, **{key: amount(value, key) for key, value in more.items()}}


def count(node: Node, key: str, default: int) -> int:
    """A whole number of at least 0."""
    value = node.find(key)
    if value is None:
        return default
    number = value.integer()
    if number < 0:
        raise value.error(value.describe(), "a number of at least 0")
    return number


def _application(node: Node) -> Application:
    check_keys(node, KEYS)
    name = node.find("name")
    if name is None:
        raise node.error("an application without a name", "name: ...")
    image = node.find_text("image")
    size = node.find("image_size")
    return Application(
        name.text,
        count(node, "replicas", 1),
        requests_of(node),
        group=node.find_text("group", default="default"),
        os=_choice(node, "os", ("linux", "windows")) or "linux",
        arch=node.find_text("arch", default="amd64"),
        isolation=cast(Isolation | None, _choice(node, "isolation", ISOLATIONS)),
        agent=_flag(node, "agent"),
        job=_flag(node, "job"),
        containers=(Container(name.text, image, requests_of(node)),) if image else (),
        components=tuple(_component(c) for c in node.find_list("components")),
        placement=_placement(node.find("placement")),
        labels=labels.text_map() if (labels := node.find("labels")) is not None else {},
        image_bytes=None if size is None else amount(size, DISK),
        place=str(node.place),
    )


def _component(node: Node) -> Component:
    check_keys(node, COMPONENT_KEYS)
    name = node.find("name")
    if name is None:
        raise node.error("a component without a name", "name: ...")
    replicas = count(node, "replicas", 1) if node.find("replicas") is not None else None
    return Component(name.text, requests_of(node), replicas, node.find_text("image"))


def _placement(node: Node | None) -> Placement:
    if node is None:
        return Placement()
    check_keys(node, PLACEMENT_KEYS)
    selector = node.find("node_selector")
    return Placement(
        max_per_host=count(node, "max_per_host", 1) if node.find("max_per_host") is not None else None,
        apart_from=tuple(n.text for n in node.find_list("apart_from")),
        together_with=tuple(n.text for n in node.find_list("together_with")),
        node_selector={} if selector is None else selector.text_map(),
    )


def _choice(node: Node, key: str, choices: Sequence[str]) -> str | None:
    value = node.find(key)
    if value is None:
        return None
    if value.text not in choices:
        raise value.error(value.describe(), "one of " + ", ".join(choices))
    return value.text


def _flag(node: Node, key: str) -> bool:
    value = node.find(key)
    return False if value is None else value.boolean()
