"""The columns of a table of applications: what each header means, and the unit that its bare numbers are in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from binpack.units import CPU, DISK, MEMORY, units_of

GPU = "gpu"
GPU_SHARE = "gpu_milli"
LIMIT = "limit of "
CREATED, SCHEDULED, DELETED = "time of creation", "time of scheduling", "time of deletion"
PHASE = "phase"
_SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "name": (
        *("name", "app", "app_name", "application", "application_name", "service", "service_name", "workload"),
        *("deployment", "pod", "pod_name", "sn", "instance", "instance_sn", "vm", "vm_name"),  # of single copies
    ),
    "replicas": ("replicas", "replica", "copies", "instances", "count", "number", "quantity", "replica_count"),
    GPU_SHARE: ("gpu_milli",),
    "os": ("os", "operating_system", "platform", "os_family"),
    "arch": ("arch", "architecture"),
    "group": ("group", "namespace", "stack", "project"),
    "isolation": ("isolation",),
    "image": ("image",),
    "agent": ("agent", "daemon", "daemonset"),
    CREATED: ("creation_time", "create_time"),
    SCHEDULED: ("scheduled_time", "schedule_time"),
    DELETED: ("deletion_time", "delete_time"),
    PHASE: ("pod_phase",),
    "max_per_host": ("max_per_host", "max_per_node", "max_instance_per_node", "max_replicas_per_node"),
}
_RESOURCES: Mapping[str, tuple[str, ...]] = {
    CPU: ("cpu", "cpus", "vcpu", "vcpus", "cores", "core", "cpu_num", "num_cpu"),
    MEMORY: ("memory", "mem", "ram"),
    DISK: ("disk", "storage", "ephemeral_storage"),
    GPU: ("gpu", "gpus", "num_gpu", "gpu_num", "gpu_count"),
}
_MEANINGS = {spelling: meaning for meaning, spellings in _SPELLINGS.items() for spelling in spellings}
for _resource, _spellings in _RESOURCES.items():
    for _spelling in _spellings:
        _MEANINGS[_spelling] = _resource
        for _word in ("request", "requests", "requested"):
            _MEANINGS[f"{_spelling}_{_word}"] = _MEANINGS[f"{_word}_{_spelling}"] = _resource
        for _word in ("limit", "limits"):
            _MEANINGS[f"{_spelling}_{_word}"] = _MEANINGS[f"{_word}_{_spelling}"] = LIMIT + _resource
_BRACKETED = re.compile(r"(.*?)\s*[(\[]\s*([A-Za-z]+)\s*[)\]]")
_EXTENDED = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+/[a-z0-9._-]+")  # Kubernetes' names of further resources


@dataclass(frozen=True)
class Column:
    """Where a meaning stands. ``unit`` (lower case) is that of numbers without one; empty where the header has none."""

    index: int
    unit: str = ""


@dataclass(frozen=True)
class Columns:
    """Meaning -> column; and the headers that were not understood or say again what an earlier column says.

    further : meanings that are resources of no spelling here, named by whoever reads.
    """

    of: Mapping[str, Column]
    ignored: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()
    further: frozenset[str] = frozenset()

    @property
    def width(self) -> int:
        """Cells of the header."""
        return len(self.of) + len(self.ignored) + len(self.repeated)

    def resources(self, limits: bool = False) -> dict[str, Column]:
        """Resource -> column, of what is requested or of its limits."""
        found = {meaning: column for meaning, column in self.of.items() if meaning.startswith(LIMIT) == limits}
        plain = {meaning.removeprefix(LIMIT): column for meaning, column in found.items()}
        return {
            r: column for r, column in plain.items() if r in _RESOURCES or r in self.further or _EXTENDED.fullmatch(r)
        }


def read_header(header: Sequence[str], named: Mapping[str, tuple[str, str]] | None = None) -> Columns:
    """What the columns mean: ``cpu_milli``, ``Memory (MiB)``, ``limits.cpu`` ...

    named : meaning -> header and unit, of columns whose own headers do not say it (see ``named_columns``). A limit beside
        it whose header has no unit is in the same.
    """
    named = {meaning: column for meaning, column in (named or {}).items() if column[0] in map(str.strip, header)}
    columns = {
        meaning: Column([cell.strip() for cell in header].index(title), unit)
        for meaning, (title, unit) in named.items()
    }
    ignored, repeated = [], []
    taken = {column.index for column in columns.values()}
    for index, cell in enumerate(header):
        meaning, unit = _meaning(cell)
        if index in taken:
            continue
        if not meaning or (meaning == "name" and meaning in named):
            ignored.append(cell.strip() or f"(column {index + 1}, without a header)")
        elif meaning == "name" and meaning in columns:
            first = columns[meaning].index
            kept, other = sorted((first, index), key=lambda k: _SPELLINGS["name"].index(_plain(header[k])))
            columns[meaning] = Column(kept)
            ignored.append(header[other].strip())
        elif meaning in columns:
            repeated.append(cell.strip())
        else:
            columns[meaning] = Column(index, unit or named.get(meaning.removeprefix(LIMIT), ("", ""))[1])
    known = {*_SPELLINGS, *_RESOURCES, *(LIMIT + resource for resource in _RESOURCES)}
    return Columns(columns, tuple(ignored), tuple(repeated), frozenset(named) - known)


def named_columns(text: str) -> dict[str, tuple[str, str]]:
    """``cpu=plan_cpu:cores,memory=plan_mem:GiB``: meaning -> header and unit, each unit one of the resource's.

    A meaning is anything that a header may say (``cpu``, ``name``, ``group``, ``max_per_host``, ``creation_time`` ...); a
    word that says nothing is a resource of that name, counted. ValueError says what is wrong in words.
    """
    found: dict[str, tuple[str, str]] = {}
    for part in filter(None, map(str.strip, text.split(","))):
        word, sign, column = part.partition("=")
        title, _, unit = column.rpartition(":") if ":" in column else (column, "", "")
        meaning = _meaning(word)[0] or word.strip()
        if not sign or not meaning or not title.strip():
            raise ValueError(f"{part!r}, which is not MEANING=COLUMN or MEANING=COLUMN:UNIT")
        if unit.lower() not in units_of(meaning.removeprefix(LIMIT)):
            raise ValueError(f"{part!r}, with no unit of {meaning}")
        found[meaning] = (title.strip(), unit.lower())
    return found


def _meaning(cell: str) -> tuple[str, str]:
    """A header's meaning and unit; an empty meaning if it has none here."""
    text, unit = cell.strip(), ""
    if _EXTENDED.fullmatch(text.lower()):
        return text.lower(), ""
    if found := _BRACKETED.fullmatch(text):
        text, unit = found[1], found[2].lower()
    plain = _plain(text)
    meaning = _MEANINGS.get(plain, "")
    if not meaning:
        base, _, last = plain.rpartition("_")
        meaning, unit = _MEANINGS.get(base, ""), last
    resource = meaning.removeprefix(LIMIT)
    if unit and (resource not in _RESOURCES or unit not in units_of(resource)):
        return "", ""
    return meaning, unit


def _plain(header: str) -> str:
    return re.sub(r"[\s.\-]+", "_", header.strip().lower())
