"""The JSON lines of ``binpack solve``: written from a Solution, and read back for ``binpack check``.

Patterns are ``[[bin type, [[item, count], ...], multiplicity], ...]``, bin types and items by their position in the file.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from binpack_solvers.column_generation.certificate import Certificate
from binpack_solvers.errors import SolutionError
from binpack_solvers.instances.fields import Fields
from binpack_solvers.instances.instance import FilePattern, Instance
from binpack_solvers.instances.jsonl import read_objects
from binpack_solvers.instances.tokens import shorten
from binpack_solvers.solution import Solution, Status

SOLVE_SCHEMA = "binpack.solve/1"
STATUSES: tuple[Status, ...] = ("optimal", "feasible", "infeasible", "unknown")


@dataclass(frozen=True)
class Line:
    """One line read back: what it claims, the patterns and the certificate (one dual for each entry), None without."""

    instance: str
    status: Status
    bins: int | None
    cost: int | None
    lower_bound: int
    cost_lower_bound: int
    patterns: list[FilePattern] | None
    certificate: Certificate | None


def line_of(instance: Instance, solution: Solution, args: argparse.Namespace) -> dict[str, Any]:
    """The object of one line."""
    statistics = solution.statistics
    line: dict[str, Any] = {
        "schema": SOLVE_SCHEMA,
        "instance": instance.name,
        "status": solution.status,
        "bins": solution.bins,
        "cost": solution.cost,
        "lower_bound": solution.lower_bound,
        "cost_lower_bound": solution.cost_lower_bound,
        "gap": solution.gap,
        "time_s": round(statistics.time_s, 6),
        "compile_s": round(statistics.compile_s, 6),
        "method": statistics.method or args.method,
        "bound_by": statistics.bound_by,
        "cost_bound_by": statistics.cost_bound_by,
        "reason": solution.reason,
        "reference": dict(instance.reference),
    }
    if args.no_timings:
        del line["time_s"], line["compile_s"]
    if args.solution:
        line["certificate"] = certificate_by_position(instance, solution.certificate)
        line["patterns"] = None
        if solution.packing is not None:
            line["patterns"] = [
                [k, sorted([p, c] for p, c in content.items()), times]
                for k, content, times in instance.file_patterns(solution.packing)
            ]
    return line


def certificate_by_position(instance: Instance, certificate: dict[str, Any] | None) -> dict[str, Any] | None:
    """A certificate with one dual for each entry of the file in place of one for each item type."""
    if certificate is None:
        return None
    return {**certificate, "duals": instance.by_position(certificate["duals"])}


def read_lines(path: str) -> Iterator[Line]:
    """The lines of a solution file or of standard input; FormatError with file:line:column."""
    for fields in read_objects(path):
        yield _line(fields)


def _line(fields: Fields) -> Line:
    claimed = fields.text("status", "")
    status = next((known for known in STATUSES if known == claimed), None)
    if status is None:
        raise fields.error(("status",), repr(claimed), f"a status: {', '.join(STATUSES)}")
    if not fields.text("instance", ""):
        raise fields.error(("instance",), "no instance name", "instance, a text")
    bound = fields.integer("lower_bound")
    return Line(
        instance=fields.value["instance"],
        status=status,
        bins=_optional(fields, "bins"),
        cost=_optional(fields, "cost"),
        lower_bound=bound,
        cost_lower_bound=fields.integer("cost_lower_bound") if "cost_lower_bound" in fields.value else bound,
        patterns=_patterns(fields) if fields.value.get("patterns") is not None else None,
        certificate=read_certificate(fields) if fields.value.get("certificate") is not None else None,
    )


def read_certificate(fields: Fields) -> Certificate:
    """The certificate of a line; FormatError with file:line:column."""
    found = fields.value["certificate"]
    if not isinstance(found, dict):
        raise fields.error(("certificate",), shorten(repr(found)), "a certificate, an object")
    try:
        return Certificate.from_dict(found)
    except SolutionError as error:
        raise fields.error(("certificate",), str(error), "a certificate as solve --solution prints it") from error


def _optional(fields: Fields, key: str) -> int | None:
    return None if fields.value.get(key) is None else fields.integer(key)


def _patterns(fields: Fields) -> list[FilePattern]:
    patterns = []
    for k, row in enumerate(fields.entries("patterns")):
        if not isinstance(row, list) or len(row) != 3 or not isinstance(row[1], list):
            raise fields.error(("patterns", k), "something else", "[bin type, [[item, count], ...], multiplicity]")
        content: dict[int, int] = {}
        for e in range(len(row[1])):
            item, count = fields.vector(("patterns", k, 1, e), 2)
            content[item] = content.get(item, 0) + count
        bin_type = fields.check(("patterns", k, 0), row[0], "a bin type")
        patterns.append((bin_type, content, fields.check(("patterns", k, 2), row[2], "a multiplicity")))
    return patterns
