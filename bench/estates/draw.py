"""Random small estates, each following from a seed and its number."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from binpack.eras.options import EraOptions
from binpack.machines.hypervisors import HYPERVISORS
from binpack.machines.machine_type import MachineType
from binpack.machines.vm_size import VmSize
from binpack.units import GIB, MIB
from binpack.workload.application import Application, Call, Component, Container, Placement
from binpack.workload.image import Image
from binpack.workload.layer import Layer
from binpack.workload.workload import Workload

TIME_LIMIT = 0.05
BASE = Layer("base", 80 * MIB, 30 * MIB)
IMAGES = {f"docker.io/library/image{n}:latest": (Image((BASE, Layer(f"layer{n}", 20 * MIB))),) for n in range(2)}
"""Of the containers that applications are drawn with."""
VM_SIZES = tuple(VmSize(f"{vcpus} vCPU, {gib} GiB", vcpus, gib * GIB) for gib in (1, 4, 12) for vcpus in (1, 2, 3))
PROMISES = ("vcpu_overcommit", "node_overcommit", "cpu_overcommit", "memory_overcommit")
RATIOS = (Fraction(1), Fraction(1), Fraction(3, 2), Fraction(4))


class Estate(NamedTuple):
    """Applications, the machine, and how to count."""

    workload: Workload
    machine: MachineType
    options: EraOptions


def draw_estate(seed: int, number: int) -> Estate:
    """One to five applications in two groups, with any rule that an application can bring, on one machine type."""
    rng = random.Random(f"{seed} {number}")
    caps = random.Random(f"{seed} {number} caps")
    calls = random.Random(f"{seed} {number} calls")
    applications = tuple(_with_calls(_with_cap(_application(rng, k), caps), calls) for k in range(rng.randint(1, 5)))
    machine = MachineType(
        "box",
        {"cpu": rng.choice((4, 8, 16)) * 1000, "memory": rng.choice((16, 32, 64)) * GIB, "disk": 1024 * GIB},
        rack_units=rng.choice((Fraction(1, 2), Fraction(1), Fraction(2))),
    )
    families = {a.os for a in applications if not a.agent}
    runtimes = ["runc", "runc", *(["kata", "firecracker"] if "linux" in families else [])]
    options = EraOptions(
        hypervisor=rng.choice(("kvm", "esxi", "hyperv", "xen")),
        runtime=rng.choice(runtimes + (["hyperv"] if "windows" in families else [])),
        overheads=rng.choice(("low", "typical", "high")),
        cpu_efficiency=rng.choice(({}, {}, {"vm": "typical", "microvm": "0.9", "container": "0.97"})),
        provider=rng.choice(("gke", "eks", "aks", "gdc")),
        control_plane=rng.choice(("nodes", "nodes", "dedicated", "managed")),  # type: ignore[arg-type]
        vcpu_overcommit=rng.choice((Fraction(1), Fraction(4))),
        headroom=rng.choice(({}, {}, {"cpu": Fraction(1, 5), "memory": Fraction(1, 10)})),
        time_limit=TIME_LIMIT,
    )
    options = options if rng.random() < 0.5 else _with_layers(options, rng)
    return Estate(Workload(f"estate {number}", applications, images=IMAGES), machine, options)


def _with_layers(options: EraOptions, rng: random.Random) -> EraOptions:
    """The same with a host OS, sizes of VMs and what each layer promises more than once."""
    host = HYPERVISORS[options.hypervisor]
    return replace(
        options,
        host_os=rng.choice((None, host) if host else (None, "linux", "windows")),
        vm_sizes=rng.choice(((), VM_SIZES)),
        node_overcommit=rng.choice(RATIOS),
        cpu_overcommit=rng.choice(RATIOS),
        memory_overcommit=rng.choice(RATIOS),
    )


def _application(rng: random.Random, k: int) -> Application:
    kind = rng.choice(("service", "service", "service", "service", "agent", "job"))
    size = {"cpu": rng.randint(0, 3000), "memory": rng.randint(0, 6000) * MIB}
    half = {resource: amount // 2 for resource, amount in size.items()}
    parts = (Component("a", half, rng.randint(1, 4)), Component("b", half, rng.randint(1, 4)))
    return Application(
        f"app{k}",
        rng.randint(1, 8),
        size,
        group=rng.choice(("one", "two")),
        os=rng.choice(("linux", "linux", "windows")),
        isolation=rng.choice((None, None, None, "process", "vm", "machine")),
        agent=kind == "agent",
        job=kind == "job",
        components=parts if kind == "service" and rng.random() < 0.2 else (),
        containers=tuple(Container(f"c{n}", f"image{n}") for n in range(rng.randint(0, 2))),
        placement=Placement(max_per_host=rng.choice((None, None, 1, 2))),
        image_bytes=rng.choice((None, 500 * MIB)),
    )


def _with_cap(application: Application, rng: random.Random) -> Application:
    """The same, with another number of copies on one host where there may be several."""
    if application.placement.max_per_host != 2:
        return application
    return replace(application, placement=replace(application.placement, max_per_host=rng.choice((2, 3, 5))))


def _with_calls(application: Application, rng: random.Random) -> Application:
    """The same with calls between its components, where it has some."""
    names = [component.name for component in application.components]
    calls = {
        name: (Call(other, Fraction(rng.randint(0, 9)), 1000),) for name, other in zip(names, names[::-1], strict=True)
    }
    return replace(application, components=tuple(replace(c, calls=calls[c.name]) for c in application.components))


def harder(estate: Estate) -> dict[str, Estate]:
    """Ways in which the same estate can never need fewer machines, by what makes it harder."""
    workload, machine, options = estate
    found = {
        "more overhead": replace(options, overheads="high"),
        "less efficient layers": replace(options, cpu_efficiency=dict.fromkeys(("vm", "microvm", "container"), "0.7")),
        "more room kept free": replace(options, headroom={"cpu": Fraction(1, 4), "memory": Fraction(1, 4)}),
        "nothing promised twice": replace(options, **dict.fromkeys(PROMISES, Fraction(1))),
    }
    estates = {name: Estate(workload, machine, each) for name, each in found.items()}
    isolated = tuple(replace(a, isolation="machine") for a in workload.applications)
    return estates | {"a machine for each copy": Estate(replace(workload, applications=isolated), machine, options)}


def containers_take_least(estate: Estate) -> Estate:
    """The same where every overhead of VMs is at least that of containers: VMs on hosts of a system that containers may be
    on as well, with the same agents, on which an idle engine takes nothing, and no layer that takes CPU."""
    families = {a.os for a in estate.workload.placed}
    options = replace(
        estate.options,
        hypervisor="hyperv" if families == {"windows"} else "kvm",
        host_os=None,
        runtime="runc",
        cpu_efficiency={},
        own_overheads={"engine.cpu": "0m", "engine.memory": "0"},
    )
    return estate._replace(options=options)
