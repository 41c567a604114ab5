"""Compose and Swarm stack files: services, their reservations and limits, replicas, global services, constraints."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from binpack.errors import InputError, InputProblem
from binpack.units import CPU, MEMORY, THREAD
from binpack.workload.application import LINUX, WINDOWS, Application, Container, Placement
from binpack.workload.interpolation import environment_beside, interpolate
from binpack.workload.node import Node
from binpack.workload.workload import Workload

# docker/go-units RAMInBytes: powers of 1024, with or without "b", any case.
_BYTES = re.compile(r"^(\d+(?:\.\d+)?) ?([kmgtp]?)(i?b)?$", re.IGNORECASE)
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4, "p": 5}


def is_compose(document: Node) -> bool:
    """Does a document have the top key ``services``?"""
    return document.is_mapping and (services := document.get("services")) is not None and services.is_mapping


@dataclass
class _Reading:
    """What reading one file needs and leaves to say."""

    variables: Mapping[str, str]
    missing: set[str] = field(default_factory=set)
    profiled: list[str] = field(default_factory=list)
    limited: list[str] = field(default_factory=list)

    def text(self, node: Node) -> str:
        """A scalar with its variables filled in."""
        return interpolate(node.text, self.variables, self.missing)


def read_compose(document: Node, name: str) -> Workload:
    """The services of one file as a workload; the group is the stack's name. InputError lists every fault.

    Reservations are requests; where a service has limits only, they stand in when it is sized (Docker Swarm itself places by
    reservations alone: swarmkit manager/scheduler/filter.go).
    """
    file = document.place.file
    reading = _Reading(environment_beside(file))
    stack = document.find_text("name") or Path(file).name.split(".")[0] or name
    stack = interpolate(stack, reading.variables, reading.missing)
    problems: list[InputProblem] = []
    applications = []
    services = document.find("services")
    for key, node in services.items() if services is not None else ():
        if node.is_mapping and node.find_list("profiles"):
            reading.profiled.append(key)
            continue
        try:
            applications.append(_service(key, node, stack, reading))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return Workload(name, tuple(applications), notes=tuple(_notes(reading)), sources=(file,))


def _notes(reading: _Reading) -> list[str]:
    notes = []
    if reading.missing:
        notes.append("variables without a value, taken as empty: " + ", ".join(sorted(reading.missing)))
    if reading.profiled:
        notes.append("services of profiles are left out: " + ", ".join(reading.profiled))
    if reading.limited:
        notes.append(f"{len(reading.limited)} services reserve nothing: their limits stand in")
    return notes


def _service(key: str, node: Node, stack: str, reading: _Reading) -> Application:
    deploy = node.find("deploy")
    requests = _resources(node.find("deploy", "resources", "reservations"), reading)
    limits = _resources(node.find("deploy", "resources", "limits"), reading)
    for resource, old in ((CPU, "cpus"), (MEMORY, "mem_limit")):
        if (value := node.find(old)) is not None:
            limits.setdefault(resource, _amount(resource, value, reading))
    if (value := node.find("mem_reservation")) is not None:
        requests.setdefault(MEMORY, _amount(MEMORY, value, reading))
    if limits and not requests:
        reading.limited.append(key)
    mode = deploy.find_text("mode", default="replicated") if deploy is not None else "replicated"
    replicas = node.find("deploy", "replicas") or node.find("scale")
    image = node.find("image")
    constraints = [
        reading.text(c) for c in (deploy.find_list("placement", "constraints") if deploy is not None else ())
    ]
    return Application(
        key,
        _replicas(replicas, reading),
        requests,
        limits,
        group=stack,
        kind="service",
        os=WINDOWS if any(re.search(r"platform\.os\s*==\s*windows", c) for c in constraints) else LINUX,
        agent=mode.startswith("global"),
        job=mode.endswith("-job"),
        containers=(Container(key, "" if image is None else reading.text(image), requests, limits),),
        placement=_placement(node, constraints, reading),
        place=str(node.place),
    )


def _placement(node: Node, constraints: list[str], reading: _Reading) -> Placement:
    most = node.find("deploy", "placement", "max_replicas_per_node")
    limit = None
    if most is not None:
        text = reading.text(most)
        limit = int(text) if text.isdigit() and int(text) > 0 else None
    ports = (p for p in node.find_list("ports") if p.is_mapping)
    if any(p.find_text("mode") == "host" and p.find_text("published") for p in ports):
        limit = 1
    others = tuple(f"constraint {c}" for c in constraints if "platform" not in c)
    return Placement(max_per_host=limit, notes=others)


def _replicas(node: Node | None, reading: _Reading) -> int:
    if node is None:
        return 1
    text = reading.text(node).strip()
    if not text.isdigit():
        raise node.error(f'"{text}"', "a whole number of replicas", "such as replicas: 3")
    return int(text)


def _resources(node: Node | None, reading: _Reading) -> dict[str, int]:
    if node is None:
        return {}
    found: dict[str, int] = {}
    for key, value in node.items():
        if key in ("cpus", "memory") and not value.is_null:
            resource = CPU if key == "cpus" else MEMORY
            found[resource] = _amount(resource, value, reading)
    for device in node.find_list("devices"):
        if any(c.text == "gpu" for c in device.find_list("capabilities")):
            count = device.find_text("count", default="1")
            found["gpu"] = found.get("gpu", 0) + (int(count) if count.isdigit() else 1)
    return found


def _amount(resource: str, node: Node, reading: _Reading) -> int:
    """CPUs as a decimal number, memory in Docker's units; rounded up."""
    text = reading.text(node).strip()
    if resource == CPU:
        try:
            value = Fraction(text) * THREAD
        except (ValueError, ZeroDivisionError):
            raise node.error(f'"{text}"', "a number of CPUs", 'such as cpus: "0.50"') from None
    else:
        found = _BYTES.match(text)
        if found is None:
            raise node.error(f'"{text}"', "bytes with a unit b, k, m or g", "such as memory: 50M")
        value = Fraction(found[1]) * 1024 ** _POWERS[found[2].lower()]
    amount = -(-value.numerator // value.denominator)
    if not 0 <= amount <= 2**62:
        raise node.error(f'"{text}"', "an amount from 0 to 2**62")
    return amount
