"""The eras on several choices of machines: ``--hardware 2003,2010``, or ``--machines standard,aws --side-by-side``."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from binpack.cli.common import write_answer
from binpack.cli.counting import chosen_eras, counted, exit_status
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
        comparison = counted(asked, eras, f"the comparison on {name}", args)
        found.append(Alternative(name, tuple(asked.machines or ()), comparison))
    write_answer(
        args,
        lambda: choices_json(found),
        lambda: choices_csv(found),
        lambda width: choices_text(found, width, args.assumptions),
    )
    return exit_status(each.comparison for each in found)
