"""The size of a pod: what the scheduler counts for it, from its containers, sidecars, pod-level resources and overhead.

Follows Kubernetes v1.34: ``pkg/apis/core/v1/defaults.go`` (``SetDefaults_Pod``, ``defaultPodRequests``),
``plugin/pkg/admission/limitranger`` and ``component-helpers/resource/helpers.go`` (``PodRequests``). Amounts are exact and
in thousandths of a unit; :func:`binpack.kubernetes.resource_list.whole_amounts` rounds them as the scheduler does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from binpack.kubernetes.limit_range import ContainerDefaults
from binpack.kubernetes.resource_list import CPU, MEMORY, MILLI, MilliAmounts, Warn, read_resource_list
from binpack.workload.documents import Node

SCORED_DEFAULTS: MilliAmounts = {CPU: 100, MEMORY: 200 * 2**20 * MILLI}
"""What scores assume of a container that requests none (``pkg/scheduler/util/pod_resources.go``)."""


@dataclass(frozen=True)
class ContainerSize:
    """One container with its requests and limits in thousandths. restartable: an init container that stays (a sidecar)."""

    name: str
    image: str
    requests: MilliAmounts
    limits: MilliAmounts
    restartable: bool = False


@dataclass(frozen=True)
class PodSize:
    """The effective requests of a pod, the limits that hold for it as a whole, and its containers after defaulting.

    limits has a resource only where every container that keeps running has a limit on it: else there is none.
    containers: the ordinary ones and the sidecars. scored: CPU and memory as scores count them, with something assumed for
    every container that requests none. init: all init containers in their order, sidecars among them.
    """

    requests: MilliAmounts
    limits: MilliAmounts
    containers: tuple[ContainerSize, ...]
    scored: MilliAmounts
    init: tuple[ContainerSize, ...] = ()


def read_pod_size(
    spec: Node, warn: Warn, defaults: ContainerDefaults | None = None, status: Node | None = None
) -> PodSize:
    """The size of the pod with this ``spec``. InputError for amounts that are none.

    defaults : of the LimitRanges in the pod's namespace; status : of a running pod, for resizing in place.
    """
    containers = [_read_container(node, warn) for node in spec.find_list("containers")]
    init = [_read_container(node, warn) for node in spec.find_list("initContainers")]
    if status is not None:
        containers = _resized(containers, status, "containerStatuses", warn)
        init = _resized(init, status, "initContainerStatuses", warn)
    pod_requests = read_resource_list(spec.find("resources", "requests"), warn)
    pod_limits = read_resource_list(spec.find("resources", "limits"), warn)
    if pod_limits:  # defaulting comes before admission, so it does not see what LimitRanges fill in
        asked = {
            name: n for name, n in aggregate(containers, init).items() if name in (CPU, MEMORY)
        }  # may be overcommitted
        pod_requests = pod_limits | asked | pod_requests
    if defaults is not None:
        containers = [_filled(container, defaults) for container in containers]
        init = [_filled(container, defaults) for container in init]
    overhead = read_resource_list(spec.find("overhead"), warn)
    requests = _effective(containers, init, pod_requests, overhead)
    assumed = ContainerDefaults(requests=SCORED_DEFAULTS)
    scored = _effective(
        [_filled(c, assumed) for c in containers], [_filled(c, assumed) for c in init], pod_requests, overhead
    )
    lasting = [*containers, *(container for container in init if container.restartable)]
    limits = _limits(lasting) | {name: amount for name, amount in pod_limits.items() if is_pod_level(name)}
    counted = {name: scored.get(name, 0) for name in SCORED_DEFAULTS}
    return PodSize(requests, limits, tuple(lasting), counted, tuple(init))


def is_pod_level(resource: str) -> bool:
    """The resources that a pod may declare as a whole."""
    return resource in (CPU, MEMORY) or resource.startswith("hugepages-")


def aggregate(containers: Sequence[ContainerSize], init: Sequence[ContainerSize]) -> dict[str, int]:
    """What containers and init containers need together: the steady state, or the hungriest moment of the start if more.

    An ordinary init container runs beside the sidecars that stand before it, and no others (``AggregateContainerRequests``).
    """
    steady = _sum(container.requests for container in (*containers, *(c for c in init if c.restartable)))
    sidecars: dict[str, int] = {}
    for container in init:
        if container.restartable:
            sidecars = _sum((sidecars, container.requests))
            moment = sidecars
        else:
            moment = _sum((sidecars, container.requests))
        steady = _maximum((steady, moment))
    return steady


def _effective(
    containers: Sequence[ContainerSize], init: Sequence[ContainerSize], pod_level: MilliAmounts, overhead: MilliAmounts
) -> dict[str, int]:
    """What containers need together, or what the pod declares as a whole in its place, and its overhead on top."""
    requests = aggregate(containers, init)
    requests.update((name, amount) for name, amount in pod_level.items() if is_pod_level(name))
    return _sum((requests, overhead))


def _read_container(node: Node, warn: Warn) -> ContainerSize:
    """A container whose missing requests are taken from its limits, as on every pod that reaches the API.

    InputError for a request above the limit, which the API refuses.
    """
    limits = read_resource_list(node.find("resources", "limits"), warn)
    asked = read_resource_list(node.find("resources", "requests"), warn)
    for name, amount in asked.items():
        if amount > limits.get(name, amount):
            place = node.find("resources", "requests", name) or node
            raise place.error(
                f"a request of {place.describe()} {name} above the limit", "a request of at most the limit"
            )
    requests = limits | asked
    restartable = node.find_text("restartPolicy") == "Always"
    return ContainerSize(node.find_text("name"), node.find_text("image"), requests, limits, restartable)


def _filled(container: ContainerSize, defaults: ContainerDefaults) -> ContainerSize:
    requests = {**defaults.requests, **container.requests}
    return replace(container, requests=requests, limits={**defaults.limits, **container.limits})


def _resized(containers: list[ContainerSize], status: Node, key: str, warn: Warn) -> list[ContainerSize]:
    """Containers of a running pod, at the largest of what is asked, allocated and in force (``determineContainerReqs``).

    A resize that was found infeasible is not counted.
    """
    infeasible = any(
        condition.find_text("type") == "PodResizePending" and condition.find_text("reason") == "Infeasible"
        for condition in status.find_list("conditions")
    )
    statuses = {node.find_text("name"): node for node in status.find_list(key)}
    resized = []
    for container in containers:
        node = statuses.get(container.name)
        if node is not None:
            actual = read_resource_list(node.find("resources", "requests"), warn)
            allocated = read_resource_list(node.find("allocatedResources"), warn)
            asked = {} if infeasible and (actual or allocated) else container.requests
            container = replace(container, requests=_maximum((asked, actual, allocated)))
        resized.append(container)
    return resized


def _sum(lists: Iterable[MilliAmounts]) -> dict[str, int]:
    total: dict[str, int] = {}
    for amounts in lists:
        for name, amount in amounts.items():
            total[name] = total.get(name, 0) + amount
    return total


def _maximum(lists: Iterable[MilliAmounts]) -> dict[str, int]:
    largest: dict[str, int] = {}
    for amounts in lists:
        for name, amount in amounts.items():
            largest[name] = max(largest.get(name, 0), amount)
    return largest


def _limits(containers: Sequence[ContainerSize]) -> dict[str, int]:
    """Limits of all containers added up, for the resources on which each of them has one."""
    total = _sum(container.limits for container in containers)
    return {name: amount for name, amount in total.items() if all(name in c.limits for c in containers)}
