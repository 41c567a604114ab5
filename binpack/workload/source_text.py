"""The text of an input: a file, a gzipped file or standard input, with one clear error for everything that is no text."""

from __future__ import annotations

import gzip
import io
import re
import sys
import zlib
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from binpack.errors import Place, input_error

STANDARD_INPUT = "-"
LARGEST = 1 << 30  # bytes after unpacking; a gzip bomb must not fill the memory
_GZIP = b"\x1f\x8b"
_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True)
class SourceText:
    """A whole input as text; ``name`` is what messages call it."""

    name: str
    text: str

    def place_of(self, offset: int) -> Place:
        """The line and column of the character at ``offset``."""
        line = bisect_right(self._line_starts, offset)
        return Place(self.name, line, offset - self._line_starts[line - 1] + 1)

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(found.end() for found in re.finditer("\n", self.text))]


def read_text(path: str | Path) -> SourceText:
    """The text of ``path``, or of standard input for ``-``.

    gzip is recognised by its first bytes. UTF-8 is expected; UTF-16 with a byte order mark (what PowerShell writes) is read
    as well. InputError if there is nothing to read, or if it is no text.
    """
    name = "<stdin>" if str(path) == STANDARD_INPUT else str(path)
    data = _unpacked(_read_bytes(path, name), name)
    text = _decoded(data, name)
    if not text.strip():
        raise input_error(name, "an empty file", "a workload", "name a file with something in it")
    return SourceText(name, text)


def _read_bytes(path: str | Path, name: str) -> bytes:
    if str(path) == STANDARD_INPUT:
        return sys.stdin.buffer.read(LARGEST + 1)
    try:
        with open(path, "rb") as file:
            return file.read(LARGEST + 1)
    except FileNotFoundError:
        raise input_error(name, "no such file", "a file, a directory or -", "check the path") from None
    except IsADirectoryError:
        raise input_error(name, "a directory", "a file") from None
    except PermissionError:
        raise input_error(name, "a file that may not be read", "a readable file", "check its permissions") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise input_error(name, f"a file that cannot be read ({reason})", "a readable file") from None


def _unpacked(data: bytes, name: str) -> bytes:
    if data.startswith(_GZIP):
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
                data = packed.read(LARGEST + 1)
        except (OSError, EOFError, zlib.error):
            raise input_error(name, "a damaged gzip file", "a whole gzip file", "copy the file again") from None
    if len(data) > LARGEST:
        raise input_error(name, f"more than {LARGEST >> 20} MiB of text", "a smaller input", "split the file")
    return data


def _decoded(data: bytes, name: str) -> str:
    encoding = next((e for mark, e in _BYTE_ORDER_MARKS if data.startswith(mark)), "utf-8")
    if encoding != "utf-16" and b"\0" in data:
        raise input_error(_place(data, data.index(b"\0"), name), "a binary file (a zero byte)", "text in UTF-8")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        place = _place(data, error.start, name) if encoding == "utf-8" else Place(name)
        found = f"a byte that is not {encoding.upper()} (0x{data[min(error.start, len(data) - 1)]:02x})"
        raise input_error(place, found, "text in UTF-8", "save the file as UTF-8") from None


def _place(data: bytes, offset: int, name: str) -> Place:
    """Line and column of a byte, where a column is a character as far as the bytes before it can be decoded."""
    line_start = data.rfind(b"\n", 0, offset) + 1
    before = data[line_start:offset].decode("utf-8", errors="replace")
    return Place(name, data.count(b"\n", 0, offset) + 1, len(before) + 1)
