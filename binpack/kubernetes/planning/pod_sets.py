"""Sets of equal pods, as the objects of a manifest make them."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, count, islice

from binpack.errors import InputError, InputProblem
from binpack.kubernetes.limit_range import read_limit_ranges
from binpack.kubernetes.pod import Pod, PodTemplate, read_pod_template
from binpack.kubernetes.resource_list import Warn
from binpack.workload.documents import Node
from binpack.workload.kubernetes_object import KubernetesObject
from binpack.workload.kubernetes_objects import Objects, collect_objects
from binpack.workload.kubernetes_pods import copies_of, runs_everywhere, template_of

SYSTEM_PRIORITIES = {"system-cluster-critical": 2 * 10**9, "system-node-critical": 2 * 10**9 + 1000}
"""Classes that every cluster has (``pkg/apis/scheduling/types.go``)."""


@dataclass(frozen=True)
class PodSet:
    """``copies`` pods of one template; one on every node that takes it if it is a ``daemon``. kind, name: its object's.

    source : the object that they were read from, None for those of other formats. numbers : of the copies, where they are
    only some of its pods.
    """

    name: str
    kind: str
    copies: int
    template: PodTemplate
    daemon: bool = False
    source: KubernetesObject | None = field(default=None, compare=False, repr=False)
    numbers: tuple[int, ...] = ()

    @property
    def key(self) -> str:
        """``namespace/name``."""
        return f"{self.template.namespace}/{self.name}"

    def pod(self, number: int) -> Pod:
        """One of them, counted from 0."""
        return Pod(f"{self.name}-{self.numbers[number] if self.numbers else number}", self.template)


def numbered_beside(pods: PodSet, taken: Container[str], copies: int) -> PodSet:
    """The set with numbers for so many pods that give none of them the name of another one (``namespace/name``)."""
    free = (n for n in count() if replace(pods, numbers=(n,)).pod(0).key not in taken)
    numbers = tuple(islice(free, copies))
    return pods if numbers == tuple(range(copies)) else replace(pods, numbers=numbers)


def read_pod_sets(documents: Sequence[Node], warn: Warn) -> tuple[PodSet, ...]:
    """The pods of all objects that run some, in order. InputError with every fault.

    Defaults of LimitRanges are applied, priorities come from PriorityClasses, and what stands for another object is left
    out, all as when an application is read.
    """
    objects = collect_objects(documents)
    for note in objects.notes:
        warn(note)
    return pod_sets_of_objects(objects, warn)


def pod_sets_of_objects(objects: Objects, warn: Warn) -> tuple[PodSet, ...]:
    """The same of objects that are collected already."""
    reader = _Reader(objects, warn)
    found: list[PodSet] = []
    problems: list[InputProblem] = []
    for item in objects.workloads:
        try:
            found.append(reader.read(item))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return tuple(_with_unique_names(found))


class _Reader:
    """What of other objects counts for pods: defaults of their namespace, values of priority classes."""

    def __init__(self, objects: Objects, warn: Warn) -> None:
        self._warn = warn
        ranges: dict[str, list[Node]] = {}
        for item in objects.other("LimitRange"):
            ranges.setdefault(item.namespace, []).append(item.node)
        self._classes = {**SYSTEM_PRIORITIES}
        self._usual = 0
        for item in objects.others:
            if item.kind == "PriorityClass" and (value := item.node.find("value")) is not None:
                self._classes[item.name] = value.integer()
                usual = item.node.find("globalDefault")
                if usual is not None and usual.boolean():
                    self._usual = value.integer()
        self._defaults = {namespace: read_limit_ranges(nodes, warn) for namespace, nodes in ranges.items()}

    def read(self, item: KubernetesObject) -> PodSet:
        source = template_of(item)
        spec, metadata = source.find("spec"), source.find("metadata")
        if spec is None or not spec.find_list("containers"):
            raise (spec or source).error(f"a {item.kind} without containers", "spec.containers with at least one")
        status = item.node.find("status") if item.kind == "Pod" else None
        template = read_pod_template(metadata or source, spec, self._warn, self._defaults.get(item.namespace), status)
        template = replace(template, namespace=item.namespace, priority=self._priority(spec, template.priority))
        return PodSet(item.name, item.kind, copies_of(item), template, runs_everywhere(item), item)

    def _priority(self, spec: Node, written: int) -> int:
        """The pod's own number, else its class's (``plugin/pkg/admission/priority``); else the usual one."""
        if spec.find("priority") is not None:
            return written
        name = spec.find_text("priorityClassName")
        if name and name not in self._classes:
            self._warn(f"priority class {name} is not in the input: priority {self._usual} is assumed")
        return self._classes.get(name, self._usual)


def _with_unique_names(found: Sequence[PodSet]) -> list[PodSet]:
    """Objects of different kinds may share a name; the later ones get their kind added, or a number."""
    taken: set[str] = set()
    named = []
    for pods in found:
        longer = f"{pods.name}.{pods.kind.lower()}"
        names = chain([pods.name, longer], (f"{longer}.{number}" for number in count(2)))
        name = next(n for n in names if f"{pods.template.namespace}/{n}" not in taken)
        taken.add(f"{pods.template.namespace}/{name}")
        named.append(replace(pods, name=name))
    return named
