"""What images take and what is fetched of them, added up over the machines of a plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from binpack.era_plan import Instance, Machine
from binpack.eras.containers import HELPER_VM
from binpack.eras.era import Era, Setting
from binpack.eras.images.images import agent_layers
from binpack.eras.packing.compilation import ARCH_LABEL, OS_LABEL
from binpack.eras.packing.placement import Placement
from binpack.image_use import ImageBytes, ImageUse
from binpack.workload.application import LINUX
from binpack.workload.image_layers import unknown_images
from binpack.workload.layer import Layer, distinct

Store = tuple[tuple[Layer, ...], tuple[Instance, ...]]
"""What shares one store of layers: the agents' layers, and copies."""


def image_use(era: Era, placement: Placement, setting: Setting) -> ImageUse | None:
    """The images of a placement; None in eras without containers, where no size is known, and where nothing is placed."""
    known = any(a.layers for a in (*setting.workload.placed, *setting.workload.agents))
    if not known or not placement.machines or "container" not in era.stages:
        return None
    machines, gathered = placement.machines, placement.images
    plan = image_bytes(era, machines, setting)
    return ImageUse(
        plan=plan,
        without_regard=None if gathered is None else image_bytes(era, gathered.before, setting),
        apart=image_bytes(era, machines, setting, apart=True),
        lower_bound=_lower_bound(era, placement, setting),
        unknown=unknown_images(setting.workload),
        bandwidth=setting.options.bandwidth,
    )


def image_bytes(era: Era, machines: Sequence[Machine], setting: Setting, apart: bool = False) -> ImageBytes:
    """Sums over the machines. apart : every copy has all its layers for itself."""
    disk = largest = pulled = slowest = 0
    for machine in machines:
        layers = [layer for store in stores(era, machine, setting) for layer in stored(store, setting, apart)]
        size, wanted = sum(layer.size for layer in layers), sum(layer.pulled for layer in layers)
        disk, pulled = disk + size * machine.count, pulled + wanted * machine.count
        largest, slowest = max(largest, size), max(slowest, wanted)
    return ImageBytes(disk, largest, pulled, slowest)


def stores(era: Era, machine: Machine, setting: Setting) -> Iterator[Store]:
    """Where layers are kept: on a machine for its containers and those of its helper VM, in the VM of each copy that has one
    to itself, or in each VM that is a node."""
    arch = machine.labels[ARCH_LABEL]
    if "vm" not in era.stages:
        beside = agent_layers(setting.workload, machine.labels[OS_LABEL], arch)
        yield beside, tuple(i for i in machine.instances if i.inside in (None, HELPER_VM))
        yield from (((), (i,)) for i in machine.instances if i.inside not in (None, HELPER_VM))
        return
    for vm in machine.virtual_machines:
        inside = tuple(i for i in machine.instances if i.inside == vm.name)
        os = setting.applications[inside[0].application].os if inside else LINUX
        yield agent_layers(setting.workload, os, arch), inside


def stored(store: Store, setting: Setting, apart: bool) -> tuple[Layer, ...]:
    """The layers in one store: those of its copies and of the agents beside them."""
    agents, instances = store
    of = setting.applications
    if apart:
        return (*agents, *(layer for i in instances for layer in of[i.application].layers * i.count))
    return distinct((*agents, *(layer for i in instances for layer in of[i.application].layers)))


def _lower_bound(era: Era, placement: Placement, setting: Setting) -> int:
    """Bytes that come to these nodes at least: what pieces share, by the search, and what agents bring to every machine;
    where nodes are VMs, of which some may have to hold nothing, no less than every layer once."""
    kept = [(store, machine.count) for machine in placement.machines for store in stores(era, machine, setting)]
    shared = 0 if placement.images is None else placement.images.pulled
    if "vm" in era.stages:
        every = distinct(layer for store, _ in kept for layer in stored(store, setting, apart=False))
        return max(shared, sum(layer.pulled for layer in every))
    alone = _alone(placement)
    return shared + alone + sum(layer.pulled * count for (agents, _), count in kept for layer in agents)


def _alone(placement: Placement) -> int:
    """Bytes that copies fetch for themselves alone, wherever they are on machines of these kernel families."""
    families = {machine.labels[OS_LABEL] for machine in placement.machines}
    least: dict[str, int] = {}
    for piece in placement.bound.compiled.pieces:
        if piece.application is not None and families.intersection(piece.runs_on):
            least[piece.application.key] = min(piece.pulled, least.get(piece.application.key, piece.pulled))
    return sum(least[i.application] * i.count * m.count for m in placement.machines for i in m.instances)
