"""Compose files that belong together: an override is merged into its file, an included file is read where it is included."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from binpack.errors import InputError, InputProblem
from binpack.workload.compose import read_compose
from binpack.workload.compose_extends import merged
from binpack.workload.compose_include import included_files
from binpack.workload.node import Node
from binpack.workload.workload import Workload

_OVERRIDE = ".override"
_ORIGIN = ("image", "build", "extends")


@dataclass(frozen=True)
class ComposeFile:
    """A Compose document with the name of its stack; ``found``: in a directory, where what is broken is left out."""

    name: str
    document: Node
    found: bool = False

    @property
    def path(self) -> Path:
        return Path(self.document.place.file)

    @property
    def without_origin(self) -> set[str]:
        """Services that say neither what they run nor whom they extend: they can only change those of another file."""
        return {name for name, service in self._services() if service.is_mapping and not _says(service, _ORIGIN)}

    @property
    def complete(self) -> set[str]:
        """Services that say what they run."""
        return {name for name, service in self._services() if service.is_mapping and _says(service, _ORIGIN)}

    def _services(self) -> Iterator[tuple[str, Node]]:
        services = self.document.find("services")
        if services is not None and services.is_mapping:
            yield from services.items()

    def overrides(self, other: ComposeFile) -> bool:
        """Is this file meant to be laid over the other one of its folder?

        By its name (``compose.override.yaml`` for ``compose.yaml``), or by services that stand alone nowhere but there.
        """
        if self.path.parent != other.path.parent or self.path == other.path:
            return False
        return self.path.stem == other.path.stem + _OVERRIDE or bool(self.without_origin & other.complete)


def read_compose_files(
    files: Sequence[ComposeFile], broken: list[InputProblem], variables: Mapping[str, str] | None = None
) -> dict[int, Workload]:
    """Identity of a file -> the workload of its stack; a file that is merged into another, or included, has none.

    variables : of files named for them, in place of those beside each file. Faults of files found in a directory are added
    to ``broken``; others raise InputError.
    """
    named = {file.path.resolve() for file in files}
    inner: set[Path] = set()
    for file in files:
        if file.path.resolve() not in inner:  # of files that include one another the first one stays
            inner |= (included_files(file.document) & named) - {file.path.resolve()}
    own = [file for file in files if file.path.resolve() not in inner]
    bases = {k: _base(file, own) for k, file in enumerate(own)}
    workloads: dict[int, Workload] = {}
    for k, file in enumerate(own):
        if bases[k] is not None:
            continue
        above = [other for j, other in enumerate(own) if bases[j] is file]
        try:
            workloads[id(file)] = _with_note_on_override(_stack(file, above, variables), file, named)
        except InputError as error:
            if not file.found:
                raise
            broken.append(error.problems[0])
    return workloads


def _base(file: ComposeFile, files: Sequence[ComposeFile]) -> ComposeFile | None:
    """The file that this one overrides; None if there is none, or if there are several: then nobody can tell which."""
    found = [other for other in files if file.overrides(other) and not other.overrides(file)]
    roots = [other for other in found if not any(other.overrides(third) for third in found)]
    return roots[0] if len(roots) == 1 else None


def _stack(file: ComposeFile, above: Sequence[ComposeFile], variables: Mapping[str, str] | None) -> Workload:
    """One file with those over it, the later ones last, merged by the rules of Compose."""
    document = file.document
    for other in above:
        document = merged(other.document, document)
    workload = read_compose(document, file.name, variables)
    if not above:
        return workload
    note = f"{', '.join(other.path.name for other in above)}: merged into {file.path.name}, as Compose does"
    return replace(workload, notes=(note, *workload.notes))


def _with_note_on_override(workload: Workload, file: ComposeFile, named: set[Path]) -> Workload:
    """Compose by itself reads an override that lies beside its file; here only what is named is read."""
    beside = [file.path.with_name(f"{file.path.stem}{_OVERRIDE}{ending}") for ending in (".yaml", ".yml")]
    unread = [path.name for path in beside if path.is_file() and path.resolve() not in named]
    if not unread:
        return workload
    return replace(
        workload, notes=(*workload.notes, f"not read, name it too: {', '.join(unread)} beside {file.path.name}")
    )


def _says(service: Node, keys: Sequence[str]) -> bool:
    return any(service.get(key) is not None for key in keys)
