"""What is to be planned, from files of any format: sets of pods, and the cluster's own objects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from binpack.builtin import STANDARD_INPUT, resolve
from binpack.errors import input_error
from binpack.kubernetes.cluster_reader import namespace_labels
from binpack.kubernetes.planning.pod_sets import PodSet, read_pod_sets
from binpack.kubernetes.pod import PodTemplate
from binpack.kubernetes.resource_list import CPU, EPHEMERAL_STORAGE, MILLI
from binpack.units import DISK
from binpack.workload.application import Application
from binpack.workload.documents import Node, parse_documents
from binpack.workload.kubernetes import is_kubernetes
from binpack.workload.kubernetes_objects import unfolded
from binpack.workload.reading import files_in, read, title
from binpack.workload.sizing import size_workload
from binpack.workload.source_text import read_text
from binpack.workload.tables import is_table


@dataclass(frozen=True)
class PlanInput:
    """sets : of pods to plan. namespaces : labels of those that the input describes. notes : what is left out or assumed."""

    title: str
    sets: tuple[PodSet, ...]
    namespaces: dict[str, dict[str, str]]
    notes: tuple[str, ...]


class FileDocuments(NamedTuple):
    """A file as it was named, and its documents; none of a table."""

    name: str
    documents: list[Node]

    @property
    def objects(self) -> list[Node]:
        """The Kubernetes objects among them."""
        return [document for document in self.documents if is_kubernetes(document)]


def read_plan_input(paths: Sequence[str]) -> PlanInput:
    """``plan_input`` of these files."""
    return plan_input(read_documents(paths), title(paths))


def plan_input(files: Sequence[FileDocuments], title: str) -> PlanInput:
    """Kubernetes objects of all files together, and the applications of files of other formats as pods without rules.

    InputError where a file does not read, and where nothing is to be placed.
    """
    documents = [document for file in files for document in file.objects]
    others = [file.name for file in files if not file.objects]
    notes: list[str] = []
    sets = list(read_pod_sets(documents, notes.append)) if documents else []
    for path in others:
        workload = size_workload(read(path), "requests")
        sets += [_pods_of(application) for application in workload.applications]
        notes += workload.notes
    if not any(pods.copies and not pods.daemon for pods in sets):
        named = ", ".join(file.name for file in files)
        raise input_error(named, "no pod to place", "at least one application with a copy")
    return PlanInput(title, tuple(sets), namespace_labels(unfolded(documents)), tuple(dict.fromkeys(notes)))


def read_documents(paths: Sequence[str]) -> list[FileDocuments]:
    """Every file, those of a directory too, read and parsed once."""
    found = []
    for path in paths:
        directory = path != STANDARD_INPUT and Path(path).is_dir()
        for file in files_in(Path(path)) if directory else resolve(path):
            source = read_text(file)
            documents = [] if is_table(source) else parse_documents(source)
            found.append(FileDocuments(path if path == STANDARD_INPUT else str(file), documents))
    return found


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
