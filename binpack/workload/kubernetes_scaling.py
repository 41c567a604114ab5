"""HorizontalPodAutoscalers and PodDisruptionBudgets of the input, kept with the applications that they are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from binpack.errors import InputError, InputProblem
from binpack.kubernetes.selectors import Selector, read_selector
from binpack.workload.kubernetes_object import Identity, KubernetesObject
from binpack.workload.kubernetes_pods import PodSource, copies_of
from binpack.workload.scaling import Autoscaling, DisruptionBudget
from binpack.workload.shares import read_share

AUTOSCALER = "HorizontalPodAutoscaler"
BUDGET = "PodDisruptionBudget"
Bound = Literal["minimum", "maximum"]
_NO_EMPTY_SELECTOR = "policy/v1beta1"  # in which an empty selector selects nothing


def with_scaling(sources: Sequence[PodSource], others: Sequence[KubernetesObject], notes: list[str]) -> list[PodSource]:
    """The sources with what scales them and bounds their evictions. InputError, with every fault, for what is malformed."""
    problems: list[InputProblem] = []
    found = list(sources)
    for item in others:
        try:
            if item.kind == AUTOSCALER and item.group == "autoscaling":
                found = _with_autoscaler(found, item, notes)
            elif item.kind == BUDGET and item.group == "policy":
                found = _with_budget(found, item, notes)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    _say_what_is_not_applied(found, others, notes)
    return found


def _say_what_is_not_applied(
    sources: Sequence[PodSource], others: Sequence[KubernetesObject], notes: list[str]
) -> None:
    if any(item.kind == AUTOSCALER for item in others):
        scaled = [
            f"{source.application.key} {source.application.autoscaling.minimum} to {source.application.autoscaling.maximum}"
            for source in sources
            if source.application.autoscaling is not None
        ]
        names = f": {', '.join(scaled)}" if scaled else ""
        notes.append(f"{AUTOSCALER}: minimum and maximum are not applied, spec.replicas counts{names}")


def scaled_items(
    items: Sequence[KubernetesObject], others: Sequence[KubernetesObject], to: Bound, notes: list[str]
) -> list[KubernetesObject]:
    """The items with as many copies as their autoscaler makes at the least or at the most.

    One without copies stays so: that switches its autoscaler off (``pkg/controller/podautoscaler``,
    ``reconcileAutoscaler``).
    """
    read = [_read_autoscaler(item) for item in others if item.kind == AUTOSCALER and item.group == "autoscaling"]
    bounds = {identity: getattr(scaling, to) for identity, scaling in filter(None, read)}
    scaled = {item.identity for item in items if item.identity in bounds and copies_of(item)}
    if scaled:
        notes.append(f"applications with copies at the {to} of their {AUTOSCALER}: {len(scaled)}")
    return [replace(i, copies=bounds[i.identity]) if i.identity in scaled else i for i in items]


def _read_autoscaler(item: KubernetesObject) -> tuple[Identity, Autoscaling] | None:
    """What is scaled, and how far; None where the object does not say it."""
    target, most = item.node.find("spec", "scaleTargetRef"), item.node.find("spec", "maxReplicas")
    if target is None or most is None:
        return None
    least = item.node.find("spec", "minReplicas")
    scaling = Autoscaling(1 if least is None else least.integer(), most.integer())
    if scaling.maximum < 1 or not 0 <= scaling.minimum <= scaling.maximum:
        found = f"{item.shown} with {scaling.minimum} to {scaling.maximum} replicas"
        raise most.error(found, "minReplicas of at most maxReplicas, and maxReplicas of at least 1")
    return (target.find_text("kind"), item.namespace, target.find_text("name")), scaling


def _with_autoscaler(sources: list[PodSource], item: KubernetesObject, notes: list[str]) -> list[PodSource]:
    read = _read_autoscaler(item)
    if read is None:
        return sources
    wanted, scaling = read
    matches = [k for k, s in enumerate(sources) if _identity(s) == wanted]
    if not matches:
        notes.append(f"{item.shown} scales {wanted[0]} {wanted[2]}, which the input lacks")
    return [_scaled(source, scaling) if k in matches else source for k, source in enumerate(sources)]


def _identity(source: PodSource) -> Identity:
    return (source.application.kind, source.application.group, source.application.name)


def _scaled(source: PodSource, scaling: Autoscaling) -> PodSource:
    return replace(source, application=replace(source.application, autoscaling=scaling))


def _with_budget(sources: list[PodSource], item: KubernetesObject, notes: list[str]) -> list[PodSource]:
    read = read_budget(item)
    if read is None:
        return sources
    budget, selector = read
    return [
        _bounded(source, budget, notes)
        if source.application.group == item.namespace and selector.matches(source.labels)
        else source
        for source in sources
    ]


def read_budget(item: KubernetesObject) -> tuple[DisruptionBudget, Selector] | None:
    """A PodDisruptionBudget, and which pods of its namespace it is about; None where it is about none.

    InputError for what the API refuses.
    """
    spec = item.node.find("spec")
    if spec is None:
        return None
    least, most = spec.find("minAvailable"), spec.find("maxUnavailable")
    if least is not None and most is not None:
        raise most.error(f"{item.shown} with minAvailable and maxUnavailable", "one of the two")
    budget = DisruptionBudget(
        f"{item.namespace}/{item.name}",
        None if least is None else read_share(least, "pods"),
        None if most is None else read_share(most, "pods"),
    )
    selector = read_selector(spec.find("selector"))
    nothing = item.node.find_text("apiVersion") == _NO_EMPTY_SELECTOR and selector.matches_everything
    return None if nothing else (budget, selector)


def _bounded(source: PodSource, budget: DisruptionBudget, notes: list[str]) -> PodSource:
    """The source with its budget, the first where several select it: then the API refuses every eviction."""
    other = source.application.disruption_budget
    if other is not None:
        both = f"{other.name} and {budget.name}"
        notes.append(f"{source.application.key}: the budgets {both} select it, so that its pods cannot be evicted")
        return source
    return replace(source, application=replace(source.application, disruption_budget=budget))
