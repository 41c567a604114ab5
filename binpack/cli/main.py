"""The command ``binpack``: parses arguments, runs a subcommand, and turns errors into lines and exit statuses."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

from binpack_solvers.errors import CheckError, ProblemError, WorkersLostError

from binpack.cli.common import BAD_INPUT, INTERRUPTED, NO, YES
from binpack.errors import InputError, RefusedPlanError

FIRST_LINES = """\
binpack says how many machines a set of applications needs in each era of computing, with a proof.
Start here:    binpack eras                      all eras side by side, for a built-in set of applications
Your own:      binpack eras manifest.yaml        Kubernetes manifests, Compose files, CSV, or - for standard input
One in full:   binpack plan manifest.yaml --era kubernetes
All commands:  binpack --help"""

COMMANDS = {
    "eras": "machines per era for your applications",
    "plan": "one era in full, or nodes for Kubernetes",
    "split": "copies of a whole against its parts, over levels of load",
    "explain": "why pods do not fit on given nodes, and what would help",
    "read": "write what was read as YAML of our own, to edit",
    "solve": "pack instances in standard formats",
    "check": "check packings and bounds that solve printed",
    "datasets": "list, show and generate data sets",
    "machines": "list the built-in machines",
}
"""Subcommands, each in the file of its name, and what each does in a few words."""

EPILOG = """\
Wherever a file is taken, the name of a built-in data set (binpack datasets) or - for standard input works too.
exit status: 0 yes, 1 the honest answer is no, 2 bad input (file:line:column on standard error), 130 interrupted"""


class Parser(argparse.ArgumentParser):
    """Says what is wrong with the arguments in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(BAD_INPUT, f"{self.prog}: {message}; see `{self.prog} --help`\n")


class _Version(argparse.Action):
    """Asks for the version only when it is wanted: reading package metadata takes as long as the rest of ``--help``."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> NoReturn:
        from importlib.metadata import version

        print(f"binpack {version('binpack-eras')}")
        parser.exit()


def build_parser(argv: Sequence[str]) -> argparse.ArgumentParser:
    """The parser for these words. Only the subcommand among them is loaded; of the others ``--help`` wants names alone."""
    parser = Parser(
        prog="binpack",
        description=FIRST_LINES.splitlines()[0],
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", parser_class=Parser)
    asked = next((word for word in argv if not word.startswith("-")), "")
    for name, summary in COMMANDS.items():
        if name == asked:
            import_module(f"binpack.cli.{name}").add_parser(subparsers, summary)
        else:
            subparsers.add_parser(name, help=summary)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command line; returns the exit status."""
    words = sys.argv[1:] if argv is None else argv
    args = build_parser(words).parse_args(words)
    if not hasattr(args, "run"):
        print(FIRST_LINES)
        return YES
    try:
        status = args.run(args)
        sys.stdout.flush()
        return int(status)
    except (InputError, ProblemError) as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    except RefusedPlanError as error:
        print(f"binpack: {error}; please report it with the input", file=sys.stderr)
        return NO
    except CheckError as error:
        print(f"binpack: {RefusedPlanError('a packing', error.violations)}; please report it", file=sys.stderr)
        return NO
    except WorkersLostError as error:
        print(error, file=sys.stderr)
        return NO
    except BrokenPipeError:
        _forget_standard_output()
        return YES
    except OSError as error:
        print(f"{error.filename or 'input'}: {error.strerror or error}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED


def _forget_standard_output() -> None:
    """The reader has gone: nothing more may be written, not even by the interpreter as it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
