"""Imports point one way: the engine knows no application, kernels do no I/O, reports read plans, verify knows no era."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]
ENGINE = ROOT / "solvers" / "binpack_solvers"
PACKAGE = ROOT / "binpack"

REPORT_MAY = (
    "binpack.report",
    "binpack.era_plan",
    "binpack.side_by_side",
    "binpack.split",
    "binpack.comparison",
    "binpack.image_use",
    "binpack.listing",
    "binpack.sensitivity",
    "binpack.kubernetes.planning",
    "binpack.kubernetes.pod",
    "binpack.kubernetes.preemption",
    "binpack.kubernetes.refusal",
    "binpack.swarm.placement",
    "binpack.units",
    "binpack.workload.application",
    "binpack.workload.workload",
)
SOLVERS = tuple(
    f"binpack_solvers.{part}"
    for part in ("bounds", "heuristics", "cp_sat", "column_generation", "kernels", "portfolio", "context", "objective")
)
CHECKER_MAY = (
    "binpack_solvers.column_generation.certificate",
    "binpack_solvers.column_generation.tree",
    "binpack_solvers.kernels.best_pattern",
)
"""Certificate and tree are data; the kernel is the checker's own."""


def _imports(file: Path) -> Iterator[str]:
    """Every module a file imports, at any depth; ``from a import b`` counts as a.b too."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _within(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def _offences(folder: Path, forbidden: tuple[str, ...], allowed: tuple[str, ...] = ()) -> list[str]:
    return [
        f"{file.relative_to(ROOT)}: {name}"
        for file in sorted(folder.rglob("*.py") if folder.is_dir() else [folder])
        for name in _imports(file)
        if _within(name, forbidden) and not _within(name, allowed)
    ]


@pytest.mark.parametrize(
    ("folder", "forbidden", "allowed"),
    [
        (ENGINE, ("binpack",), ()),
        (ENGINE / "kernels", ("os", "sys", "io", "pathlib", "json", "csv", "logging", "time"), ()),
        (ENGINE / "checking", SOLVERS, CHECKER_MAY),
        (ENGINE / "kernels" / "best_pattern.py", ("binpack_solvers",), ()),
        (ENGINE / "column_generation" / "certificate.py", SOLVERS, ()),
        (ENGINE / "column_generation" / "tree.py", SOLVERS, ("binpack_solvers.column_generation.certificate",)),
        (
            ENGINE / "check.py",
            ("binpack_solvers.bounds", "binpack_solvers.heuristics", "binpack_solvers.objective"),
            (),
        ),
        (PACKAGE / "report", ("binpack", "binpack_solvers"), REPORT_MAY),
        (PACKAGE / "workload", ("binpack.eras", "binpack.cli", "binpack.report", "binpack.planning"), ()),
        (PACKAGE / "eras", ("binpack.cli", "binpack.report"), ()),
        (PACKAGE / "swarm", ("binpack.eras", "binpack.cli", "binpack.report", "binpack.kubernetes"), ()),
        (PACKAGE / "kubernetes", ("binpack.cli", "binpack.report", "binpack.swarm"), ()),
    ],
)
def test_direction(folder: Path, forbidden: tuple[str, ...], allowed: tuple[str, ...]) -> None:
    """No file of the folder imports what lies above it."""
    assert folder.exists()
    assert _offences(folder, forbidden, allowed) == []


def test_verify_knows_no_era() -> None:
    """The verifier adds a plan up again without the code that made it."""
    assert (PACKAGE / "verify").is_dir()
    assert _offences(PACKAGE / "verify", ("binpack.eras", "binpack.planning", "binpack_solvers")) == []


def test_ortools_is_imported_inside_functions() -> None:
    """Importing any module of the engine loads no OR-Tools: it costs a second."""
    for file in sorted(ENGINE.rglob("*.py")):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
                assert not any(name.split(".")[0] == "ortools" for name in names), file


def test_public_names_are_no_modules() -> None:
    """No module of the package takes a public name away once it is loaded."""
    import binpack
    import binpack.planning

    for name in binpack.__all__:
        assert not isinstance(getattr(binpack, name), ModuleType), name
