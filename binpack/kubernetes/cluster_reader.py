"""A cluster from its objects, as files or as ``kubectl get nodes,pods,namespaces,pv,pvc -A -o json`` prints them.

cluster = read_cluster(parse_documents(read_text("cluster.json")), print)
for pod in cluster.pending:
    print(filter_nodes(cluster.state, pod))
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from binpack.errors import InputError, InputProblem
from binpack.kubernetes.cluster_node import ClusterNode, read_cluster_node
from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.cluster_volumes import ClusterVolumes, read_cluster_volumes
from binpack.kubernetes.disruption_budgets import Budget, budgets_of, labels_of, namespace_of
from binpack.kubernetes.limit_range import read_limit_ranges
from binpack.kubernetes.pod import Pod, is_finished, read_pod
from binpack.kubernetes.priority_classes import PRIORITY_CLASS, read_priority_classes
from binpack.kubernetes.resource_list import Warn
from binpack.workload.documents import Node
from binpack.workload.kubernetes_objects import unfolded
from binpack.workload.kubernetes_scaling import BUDGET

VOLUME_KINDS = ("PersistentVolumeClaim", "PersistentVolume", "StorageClass", "CSINode")
Item = TypeVar("Item", ClusterNode, Pod)


@dataclass(frozen=True)
class Cluster:
    """The state with every pod that has a node in place, the pods that wait for one, in their order, and how many pods
    may be evicted."""

    state: ClusterState
    pending: tuple[Pod, ...]
    budgets: tuple[Budget, ...] = ()


def read_cluster(documents: Sequence[Node], warn: Warn) -> Cluster:
    """The cluster of all Node, Pod, Namespace, LimitRange, PriorityClass, PodDisruptionBudget and volume objects; other
    kinds are passed over.

    Pods that have ended are left out. Without any volume object claims are not judged. InputError, with every fault found,
    for what is malformed, for names that stand twice and for pods on nodes that are not there.
    """
    by_kind: dict[str, list[Node]] = {}
    for document in unfolded(documents):
        by_kind.setdefault(document.find_text("kind"), []).append(document)
    problems: list[InputProblem] = []
    nodes = _read_all(by_kind.get("Node", ()), lambda node: read_cluster_node(node, warn), _node_key, problems)
    defaults = {
        namespace: read_limit_ranges(ranges, warn)
        for namespace, ranges in _by_namespace(by_kind.get("LimitRange", ())).items()
    }
    running = [node for node in by_kind.get("Pod", ()) if not is_finished(node)]
    classes = read_priority_classes(by_kind.get(PRIORITY_CLASS, ()))
    read = lambda node: read_pod(node, warn, defaults.get(namespace_of(node)), classes)  # noqa: E731
    pods = _read_all(running, read, _pod_key, problems)
    state = ClusterState(
        [node for node, _ in nodes.values()],
        namespace_labels(by_kind.get("Namespace", ())),
        _volumes(by_kind, problems),
    )
    for pod, source in pods.values():
        if pod.node_name:
            _put(state, pod, source, problems)
    budgets = _budgets(by_kind.get(BUDGET, ()), [source for _, source in pods.values()], problems)
    if problems:
        raise InputError(problems)
    return Cluster(state, tuple(pod for pod, _ in pods.values() if not pod.node_name), budgets)


def _read_all(
    sources: Sequence[Node],
    read: Callable[[Node], Item],
    key: Callable[[Item], str],
    problems: list[InputProblem],
) -> dict[str, tuple[Item, Node]]:
    """What was read, each with its source; what cannot be read, or stands twice, is added to the problems."""
    found: dict[str, tuple[Item, Node]] = {}
    for source in sources:
        try:
            item = read(source)
        except InputError as error:
            problems += error.problems
            continue
        if key(item) in found:
            place = found[key(item)][1].place
            text = f"{source.find_text('kind')} {key(item)} a second time"
            problems.append(InputProblem(source.place, text, f"each name once (the first is at {place})"))
        found[key(item)] = (item, source)
    return found


def _put(state: ClusterState, pod: Pod, source: Node, problems: list[InputProblem]) -> None:
    if pod.node_name not in state.index:
        problems.append(InputProblem(source.place, f"pod {pod.key} on node {pod.node_name}", "a node of the input"))
        return
    try:
        state.add(pod, pod.node_name)
    except OverflowError as error:
        problems.append(InputProblem(source.place, f"pod {pod.key}, with which {error}", "smaller requests"))


def _volumes(by_kind: dict[str, list[Node]], problems: list[InputProblem]) -> ClusterVolumes | None:
    found = [node for kind in VOLUME_KINDS for node in by_kind.get(kind, ())]
    try:
        return read_cluster_volumes(found) if found else None
    except InputError as error:
        problems += error.problems
        return None


def _budgets(sources: Sequence[Node], pods: Sequence[Node], problems: list[InputProblem]) -> tuple[Budget, ...]:
    try:
        return tuple(budgets_of(sources, pods))
    except InputError as error:
        problems += error.problems
        return ()


def volumes_of(documents: Iterable[Node]) -> ClusterVolumes:
    """What the volume objects among these say; InputError for what is malformed."""
    return read_cluster_volumes([node for node in unfolded(documents) if node.find_text("kind") in VOLUME_KINDS])


def _by_namespace(sources: Sequence[Node]) -> dict[str, list[Node]]:
    found: dict[str, list[Node]] = {}
    for source in sources:
        found.setdefault(namespace_of(source), []).append(source)
    return found


def namespace_labels(documents: Iterable[Node]) -> dict[str, dict[str, str]]:
    """Labels of the namespaces among these objects, by name."""
    found = {}
    for namespace in documents:
        if namespace.find_text("kind") != "Namespace":
            continue
        found[namespace.find_text("metadata", "name")] = labels_of(namespace)
    return found


def _node_key(node: ClusterNode) -> str:
    return node.name


def _pod_key(pod: Pod) -> str:
    return pod.key
