"""Writing instances in any of the formats."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from binpack_solvers.errors import ProblemError
from binpack_solvers.instances import bpplib, jsonl, vpsolver
from binpack_solvers.instances.instance import Instance

_WRITERS = {"bpplib": bpplib.write, "vbp": vpsolver.write_vbp, "mvp": vpsolver.write_mvp, "jsonl": jsonl.write}


def write_instances(instances: Iterable[Instance], stream: TextIO, output_format: str) -> None:
    """All instances as JSON lines, or the only one in a format that holds one; ProblemError if it cannot say it."""
    for number, instance in enumerate(instances):
        if number and output_format != "jsonl":
            raise ProblemError(f"{output_format} files hold one instance: expected --count 1, or .jsonl")
        _WRITERS[output_format](instance, stream)
