"""``topologySpreadConstraints`` of a pod."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from binpack.kubernetes.selectors import Labels, Requirement, Selector, read_selector, read_topology_key
from binpack.workload.documents import Node

DO_NOT_SCHEDULE = "DoNotSchedule"
SCHEDULE_ANYWAY = "ScheduleAnyway"
Policy = Literal["Honor", "Ignore"]
_LARGEST = 2**31 - 1


@dataclass(frozen=True)
class SpreadConstraint:
    """How evenly the selected pods of the namespace must lie over the values of a label of nodes.

    selector : with ``matchLabelKeys`` merged in. minimum_domains : with fewer domains the smallest count is taken as 0.
    affinity_policy, taints_policy : do only nodes count that the pod's node affinity, or its tolerations, admit?
    """

    topology_key: str
    maximum_skew: int
    hard: bool
    selector: Selector
    minimum_domains: int = 1
    affinity_policy: Policy = "Honor"
    taints_policy: Policy = "Ignore"


def read_spread_constraints(spec: Node, labels: Labels) -> tuple[SpreadConstraint, ...]:
    """The constraints of a pod with these labels, hard and soft ones. InputError for what the API refuses
    (``validateTopologySpreadConstraints``)."""
    return tuple(_read_constraint(node, labels) for node in spec.find_list("topologySpreadConstraints"))


def _read_constraint(node: Node, labels: Labels) -> SpreadConstraint:
    key = read_topology_key(node)
    when = node.find_text("whenUnsatisfiable", default=DO_NOT_SCHEDULE)
    if when not in (DO_NOT_SCHEDULE, SCHEDULE_ANYWAY):
        raise node.error(f'whenUnsatisfiable "{when[:60]}"', f"{DO_NOT_SCHEDULE} or {SCHEDULE_ANYWAY}")
    if node.find("minDomains") is not None and when == SCHEDULE_ANYWAY:
        raise node.error(f"minDomains with {SCHEDULE_ANYWAY}", f"minDomains only with {DO_NOT_SCHEDULE}")
    return SpreadConstraint(
        key,
        _count(node, "maxSkew"),
        when == DO_NOT_SCHEDULE,
        _selector(node, labels),
        _count(node, "minDomains"),
        _policy(node, "nodeAffinityPolicy", "Honor"),
        _policy(node, "nodeTaintsPolicy", "Ignore"),
    )


def _selector(node: Node, labels: Labels) -> Selector:
    """The selector with the pod's own values for ``matchLabelKeys`` added; keys that the pod lacks are left out."""
    selector = read_selector(node.find("labelSelector"))
    keys = [key.text for key in node.find_list("matchLabelKeys")]
    if keys and selector.absent:
        raise node.error("matchLabelKeys without labelSelector", "both")
    extra = tuple(Requirement(key, "In", (labels[key],)) for key in keys if key in labels)
    return replace(selector, requirements=(*selector.requirements, *extra))


def _count(node: Node, key: str) -> int:
    value = node.find(key)
    number = 1 if value is None else value.integer()
    if value is not None and not 1 <= number <= _LARGEST:
        raise value.error(f"{key} {number}", "a whole number of at least 1")
    return number


def _policy(node: Node, key: str, default: Policy) -> Policy:
    text = node.find_text(key, default=default)
    if text == "Honor" or text == "Ignore":
        return "Honor" if text == "Honor" else "Ignore"
    raise node.error(f'{key} "{text[:60]}"', "Honor or Ignore")
