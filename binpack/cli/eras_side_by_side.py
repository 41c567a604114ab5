"""``binpack eras TRACE``: the copies of a trace sized in every way that it allows, or at several times, side by side."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from binpack.cli.common import write_answer
from binpack.cli.counting import chosen_eras, counted, exit_status
from binpack.cli.era_arguments import Asked, hardware_years, sized
from binpack.cli.trace_arguments import ALL, PEAK
from binpack.errors import input_error

if TYPE_CHECKING:
    from binpack.comparison import Comparison
    from binpack.verify.facts import Facts

SHARED_IN_TIME = ("virtual_machines", "containers", "docker_swarm", "kubernetes", "kubernetes_on_vms")
"""Eras in which different copies share a machine: in the others no curve leaves room for anything."""


def add_side_by_side_option(parser: argparse.ArgumentParser) -> None:
    """``--side-by-side``."""
    parser.add_argument(
        "--side-by-side",
        action="store_true",
        help="of a trace: all its ways of sizing, or its times, in one table (the default where it has curves); else each "
        "of --machines by itself, a row for each",
    )


def wants_side_by_side(question: Asked, args: argparse.Namespace) -> bool:
    """Whether it is asked for, or goes without saying, of a trace; InputError where there is nothing to choose from."""
    from binpack.workload.curves import has_curves
    from binpack.workload.lives import has_lives

    if args.side_by_side and not (has_curves(question.workload) or has_lives(question.workload)):
        if args.machines:
            return False
        found = "neither curves nor times in the input"
        raise input_error("--side-by-side", found, "a trace, or --machines standard,aws,azure,gcp")
    several = [("--sweep", args.sweep is not None), ("--hardware with several years", len(hardware_years(args)) > 1)]
    if args.side_by_side and (beside := [option for option, given in several if given]):
        raise input_error("--side-by-side", f"{beside[0]} beside it", "one of them")
    plain = args.size_by == "requests" and not any(given for _, given in several)
    return bool(args.side_by_side or (plain and has_curves(question.workload)))


def run_side_by_side(question: Asked, args: argparse.Namespace) -> int:
    """Counts each way, verifies, prints; 1 if something has no place in one of them."""
    from binpack.report.side_by_side import side_by_side_csv, side_by_side_json, side_by_side_text
    from binpack.side_by_side import SideBySide, Way
    from binpack.workload.curves import has_curves

    curved = has_curves(question.workload)
    eras = chosen_eras(args) or (SHARED_IN_TIME if curved else ())
    facts = _facts(question) if curved and args.cpu_of is None else None  # curves are in threads of the trace
    ways = []
    for name, changes in _ways(question, args):
        chosen = _with(args, **changes)
        comparison = counted(sized(question, chosen), eras, f"the comparison by {name}", chosen)
        ways.append(Way(name, comparison, None if facts is None else _overfull(comparison, facts)))
    found = SideBySide(tuple(ways))
    write_answer(
        args,
        lambda: side_by_side_json(found),
        lambda: side_by_side_csv(found),
        lambda width: side_by_side_text(found, width, args.assumptions),
    )
    return exit_status(way.comparison for way in ways)


def _with(args: argparse.Namespace, **changes: Any) -> argparse.Namespace:
    return argparse.Namespace(**{**vars(args), **changes})


def _ways(question: Asked, args: argparse.Namespace) -> Iterator[tuple[str, dict[str, Any]]]:
    """Names of ways, and the options that each of them is."""
    from binpack.workload.curves import has_curves, usage_of_curves

    workload = question.workload
    if not has_curves(workload):
        yield "all at once", {"at": ALL}
        yield "at the peak", {"at": PEAK}
        return
    tops = usage_of_curves(workload, 100)
    if any(a.requests != tops[a.key] for a in workload.placed if a.key in tops):
        yield "requests", {"size_by": "requests"}
    yield "maximum", {"size_by": "usage", "usage": None, "percentile": 100}
    if args.percentile < 100:
        yield f"p{args.percentile}", {"size_by": "usage", "usage": None}
    yield "curve", {"size_by": "curve"}


def _facts(question: Asked) -> Facts:
    """The curves with all their points."""
    from binpack.verify.facts import Facts

    return Facts({a.key: a for a in question.workload.placed}, {}, headroom=question.options.headroom)


def _overfull(comparison: Comparison, facts: Facts) -> dict[str, int]:
    """Era -> machines that hold too much at some point of the curves."""
    from binpack.report.json import plan_json
    from binpack.verify.over_time import overfull

    return {
        row.era: sum(m["count"] for m in plan_json(row.plan)["machines"] if any(overfull(row.era, m, facts)))
        for row in comparison.rows
    }
