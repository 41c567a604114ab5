"""Reading instances of any format, and choosing among those of a file with many."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from binpack_solvers.errors import FormatError
from binpack_solvers.instances import bpplib, jsonl, vpsolver
from binpack_solvers.instances.instance import Instance
from binpack_solvers.instances.jsonl import Skipped
from binpack_solvers.instances.source import STANDARD_INPUT, source_name

ENDINGS = {
    ".bpp": "bpplib",
    ".txt": "bpplib",
    ".csp": "bpplib",
    ".vbp": "vbp",
    ".mvp": "mvp",
    ".jsonl": "jsonl",
    ".json": "jsonl",
}
INPUT_FORMATS = ("bpplib", "vbp", "mvp", "jsonl")


def format_of(path: str | Path) -> str:
    """The format that a file's ending stands for; standard input holds JSON lines unless said otherwise."""
    if str(path) == STANDARD_INPUT:
        return "jsonl"
    ending = Path(str(path).lower().removesuffix(".gz")).suffix
    if ending not in ENDINGS:
        known = ", ".join(ENDINGS)
        raise FormatError(source_name(path), 0, 0, f"the ending {ending!r}", f"one of {known} (each also with .gz)")
    return ENDINGS[ending]


def read_all(path: str | Path, input_format: str | None = None) -> Iterator[Instance | Skipped]:
    """Every instance of a file, read as the caller goes on; FormatError with file:line:column."""
    kind = input_format or format_of(path)
    if kind == "jsonl":
        yield from jsonl.read(path)
    elif kind == "bpplib":
        yield bpplib.read(path)
    else:
        yield vpsolver.read_vbp(path) if kind == "vbp" else vpsolver.read_mvp(path)


def read_instances(
    path: str | Path, select: str | None = None, limit: int | None = None, input_format: str | None = None
) -> Iterator[Instance | Skipped]:
    """The first ``limit`` instances of a file whose name matches the pattern ``select``."""
    count = 0
    for instance in read_all(path, input_format):
        if select is None or fnmatchcase(instance.name, select):
            yield instance
            count += 1
            if count == limit:
                return
