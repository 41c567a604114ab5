"""Built-in data sets: what there is, where its files are, and whether they are still what was published.

A data set is a folder ``datasets/<name>`` with a ``manifest.toml`` and data files, no code::

    title = "Train Ticket: 64 services of a railway booking system"     # one line, for lists
    kind = "workload"              # workload | nodes | instances | machines | overheads
    files = ["train-ticket.yaml"]  # what a command reads when it is given the data set's name, in this order
    source = "where it comes from: project, paper, address, commit"
    licence = "Apache-2.0"
    units = "cpu in thousandths of a hardware thread, memory in bytes"
    notes = "optional: what a user should know"

    [sha256]                       # one entry per file
    "train-ticket.yaml" = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

``kind`` says which argument takes the name: ``workload`` where a WORKLOAD is taken, ``nodes`` for ``--nodes``,
``instances`` for ``solve`` and ``check``, ``machines`` for ``--machines``; ``overheads`` is read by the eras themselves.
"""

from __future__ import annotations

import difflib
import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path

from binpack.datasets_path import datasets_path
from binpack.errors import InputError, InputProblem, Place, input_error

KINDS = ("workload", "nodes", "instances", "machines", "overheads")
MANIFEST = "manifest.toml"
STANDARD_INPUT = "-"
_TEXTS = ("title", "kind", "source", "licence", "units")


@dataclass(frozen=True)
class Dataset:
    """One built-in data set, as its manifest describes it; ``files`` are full paths, ``sha256`` is by file name."""

    name: str
    title: str
    kind: str
    files: tuple[Path, ...]
    source: str
    licence: str
    units: str
    sha256: dict[str, str]
    notes: str = ""

    def changed_files(self) -> list[str]:
        """Names of files that are missing or whose content is no longer that of the manifest's checksum."""
        return [file.name for file in self.files if not file.is_file() or self.sha256.get(file.name) != checksum(file)]


def checksum(file: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def dataset_names() -> list[str]:
    """The names of all built-in data sets, sorted."""
    return sorted(folder.parent.name for folder in datasets_path().glob(f"*/{MANIFEST}"))


def list_datasets() -> list[Dataset]:
    """All built-in data sets, by name."""
    return [load_dataset(name) for name in dataset_names()]


def load_dataset(name: str) -> Dataset:
    """The data set of that name; InputError names the nearest ones if there is none."""
    names = dataset_names()
    if name not in names:
        raise input_error(name, "no such data set", "a name that `binpack datasets` lists", _nearest(name, names))
    return read_manifest(datasets_path() / name / MANIFEST)


def read_manifest(path: Path) -> Dataset:
    """A manifest; InputError says what is missing or malformed in it."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise input_error(str(path), str(error), "a TOML file") from error
    problems = [
        InputProblem(Place(str(path)), f"no text {key!r}", f'{key} = "..."')
        for key in _TEXTS
        if not isinstance(table.get(key), str)
    ]
    files, sums = table.get("files"), table.get("sha256")
    if not isinstance(files, list) or not files or not all(isinstance(f, str) for f in files):
        problems.append(InputProblem(Place(str(path)), "no list 'files'", 'files = ["..."]'))
    if not isinstance(sums, dict):
        problems.append(InputProblem(Place(str(path)), "no table 'sha256'", "[sha256] with one entry per file"))
    if not problems and table["kind"] not in KINDS:
        problems.append(InputProblem(Place(str(path)), f"kind {table['kind']!r}", " or ".join(KINDS)))
    if problems:
        raise InputError(problems)
    texts = {key: table[key] for key in _TEXTS}
    paths = tuple(path.parent / name for name in table["files"])
    return Dataset(
        name=path.parent.name, files=paths, sha256=dict(table["sha256"]), notes=table.get("notes", ""), **texts
    )


def resolve(name_or_path: str | Path) -> tuple[Path, ...]:
    """The files behind an argument: a path (an existing one wins), ``-``, or a built-in data set's name.

    InputError if it is none of them, with the nearest built-in names.
    """
    text = str(name_or_path)
    path = Path(name_or_path)
    if text == STANDARD_INPUT or path.exists():
        return (path,)
    names = dataset_names()
    if text in names:
        return load_dataset(text).files
    raise input_error(
        text, "no such file", "a file, or a data set that `binpack datasets` lists", _nearest(text, names)
    )


def _nearest(name: str, names: list[str]) -> str:
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    return f"did you mean {' or '.join(near)}?" if near else ""
