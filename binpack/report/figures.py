"""Numbers as people read them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from binpack.comparison import Duration, EraResult, Times
from binpack.units import MEMORY

_UNITS = ((3600, "h"), (60, "min"), (1, "s"))
PARTLY = "*"
TITLES = {
    "physical": "physical",
    "physical_per_application": "physical, per app",
    "virtual_machines": "virtual machines",
    "containers": "containers",
    "docker_swarm": "Docker Swarm",
    "kubernetes": "Kubernetes",
    "kubernetes_on_vms": "Kubernetes on VMs",
}


def title(era: str) -> str:
    """The era's name in plain words."""
    return TITLES.get(era, era)


def plain_title(era: str) -> str:
    """The era's name where it stands among others, without a comma of its own."""
    return title(era).replace(",", "")


def number(value: int | None) -> str:
    """With thousands separated; ``-`` for unknown."""
    return "-" if value is None else f"{value:,}"


def counted(count: int | None, noun: str) -> str:
    """``1 machine``, ``2 machines``; ``-`` for unknown."""
    plural = noun[:-1] + "ies" if noun.endswith("y") else f"{noun}s"
    return f"{number(count)} {noun if count == 1 else plural}"


def proven(row: EraResult) -> str:
    """``yes`` where bound and value meet, else the bound, or ``not cost`` where only the price may fall further."""
    if row.plan.unplaced:
        return "unfit"
    if row.plan.status == "optimal":
        return "yes"
    return "not cost" if row.plan.lower_bound == row.machines else f">= {row.plan.lower_bound:,}"


def overhead_memory(row: EraResult) -> int:
    """Memory of all overheads together."""
    return sum(kind.get(MEMORY, 0) for kind in row.overhead.values())


def copies_per_machine(row: EraResult) -> str:
    """Copies over machines, to the nearest whole number."""
    return number(round(Fraction(row.instances, row.machines))) if row.machines else "-"


def updates(row: EraResult) -> str:
    """Updates without downtime, in few letters: ``yes``, ``no`` or ``+1 machine``."""
    return re.sub(r"with (\d+) more (machines?)", r"+\1 \2", row.updates)


def starts(row: EraResult) -> str:
    """How long one copy takes to start, in the story's word where no source says."""
    return duration(row.times.start, row.start_words)


def duration(found: Duration | None, unknown: str = "-") -> str:
    """``26-53 s``, ``47 s-15 min``, ``0.25 s``; with a mark where it is not known of all."""
    if found is None:
        return unknown
    (low, unit), (high, longest) = (_in_unit(end) for end in (found.low, found.high))
    mark = PARTLY if found.unknown else ""
    if unit != longest:
        return f"{low} {unit}-{high} {longest}{mark}"
    return f"{low if low == high else f'{low}-{high}'} {unit}{mark}"


def unknown_of(times: Times) -> list[str]:
    """The applications of which some time has no source, though it has one for others."""
    return list(dict.fromkeys(name for found in times if found is not None for name in found.unknown))


def _in_unit(seconds: Fraction) -> tuple[str, str]:
    """In the largest unit of which there are two, to two digits or to whole ones."""
    length, unit = next((each for each in _UNITS if seconds >= 2 * each[0]), _UNITS[-1])
    value = float(seconds / length)
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}", unit


def bar(value: int, largest: int, width: int = 10) -> str:
    """A little bar, at least a dot for what is not nothing."""
    length = value * width // largest if largest else 0
    return "#" * length if length else "." if value else ""


def share(value: Fraction | None) -> str:
    """Whole per cent; nothing for a rule."""
    return "" if value is None else f"{float(value):.0%}"


def kilowatts(watts: int | None) -> str:
    """One decimal below 100 kW."""
    return "-" if watts is None else f"{watts / 1000:,.1f}"


def kilograms(grams: int | None) -> str:
    """Whole kilograms; one decimal below ten."""
    return "-" if grams is None else f"{grams / 1000:,.0f}" if grams >= 10_000 else f"{grams / 1000:.1f}"


def dollars(micro: int | None) -> str:
    """Whole dollars."""
    return "-" if micro is None else f"{'-' * (micro < 0)}${abs(micro) / 10**6:,.0f}"


def bill(row: EraResult) -> str:
    """``machines $200, energy $30``: the parts of the cost."""
    return ", ".join(f"{part} {dollars(cost)}" for part, cost in row.costs.items())


def least_cost(row: EraResult) -> str:
    """``, at least $200`` where what was sought may cost less than it does; of machines alone where licences were not."""
    found = [row.costs[part] for part in row.sought]
    least = row.cost_lower_bound_per_month
    if least is None or None in found or dollars(sum(cost or 0 for cost in found)) == dollars(least):
        return ""
    return f", at least {dollars(least)}" + (" without licences" if licences_unsought([row]) else "")


def licences_unsought(rows: Sequence[EraResult]) -> bool:
    """Whether licences are charged that the search did not look at."""
    return any("licences" in row.costs and "licences" not in row.sought for row in rows)


def best_there_is(rows: Sequence[EraResult], cost_first: bool) -> str:
    """What a proof of these rows says."""
    if not cost_first:
        return "nothing smaller exists"
    return "no cheaper machines exist, licences aside" if licences_unsought(rows) else "nothing cheaper exists"


def paid_for(row: EraResult) -> str:
    """``Windows 48 cores, vSphere 3 sockets``: what is counted of each licence."""
    units = {"core": "core", "socket": "socket", "host": "host", "vm": "virtual machine"}
    return ", ".join(f"{each.name} {counted(each.units, units[each.per])}" for each in row.licences)


def table(header: Sequence[str], rows: Sequence[Sequence[str]], left: Sequence[int], gap: int = 2) -> list[str]:
    """Aligned columns, ``gap`` spaces between; those in ``left`` to the left, the others to the right."""
    widths = [max(len(line[k]) for line in (header, *rows)) for k in range(len(header))]

    def aligned(line: Sequence[str]) -> str:
        cells = [cell.ljust(widths[k]) if k in left else cell.rjust(widths[k]) for k, cell in enumerate(line)]
        return (" " * gap).join(cells).rstrip()

    return [aligned(line) for line in (header, *rows)]
