"""Opening an instance file: plain or gzip, by name or standard input, with clear words for what is not text."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from binpack_solvers.errors import FormatError

STANDARD_INPUT = "-"
_GZIP = b"\x1f\x8b"


def source_name(path: str | Path) -> str:
    """What messages call the file."""
    return "standard input" if str(path) == STANDARD_INPUT else str(path)


def instance_name(path: str | Path) -> str:
    """The name of a file's only instance: the file's without folder and endings."""
    return "stdin" if str(path) == STANDARD_INPUT else Path(path).name.removesuffix(".gz").rsplit(".", 1)[0]


@contextmanager
def open_lines(path: str | Path) -> Iterator[Iterator[tuple[int, str]]]:
    """(line number from 1, line without its end), read as the caller goes on; FormatError for what is not text."""
    if str(path) == STANDARD_INPUT:
        yield _lines(sys.stdin.buffer, source_name(path))
        return
    try:
        stream = open(path, "rb")  # noqa: SIM115  (closed below)
    except FileNotFoundError as error:
        raise FormatError(str(path), 0, 0, "no such file", "an instance file") from error
    except OSError as error:
        raise FormatError(str(path), 0, 0, str(error.strerror), "a readable instance file") from error
    with stream:
        yield _lines(stream, str(path))


def _lines(stream: BinaryIO, name: str) -> Iterator[tuple[int, str]]:
    buffered = stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(cast(io.RawIOBase, stream))
    packed = buffered.peek(2)[:2] == _GZIP
    source = cast(BinaryIO, gzip.GzipFile(fileobj=buffered)) if packed else buffered
    number = 0
    try:
        for raw in source:
            number += 1
            yield number, _decode(raw, name, number)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise FormatError(name, number + 1, 1, f"broken gzip data ({error})", "a whole gzip file") from error
    if not number:
        raise FormatError(name, 1, 1, "an empty file", "an instance")


def _decode(raw: bytes, name: str, number: int) -> str:
    if b"\0" in raw:
        raise FormatError(name, number, raw.index(b"\0") + 1, "a binary file", "text")
    try:
        text = raw.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        found = f"byte 0x{raw[error.start]:02x}, which is no UTF-8 text"
        raise FormatError(name, number, error.start + 1, found, "text") from error
    return text.rstrip("\r\n")
