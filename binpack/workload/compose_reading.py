"""The services of a Compose document as they count: included, extended, without those that a profile turns off."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from binpack.errors import InputError, InputProblem
from binpack.workload.compose_extends import extended
from binpack.workload.compose_include import included
from binpack.workload.interpolation import InterpolationError, environment_beside, interpolate
from binpack.workload.node import Node

Read = TypeVar("Read")
_PROFILES = "COMPOSE_PROFILES"


@dataclass
class Reading:
    """What reading one file, and those that it includes, needs and leaves to say."""

    variables: Mapping[str, str]
    profiles: set[str] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)
    profiled: list[str] = field(default_factory=list)
    included: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def text(self, node: Node) -> str:
        """A scalar with its variables filled in."""
        try:
            return interpolate(node.text, self.variables, self.missing)
        except InterpolationError as error:
            fix = "set it in an .env file beside this one" if "no value" in str(error) else ""
            raise node.error(str(error), "a variable with a value", fix) from None

    def turn_on(self, profiles: Iterable[str]) -> None:
        """Take in the services of these profiles as well (``--profile``)."""
        self.profiles |= set(profiles)

    def is_off(self, service: Node) -> bool:
        """Has the service profiles, and none of them is turned on?"""
        profiles = {self.text(profile) for profile in service.find_list("profiles")}
        return bool(profiles) and not profiles & self.profiles and "*" not in self.profiles

    def notes(self) -> Iterator[str]:
        """What a person should know about the reading, a sentence each."""
        if self.included:
            yield f"included as well: {', '.join(self.included)}"
        if self.missing:
            yield "variables without a value, taken as empty: " + ", ".join(sorted(self.missing))
        if self.profiled:
            yield "services of profiles are left out: " + ", ".join(self.profiled)
        if self.left_out:
            yield f"files included that are not read: {', '.join(self.left_out)}"


def begin_reading(document: Node, variables: Mapping[str, str] | None) -> Reading:
    """Reading a document with these variables (``--env-file``), or with those of the ``.env`` files beside it.

    The profiles that ``COMPOSE_PROFILES`` names among them are on; ``*`` is all.
    """
    known = environment_beside(document.place.file) if variables is None else variables
    names = (name.strip() for name in known.get(_PROFILES, "").split(","))
    return Reading(known, {name for name in names if name})


def read_services(document: Node, reading: Reading, read: Callable[[str, Node, Reading], Read]) -> dict[str, Read]:
    """What ``read`` makes of each service, of the document and of what it includes; the document's own win.

    An included file has the variables of the ``.env`` beside it as well. InputError with every fault found.
    """
    problems: list[InputProblem] = []
    found: dict[str, Read] = {}
    others, reading.left_out = included(document, reading.text)
    reading.included = [other.place.file for other in others]
    for part in (document, *others):
        own = replace(reading, variables={**environment_beside(part.place.file), **reading.variables})
        found = {**_of_document(part, own if part is not document else reading, read, problems), **found}
    if problems:
        raise InputError(problems)
    return found


def _of_document(
    document: Node, reading: Reading, read: Callable[[str, Node, Reading], Read], problems: list[InputProblem]
) -> dict[str, Read]:
    found = {}
    services = document.find("services")
    for key, own in services.items() if services is not None else ():
        assert services is not None
        try:
            node = own if own.is_null else extended(key, services, reading.text)
            if reading.is_off(node):
                reading.profiled.append(key)
            else:
                found[key] = read(key, node, reading)
        except InputError as error:
            problems += error.problems
    return found
