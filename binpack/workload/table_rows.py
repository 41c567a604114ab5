"""The rows of a CSV text: cells with their places, whatever the delimiter. The column of a place is the cell's number."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from binpack.errors import InputError, Place, input_error
from binpack.workload.source_text import SourceText

DELIMITERS = ",;\t"
NOTHING = frozenset({"", "-", "na", "n/a", "nan", "none", "null"})
"""What cells say, in lower case, that say nothing."""


@dataclass(frozen=True)
class Row:
    """One record. ``line`` is where it starts, as quoted cells may go over several lines."""

    file: str
    line: int
    cells: tuple[str, ...]

    @property
    def place(self) -> Place:
        """Where the record starts."""
        return Place(self.file, self.line, 1)

    def cell(self, index: int) -> str:
        """The text of a cell without blanks around it; empty beyond the end of the record."""
        return self.cells[index].strip() if 0 <= index < len(self.cells) else ""

    def cell_place(self, index: int) -> Place:
        """Where a cell stands, numbered from 1 as in a spreadsheet."""
        return Place(self.file, self.line, index + 1)


def read_rows(source: SourceText) -> Iterator[Row]:
    """The records that hold something, the header first. InputError at the cell whose quote is never closed."""
    text = source.text if "\n" in source.text else source.text.replace("\r", "\n")
    delimiter = delimiter_of(text)
    reader = csv.reader(io.StringIO(text, newline="\n"), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _broken(source.name, text, line, delimiter, str(error)) from None
        if any(cell.strip() for cell in cells):
            yield Row(source.name, line, tuple(cells))


def first_cells(source: SourceText) -> tuple[str, ...]:
    """The cells of the first record without blanks around them; none where the text has no record."""
    try:
        return tuple(cell.strip() for cell in next(read_rows(source)).cells)
    except (InputError, StopIteration):
        return ()


def delimiter_of(text: str) -> str:
    """The delimiter that the first line with something in it has most of."""
    first = next((line for line in io.StringIO(text) if line.strip()), "")
    return max(DELIMITERS, key=first.count)


def _broken(file: str, text: str, line: int, delimiter: str, said: str) -> InputError:
    """The error for the record that starts in ``line``."""
    if "field limit" in said:  # the rest of a large file, most likely
        return input_error(
            Place(file, line, 1),
            f"a cell of more than {csv.field_size_limit():,} characters",
            "a table",
            "close the quote",
        )
    if "unexpected end" not in said:
        fix = "double the quotes inside of quoted cells"
        return input_error(Place(file, line, 1), f"broken CSV ({said})", "a CSV table", fix)
    lines = io.StringIO(text, newline="\n").readlines()[line - 1 :]
    cells = next(csv.reader(lines, delimiter=delimiter))  # not strict: the open cell is the last one
    return input_error(Place(file, line, len(cells)), "a quote that is never closed", 'a closing "', "close the quote")
