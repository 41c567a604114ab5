"""The project's own YAML: applications written down by hand, nothing more than is needed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import cast

from binpack.errors import InputError, InputProblem
from binpack.machines.overheads import overhead_amount
from binpack.units import DISK
from binpack.workload.application import ISOLATIONS, Application, Container, Isolation, Placement
from binpack.workload.native_components import check_shares, read_components
from binpack.workload.native_images import native_images
from binpack.workload.native_updates import read_update
from binpack.workload.native_values import AMOUNT_KEYS, amount, check_keys, count, name_of, requests_of
from binpack.workload.node import Node
from binpack.workload.workload import Workload

TOP = ("workload", "applications", "overheads", "images")
KEYS = (
    *("name", "group", "replicas", *AMOUNT_KEYS, "os", "arch", "isolation", "image", "images", "image_size"),
    *("labels", "agent", "job", "components", "placement", "update", "ordered_start"),
)
OWN_KEY = re.compile(r'^(applications|[\s{]*"applications")\s*:', re.ASCII | re.MULTILINE)
Known = Mapping[str, tuple[Application, Node]]
PLACEMENT_KEYS = ("max_per_host", "apart_from", "together_with", "node_selector")


def is_native(document: Node) -> bool:
    """Does a document have the top key ``applications``?"""
    return document.is_mapping and document.get("applications") is not None


def looks_native(text: str) -> bool:
    """The same of a text that may not even be YAML or JSON: a line begins with the key."""
    return OWN_KEY.search(text) is not None


def read_native(document: Node, name: str) -> Workload:
    """A workload from one document; InputError lists every fault in it."""
    check_keys(document, TOP)
    problems: list[InputProblem] = []
    read: dict[str, tuple[Application, Node]] = {}
    for node in document.find_list("applications"):
        try:
            application = _application(node)
            if application.key in read:
                first = read[application.key][1].place.line
                raise node.error(f"{application.key} again (first in line {first})", "a name of its own in its group")
            read[application.key] = application, node
        except InputError as error:
            problems += error.problems
    applications = []
    for application, node in read.values():
        try:
            applications.append(replace(application, placement=_placement(node, application, read)))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    overheads = document.find("overheads")
    return Workload(
        document.find_text("workload", default=name),
        tuple(applications),
        overheads={} if overheads is None else {key: _overhead(overheads, key) for key, _ in overheads.items()},
        sources=(document.place.file,),
        images={} if (images := document.find("images")) is None else native_images(images),
    )


def _overhead(overheads: Node, name: str) -> int:
    """With a unit, or a whole number of what the rows of that name are in: bytes, thousandths of a thread."""
    value = overheads.find(name)
    if value is None or not any(character.isalpha() for character in value.text):
        return count(overheads, name, 0)
    try:
        return overhead_amount(name, value.text)
    except ValueError as error:
        raise value.error(value.describe(), str(error), "such as 128 MiB, or 0.25 threads") from None


def _application(node: Node) -> Application:
    check_keys(node, KEYS)
    name = name_of(node, "an application")
    size = node.find("image_size")
    isolation, agent = cast(Isolation | None, _choice(node, "isolation", ISOLATIONS)), _flag(node, "agent")
    if agent and isolation == "machine":
        raise node.error(
            "an agent with isolation: machine", "one of the two", "an agent is on every machine beside others"
        )
    requests, components = requests_of(node), read_components(node)
    check_shares(node, requests, components)
    return Application(
        name,
        count(node, "replicas", 1),
        requests,
        group=node.find_text("group", default="default"),
        os=_choice(node, "os", ("linux", "windows")) or "linux",
        arch=_choice(node, "arch", ("amd64", "arm64")) or "amd64",
        isolation=isolation,
        agent=agent,
        job=_flag(node, "job"),
        containers=_containers(name, node),
        components=components,
        labels=labels.text_map() if (labels := node.find("labels")) is not None else {},
        image_bytes=None if size is None else amount(size, DISK),
        place=str(node.place),
        update=read_update(node.find("update")),
        ordered_start=_flag(node, "ordered_start"),
    )


def _containers(name: str, node: Node) -> tuple[Container, ...]:
    """One of ``image``, with all that the application requests; or those of ``images``, whose shares nobody knows."""
    image, images = node.find_text("image"), node.find_list("images")
    if image and images:
        raise node.error("both image and images", "one of them")
    if image:
        return (Container(name, image, requests_of(node)),)
    return tuple(Container(f"{name}-{k + 1}", entry.text) for k, entry in enumerate(images))


def _placement(whole: Node, application: Application, known: Known) -> Placement:
    node = whole.find("placement")
    if node is None:
        return Placement()
    check_keys(node, PLACEMENT_KEYS)
    selector = node.find("node_selector")
    limited = node.find("max_per_host") is not None
    apart = tuple(_key(n, application, known) for n in node.find_list("apart_from"))
    return Placement(
        max_per_host=count(node, "max_per_host", 1, least=1) if limited else None,
        apart_from=apart,
        together_with=tuple(_neighbour(n, application, apart, known) for n in node.find_list("together_with")),
        node_selector={} if selector is None else selector.text_map(),
    )


def _neighbour(node: Node, application: Application, apart: Collection[str], known: Known) -> str:
    """Who stands beside an application: neither of them asks for a machine of its own, and they are not to be apart."""
    key = _key(node, application, known)
    if key in apart:
        raise node.error(f"{key} in together_with and in apart_from", "one of the two")
    for asking in (application, known[key][0]):
        if asking.isolation == "machine":
            found = f"{key} beside {application.key}, though {asking.key} has isolation: machine"
            raise node.error(found, "a machine of its own, or a neighbour on it")
    return key


def _key(node: Node, application: Application, known: Collection[str]) -> str:
    """``group/name`` of the other application that is named: of the same group, unless the name says or allows another."""
    name = node.text
    found = [key for key in (name, f"{application.group}/{name}") if key in known]
    found = found or [key for key in known if key.partition("/")[2] == name]
    if len(found) != 1 or found[0] == application.key:
        near = difflib.get_close_matches(name, [*known, *(key.partition("/")[2] for key in known)], 1)
        fix = f"did you mean {near[0]!r}?" if near and not found else ""
        fix = "copies of one application keep apart by max_per_host: 1" if application.key in found else fix
        fix = "say which: " + ", ".join(found) if len(found) > 1 else fix
        raise node.error(node.describe(), "the name of another application in this file", fix)
    return found[0]


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
