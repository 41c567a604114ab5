"""read(): files, directories, standard input or built-in data sets; each format found out by its content."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from binpack.builtin import STANDARD_INPUT, dataset_names, load_dataset, resolve
from binpack.errors import InputError, input_error
from binpack.workload.compose import is_compose, read_compose
from binpack.workload.documents import parse_documents
from binpack.workload.kubernetes import is_kubernetes, read_kubernetes
from binpack.workload.native import is_native, read_native
from binpack.workload.node import Node
from binpack.workload.source_text import read_text
from binpack.workload.tables import read_table
from binpack.workload.workload import Workload

TABLES = (".csv", ".tsv", ".csv.gz", ".tsv.gz")
TEXTS = (".yaml", ".yml", ".json", ".yaml.gz", ".yml.gz", ".json.gz", *TABLES)
FORMATS = "Kubernetes manifests, Compose files, CSV, or YAML with applications:"


def read(*paths: str | Path) -> Workload:
    """One workload from all of ``paths``; Kubernetes objects of all files are read together.

    InputError if there is nothing to place, or if a file named is of no known format; foreign files of a directory are
    skipped and counted.
    """
    kubernetes: list[Node] = []
    workloads: list[Workload] = []
    skipped = 0
    for path in paths:
        folder = str(path) != STANDARD_INPUT and Path(path).is_dir()
        for file in _files_in(Path(path)) if folder else resolve(path):
            try:
                _read_file(file, kubernetes, workloads)
            except InputError:
                if not folder:
                    raise
                skipped += 1
    name = title(paths)
    if kubernetes:
        workloads.append(read_kubernetes(kubernetes, name))
    workload = _merged(workloads, name, tuple(map(str, paths)))
    if skipped:
        workload = replace(
            workload, notes=(*workload.notes, f"{skipped} files of the directory are of no known format")
        )
    if not workload.placed:
        found = f"nothing to place ({len(workload.agents)} agents, {len(workload.applications)} applications)"
        where, said = ", ".join(map(str, paths)), "; ".join(workload.notes)
        raise input_error(where, found, "at least one application with a copy", said)
    return workload


def title(paths: Sequence[str | Path]) -> str:
    """What a report calls the workload: the data set's title, or the files' names."""
    names = dataset_names()
    shown = [
        load_dataset(str(p)).title if str(p) in names and not Path(p).exists() else Path(p).name.split(".")[0]
        for p in paths
    ]
    return ", ".join(shown[:3]) + (f" and {len(shown) - 3} more" if len(shown) > 3 else "")


def scaled(workload: Workload, copies: int) -> Workload:
    """Every application with so many times its copies; agents and jobs stay."""
    applications = tuple(
        a if a.agent or a.job else replace(a, replicas=a.replicas * copies) for a in workload.applications
    )
    return replace(workload, applications=applications)


def _files_in(folder: Path) -> list[Path]:
    files = [f for f in sorted(folder.rglob("*")) if f.is_file() and f.name.lower().endswith(TEXTS)]
    if not files:
        raise input_error(str(folder), "no YAML, JSON or CSV file", "a directory with manifests in it")
    return files


def _read_file(path: Path, kubernetes: list[Node], workloads: list[Workload]) -> None:
    source = read_text(path)
    stem = Path(source.name).name.split(".")[0]
    if source.name.lower().endswith(TABLES):
        workloads.append(read_table(source, stem))
        return
    documents = [d for d in parse_documents(source) if not d.is_null]
    for document in documents:
        if is_kubernetes(document):
            kubernetes.append(document)
        elif is_native(document):
            workloads.append(read_native(document, stem))
        elif is_compose(document):
            workloads.append(read_compose(document, stem))
        else:
            shown = ", ".join([key for key, _ in document.items()][:5]) if document.is_mapping else document.describe()
            raise document.error(f"a document with {shown}", FORMATS)


def _merged(workloads: Sequence[Workload], name: str, sources: tuple[str, ...]) -> Workload:
    own = workloads[0].name if len(workloads) == 1 else name
    overheads = {key: amount for w in workloads for key, amount in w.overheads.items()}
    return Workload(
        own,
        tuple(a for w in workloads for a in w.applications),
        tuple(note for w in workloads for note in w.notes),
        tuple(assumption for w in workloads for assumption in w.assumptions),
        overheads,
        sources,
    )
