"""What is to be planned, from files of any format: sets of pods, and the cluster's own objects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from binpack.builtin import STANDARD_INPUT, resolve
from binpack.errors import input_error
from binpack.kubernetes.planning.pod_sets import PodSet, read_pod_sets
from binpack.kubernetes.pod import PodTemplate
from binpack.kubernetes.resource_list import CPU, EPHEMERAL_STORAGE, MILLI
from binpack.units import DISK
from binpack.workload.application import Application
from binpack.workload.documents import Node, parse_documents
from binpack.workload.kubernetes import is_kubernetes
from binpack.workload.reading import files_in, read, title
from binpack.workload.sizing import size_workload
from binpack.workload.source_text import SourceText, read_text
from binpack.workload.tables import is_table


@dataclass(frozen=True)
class PlanInput:
    """sets : of pods to plan. namespaces : labels of those that the input describes. notes : what is left out or assumed."""

    title: str
    sets: tuple[PodSet, ...]
    namespaces: dict[str, dict[str, str]]
    notes: tuple[str, ...]


def read_plan_input(paths: Sequence[str]) -> PlanInput:
    """Kubernetes objects of all files together, and the applications of files of other formats as pods without rules.

    InputError where a file does not read, and where nothing is to be placed.
    """
    documents, others = kubernetes_documents(paths)
    notes: list[str] = []
    sets = list(read_pod_sets(documents, notes.append)) if documents else []
    for path in others:
        workload = size_workload(read(path), "requests")
        sets += [_pods_of(application) for application in workload.applications]
        notes += workload.notes
    if not any(pods.copies and not pods.daemon for pods in sets):
        raise input_error(", ".join(paths), "no pod to place", "at least one application with a copy")
    namespaces = {}
    for document in documents:
        if document.find_text("kind") == "Namespace":
            labels = document.find("metadata", "labels")
            namespaces[document.find_text("metadata", "name")] = {} if labels is None else labels.text_map()
    return PlanInput(title(paths), tuple(sets), namespaces, tuple(dict.fromkeys(notes)))


def kubernetes_documents(paths: Sequence[str]) -> tuple[list[Node], list[str]]:
    """The Kubernetes objects in the files, and the files of other formats."""
    documents: list[Node] = []
    others: list[str] = []
    for path in paths:
        directory = path != STANDARD_INPUT and Path(path).is_dir()
        for file in files_in(Path(path)) if directory else resolve(path):
            found = _objects(read_text(file))
            documents += found
            if not found:
                others.append(path if path == STANDARD_INPUT else str(file))
    return documents, others


def _objects(source: SourceText) -> list[Node]:
    return [] if is_table(source) else [d for d in parse_documents(source) if is_kubernetes(d)]


def _pods_of(application: Application) -> PodSet:
    """Pods of what another format describes: its size, and that its copies stand apart where it says so."""
    names = {DISK: EPHEMERAL_STORAGE}
    requests = {names.get(r, r): amount if r == CPU else amount * MILLI for r, amount in application.size.items()}
    template = PodTemplate(
        namespace=application.group,
        labels=tuple(sorted({**application.labels, "app": application.name}.items())),
        requests=tuple(sorted(requests.items())),
        scored=tuple(sorted((r, a) for r, a in application.size.items() if r in (CPU, "memory"))),
    )
    return PodSet(application.name, application.kind, application.replicas, template, application.agent)
