"""Image layers on disk: every place where containers run stores each layer once, whatever runs from it there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from binpack.era_plan import IMAGES, Charge
from binpack.eras.era import admitted_agents
from binpack.eras.layers.virtual_machine_sizes import INSIDE
from binpack.eras.packing.compilation import Piece, SharedCharge
from binpack.units import DISK
from binpack.workload.layer import Layer, distinct
from binpack.workload.workload import Workload


def agent_layers(workload: Workload, os: str, arch: str) -> tuple[Layer, ...]:
    """What every machine of a kind stores for the agents that run on it."""
    return distinct(layer for agent in admitted_agents(workload, os, arch) for layer in agent.layers)


def agent_image_charges(workload: Workload, os: str, arch: str) -> tuple[Charge, ...]:
    """The disk that the agents' layers take on every machine of a kind."""
    size = sum(layer.size for layer in agent_layers(workload, os, arch))
    return (Charge(IMAGES, "layers of agents", DISK, size),) if size else ()


def layer_charges(pieces: Sequence[Piece], workload: Workload, families: Sequence[str]) -> list[SharedCharge]:
    """A machine pays for a layer once if it holds any piece that needs it and no agent has brought it.

    Layers that the same pieces need are one charge, so that there are few of them. A piece in a VM pays for its
    own (``with_own_layers``).
    """
    needing: dict[tuple[str, str], tuple[Layer, list[str]]] = {}
    for piece in pieces:
        if piece.application is not None and piece.vm is None:
            for layer in piece.application.layers:
                needing.setdefault((layer.digest, piece.application.arch), (layer, []))[1].append(piece.name)
    brought = {
        (layer.digest, arch, os)
        for arch in {arch for _, arch in needing}
        for os in families
        for layer in agent_layers(workload, os, arch)
    }
    together: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Layer]] = {}
    for (digest, arch), (layer, names) in needing.items():
        runs_on = tuple(os for os in families if (digest, arch, os) not in brought)
        if runs_on:
            together.setdefault((tuple(names), runs_on), []).append(layer)
    return [_shared(names, runs_on, layers) for (names, runs_on), layers in together.items()]


def with_own_layers(piece: Piece) -> Piece:
    """A copy of containers in a VM of its own stores and fetches all their layers there: it shares no disk with its host."""
    found = distinct(piece.application.layers if piece.application else ())
    if piece.vm is None or not found:
        return piece
    size = sum(layer.size for layer in found)
    vm = replace(piece.vm, capacity={**piece.vm.capacity, DISK: piece.vm.capacity.get(DISK, 0) + size})
    charge = Charge(IMAGES, "layers in a VM of its own", DISK, size, INSIDE)
    return replace(piece, vm=vm, charges=(*piece.charges, charge), pulled=sum(layer.pulled for layer in found))


def _shared(names: tuple[str, ...], runs_on: tuple[str, ...], layers: Sequence[Layer]) -> SharedCharge:
    """Layers that these pieces have in common."""
    whose = names[0].rpartition("@")[0] + (f" and {len(names) - 1} more" if len(names) > 1 else "")
    charge = Charge(IMAGES, f"layers of {whose}", DISK, sum(layer.size for layer in layers))
    pulled = sum(layer.pulled for layer in layers)
    return SharedCharge(f"layers of {whose}", names, (charge,), runs_on=runs_on, pulled=pulled)
