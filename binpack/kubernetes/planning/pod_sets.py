"""Sets of equal pods, as the objects of a manifest make them."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, count, islice

from binpack.errors import InputError, InputProblem
from binpack.kubernetes.limit_range import read_limit_ranges
from binpack.kubernetes.pod import Pod, PodTemplate, read_pod_template
from binpack.kubernetes.priority_classes import PRIORITY_CLASS, read_priority_classes
from binpack.kubernetes.resource_list import Warn
from binpack.workload.documents import Node
from binpack.workload.kubernetes_object import KubernetesObject
from binpack.workload.kubernetes_objects import Objects, collect_objects
from binpack.workload.kubernetes_pods import copies_of, runs_everywhere, template_of


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
        self._classes = read_priority_classes(o.node for o in objects.others if o.kind == PRIORITY_CLASS)
        self._defaults = {namespace: read_limit_ranges(nodes, warn) for namespace, nodes in ranges.items()}

    def read(self, item: KubernetesObject) -> PodSet:
        source = template_of(item)
        spec, metadata = source.find("spec"), source.find("metadata")
        if spec is None or not spec.find_list("containers"):
            raise (spec or source).error(f"a {item.kind} without containers", "spec.containers with at least one")
        status = item.node.find("status") if item.kind == "Pod" else None
        template = read_pod_template(
            metadata or source, spec, self._warn, self._defaults.get(item.namespace), status, self._classes
        )
        template = replace(template, namespace=item.namespace)
        return PodSet(item.name, item.kind, copies_of(item), template, runs_everywhere(item), item)


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
