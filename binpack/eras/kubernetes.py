"""The era of Kubernetes: Pods on nodes that keep room for the system, at least three of them on different machines."""

from __future__ import annotations

from dataclasses import replace

from binpack.era_plan import Charge
from binpack.eras.era import Era, Setting, agent_charges, host_charges, machine_box
from binpack.eras.images.images import agent_image_charges, layer_charges
from binpack.eras.layers.charges import charges_of
from binpack.eras.layers.efficiency import CONTAINER, MICROVM, VM, lost_cpu
from binpack.eras.layers.runtimes import sandbox_charges, sandboxed
from binpack.eras.packing.compilation import Box, Compiled, Piece, application_piece, compile_problem, fits_alone
from binpack.machines.machine_type import MachineType
from binpack.machines.reservations import reservation, service_of
from binpack.units import CPU, MEMORY, PODS
from binpack.workload.application import LINUX, Application
from binpack.workload.workload import Workload

MAX_PODS = 110
MINIMUM_NODES = "minimum nodes"
CONTROL_PLANE = "control plane"


class Kubernetes(Era):
    """Nodes are machines. Each pays its operating system, the provider's reservation, the eviction threshold and agents."""

    name = "kubernetes"
    title = "Kubernetes"
    starts = "seconds"
    stages = ("container",)
    orchestrated = True
    runs_pods = True

    def compile(self, setting: Setting) -> Compiled:
        """Pods need a pod slot each; the control plane and the minimum of nodes are pieces, one a node."""
        boxes = [
            self.box(machine, os, setting) for machine in setting.machines for os in node_families(machine, setting)
        ]
        pieces = [pod_piece(application, setting) for application in setting.workload.placed]
        alone = [
            p for p in pieces if p.alone and any(fits_alone(p, box, setting.room) for box in boxes if box.os == LINUX)
        ]
        system = [*control_plane(sum(piece.demand for piece in alone), setting), *cluster_dns(setting)]
        families = tuple(dict.fromkeys(box.os for box in boxes))
        shared = layer_charges(pieces, setting.workload, families)
        return compile_problem(boxes, [*pieces, *system], shared, room=setting.room)

    def box(self, machine: MachineType, os: str, setting: Setting) -> Box:
        """A node: capacity in pods as well, less everything that Pods cannot have."""
        pods = machine.max_pods or MAX_PODS
        charges = (
            *node_charges(machine, os, pods, setting),
            *agent_pods(setting.workload, os, machine.arch),
            *agent_image_charges(setting.workload, os, machine.arch),
            *default_agents(setting, os),
        )
        return machine_box(machine, os, charges, **{PODS: pods})


def node_families(machine: MachineType, setting: Setting) -> tuple[str, ...]:
    """Kernel families of nodes on a machine: where that has no system yet, Linux as well, for the control plane."""
    fixed = setting.fixed_os(machine)
    return (fixed,) if fixed else tuple(dict.fromkeys((LINUX, *setting.families)))


def node_charges(machine: MachineType, os: str, pods: int, setting: Setting) -> list[Charge]:
    """Operating system, kubelet and eviction threshold.

    The providers' formulas reserve for the kubelet and the operating system together. The system's footprint is shown
    apart, and the kubelet's charge is what the formula reserves beyond it, so that each byte is charged once.
    """
    system = list(host_charges(os, setting))
    footprint = {c.resource: c.amount for c in system}
    service = service_of(machine, setting.options.provider)
    kept = reservation(service, machine.capacity, pods, os)
    source = f"{service.upper()} formula, beyond the operating system's own"
    for resource, amount in kept["kubelet"].items():
        system.append(Charge("kubelet", source, resource, max(0, amount - footprint.get(resource, 0))))
    system += [Charge("kubelet", "eviction threshold", r, amount) for r, amount in kept["eviction"].items()]
    return system


def agent_pods(workload: Workload, os: str, arch: str) -> list[Charge]:
    """The workload's DaemonSets: what they request, and a pod slot each."""
    charges = list(agent_charges(workload, os, arch))
    charges += [Charge("agents", source, PODS, 1) for source in dict.fromkeys(c.source for c in charges)]
    return charges


def default_agents(setting: Setting, os: str) -> list[Charge]:
    """kube-proxy and a network agent on every node, where the workload does not bring its own."""
    if not setting.options.default_agents:
        return []
    overheads = setting.overheads
    proxy, network = (name if os == LINUX else f"{name}.{os}" for name in ("kube_proxy", "network_agent"))
    charges: list[Charge] = []
    names = [agent.name for agent in setting.workload.agents]
    if not any("kube-proxy" in name for name in names):
        charges.append(Charge("agents", overheads.source(f"{proxy}.cpu"), PODS, 1))
        charges += charges_of("agents", proxy, (CPU,), overheads)
    if not any(known in name for name in names for known in NETWORK_AGENTS):
        charges.append(Charge("agents", overheads.source(f"{network}.memory"), PODS, 1))
        charges += charges_of("agents", network, (CPU, MEMORY), overheads)
    return [charge for charge in charges if charge.amount]


NETWORK_AGENTS = ("calico", "cilium", "flannel", "weave", "canal", "antrea", "kindnet", "aws-node", "cni")


def control_plane(alone: int, setting: Setting) -> list[Piece]:
    """The control plane's share of a node, one a node; and a marker that keeps the minimum of nodes apart.

    Both are of nodes with Linux, as what a cluster runs by itself is; Windows nodes stand beside them. alone : pods with a
    Linux machine for themselves, which are nodes enough each, and leave no place for a marker.
    """
    options, overheads = setting.options, setting.overheads
    least = max(0, options.minimum_nodes - alone)
    marker = Piece(MINIMUM_NODES, least, {}, max_per_box=1)
    if options.control_plane == "managed":
        return [marker]
    charges = charges_of("control_plane", "control_plane", (CPU, MEMORY, PODS), overheads)
    dedicated = options.control_plane == "dedicated"
    copies = max(1, options.minimum_nodes - (options.minimum_nodes + 1) % 2)  # an odd number, for a quorum
    piece = Piece(CONTROL_PLANE, copies, {}, charges=charges, alone=dedicated, max_per_box=1)
    return [piece] if not dedicated and copies == options.minimum_nodes else [piece, marker]


def cluster_dns(setting: Setting) -> list[Piece]:
    """CoreDNS, where the workload does not bring its own."""
    overheads = setting.overheads
    brought = any("coredns" in a.name or "kube-dns" in a.name for a in setting.workload.applications)
    if not setting.options.default_agents or brought:
        return []
    charges = charges_of("control_plane", "cluster_dns", (CPU, MEMORY), overheads)
    slot = Charge("control_plane", overheads.source("cluster_dns.replicas"), PODS, 1)
    return [Piece("cluster DNS", overheads["cluster_dns.replicas"], {}, charges=(*charges, slot))]


def pod_piece(application: Application, setting: Setting) -> Piece:
    """One Pod. A Linux container's shim is part of the node's reservation, and the services of a Windows container's own
    of what the Pod requests, as the kubelet measures it; a Pod in a VM, by the runtime or as it asks, pays for its
    sandbox (the ``podFixed`` overhead of a RuntimeClass)."""
    in_sandbox = sandboxed(application, setting) or application.isolation == "vm"
    charges = sandbox_charges(application, setting) if in_sandbox else ()
    layers = (CONTAINER, *(MICROVM,) * in_sandbox, *(VM,) * setting.guest)
    lost = lost_cpu(application.size, layers, setting.overheads)
    requests = {**application.size, PODS: 1}
    return replace(application_piece(application, "pod"), requests=requests, charges=(*charges, *lost))
