"""``binpack plan STACK --nodes FILE`` where FILE has the nodes of a swarm: where Swarm's scheduler puts the tasks."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from binpack.cli.common import NO, YES, output, remark, width_of, write_json, write_text
from binpack.errors import input_error

if TYPE_CHECKING:
    from binpack.kubernetes.planning.inputs import FileDocuments
    from binpack.swarm.swarm_node import SwarmNode


def swarm_nodes(files: Sequence[FileDocuments]) -> list[SwarmNode]:
    """The nodes of a swarm, as ``docker node inspect`` prints them; none where the files hold something else."""
    from binpack.swarm.node_reader import is_swarm_node, read_swarm_nodes

    documents = [document for file in files for document in file.documents]
    return read_swarm_nodes(documents) if documents and all(map(is_swarm_node, documents)) else []


def run(args: argparse.Namespace, nodes: list[SwarmNode]) -> int:
    """Who goes where; 1 if a task stays pending."""
    from pathlib import Path

    from binpack.swarm.placement import place_on_nodes
    from binpack.swarm.stack_reader import read_stack_files

    if args.pin:
        raise input_error("--pin", "the nodes of a swarm", "nodes of Kubernetes, whose scheduler it pins")
    if not args.workload:
        raise input_error(
            "--nodes", "the nodes of a swarm, but no stack", "Compose files: binpack plan stack.yaml --nodes FILE"
        )
    files = [path for path in args.workload if not path.endswith(".env")]
    stack = read_stack_files(files, Path(files[0]).name.split(".")[0], [p for p in args.workload if p.endswith(".env")])
    for note in stack.notes:
        remark(args, note)
    placed = place_on_nodes(stack.services, nodes)
    with output(args) as stream:
        if args.format == "json":
            from binpack.report.swarm_json import swarm_json

            write_json(swarm_json(placed), stream)
        else:
            from binpack.report.swarm_text import swarm_text

            write_text(swarm_text(placed, files[0], len(nodes), width_of(stream)), stream)
    return NO if placed.pending else YES
