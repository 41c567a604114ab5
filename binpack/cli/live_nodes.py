"""``--nodes kubeconfig`` of ``plan`` and ``explain``: the cluster that a kubeconfig names, in the place of a file."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from binpack.cli.common import remark
from binpack.cli.progress import progress
from binpack.errors import input_error

if TYPE_CHECKING:
    from binpack.kubernetes.planning.inputs import FileDocuments

KUBECONFIG = "kubeconfig"


def add_context_option(group: argparse._ActionsContainer) -> None:
    """``--context``."""
    group.add_argument(
        "--context", metavar="NAME", help=f"with --nodes {KUBECONFIG}: of this context (default: the current one)"
    )


def is_live(args: argparse.Namespace) -> bool:
    """Whether ``--nodes`` asks a running cluster. A file of the name ``kubeconfig`` is none of nodes."""
    return args.nodes is not None and args.nodes.partition(":")[0] == KUBECONFIG


def refuse_idle_context(args: argparse.Namespace) -> None:
    """InputError for a context of which no kubeconfig is read."""
    if args.context is not None and not is_live(args):
        raise input_error("--context", repr(args.context), f"--nodes {KUBECONFIG} with it")


def live_documents(args: argparse.Namespace) -> FileDocuments:
    """The cluster's objects. InputError where it does not give them."""
    from binpack.kubernetes.live_cluster import live_objects
    from binpack.kubernetes.planning.inputs import FileDocuments

    file = args.nodes.partition(":")[2]
    with progress("asking the cluster", args.quiet):
        return FileDocuments(args.nodes, live_objects(file or None, args.context, lambda text: remark(args, text)))
