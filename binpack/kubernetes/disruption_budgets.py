"""PodDisruptionBudgets as the scheduler's preemption sees them: which pods each covers, and how many may go now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from binpack.kubernetes.pod import Pod, PodTemplate
from binpack.kubernetes.selectors import Selector
from binpack.workload.documents import Node
from binpack.workload.kubernetes_object import KubernetesObject
from binpack.workload.kubernetes_objects import collect_objects
from binpack.workload.kubernetes_scaling import read_budget
from binpack.workload.scaling import DisruptionBudget


@dataclass(frozen=True)
class Budget:
    """A budget of a namespace for the pods that it selects.

    allowed : how many of them may be evicted now. disrupted : names of pods whose eviction is counted in it already.
    """

    namespace: str
    selector: Selector
    allowed: int
    disrupted: frozenset[str] = frozenset()
    _known: dict[PodTemplate, bool] = field(default_factory=dict, repr=False, compare=False)

    def covers(self, pod: Pod) -> bool:
        """Does evicting the pod count? A pod without labels, and an empty selector, never do."""
        if pod.template not in self._known:
            self._known[pod.template] = self._selects(pod.template)
        return self._known[pod.template] and pod.name not in self.disrupted

    def _selects(self, template: PodTemplate) -> bool:
        labels = dict(template.labels)
        if not labels or template.namespace != self.namespace or self.selector.matches_everything:
            return False
        return self.selector.matches(labels)


def budgets_of(documents: Sequence[Node], pods: Sequence[Pod]) -> list[Budget]:
    """The budgets of PodDisruptionBudget objects. InputError for what is malformed.

    pods : of the cluster, from which is counted what may go where an object has no ``status.disruptionsAllowed``.
    """
    found = (_budget(item, pods) for item in collect_objects(documents).others)
    return [budget for budget in found if budget is not None]


def _budget(item: KubernetesObject, pods: Sequence[Pod]) -> Budget | None:
    read = read_budget(item)
    if read is None:
        return None
    bound, selector = read
    disrupted = item.node.find("status", "disruptedPods")
    gone = frozenset() if disrupted is None else frozenset(name for name, _ in disrupted.items())
    budget = Budget(item.namespace, selector, 0, gone)
    known = item.node.find("status", "disruptionsAllowed")
    allowed = _allowed(bound, [pod for pod in pods if budget.covers(pod)]) if known is None else known.integer()
    return replace(budget, allowed=allowed)


def _allowed(bound: DisruptionBudget, covered: Sequence[Pod]) -> int:
    """The pods that are on a node and do not end, less those that the budget wants of as many as there are
    (``pkg/controller/disruption``, ``updatePdbStatus``)."""
    away = sum(not pod.node_name or pod.terminating for pod in covered)
    return max(0, bound.evictable(len(covered)) - away)


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
