"""What is to be planned, from files of any format: sets of pods, and the cluster's own objects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from binpack.builtin import STANDARD_INPUT, resolve
from binpack.errors import input_error
from binpack.kubernetes.cluster_reader import namespace_labels, volumes_of
from binpack.kubernetes.cluster_volumes import ClusterVolumes
from binpack.kubernetes.planning.pod_sets import PodSet, pod_sets_of_objects
from binpack.kubernetes.pod import PodTemplate
from binpack.kubernetes.resource_list import CPU, EPHEMERAL_STORAGE, MILLI
from binpack.units import DISK
from binpack.workload.application import Application
from binpack.workload.documents import Node, parse_documents
from binpack.workload.kubernetes import is_kubernetes, refusals
from binpack.workload.kubernetes_objects import collect_objects, unfolded
from binpack.workload.kubernetes_scaling import Bound, scaled_items
from binpack.workload.reading import files_in, read, title
from binpack.workload.sizing import size_workload
from binpack.workload.source_text import read_text
from binpack.workload.tables import is_table

ReplicasFrom = Literal["spec", "hpa-min", "hpa-max"]
SCALED_TO: dict[str, Bound] = {"hpa-min": "minimum", "hpa-max": "maximum"}
GOVERNING = ("LimitRange", "ResourceQuota", "PriorityClass", "HorizontalPodAutoscaler")
"""Kinds of a cluster's objects that change, or refuse, the pods that are created in it."""


MOST_PODS = 200_000


@dataclass(frozen=True)
class PlanInput:
    """sets : of pods to plan. namespaces : labels of those that the input describes. volumes : and what it says of claims.
    notes : what is left out or assumed. refused : pods that quotas and limit ranges would keep from being created, a
    sentence for each application."""

    title: str
    sets: tuple[PodSet, ...]
    namespaces: dict[str, dict[str, str]]
    volumes: ClusterVolumes
    notes: tuple[str, ...]
    refused: tuple[str, ...] = ()


class FileDocuments(NamedTuple):
    """A file as it was named, and its documents; none of a table."""

    name: str
    documents: list[Node]

    @property
    def objects(self) -> list[Node]:
        """The Kubernetes objects among them."""
        return [document for document in self.documents if is_kubernetes(document)]


def read_plan_input(
    paths: Sequence[str], replicas_from: ReplicasFrom = "spec", beside: Sequence[Node] = ()
) -> PlanInput:
    """``plan_input`` of these files."""
    return plan_input(read_documents(paths), title(paths), replicas_from, beside)


def plan_input(
    files: Sequence[FileDocuments], title: str, replicas_from: ReplicasFrom = "spec", beside: Sequence[Node] = ()
) -> PlanInput:
    """Kubernetes objects of all files together, and the applications of files of other formats as pods without rules.

    beside : objects of a cluster that the pods come to, of which those count that say something of pods to be created.
    InputError where a file does not read, and where nothing is to be placed.
    """
    documents = [document for file in files for document in file.objects]
    others = [file.name for file in files if not file.objects]
    objects = collect_objects([*documents, *(d for d in unfolded(beside) if d.find_text("kind") in GOVERNING)])
    notes = list(objects.notes)
    if replicas_from != "spec":
        objects.workloads = scaled_items(objects.workloads, objects.others, SCALED_TO[replicas_from], notes)
    sets = list(pod_sets_of_objects(objects, notes.append))
    for path in others:
        workload = size_workload(read(path), "requests")
        sets += [_pods_of(application) for application in workload.applications]
        notes += workload.notes
    named = ", ".join(file.name for file in files)
    count = sum(pods.copies for pods in sets if not pods.daemon)
    if not count:
        raise input_error(named, "no pod to place", "at least one application with a copy")
    if count > MOST_PODS:
        raise input_error(
            named, f"{count:,} pods", f"at most {MOST_PODS:,}, as each is replayed by itself", "see binpack eras"
        )
    namespaces = namespace_labels(unfolded(documents))
    refused = tuple(refusals(objects, further=bool(beside)))
    return PlanInput(title, tuple(sets), namespaces, volumes_of(documents), tuple(dict.fromkeys(notes)), refused)


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
