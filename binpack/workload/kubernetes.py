"""Reading Kubernetes manifests and what ``kubectl get -o json`` prints: every object that runs pods becomes an application.

    documents = parse_documents(read_text("shop.yaml"))
    workload = read_kubernetes([d for d in documents if is_kubernetes(d)], name="shop")

Sizes follow Kubernetes' own rules (:mod:`binpack.kubernetes.pod_size`); what is not applied is said in notes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from binpack.errors import InputError, InputProblem
from binpack.kubernetes.limit_range import ContainerDefaults, read_limit_ranges
from binpack.workload.documents import Node
from binpack.workload.kubernetes_ignored import ignored_rules
from binpack.workload.kubernetes_limit_ranges import limit_range_refusals
from binpack.workload.kubernetes_objects import Objects, collect_objects
from binpack.workload.kubernetes_placement import place_applications
from binpack.workload.kubernetes_pods import PodSource, Warn, is_suspended, read_pods
from binpack.workload.kubernetes_quota import quota_notes
from binpack.workload.kubernetes_scaling import with_scaling
from binpack.workload.kubernetes_updates import update_notes
from binpack.workload.workload import Workload


def is_kubernetes(document: Node) -> bool:
    """Does a document look like a Kubernetes object (``apiVersion`` and ``kind``)?"""
    return document.is_mapping and document.find("apiVersion") is not None and document.find("kind") is not None


def read_kubernetes(documents: Sequence[Node], name: str) -> Workload:
    """The workload of all Kubernetes documents of a run, together: owners are found across files.

    InputError lists every fault found, not just the first.
    """
    objects = collect_objects(documents)
    warnings: list[str] = []
    defaults = _limit_ranges(objects, warnings.append)
    sources: list[PodSource] = []
    problems: list[InputProblem] = []
    for item in objects.workloads:
        try:
            sources.append(read_pods(item, defaults.get(item.namespace), warnings.append))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    namespaces = {}
    for item in objects.other("Namespace"):
        labels = item.node.find("metadata", "labels")
        namespaces[item.name] = {} if labels is None else labels.text_map()
    scaling: list[str] = []
    sources = _with_unique_names(with_scaling(sources, objects.others, scaling))
    applications = place_applications(sources, namespaces, warnings)
    suspended = [item.shown for item in objects.workloads if is_suspended(item)]
    stopped = [f"suspended, so nothing of it runs: {', '.join(suspended)}"] if suspended else []
    notes = (
        *objects.notes,
        *scaling,
        *stopped,
        *update_notes(objects.workloads),
        *ignored_rules(sources),
        *dict.fromkeys(warnings),
        *_notes_on_defaults(defaults),
        *_refusals(sources, objects),
    )
    files = tuple(dict.fromkeys(document.place.file for document in documents))
    return Workload(name, applications, notes=notes, sources=files)


def _limit_ranges(objects: Objects, warn: Warn) -> dict[str, ContainerDefaults]:
    by_namespace: dict[str, list[Node]] = {}
    for item in objects.other("LimitRange"):
        by_namespace.setdefault(item.namespace, []).append(item.node)
    return {namespace: read_limit_ranges(nodes, warn) for namespace, nodes in by_namespace.items()}


def _notes_on_defaults(defaults: dict[str, ContainerDefaults]) -> list[str]:
    return [f"LimitRange in namespace {name}: its container defaults are applied" for name in defaults]


def refusals(objects: Objects, *, further: bool = False) -> list[str]:
    """Pods of these objects that LimitRanges and ResourceQuotas among them keep from being created, a sentence each.

    further : beside those that the quotas' own status counts.
    """
    if not objects.other("LimitRange") and not objects.other("ResourceQuota"):
        return []
    defaults = _limit_ranges(objects, lambda _: None)
    sources = [read_pods(item, defaults.get(item.namespace), lambda _: None) for item in objects.workloads]
    return _refusals(_with_unique_names(sources), objects, further)


def _refusals(sources: Sequence[PodSource], objects: Objects, further: bool = False) -> list[str]:
    """Pods of the input that the API server would not admit; they are counted all the same."""
    refused = limit_range_refusals(sources, objects.other("LimitRange"))
    said = [f"{key}: its pods would be refused: {text}" for key, text in refused.items()]
    return said + quota_notes(sources, objects.other("ResourceQuota"), refused, further)


def _with_unique_names(sources: Sequence[PodSource]) -> list[PodSource]:
    """Objects of different kinds may share a name; the later ones get their kind (and then a number) added."""
    taken: Counter[str] = Counter()
    unique = []
    for source in sources:
        application = source.application
        name = application.name
        if taken[application.key]:
            name = f"{name}.{application.kind.lower()}"
        number = 1
        while taken[f"{application.group}/{name}"]:
            number += 1
            name = f"{application.name}.{application.kind.lower()}.{number}"
        taken[f"{application.group}/{name}"] += 1
        unique.append(replace(source, application=replace(application, name=name)))
    return unique
