"""PriorityClass objects: the priority that a pod gets from the class it names, and whether it may push others out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from binpack.kubernetes.resource_list import Warn
from binpack.workload.documents import Node

PRIORITY_CLASS = "PriorityClass"
NEVER = "Never"
"""The ``preemptionPolicy`` of pods for which none is evicted."""


class Priority(NamedTuple):
    """value : the higher, the more important. preempts : pods of lower priority may be evicted for such a pod."""

    value: int
    preempts: bool = True


UNNAMED = Priority(0)
"""Of pods without a class, where no class is the usual one."""
SYSTEM_PRIORITIES = {"system-cluster-critical": 2 * 10**9, "system-node-critical": 2 * 10**9 + 1000}
"""Classes that every cluster has (``pkg/apis/scheduling/types.go``)."""


@dataclass(frozen=True)
class PriorityClasses:
    """Classes by name, those of the system beside them. usual : of pods that name none (``globalDefault``)."""

    named: Mapping[str, Priority] = field(default_factory=dict)
    usual: Priority = UNNAMED

    def of(self, spec: Node, warn: Warn) -> Priority:
        """What the ``spec`` of a pod says itself, else its class, else the usual one (``plugin/pkg/admission/priority``)."""
        written, policy = spec.find("priority"), spec.find_text("preemptionPolicy")
        given = self._of_class(spec, warn) if written is None else Priority(written.integer())
        return Priority(given.value, policy != NEVER) if policy else given

    def _of_class(self, spec: Node, warn: Warn) -> Priority:
        name = spec.find_text("priorityClassName")
        if not name:
            return self.usual
        if name in SYSTEM_PRIORITIES:
            return Priority(SYSTEM_PRIORITIES[name])
        if name not in self.named:
            warn(f"priority class {name} is not in the input: priority {self.usual.value} is assumed")
        return self.named.get(name, self.usual)


def read_priority_classes(documents: Iterable[Node]) -> PriorityClasses:
    """The classes of PriorityClass objects. InputError for a value that is no whole number."""
    named: dict[str, Priority] = {}
    usual = UNNAMED
    for document in documents:
        value = document.find("value")
        if value is None:
            continue
        found = Priority(value.integer(), document.find_text("preemptionPolicy") != NEVER)
        named[document.find_text("metadata", "name")] = found
        default = document.find("globalDefault")
        if default is not None and default.boolean():
            usual = found
    return PriorityClasses(named, usual)
