"""Node types from machine types: what a machine gives to pods after its system, its kubelet and the eviction threshold."""

from __future__ import annotations

from collections.abc import Sequence

from binpack.eras.era import Setting
from binpack.eras.kubernetes import MAX_PODS, node_charges
from binpack.eras.options import EraOptions
from binpack.errors import input_error
from binpack.kubernetes.planning.node_class import ARCHITECTURE, NodeType
from binpack.kubernetes.planning.volume_needs import attachable
from binpack.kubernetes.resource_list import EPHEMERAL_STORAGE
from binpack.machines.attach_limits import attach_limits
from binpack.machines.machine_type import MachineType
from binpack.machines.overheads import load_overheads
from binpack.units import DISK
from binpack.workload.application import LINUX
from binpack.workload.workload import Workload

UNBOUNDED_DISK = 2**50
"""Bytes of a node's disk that is as large as is asked for."""


def node_types(machines: Sequence[MachineType], options: EraOptions) -> list[NodeType]:
    """Linux nodes, one type for each machine, charged as the era Kubernetes charges them; agents are the input's daemons."""
    if limited := [machine.name for machine in machines if machine.available is not None]:
        raise input_error("--zones", f"a limited number of {limited[0]}", "types of which there is no end")
    setting = Setting(Workload("", ()), machines, load_overheads({}), options)
    return [_node_type(machine, setting) for machine in machines]


def _node_type(machine: MachineType, setting: Setting) -> NodeType:
    pods = machine.max_pods or MAX_PODS
    left = dict(machine.capacity)
    left.setdefault(DISK, UNBOUNDED_DISK)
    for charge in node_charges(machine, LINUX, pods, setting):
        left[charge.resource] = left.get(charge.resource, 0) - charge.amount
    names = {DISK: EPHEMERAL_STORAGE}
    allocatable = {names.get(resource, resource): max(0, amount) for resource, amount in left.items()}
    labels = {**machine.labels, ARCHITECTURE: machine.arch}
    allocatable |= attachable(attach_limits(machine.provider))
    return NodeType(machine.name, {**allocatable, "pods": pods}, machine.objective_cost, labels)
