"""Compose and Swarm stack files: services, their reservations and limits, replicas, global services, constraints."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from binpack.errors import InputError, InputProblem
from binpack.units import CPU, MEMORY
from binpack.workload.application import LINUX, WINDOWS, Application, Container, Placement
from binpack.workload.compose_amounts import GPU, read_bytes, read_count, read_cpus, read_gpus, read_resources
from binpack.workload.compose_extends import extended
from binpack.workload.compose_include import included
from binpack.workload.families import architecture, os_family
from binpack.workload.interpolation import InterpolationError, environment_beside, interpolate
from binpack.workload.node import Node
from binpack.workload.workload import Workload

_CONSTRAINT = re.compile(r"\s*([^\s=!]+)\s*(==|!=)\s*(.*?)\s*")
_MODES = ("replicated", "global", "replicated-job", "global-job")
_TOP_KEYS = ("name", "version", "include", "services", "networks", "volumes", "configs", "secrets")
_MOST_PORTS = 1000  # of one range that are told apart


def is_compose(document: Node) -> bool:
    """Does a document have the top key ``services``, or ``include`` among nothing but keys of Compose?"""
    if not document.is_mapping:
        return False
    services = document.get("services")
    if services is None:
        return document.get("include") is not None and all(key in _TOP_KEYS for key, _ in document.items())
    return services.is_mapping or services.is_null


@dataclass
class _Reading:
    """What reading one file, and those that it includes, needs and leaves to say."""

    variables: Mapping[str, str]
    missing: set[str] = field(default_factory=set)
    profiled: list[str] = field(default_factory=list)
    every_gpu: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    ports: dict[str, set[str]] = field(default_factory=dict)  # application -> ports that it takes on its host

    def text(self, node: Node) -> str:
        """A scalar with its variables filled in."""
        try:
            return interpolate(node.text, self.variables, self.missing)
        except InterpolationError as error:
            fix = "set it in an .env file beside this one" if "no value" in str(error) else ""
            raise node.error(str(error), "a variable with a value", fix) from None


def read_compose(document: Node, name: str) -> Workload:
    """The services of one file, and of what it includes, as a workload; the group is the stack's name (else ``name``).

    InputError lists every fault. Reservations are requests; where a service has limits only, they stand in when it is sized
    (Docker Swarm itself places by reservations alone: swarmkit manager/scheduler/filter.go). Ports published on the host
    keep copies apart, as there.
    """
    file = document.place.file
    reading = _Reading(environment_beside(file))
    title = document.find("name")
    stack = (reading.text(title) if title is not None else "") or name
    problems: list[InputProblem] = []
    applications: dict[str, Application] = {}
    others, reading.left_out = included(document, reading.text)
    for part in (document, *others):
        beside = environment_beside(part.place.file)
        own_reading = replace(reading, variables={**beside, **reading.variables})
        try:
            found = _services(part, stack, own_reading)
        except InputError as error:
            problems += error.problems
        else:
            applications = {**found, **applications}
    if problems:
        raise InputError(problems)
    apart = tuple(_apart_by_ports(a, reading.ports) for a in applications.values())
    notes = _notes(reading, [other.place.file for other in others])
    return Workload(name, apart, notes=tuple(notes), sources=(file,))


def _services(document: Node, stack: str, reading: _Reading) -> dict[str, Application]:
    """The services of one document that no profile turns off."""
    problems: list[InputProblem] = []
    applications = {}
    services = document.find("services")
    for key, own in services.items() if services is not None else ():
        assert services is not None
        try:
            node = own if own.is_null else extended(key, services, reading.text)
            if node.find_list("profiles"):
                reading.profiled.append(key)
            else:
                applications[key] = _service(key, node, stack, reading)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return applications


def _notes(reading: _Reading, included_files: Sequence[str]) -> list[str]:
    notes = [f"included as well: {', '.join(included_files)}"] if included_files else []
    if reading.missing:
        notes.append("variables without a value, taken as empty: " + ", ".join(sorted(reading.missing)))
    if reading.profiled:
        notes.append("services of profiles are left out: " + ", ".join(reading.profiled))
    if reading.every_gpu:
        notes.append("services that ask for all GPUs of their host get one: " + ", ".join(reading.every_gpu))
    if reading.left_out:
        notes.append(f"files included that are not read: {', '.join(reading.left_out)}")
    return notes


def _service(key: str, node: Node, stack: str, reading: _Reading) -> Application:
    def every_gpu() -> None:
        reading.every_gpu.append(key)

    requests = read_resources(node.find("deploy", "resources", "reservations"), reading.text, every_gpu)
    limits = read_resources(node.find("deploy", "resources", "limits"), reading.text, every_gpu)
    if (old := node.find("cpus")) is not None and (amount := read_cpus(old, reading.text)):
        limits.setdefault(CPU, amount)
    for before, declared in (("mem_limit", limits), ("mem_reservation", requests)):
        if (old := node.find(before)) is not None and (amount := read_bytes(old, reading.text)):
            declared.setdefault(MEMORY, amount)
    if gpus := read_gpus(node.find("gpus"), reading.text, every_gpu):
        requests.setdefault(GPU, gpus)
    mode = _mode(node, reading)
    replicas = node.find("deploy", "replicas") or node.find("scale")
    image = node.find("image")
    constraints = _constraints(node, reading)
    os, arch = _platform(node, constraints, reading)
    application = Application(
        key,
        1 if replicas is None else read_count(replicas, reading.text, "replicas"),
        requests,
        limits,
        group=stack,
        kind="service",
        os=os,
        arch=arch,
        agent=mode.startswith("global"),
        job=mode.endswith("-job"),
        containers=(Container(key, "" if image is None else reading.text(image), requests, limits),),
        place=str(node.place),
    )
    reading.ports[application.key] = _host_ports(node, reading)
    return replace(application, placement=_placement(node, constraints, bool(reading.ports[application.key]), reading))


def _mode(node: Node, reading: _Reading) -> str:
    found = node.find("deploy", "mode")
    mode = "replicated" if found is None else reading.text(found)
    if mode not in _MODES:
        assert found is not None
        raise found.error(f'"{mode}"', "one of " + ", ".join(_MODES))
    return mode


def _constraints(node: Node, reading: _Reading) -> list[tuple[str, str, str]]:
    """(key, ``==`` or ``!=``, value) of each placement constraint. Source: swarmkit manager/constraint/constraint.go."""
    deploy = node.find("deploy")
    found = []
    for constraint in deploy.find_list("placement", "constraints") if deploy is not None else ():
        parts = _CONSTRAINT.fullmatch(reading.text(constraint))
        if parts is None:
            raise constraint.error(constraint.describe(), "KEY==VALUE or KEY!=VALUE", "such as node.role==worker")
        found.append((parts[1], parts[2], parts[3]))
    return found


def _platform(node: Node, constraints: Sequence[tuple[str, str, str]], reading: _Reading) -> tuple[str, str]:
    """Kernel family and architecture: what ``platform`` says, then the constraints (compared in any case, as by Swarm)."""
    platform = node.find("platform")
    system, _, processor = ("" if platform is None else reading.text(platform)).partition("/")
    family = os_family(system or LINUX)
    if family is None:
        assert platform is not None
        raise platform.error(f'"{system}" as operating system', "linux or windows", "such as linux/amd64")
    arch = architecture(processor or "amd64") or processor
    for key, sign, value in constraints:
        if key.lower() == "node.platform.os" and value.lower() in (LINUX, WINDOWS):
            family = WINDOWS if (value.lower() == WINDOWS) == (sign == "==") else LINUX
        elif key.lower() == "node.platform.arch" and sign == "==":
            arch = architecture(value) or value
    return family, arch


def _placement(node: Node, constraints: Sequence[tuple[str, str, str]], alone: bool, reading: _Reading) -> Placement:
    """Copies per host, and what of the constraints is about the host; 0 copies per host means any number."""
    most = node.find("deploy", "placement", "max_replicas_per_node")
    limit = None if most is None else read_count(most, reading.text, "replicas on a node") or None
    others = [c for c in constraints if not c[0].lower().startswith("node.platform.")]
    labels = {key[12:]: value for key, sign, value in others if sign == "==" and key.lower().startswith("node.labels.")}
    notes = tuple(f"constraint {key} {sign} {value}" for key, sign, value in others)
    return Placement(max_per_host=1 if alone else limit, node_selector=labels, notes=notes)


def _host_ports(node: Node, reading: _Reading) -> set[str]:
    """``protocol/port`` of each port that is published on the host itself (mode: host) and not by Swarm's mesh."""
    found: set[str] = set()
    for port in node.find_list("ports"):
        published = port.find("published") if port.is_mapping else None
        if published is None or port.find_text("mode") != "host":
            continue
        first, _, last = reading.text(published).partition("-")
        protocol = port.find_text("protocol", default="tcp")
        if not re.fullmatch(r"[0-9]{1,5}", first) or not re.fullmatch(r"[0-9]{1,5}", last or first):
            raise published.error(published.describe(), "a port, or a range such as 8080-8090")
        ports = range(int(first), min(int(last or first), int(first) + _MOST_PORTS) + 1)
        found |= {f"{protocol}/{number}" for number in ports}
    return found


def _apart_by_ports(application: Application, ports: Mapping[str, set[str]]) -> Application:
    """Services that publish the same port on their host cannot share one."""
    own = ports[application.key]
    others = tuple(key for key, taken in ports.items() if key != application.key and own & taken)
    return replace(application, placement=replace(application.placement, apart_from=others)) if others else application
