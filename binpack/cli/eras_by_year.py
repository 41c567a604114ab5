"""``binpack eras --hardware 2003,2010,2024``: the same eras on the servers of several years."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from binpack.cli.common import NO, YES, write_answer
from binpack.cli.counting import chosen_eras, count, verified
from binpack.cli.era_arguments import Asked

if TYPE_CHECKING:
    from collections.abc import Sequence


def run_by_year(question: Asked, years: Sequence[int], args: argparse.Namespace) -> int:
    """Compares on each year's server, verifies, prints; 1 if something has no place in one of them."""
    from binpack.comparison import HardwareYear
    from binpack.report.hardware_years import years_csv, years_json, years_text

    eras = chosen_eras(args)
    found = []
    for year in years:
        asked = question.on_hardware_of(year, args)
        comparison = count(asked, eras, (args.shape or "parts",), args)
        verified(asked, comparison, f"the comparison on hardware of {year}")
        [machine] = asked.machines or []
        facts = (machine.name, int(machine.family), machine.capacity, machine.rack_units, machine.source)
        found.append(HardwareYear(year, *facts, comparison))
    write_answer(
        args,
        lambda: years_json(found),
        lambda: years_csv(found),
        lambda width: years_text(found, width, args.assumptions),
    )
    return NO if any(row.plan.unplaced for each in found for row in each.comparison.rows) else YES
