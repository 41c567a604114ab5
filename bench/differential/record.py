"""A Problem with all of its rules as JSON, and back: what a fault was found with can be run again."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from binpack_solvers.problem import Problem
from binpack_solvers.rules import Setup, Spread, Standing

ARRAYS = (
    "sizes",
    "capacity",
    "demands",
    "cost",
    "available",
    "compatible",
    "alternatives",
    "optional",
    "exclusive",
    "limits",
    "requires",
    "topology",
    "move_cost",
)


def as_fields(problem: Problem) -> dict[str, Any]:
    """The problem's arguments in lists and numbers. Contents of standing bins are pairs: JSON has no integer keys."""
    standing = [
        {"bin_type": bin.bin_type, "content": sorted(bin.content.items()), "fixed": bin.fixed}
        for bin in problem.initial
    ]
    return {name: getattr(problem, name).tolist() for name in ARRAYS} | {
        "setups": [asdict(setup) for setup in problem.setups],
        "spread": [asdict(spread) for spread in problem.spread],
        "initial": standing,
        "minimum_bins": problem.minimum_bins,
    }


def problem_of(fields: dict[str, Any]) -> Problem:
    """The problem that ``as_fields`` wrote."""
    rules = {
        "setups": [Setup(**setup) for setup in fields["setups"]],
        "spread": [Spread(**spread) for spread in fields["spread"]],
        "initial": [Standing(**(bin | {"content": dict(bin["content"])})) for bin in fields["initial"]],
    }
    return Problem(**(fields | rules))


def write_record(folder: Path, name: str, problem: Problem, faults: list[str]) -> Path:
    """``folder/name.json`` with the problem and what was found wrong."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.json"
    file.write_text(json.dumps({"faults": faults, "problem": as_fields(problem)}, indent=1) + "\n", encoding="utf-8")
    return file


def read_record(file: Path) -> Problem:
    """The problem of a file that ``write_record`` wrote."""
    return problem_of(json.loads(file.read_text(encoding="utf-8"))["problem"])
