"""PodDisruptionBudgets: which pods each selects, and how many of them may go now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from binpack.kubernetes.pod import DEFAULT_NAMESPACE, Pod, PodTemplate
from binpack.kubernetes.selectors import Labels, Selector
from binpack.workload.documents import Node
from binpack.workload.kubernetes_object import KubernetesObject
from binpack.workload.kubernetes_objects import collect_objects
from binpack.workload.kubernetes_scaling import read_budget
from binpack.workload.scaling import DisruptionBudget


@dataclass(frozen=True)
class Budget:
    """A budget ``namespace/name`` for the pods that it selects.

    allowed : how many of them may be evicted now. disrupted : names of pods whose eviction is counted in it already.
    """

    name: str
    namespace: str
    selector: Selector
    allowed: int
    disrupted: frozenset[str] = frozenset()
    _known: dict[PodTemplate, bool] = field(default_factory=dict, repr=False, compare=False)

    def selects(self, namespace: str, labels: Labels) -> bool:
        """Is a pod one of these? An empty selector selects all of its namespace."""
        return namespace == self.namespace and self.selector.matches(labels)

    def covers(self, pod: Pod) -> bool:
        """Does preempting the pod count? To the scheduler a pod without labels, and an empty selector, never do
        (``default_preemption.go``, ``filterPodsWithPDBViolation``)."""
        if pod.template not in self._known:
            self._known[pod.template] = self._selects(pod.template)
        return self._known[pod.template] and pod.name not in self.disrupted

    def _selects(self, template: PodTemplate) -> bool:
        labels = dict(template.labels)
        return bool(labels) and not self.selector.matches_everything and self.selects(template.namespace, labels)


class _Running(NamedTuple):
    """What is counted of a Pod object."""

    name: str
    namespace: str
    labels: Labels
    healthy: bool


def budgets_of(documents: Sequence[Node], pods: Sequence[Node]) -> list[Budget]:
    """The budgets of PodDisruptionBudget objects. InputError for what is malformed.

    pods : Pod objects of the cluster that have not ended, from which is counted what may go where a budget has no
    ``status.disruptionsAllowed``.
    """
    running = [
        _Running(pod.find_text("metadata", "name"), namespace_of(pod), labels_of(pod), _is_healthy(pod)) for pod in pods
    ]
    found = (_budget(item, running) for item in collect_objects(documents).others)
    return [budget for budget in found if budget is not None]


def namespace_of(source: Node) -> str:
    """Of an object that has one."""
    return source.find_text("metadata", "namespace") or DEFAULT_NAMESPACE


def labels_of(source: Node) -> dict[str, str]:
    """Of an object, none where it has none."""
    labels = source.find("metadata", "labels")
    return {} if labels is None else labels.text_map()


def _budget(item: KubernetesObject, running: Sequence[_Running]) -> Budget | None:
    read = read_budget(item)
    if read is None:
        return None
    bound, selector = read
    disrupted = item.node.find("status", "disruptedPods")
    gone = frozenset() if disrupted is None else frozenset(name for name, _ in disrupted.items())
    budget = Budget(bound.name, item.namespace, selector, 0, gone)
    known = item.node.find("status", "disruptionsAllowed")
    if known is not None:
        return replace(budget, allowed=known.integer())
    selected = [pod for pod in running if budget.selects(pod.namespace, pod.labels)]
    down = sum(not pod.healthy or pod.name in gone for pod in selected)
    return replace(budget, allowed=_allowed(bound, len(selected), down))


def _allowed(bound: DisruptionBudget, pods: int, down: int) -> int:
    """The healthy pods less those that the budget wants, of as many as there are; a pod whose eviction is under way is
    none (``pkg/controller/disruption``, ``countHealthyPods``, ``updatePdbStatus``)."""
    return max(0, bound.evictable(pods) - down)


def _is_healthy(pod: Node) -> bool:
    """On a node, not being deleted, and ready as far as its conditions say."""
    ready = [c.find_text("status") for c in pod.find_list("status", "conditions") if c.find_text("type") == "Ready"]
    going = pod.find("metadata", "deletionTimestamp") is not None
    return bool(pod.find_text("spec", "nodeName")) and not going and ready in ([], ["True"])


def breaking(pods: Iterable[Pod], budgets: Sequence[Budget]) -> list[bool]:
    """For each pod whether its eviction, after those before it, is one more than some budget allows.

    Every budget that covers a pod is charged, also by pods that break another (``default_preemption.go``,
    ``filterPodsWithPDBViolation``).
    """
    left = [budget.allowed for budget in budgets]
    found = []
    for pod in pods:
        charged = [n for n, budget in enumerate(budgets) if budget.covers(pod)]
        for n in charged:
            left[n] -= 1
        found.append(any(left[n] < 0 for n in charged))
    return found


def after_evictions(budgets: Sequence[Budget], pods: Sequence[Pod]) -> list[Budget]:
    """What the budgets allow once these pods are gone, as the disruption controller will count them."""
    return [
        replace(budget, allowed=max(0, budget.allowed - sum(budget.covers(pod) for pod in pods))) for budget in budgets
    ]
