"""Stack files as ``docker stack deploy`` takes them: the services of Compose files with all that Swarm's scheduler asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path

from binpack.errors import input_error
from binpack.swarm.constraints import ENGINE_LABELS, NODE_LABELS
from binpack.swarm.service import Platform, Service
from binpack.swarm.stack_drivers import log_driver, network_drivers, volume_drivers
from binpack.swarm.stack_reservations import read_reservations
from binpack.swarm.stack_update import read_update_config
from binpack.workload.compose import is_compose
from binpack.workload.compose_deploy import (
    read_constraints,
    read_host_ports,
    read_max_replicas,
    read_mesh_ports,
    read_mode,
    read_replicas,
)
from binpack.workload.compose_extends import merged
from binpack.workload.compose_reading import Reading, begin_reading, read_services
from binpack.workload.documents import parse_documents, read_text
from binpack.workload.interpolation import environment_of
from binpack.workload.node import Node

_SHOWN = 3  # services that a note names


@dataclass(frozen=True)
class Stack:
    """The services of one stack, each named ``STACK_service``, and what a person should know about the reading."""

    name: str
    services: tuple[Service, ...]
    notes: tuple[str, ...] = ()


@dataclass
class _Said:
    """Services to be named in notes."""

    imageless: list[str] = field(default_factory=list)
    unreserved: list[str] = field(default_factory=list)
    preferences: list[str] = field(default_factory=list)
    devices: list[str] = field(default_factory=list)
    cluster_volumes: list[str] = field(default_factory=list)

    def notes(self) -> Iterator[str]:
        for what, names in (
            ("have no image, without which Swarm runs nothing", self.imageless),
            ("reserve nothing, so that Swarm places them by the number of tasks alone", self.unreserved),
            ("spread over what is no label, which has no effect", self.preferences),
            ("ask for devices, which Swarm does not know (it has generic_resources)", self.devices),
            ("mount cluster volumes (CSI), which are not judged", self.cluster_volumes),
        ):
            if names:
                more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
                yield f"services that {what}: {', '.join(names[:_SHOWN])}{more}"


def read_stack_files(
    files: Sequence[str | Path], name: str, env_files: Sequence[str | Path] = (), profiles: Sequence[str] = ()
) -> Stack:
    """The stack of Compose files, the later ones over the earlier (``docker stack deploy -c ONE -c TWO NAME``).

    env_files : files of variables, in place of the ``.env`` beside. profiles : turned on besides ``COMPOSE_PROFILES``.
    InputError, with every fault found.
    """
    documents = [_compose_document(file) for file in files]
    if not documents:
        raise input_error(name, "no file", "at least one Compose file")
    variables = environment_of(env_files) if env_files else None
    return read_stack(reduce(lambda below, above: merged(above, below), documents), name, variables, profiles)


def read_stack(
    document: Node, name: str, variables: Mapping[str, str] | None = None, profiles: Sequence[str] = ()
) -> Stack:
    """The stack of one document. The arguments are those of :func:`read_stack_files`."""
    reading, said = begin_reading(document, variables), _Said()
    reading.turn_on(profiles)

    def read(key: str, node: Node, reading: Reading) -> Service:
        return _read_service(f"{name}_{key}", node, document, reading, said)

    services = read_services(document, reading, read)
    return Stack(name, tuple(services.values()), (*reading.notes(), *said.notes()))


def _compose_document(file: str | Path) -> Node:
    documents = [document for document in parse_documents(read_text(file)) if is_compose(document)]
    if len(documents) != 1:
        raise input_error(str(file), f"{len(documents)} Compose documents", "one with services")
    return documents[0]


def _read_service(name: str, node: Node, stack: Node, reading: Reading, said: _Said) -> Service:
    mode = read_mode(node, reading.text)
    replicas = node.find("deploy", "replicas")
    if mode.startswith("global") and replicas is not None:
        raise replicas.error(f"replicas of a {mode} service", "replicas with mode replicated or replicated-job only")
    if node.find("image") is None:
        said.imageless.append(name)
    reserves = read_reservations(node, reading.text)
    if not reserves.nano_cpus and not reserves.memory and not reserves.generic:
        said.unreserved.append(name)
    if node.find_list("deploy", "resources", "reservations", "devices"):
        said.devices.append(name)
    if any(mount.is_mapping and mount.find_text("type") == "cluster" for mount in node.find_list("volumes")):
        said.cluster_volumes.append(name)
    return Service(
        name,
        read_replicas(node, reading.text),
        mode,
        reserves,
        tuple(read_constraints(node, reading.text)),
        _preferences(name, node, reading, said),
        read_max_replicas(node, reading.text),
        _platforms(node, reading),
        read_host_ports(node, reading.text),
        read_mesh_ports(node, reading.text),
        volume_drivers(node, stack, reading.text),
        network_drivers(node, stack, reading.text),
        log_driver(node, reading.text),
        read_update_config(node, "update_config", reading.text),
        read_update_config(node, "rollback_config", reading.text),
    )


def _preferences(name: str, node: Node, reading: Reading, said: _Said) -> tuple[str, ...]:
    """What ``preferences`` spread over, in their order. InputError for any other kind of preference."""
    found = []
    for preference in node.find_list("deploy", "placement", "preferences"):
        spread = preference.find("spread") if preference.is_mapping else None
        others = [key for key, _ in preference.items() if key != "spread"] if preference.is_mapping else []
        if spread is None or others:
            what = f"preference {others[0]}" if others else "a preference without spread"
            raise preference.error(what, "spread: node.labels.NAME, the only placement preference that Swarm has")
        found.append(reading.text(spread))
    if any(not text.lower().startswith((NODE_LABELS, ENGINE_LABELS)) for text in found):
        said.preferences.append(name)
    return tuple(found)


def _platforms(node: Node, reading: Reading) -> tuple[Platform, ...]:
    """What ``platform`` says; without it Swarm asks the registry, which is not asked here: nothing is known."""
    platform = node.find("platform")
    if platform is None:
        return ()
    system, _, rest = reading.text(platform).partition("/")
    return (Platform(system, rest.split("/")[0]),)
