"""What every subcommand shares: options, output files and machine-readable text."""

from __future__ import annotations

import argparse
import math
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from pathlib import Path

YES = 0
NO = 1
BAD_INPUT = 2
INTERRUPTED = 130

FORMATS = ("table", "json", "csv")


def add_output_options(parser: argparse.ArgumentParser, formats: tuple[str, ...] = FORMATS) -> None:
    """``--format``, ``-o``, ``-q`` and ``-v``."""
    group = parser.add_argument_group("output")
    group.add_argument("--format", choices=formats, default=formats[0], help=f"default: {formats[0]}")
    group.add_argument(
        "-o", "--output", metavar="FILE", help="write to FILE, whole or not at all (default, and -: standard output)"
    )
    group.add_argument("-q", "--quiet", action="store_true", help="no progress and no remarks on standard error")
    group.add_argument("-v", "--verbose", action="store_true", help="more remarks on standard error")


def add_search_options(parser: argparse.ArgumentParser, time_limit: float = 10.0) -> None:
    """``--time-limit``, ``--threads`` and ``--seed``."""
    group = parser.add_argument_group("search")
    group.add_argument(
        "--time-limit",
        type=seconds,
        default=time_limit,
        metavar="S",
        help=f"seconds for each problem, without kernel compilation (default: {time_limit:g})",
    )
    group.add_argument("--threads", type=positive, default=1, metavar="N", help="default: 1")
    group.add_argument("--seed", type=natural, default=0, metavar="N", help="same seed, same answer (default: 0)")


def add_selection_options(parser: argparse.ArgumentParser) -> None:
    """``--select`` and ``--limit``: which instances of a file with many."""
    parser.add_argument("--select", metavar="GLOB", help="only instances whose name matches, such as 'N1*'")
    parser.add_argument("--limit", type=positive, metavar="N", help="only the first N of them in each file")


def seconds(text: str) -> float:
    """A number of seconds, 0 or more."""
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not math.isfinite(value) or value < 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds, 0 or more")
    return value


def positive(text: str) -> int:
    """A whole number from 1 to 2**31 - 1."""
    if not text.isdecimal() or not 1 <= int(text) < 2**31:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number, 1 or more and below 2**31")
    return int(text)


def natural(text: str) -> int:
    """A seed: a whole number from 0 to 2**31 - 1."""
    if not text.isdecimal() or int(text) >= 2**31:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 to 2**31 - 1")
    return int(text)


@contextmanager
def output(args: argparse.Namespace) -> Iterator[TextIO]:
    """The stream for a command's data. A file named by ``-o`` appears whole when the block ends, or not at all."""
    from pathlib import Path

    if args.output in (None, "", "-"):
        yield sys.stdout
        sys.stdout.flush()
        return
    with atomic_file(Path(args.output)) as stream:
        yield stream


@contextmanager
def atomic_file(target: Path) -> Iterator[TextIO]:
    """A text file (gzip, if its name ends so) that takes its place only when the block ends without an error.

    A device or pipe is written as it is.
    """
    import tempfile
    from pathlib import Path

    if target.exists() and not target.is_file():
        with target.open("w", encoding="utf-8") as stream:
            yield stream
        return
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(target)) from None  # the name that the user knows
    try:
        with os.fdopen(handle, "wb") as raw, _text(raw, target) as stream:
            yield stream
        os.chmod(name, _ordinary_mode())
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextmanager
def _text(raw: IO[bytes], target: Path) -> Iterator[TextIO]:
    import gzip
    import io

    packed = target.suffix == ".gz"
    source = (
        gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) if packed else raw
    )  # no time: same data, same file
    with io.TextIOWrapper(source, encoding="utf-8", newline="", write_through=True) as stream:
        yield stream


def _ordinary_mode() -> int:
    """The mode of a file made by ``open``: mkstemp makes private ones."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def json_line(value: Mapping[str, Any]) -> str:
    """One line of JSON, keys as given, no NaN."""
    import json

    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def write_json(value: Mapping[str, Any], stream: TextIO) -> None:
    """One JSON object for people to read as well: indented, with a line end."""
    import json

    json.dump(value, stream, indent=1)
    stream.write("\n")


def write_text(text: str, stream: TextIO) -> None:
    """Text for people: with colours on a terminal that wants them (NO_COLOR, TERM), as it is everywhere else."""
    if not stream.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        stream.write(text)
        return
    from binpack.report.colours import write_coloured

    write_coloured(text, stream)


def write_answer(
    args: argparse.Namespace,
    as_json: Callable[[], Mapping[str, Any]],
    as_csv: Callable[[], str],
    as_text: Callable[[int], str | Iterator[str]],
) -> None:
    """An answer in the format asked for, to where it was asked for: JSON, CSV, or text of so many columns, whole or in
    parts that are written one by one."""
    with output(args) as stream:
        if args.format == "json":
            write_json(as_json(), stream)
        elif args.format == "csv":
            stream.write(as_csv())
        else:
            text = as_text(width_of(stream))
            for part in (text,) if isinstance(text, str) else text:
                write_text(part, stream)


def width_of(stream: TextIO) -> int:
    """Columns of the terminal behind the stream; 100 for a file."""
    import shutil

    return shutil.get_terminal_size((100, 24)).columns if stream is sys.stdout else 100


def remark(args: argparse.Namespace, text: str) -> None:
    """A line on standard error, unless ``-q``."""
    if not args.quiet:
        print(text, file=sys.stderr)
