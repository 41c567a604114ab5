"""The eras on several choices of machines: ``--hardware 2003,2010``, or ``--machines standard,aws --side-by-side``."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from binpack.cli.common import NO, YES, write_answer
from binpack.cli.counting import chosen_eras, count, verified
from binpack.cli.era_arguments import Asked

if TYPE_CHECKING:
    from collections.abc import Sequence


def choices(question: Asked, years: Sequence[int], args: argparse.Namespace) -> list[tuple[str, Asked]]:
    """Name and question of each choice; none where the machines are all one choice."""
    if not args.side_by_side:
        return [(str(year), question.on_hardware_of(year, args)) for year in years] if len(years) > 1 else []
    from binpack.machines.catalogue import select_machines, separate_names

    found = []
    for name in separate_names(args.machines):
        own = {machine.name for machine in select_machines([name])}
        found.append((name, question._replace(machines=[m for m in question.machines or () if m.name in own])))
    return found


def run_by_machines(alternatives: Sequence[tuple[str, Asked]], args: argparse.Namespace) -> int:
    """Compares on each choice of machines, verifies, prints; 1 if something has no place on one of them."""
    from binpack.comparison import Alternative
    from binpack.report.machine_choices import choices_csv, choices_json, choices_text

    eras = chosen_eras(args)
    found = []
    for name, asked in alternatives:
        comparison = count(asked, eras, (args.shape or "parts",), args)
        verified(asked, comparison, f"the comparison on {name}")
        found.append(Alternative(name, tuple(asked.machines or ()), comparison))
    write_answer(
        args,
        lambda: choices_json(found),
        lambda: choices_csv(found),
        lambda width: choices_text(found, width, args.assumptions),
    )
    return NO if any(row.plan.unplaced for each in found for row in each.comparison.rows) else YES
