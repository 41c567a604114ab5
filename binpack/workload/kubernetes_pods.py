"""One application from one Kubernetes workload object: its copies, its size, its kernel family; placement comes later."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from binpack.kubernetes.limit_range import ContainerDefaults
from binpack.kubernetes.pod_size import PodSize, read_pod_size
from binpack.kubernetes.resource_list import EPHEMERAL_STORAGE, MilliAmounts, whole_amounts
from binpack.units import DISK
from binpack.workload.application import LINUX, Application, Container, Placement
from binpack.workload.documents import Node
from binpack.workload.kubernetes_affinity import required_node_labels
from binpack.workload.kubernetes_object import KubernetesObject
from binpack.workload.kubernetes_updates import read_update_strategy, starts_in_order

Warn = Callable[[str], None]
_MOST_REPLICAS = 2**31 - 1  # the API's int32
_OS_LABELS = ("kubernetes.io/os", "beta.kubernetes.io/os")
_ARCH_LABELS = ("kubernetes.io/arch", "beta.kubernetes.io/arch")
_USUAL_ARCH = "amd64"


@dataclass(frozen=True)
class PodSource:
    """An application with the pod that it was read from, and its size.

    claims : the volumes that a StatefulSet claims for each copy.
    """

    application: Application
    spec: Node
    labels: Mapping[str, str]
    size: PodSize
    claims: int = 0


def read_pods(item: KubernetesObject, defaults: ContainerDefaults | None, warn: Warn) -> PodSource:
    """The application of a workload object. InputError for what is missing or malformed."""
    template = template_of(item)
    spec = template.find("spec")
    if spec is None or not spec.find_list("containers"):
        raise (spec or template).error(
            f"a {item.kind} without containers", "spec.containers with at least one container"
        )
    size = read_pod_size(spec, warn, defaults, item.node.find("status") if item.kind == "Pod" else None)
    labels = template.find("metadata", "labels")
    choices = required_node_labels(spec)
    selector = {key: values[0] for key, values in choices.items() if len(values) == 1}
    application = Application(
        name=item.name,
        replicas=copies_of(item),
        requests=_resources(size.requests),
        limits=_resources(size.limits),
        group=item.namespace,
        kind=item.kind,
        os=spec.find_text("os", "name") or _chosen(choices, _OS_LABELS, LINUX),
        arch=_chosen(choices, _ARCH_LABELS, _USUAL_ARCH),
        agent=runs_everywhere(item),
        job=item.kind in ("Job", "CronJob") or item.is_pod_of("Job"),
        containers=_containers(size),
        placement=Placement(node_selector=selector),
        labels={} if labels is None else labels.text_map(),
        place=str(item.node.place),
        update=read_update_strategy(item),
        ordered_start=starts_in_order(item),
    )
    claims = len(item.node.find_list("spec", "volumeClaimTemplates"))
    return PodSource(application, spec, application.labels, size, claims)


def runs_everywhere(item: KubernetesObject) -> bool:
    """Is it a DaemonSet, or a pod of one?"""
    return item.kind == "DaemonSet" or item.is_pod_of("DaemonSet")


def template_of(item: KubernetesObject) -> Node:
    """The node that has the pod's metadata and spec."""
    path = template_path(item.kind)
    template = item.node.find(*path)
    if template is None:
        raise item.node.error(
            f"a {item.kind} without {'.'.join(path)}",
            "a pod template",
            "a kustomize patch? render it first: kubectl kustomize DIRECTORY",
        )
    return template


def template_path(kind: str) -> tuple[str, ...]:
    """Where objects of this kind have the pod's metadata and spec."""
    if kind == "Pod":
        return ()
    return ("spec", "jobTemplate", "spec", "template") if kind == "CronJob" else ("spec", "template")


def copies_of(item: KubernetesObject) -> int:
    """How many pods run at once: replicas, or of a job what runs in parallel (suspended: 0). 1 where nothing is said."""
    if item.copies is not None:
        return item.copies
    if item.kind in ("Pod", "DaemonSet"):
        return 1
    if item.kind in ("Job", "CronJob"):
        if is_suspended(item):
            return 0
        job = item.node.find("spec", "jobTemplate") if item.kind == "CronJob" else item.node
        parallelism = _count(job, "parallelism", 1)
        return min(parallelism, _count(job, "completions", max(1, parallelism)))
    return _count(item.node, "replicas", 1)


def is_suspended(item: KubernetesObject) -> bool:
    """Is a Job or CronJob, or what the CronJob makes, stopped by ``suspend``? Then nothing of it runs."""
    paths = (("spec", "suspend"), ("spec", "jobTemplate", "spec", "suspend"))
    return item.kind in ("Job", "CronJob") and any(
        found.boolean() for path in paths if (found := item.node.find(*path)) is not None and not found.is_null
    )


def _count(node: Node | None, key: str, default: int) -> int:
    value = None if node is None else node.find("spec", key)
    if value is None:
        return default
    try:
        number = value.integer() if value.is_scalar else -1
    except ValueError:
        number = -1
    if not 0 <= number <= _MOST_REPLICAS:
        raise value.error(
            f"{key} {value.describe()}", f"a whole number from 0 to {_MOST_REPLICAS}", "write plain digits"
        )
    return number


def _resources(amounts: MilliAmounts) -> dict[str, int]:
    """Amounts with this project's names: ephemeral storage is disk."""
    return {DISK if name == EPHEMERAL_STORAGE else name: amount for name, amount in whole_amounts(amounts).items()}


def _containers(size: PodSize) -> tuple[Container, ...]:
    return tuple(Container(c.name, c.image, _resources(c.requests), _resources(c.limits)) for c in size.containers)


def _chosen(choices: Mapping[str, tuple[str, ...]], keys: tuple[str, ...], usual: str) -> str:
    """The value that the pod's node must have for one of the labels; the usual one where that is allowed."""
    for key in keys:
        if key in choices:
            return usual if usual in choices[key] else choices[key][0]
    return usual
