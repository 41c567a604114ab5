"""Counting eras for ``eras`` and ``plan``: a sign of life meanwhile, and each row's figures with ``-v``."""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING, Any

from binpack.cli.common import NO, YES, remark
from binpack.cli.era_arguments import Asked, refuse
from binpack.cli.progress import progress

if TYPE_CHECKING:
    from collections.abc import Iterable

    from binpack.comparison import Comparison, EraResult, IsolationPrice


def chosen_eras(args: argparse.Namespace) -> tuple[str, ...]:
    """The names of ``--eras``; ``()`` without it."""
    return tuple(name.strip() for name in args.eras.split(",")) if args.eras else ()


def count(asked: Asked, eras: tuple[str, ...], shapes: tuple[str, ...], args: argparse.Namespace) -> Comparison:
    """The comparison over these eras and shapes; ``()`` stands for all of them."""
    starts: list[float] = []
    with progress("loading", args.quiet) as say:
        from binpack.cli.compilation import announced_compilation
        from binpack.eras.options import ERAS, SHAPES
        from binpack.planning import compare_sized

        def announce(text: str) -> None:
            starts.append(time.perf_counter())
            say(f"counting {text}")

        with announced_compilation(say):
            comparison = compare_sized(
                asked.workload, asked.machines, eras or ERAS, shapes or SHAPES, asked.options, args.size_by, announce
            )
        starts.append(time.perf_counter())
    if args.verbose:
        for row, start, end in zip(comparison.rows, starts[:-1], starts[1:], strict=True):
            _describe(row, end - start, args)
        for kind, sources in _sources(comparison).items():
            remark(args, f"{kind} charged by: {'; '.join(sources)}")
    return comparison


def priced_isolation(asked: Asked, comparison: Comparison, args: argparse.Namespace) -> tuple[IsolationPrice, ...]:
    """What demands for isolation cost; nothing is counted again where nobody makes one."""
    with progress("counting without demands for isolation", args.quiet) as say:
        from binpack.isolation_prices import isolation_prices

        def announce(text: str) -> None:
            say(f"counting {text}, without demands for isolation")

        return isolation_prices(comparison, asked.workload, asked.machines, asked.options, args.size_by, announce)


def verified(asked: Asked, comparison: Comparison, what: str) -> dict[str, Any]:
    """The comparison as JSON, with every plan behind it added up again."""
    from binpack.report.json import comparison_json, plan_json
    from binpack.verify import verify_comparison

    found = comparison_json(comparison)
    plans = [plan_json(row.plan) for row in comparison.rows]
    facts = {shape: asked.facts(shape) for shape in {row.shape for row in comparison.rows}}
    refuse(verify_comparison(found, plans, [facts[row.shape] for row in comparison.rows]), what)
    return found


def counted(asked: Asked, eras: tuple[str, ...], what: str, args: argparse.Namespace) -> Comparison:
    """The comparison over these eras in one shape (the parts unless ``--shape`` says otherwise), verified."""
    comparison = count(asked, eras, (args.shape or "parts",), args)
    verified(asked, comparison, what)
    return comparison


def exit_status(comparisons: Iterable[Comparison]) -> int:
    """1 if something has no place in one of them, else 0."""
    return NO if any(row.plan.unplaced for comparison in comparisons for row in comparison.rows) else YES


def _describe(row: EraResult, seconds: float, args: argparse.Namespace) -> None:
    """One row's proof and time."""
    plan = row.plan
    proof = f"at least {plan.lower_bound} by {row.why}"
    remark(args, f"{row.era}, {row.shape}: {row.machines} machines, {proof}, {plan.status}, {seconds:.2f} s")


def _sources(comparison: Comparison) -> dict[str, list[str]]:
    """Kind of overhead -> where its amounts come from, over all rows."""
    found: dict[str, dict[str, None]] = {}
    for row in comparison.rows:
        for machine in row.plan.machines:
            for charge in machine.overhead:
                found.setdefault(charge.what, {}).setdefault(charge.source)
    return {kind: list(sources) for kind, sources in found.items()}
