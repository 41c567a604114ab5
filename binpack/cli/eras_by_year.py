"""``binpack eras --hardware 2003,2010,2024``: the same eras on the servers of several years."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from binpack.cli.common import NO, YES, output, width_of, write_json, write_text
from binpack.cli.counting import count, verified
from binpack.cli.era_arguments import Asked

if TYPE_CHECKING:
    from collections.abc import Sequence


def run_by_year(question: Asked, years: Sequence[int], args: argparse.Namespace) -> int:
    """Compares on each year's server, verifies, prints; 1 if something has no place in one of them."""
    from binpack.comparison import HardwareYear
    from binpack.report.hardware_years import years_csv, years_json, years_text

    eras = tuple(name.strip() for name in args.eras.split(",")) if args.eras else ()
    found = []
    for year in years:
        asked = question.on_hardware_of(year, args)
        comparison = count(asked, eras, (args.shape or "parts",), args)
        verified(asked, comparison, f"the comparison on hardware of {year}")
        [machine] = asked.machines or []
        facts = (machine.name, int(machine.family), machine.capacity, machine.rack_units, machine.source)
        found.append(HardwareYear(year, *facts, comparison))
    with output(args) as stream:
        if args.format == "json":
            write_json(years_json(found), stream)
        elif args.format == "csv":
            stream.write(years_csv(found))
        else:
            write_text(years_text(found, width_of(stream), args.assumptions), stream)
    return NO if any(row.plan.unplaced for each in found for row in each.comparison.rows) else YES
