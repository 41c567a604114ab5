"""Compose and Swarm stack files: services, their reservations and limits, replicas, global services, constraints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from binpack.swarm.constraints import NODE_LABELS, Constraint
from binpack.swarm.service import PublishedPort
from binpack.swarm.stack_update import read_update_config
from binpack.units import CPU, MEMORY
from binpack.workload.application import LINUX, WINDOWS, Application, Container, Placement
from binpack.workload.compose_amounts import GPU, read_bytes, read_cpus, read_gpus, read_resources
from binpack.workload.compose_deploy import (
    read_constraints,
    read_host_ports,
    read_max_replicas,
    read_mode,
    read_replicas,
)
from binpack.workload.compose_reading import Reading, begin_reading, read_services
from binpack.workload.families import architecture, os_family
from binpack.workload.node import Node
from binpack.workload.scaling import Share
from binpack.workload.update_strategy import ALL, NONE, UpdateStrategy
from binpack.workload.workload import Workload

_TOP_KEYS = ("name", "version", "include", "services", "networks", "volumes", "configs", "secrets", "models")
_EXTENSION = "x-"


def is_compose(document: Node) -> bool:
    """Does a document have the top key ``services``, or ``include`` among nothing but keys of Compose?"""
    if not document.is_mapping:
        return False
    services = document.get("services")
    if services is None:
        known = all(key in _TOP_KEYS or key.startswith(_EXTENSION) for key, _ in document.items())
        return known and document.get("include") is not None
    return services.is_mapping or services.is_null


@dataclass
class _Stack:
    """What the services of one stack leave to say, and to compare with each other."""

    name: str
    every_gpu: list[str] = field(default_factory=list)
    ports: dict[str, frozenset[PublishedPort]] = field(
        default_factory=dict
    )  # application -> ports that it takes on its host


def read_compose(document: Node, name: str, variables: Mapping[str, str] | None = None) -> Workload:
    """The services of one file, and of what it includes, as a workload; the group is the stack's name (else ``name``).

    variables : of files named for them; None: of the ``.env`` files beside the document. InputError lists every fault.
    Reservations are requests; where a service has limits only, they stand in when it is sized (Docker Swarm itself places
    by reservations alone: swarmkit manager/scheduler/filter.go). Ports published on the host keep copies apart, as there.
    """
    reading = begin_reading(document, variables)
    title = document.find("name")
    stack = _Stack((reading.text(title) if title is not None else "") or name)

    def read(key: str, node: Node, reading: Reading) -> Application:
        return _service(key, node, stack, reading)

    applications = read_services(document, reading, read)
    apart = tuple(_apart_by_ports(a, stack.ports) for a in applications.values())
    notes = list(reading.notes())
    if stack.every_gpu:
        notes.append("services that ask for all GPUs of their host get one: " + ", ".join(stack.every_gpu))
    return Workload(name, apart, notes=tuple(notes), sources=(document.place.file,))


def _service(key: str, node: Node, stack: _Stack, reading: Reading) -> Application:
    def every_gpu() -> None:
        stack.every_gpu.append(key)

    requests = read_resources(node.find("deploy", "resources", "reservations"), reading.text, every_gpu)
    limits = read_resources(node.find("deploy", "resources", "limits"), reading.text, every_gpu)
    if (old := node.find("cpus")) is not None and (amount := read_cpus(old, reading.text)):
        limits.setdefault(CPU, amount)
    for before, declared in (("mem_limit", limits), ("mem_reservation", requests)):
        if (old := node.find(before)) is not None and (amount := read_bytes(old, reading.text)):
            declared.setdefault(MEMORY, amount)
    if gpus := read_gpus(node.find("gpus"), reading.text, every_gpu):
        requests.setdefault(GPU, gpus)
    mode = read_mode(node, reading.text)
    image = node.find("image")
    constraints = read_constraints(node, reading.text)
    os, arch = _platform(node, constraints, reading)
    replicas, agent = read_replicas(node, reading.text), mode.startswith("global")
    application = Application(
        key,
        replicas,
        requests,
        limits,
        group=stack.name,
        kind="service",
        os=os,
        arch=arch,
        agent=agent,
        job=mode.endswith("-job"),
        containers=(Container(key, "" if image is None else reading.text(image), requests, limits),),
        place=str(node.place),
        update=_update(node, replicas == 1 and not agent, reading),
    )
    stack.ports[application.key] = ports = read_host_ports(node, reading.text)
    return replace(application, placement=_placement(node, constraints, bool(ports), reading))


def _update(node: Node, alone: bool, reading: Reading) -> UpdateStrategy | None:
    """What ``update_config`` says; without an order the only task (``alone``) is replaced as where nothing is said."""
    if node.find("deploy", "update_config") is None:
        return None
    found = read_update_config(node, "update_config", reading.text)
    at_a_time = Share(found.parallelism) if found.parallelism else ALL
    if found.order == "start-first" or (alone and node.find("deploy", "update_config", "order") is None):
        return UpdateStrategy(at_a_time, NONE, pause=found.delay)
    return UpdateStrategy(NONE, at_a_time, pause=found.delay)


def _platform(node: Node, constraints: Sequence[Constraint], reading: Reading) -> tuple[str, str]:
    """Kernel family and architecture: what ``platform`` says, then the constraints (compared in any case, as by Swarm)."""
    platform = node.find("platform")
    system, _, processor = ("" if platform is None else reading.text(platform)).partition("/")
    family = os_family(system or LINUX)
    if family is None:
        assert platform is not None
        raise platform.error(f'"{system}" as operating system', "linux or windows", "such as linux/amd64")
    arch = architecture(processor or "amd64") or processor
    for key, sign, value in ((c.key.lower(), c.operator, c.value) for c in constraints):
        if key == "node.platform.os" and value.lower() in (LINUX, WINDOWS):
            family = WINDOWS if (value.lower() == WINDOWS) == (sign == "==") else LINUX
        elif key == "node.platform.arch" and sign == "==":
            arch = architecture(value) or value
    return family, arch


def _placement(node: Node, constraints: Sequence[Constraint], alone: bool, reading: Reading) -> Placement:
    """Copies per host, and what of the constraints is about the host; 0 copies per host means any number."""
    limit = read_max_replicas(node, reading.text) or None
    others = [c for c in constraints if not c.key.lower().startswith("node.platform.")]
    labels = {
        c.key[len(NODE_LABELS) :]: c.value
        for c in others
        if c.operator == "==" and c.key.lower().startswith(NODE_LABELS)
    }
    notes = tuple(f"constraint {c}" for c in others)
    return Placement(max_per_host=1 if alone else limit, node_selector=labels, notes=notes)


def _apart_by_ports(application: Application, ports: Mapping[str, frozenset[PublishedPort]]) -> Application:
    """Services that publish the same port on their host cannot share one."""
    own = ports[application.key]
    others = tuple(key for key, taken in ports.items() if key != application.key and own & taken)
    return replace(application, placement=replace(application.placement, apart_from=others)) if others else application
