"""Layers added up again: each once where containers share a kernel's disk, from the copies that a plan places there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from binpack.verify.facts import Facts
from binpack.verify.nodes import Charges, agents_on, nodes_in
from binpack.workload.application import Application
from binpack.workload.layer import Layer

Json = Mapping[str, Any]
Shelf = dict[str, Layer]
"""Digest -> the layer: a second layer of one digest takes the place of the first."""

CONTAINER_ERAS = ("containers", "docker_swarm", "kubernetes", "kubernetes_on_vms")
HELPER = "linux helper"


def image_charge(instances: Sequence[Json], os: str, machine: Json, facts: Facts) -> Charges:
    """What one store of layers takes of the disk."""
    return _charge(_shelf(instances, os, machine, facts))


def own_image_charge(application: Application) -> Charges:
    """What a copy of containers in a VM of its own takes of the VM's disk: a VM has nothing in common with its host's."""
    return _charge(_distinct([application]))


def _charge(shelf: Shelf) -> Charges:
    return Counter({("images", "disk"): sum(layer.size for layer in shelf.values())})


def image_faults(plan: Json, facts: Facts) -> Iterator[str]:
    """Sums of images that the plan's machines do not add up to, and a bound above its value."""
    images = plan["images"]
    layered = any(a.layers for a in (*facts.applications.values(), *facts.agents))
    if images is None:
        if layered and plan["era"] in CONTAINER_ERAS and plan["machines"]:
            yield "sizes of images are known, but nothing is said of them"
        return
    if any(i["application"] not in facts.applications for machine in plan["machines"] for i in machine["instances"]):
        return  # that a stranger is there is a fault of its own
    held = [(_on(plan["era"], machine, facts), machine["count"]) for machine in plan["machines"]]
    sizes = [(sum(la.size for la in layers), sum(la.pulled for la in layers), count) for layers, count in held]
    expected = {
        "disk": sum(size * count for size, _, count in sizes),
        "largest": max(size for size, _, _ in sizes),
        "pulled": sum(pulled * count for _, pulled, count in sizes),
        "slowest": max(pulled for _, pulled, _ in sizes),
    }
    for key, value in expected.items():
        if images[key] != value:
            yield f"images: {key} is {images[key]}, the machines' layers are {value}"
    yield from _order(images)


def _order(images: Json) -> Iterator[str]:
    """A bound is not above what is pulled; sharing takes no more than not sharing, nor more than looking at no images."""
    if images["lower_bound"] > images["pulled"]:
        yield f"images: the lower bound {images['lower_bound']} is above the {images['pulled']} bytes pulled"
    if images["proven"] != (images["lower_bound"] == images["pulled"]):
        yield f"images: proven is {images['proven']}, though {images['lower_bound']} of {images['pulled']} are"
    for key in ("disk", "pulled"):
        if images[key] > images["apart"][key]:
            yield f"images: {key} shared is {images[key]}, more than the {images['apart'][key]} of copies apart"
    before = images["without_regard"]
    if before is not None and before["pulled"] < images["pulled"]:
        yield f"images: {images['pulled']} bytes pulled, more than the {before['pulled']} without regard to images"


def _on(era: str, machine: Json, facts: Facts) -> list[Layer]:
    """The layers on one machine, a second time where they are in two of its VMs, be these nodes or a copy's own."""
    if facts.on_vms(era):
        shelves = [_shelf(within, os, machine, facts) for _, within, os in nodes_in(machine, facts)]
        return [layer for shelf in shelves for layer in shelf.values()]
    beside = [i for i in machine["instances"] if i["inside"] in (None, HELPER)]
    shelves = [_shelf(beside, machine["labels"].get("kubernetes.io/os", "linux"), machine, facts)]
    for instance in machine["instances"]:
        if instance["inside"] not in (None, HELPER):
            shelves += [_distinct([facts.applications[instance["application"]]])] * instance["count"]
    return [layer for shelf in shelves for layer in shelf.values()]


def _shelf(instances: Sequence[Json], os: str, machine: Json, facts: Facts) -> Shelf:
    """What copies and agents in one place need."""
    arch = machine["labels"].get("kubernetes.io/arch", "amd64")
    needing = [*agents_on(facts.agents, os, arch), *(facts.applications[i["application"]] for i in instances)]
    return _distinct(needing)


def _distinct(needing: Iterable[Application]) -> Shelf:
    return {layer.digest: layer for application in needing for layer in application.layers}
