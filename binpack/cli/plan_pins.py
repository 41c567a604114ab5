"""``binpack plan --pin DIRECTORY``: patches that keep the default scheduler to the plan, in files that kubectl takes."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from binpack.cli.common import atomic_file, remark
from binpack.errors import RefusedPlanError, input_error

if TYPE_CHECKING:
    from binpack.kubernetes.cluster_state import ClusterState
    from binpack.kubernetes.planning.pins import Pin
    from binpack.kubernetes.planning.planner import NodePlan
    from binpack.kubernetes.planning.pod_sets import PodSet
    from binpack.kubernetes.pod import Pod
    from binpack.kubernetes.selectors import Labels

Order = Sequence[tuple["Pod", str]]
NODES_HEAD = """\
# A slot for each node of the plan. First put the names of your own nodes, of the same type and zone, for those here:
# a node that does not exist would be made. Then, capacity being of the subresource status:
#   kubectl apply --server-side -f nodes.yaml
#   kubectl apply --server-side --subresource=status -f nodes.yaml
"""
PATCH_HEAD = """\
# kubectl apply --server-side --force-conflicts -f workloads/     (or kubectl patch, a file each; or as a component)
"""
COMPONENT = {"apiVersion": "kustomize.config.k8s.io/v1alpha1", "kind": "Component"}
COMPONENT_HEAD = "# For a kustomization of the same objects:   components: [this directory]\n"
BINDINGS_HEAD = (
    "# Pods that exist cannot be changed; they are bound, as by the scheduler:   kubectl create -f bindings.yaml\n"
)


def check_pins(args: argparse.Namespace) -> None:
    """InputError, before anything is planned, where pins cannot be: copies on nodes of two kinds, nodes that may fail, or
    files of another plan, which would be applied together with this one's."""
    if args.spot_share:
        raise input_error("--pin", "--spot-share", "one of them: one template has copies on spot nodes and on others")
    if args.spare:
        raise input_error(
            "--pin", "--spare", "one of them: pods that are pinned to nodes find no other when these fail"
        )
    target = Path(args.pin)
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise input_error("--pin", f"{args.pin}, which is there and not empty", "a new directory, or an empty one")


def write_pins(args: argparse.Namespace, state: ClusterState, sets: Iterable[PodSet], order: Order) -> None:
    """The files of ``--pin``, and what they force and what not as remarks. state : with every pod of the plan in place.

    RefusedPlanError where the default scheduler, simulated, does not keep to a plan that these pins should force.
    """
    from binpack.kubernetes.planning.pin_patches import binding, node_patch, workload_patch
    from binpack.kubernetes.planning.pins import left_pending, pins_of

    sets = list(sets)
    pins = pins_of(sets, order)
    left = left_pending(state, pins)
    if left and not any(pin.shared for pin in pins):
        raise RefusedPlanError("the default scheduler with pins", [f"{pod.key} stays pending" for pod in left])
    target = Path(args.pin)
    (target / "workloads").mkdir(parents=True, exist_ok=True)
    patches = {f"workloads/{_file_name(pin)}": patch for pin in pins if (patch := workload_patch(pin)) is not None}
    for path, patch in patches.items():
        _write(target / path, PATCH_HEAD, [patch])
    _write(target / "kustomization.yaml", COMPONENT_HEAD, [COMPONENT | {"patches": [{"path": p} for p in patches]}])
    taken = {node for pin in pins for node in pin.copies}
    _write(target / "nodes.yaml", NODES_HEAD, [node_patch(node, pins) for node in state.nodes if node.name in taken])
    made = {pods.pod(number).key for pods in sets for number in range(pods.copies)}
    bound = [binding(pod, node) for pod, node in order if pod.key not in made]
    if bound:
        _write(target / "bindings.yaml", BINDINGS_HEAD, bound)
    remark(args, f"pins in {args.pin}: {'; '.join(_what_is_forced(pins, len(left), len(bound)))}")


def write_plan_pins(args: argparse.Namespace, plan: NodePlan, namespaces: Mapping[str, Labels]) -> None:
    """``write_pins`` of a plan of new nodes, if there is one and pins are asked for."""
    from binpack.kubernetes.cluster_state import ClusterState

    if not args.pin or not plan.nodes:
        return
    state = ClusterState([planned.node for planned in plan.nodes], namespaces)
    for pod, node in plan.accepted.order:
        state.add(pod, node)
    write_pins(args, state, plan.sets, plan.accepted.order)


def _what_is_forced(pins: Sequence[Pin], left: int, bound: int) -> Iterator[str]:
    """Phrases: what was tried, how counts are forced, and what is not."""
    from binpack.kubernetes.planning.pin_patches import workload_patch
    from binpack.report.figures import counted

    copies = sum(sum(pin.copies.values()) for pin in pins)
    placed = f"{counted(copies - left, 'pod')} on the nodes of the plan"
    yield f"simulated with them, the default scheduler puts {placed}{f' and leaves {left} pending' if left else ''}"
    if shared := list(dict.fromkeys(pin.pods.key for pin in pins if pin.shared)):
        yield f"how many copies a node takes is not forced where copies differ by their volumes: {_some(shared)}"
    if by_count := list(dict.fromkeys(pin.pods.key for pin in pins if pin.resource)):
        yield f"copies on each node are forced by a counted resource, lost with its node: {_some(by_count)}"
    if any(pin.full and pin.pods.kind == "Deployment" for pin in pins):
        yield "Deployments whose slots are full are updated a copy at a time (maxSurge 0)"
    if bound:
        yield f"{counted(bound, 'pod')} of the cluster that cannot be changed any more: bindings.yaml"
    if fresh := [pin.pods.key for pin in pins if pin.pods.kind in ("Pod", "Job") and not _is_made(pin.pods)]:
        yield f"only before they are created: {_some(fresh)}"
    if unknown := sum(workload_patch(pin) is None for pin in pins):
        yield f"not forced, as the input lacks the object that makes them: {counted(unknown, 'application')}"
    yield "not forced: where copies beyond the plan go (an autoscaler's), and pods that run, which are not moved"


def _is_made(pods: PodSet) -> bool:
    """Does the template of another object make these pods?"""
    return pods.source is not None and bool(pods.source.owners)


def _some(names: Sequence[str], most: int = 5) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _file_name(pin: Pin) -> str:
    plain = f"{pin.pods.template.namespace}.{pin.pods.name}.{pin.pods.kind.lower()}"
    return "".join(c if c.isalnum() or c in "-._" else "-" for c in plain) + ".yaml"


def _write(path: Path, head: str, objects: Sequence[dict[str, Any]]) -> None:
    import yaml

    with atomic_file(path) as stream:
        stream.write(head)
        yaml.safe_dump_all(objects, stream, sort_keys=False, allow_unicode=True, width=120)
