"""Traces of a file for each VM, in a folder or a tar archive: its share of a machine's CPU, a whole per cent a line.

This is how PlanetLab's traces are handed on (Park and Pai, "CoMon", 2006; Beloglazov and Buyya, 2012). Of how large a
machine the percentages are, the files do not say.
"""

from __future__ import annotations

import re
import tarfile
import zlib
from collections.abc import Iterator
from lzma import LZMAError
from pathlib import Path

from binpack.errors import InputError, InputProblem, Place, input_error
from binpack.units import CPU, MEMORY, format_amount
from binpack.workload.application import ROWS, Application, Resources
from binpack.workload.source_text import LARGEST, SourceText, read_text
from binpack.workload.workload import Assumption, Workload

_PERCENT = re.compile(r"100|[0-9]{1,2}")
_MOST_PROBLEMS = 20


def is_percent_series(path: Path) -> bool:
    """Is a path a tar archive, or a folder whose first file is nothing but percentages?"""
    try:
        if path.is_file():
            return tarfile.is_tarfile(path)
        first = next(_files(path), None) if path.is_dir() else None
        return first is not None and all(map(_PERCENT.fullmatch, read_text(first).text.split()))
    except (OSError, InputError):
        return False


def read_percent_series(path: Path, whole: Resources | None, name: str) -> Workload:
    """A VM for each file, with a curve of CPU. whole : what a VM has of each resource; its CPU is what per cents are of, and
    all else it takes at every point. InputError for what is no percentage, and for files of different lengths."""
    if whole is None or CPU not in whole or MEMORY not in whole:
        fix = "--percent-of cpu=2,memory=4GiB"
        raise input_error(str(path), "percentages of nobody knows how much CPU", "the size of a VM", fix)
    problems: list[InputProblem] = []
    found: list[Application] = []
    for source in _texts(path):
        try:
            curve = _curve(source, whole[CPU])
            if found and len(curve) != len(found[0].curves[CPU]):
                expected = f"{len(found[0].curves[CPU]):,}, as in {found[0].place}"
                raise input_error(source.name, f"{len(curve):,} points of time", expected)
        except InputError as error:
            problems += error.problems[: _MOST_PROBLEMS - len(problems)]
            continue
        vm = Path(source.name).name
        found.append(Application(vm, 1, whole, group=name, kind=ROWS, curves={CPU: curve}, place=source.name))
    if problems:
        raise InputError(problems)
    if not found:
        raise input_error(str(path), "an archive without files", "a file for each VM")
    note = f"{len(found):,} VMs with a curve of CPU over {len(found[0].curves[CPU]):,} points of time"
    size = ", ".join(f"{format_amount(resource, amount)} {resource}" for resource, amount in whole.items())
    return Workload(name, tuple(found), (note,), (Assumption("a VM of the trace", size, "option --percent-of"),))


def _curve(source: SourceText, whole: int) -> tuple[int, ...]:
    """Each line's share of ``whole``, rounded up."""
    curve = []
    for number, line in enumerate(source.text.splitlines(), 1):
        text = line.strip()
        if not text:
            continue
        if not _PERCENT.fullmatch(text):
            raise input_error(Place(source.name, number, 1), repr(text[:40]), "a whole per cent from 0 to 100")
        curve.append(-(-int(text) * whole // 100))
    return tuple(curve)


def _files(folder: Path) -> Iterator[Path]:
    yield from (file for file in sorted(folder.rglob("*")) if file.is_file() and not file.name.startswith("."))


def _texts(path: Path) -> Iterator[SourceText]:
    """The text of each file, in the order of names; those of an archive are named after it."""
    if path.is_dir():
        yield from map(read_text, _files(path))
        return
    try:
        with tarfile.open(path) as archive:
            members = sorted((m for m in archive.getmembers() if m.isfile()), key=lambda member: member.name)
            if sum(member.size for member in members) > LARGEST:
                raise input_error(str(path), f"more than {LARGEST >> 20} MiB of text", "a smaller archive")
            for member in members:
                stream = archive.extractfile(member)
                data = b"" if stream is None else stream.read()
                yield SourceText(f"{path}/{member.name}", data.decode("utf-8", errors="replace"))
    except (tarfile.TarError, EOFError, OSError, zlib.error, LZMAError) as error:
        raise input_error(str(path), f"a damaged archive ({error})", "a whole tar archive") from None
