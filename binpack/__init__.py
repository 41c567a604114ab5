"""How many machines a set of applications needs in each era of computing, with a proof."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "Problem": "binpack_solvers.problem",
    "Setup": "binpack_solvers.rules",
    "Spread": "binpack_solvers.rules",
    "Standing": "binpack_solvers.rules",
    "Packing": "binpack_solvers.packing",
    "Solution": "binpack_solvers.solution",
    "ProblemError": "binpack_solvers.errors",
    "CheckError": "binpack_solvers.errors",
    "OnlinePacking": "binpack_solvers.online.online_packing",
    "solve": "binpack_solvers.portfolio",
    "solve_many": "binpack_solvers.scale_out.many",
    "solve_in_parts": "binpack_solvers.scale_out.in_parts",
    "check": "binpack_solvers.check",
    "read": "binpack.workload.reading",
    "Application": "binpack.workload.application",
    "Workload": "binpack.workload.workload",
    "MachineType": "binpack.machines.machine_type",
    "Plan": "binpack.era_plan",
    "plan": "binpack.planning",
    "compare_eras": "binpack.planning",
    "InputError": "binpack.errors",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    """Public names are loaded on first use (PEP 562), so that starting stays cheap."""
    if name not in _HOMES:
        raise AttributeError(f"module 'binpack' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return [*globals(), *_HOMES]
