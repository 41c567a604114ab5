"""What ``kubectl top pods`` prints, read as a table: columns stand apart by blanks, and containers of a pod have a line each
with ``--containers``."""

from __future__ import annotations

from collections.abc import Iterator

from binpack.workload.source_text import SourceText
from binpack.workload.table_rows import Row

MEASURES = ("CPU(cores)", "MEMORY(bytes)")
_SUMS = "___"  # what the line before the sums of --sum begins with


def is_kubectl_top(source: SourceText) -> bool:
    """Does the text start with the header of ``kubectl top``?"""
    first = source.text.lstrip().partition("\n")[0].split()
    return all(measure in first for measure in MEASURES)


def top_rows(source: SourceText) -> Iterator[Row]:
    """The records, the header first, in which NAME beside POD is called what it is, a container. Sums are left out."""
    header = True
    for number, line in enumerate(source.text.splitlines(), 1):
        cells = line.split()
        if not cells:
            continue
        if cells[0].startswith(_SUMS):
            return
        if header and "POD" in cells:
            cells = ["container" if cell == "NAME" else cell for cell in cells]
        header = False
        yield Row(source.name, number, tuple(cells))
