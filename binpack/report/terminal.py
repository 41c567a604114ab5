"""A Comparison as text that a person reads in a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from binpack.comparison import Comparison, EraResult, IsolationPrice
from binpack.era_plan import Unplaced
from binpack.report.era_table import era_table
from binpack.report.figures import (
    best_there_is,
    bill,
    counted,
    dollars,
    least_cost,
    licences_unsought,
    number,
    paid_for,
    plain_title,
    proven,
    table,
)
from binpack.report.images import era_image_lines
from binpack.report.wrapping import labelled, lines_of, unbroken, wrapped
from binpack.units import CPU, MEMORY, format_bytes, format_cpu

PARTS = "parts"
SHOWN_UNPLACED = 8
SHOWN_ASSUMPTIONS = ("guest_os.linux.memory", "vCPUs per thread", "headroom", "size of an instance")


def comparison_text(comparison: Comparison, width: int = 100, all_assumptions: bool = False) -> str:
    """Headline, table of the parts, the monoliths in short, why, assumptions, what to try next."""
    parts = [row for row in comparison.rows if row.shape == PARTS]
    monoliths = [row for row in comparison.rows if row.shape != PARTS]
    blocks = [[*workload_lines(comparison, width), *textwrap.wrap(comparison.machine, width)]]
    if sentence := headline(parts or monoliths, comparison.cost_first):
        blocks.append(textwrap.wrap(sentence, width, initial_indent="  ", subsequent_indent="  "))
    blocks.append(era_table(parts or monoliths, width))
    if parts and monoliths:
        blocks.append(_monoliths(monoliths, width))
    if comparison.cost_first:
        blocks.append(wrapped("cost", cost_sentence(comparison.rows), width))
    blocks.append(_bill(parts or monoliths, comparison.cost_first, width))
    blocks.append(_isolation(comparison, width))
    blocks.append(era_image_lines(parts or monoliths, width))
    blocks.append(_why(parts or monoliths, width))
    blocks.append(_unplaced(comparison, width))
    blocks.append(labelled("read", comparison.notes, width))
    blocks.append(assumption_lines(comparison, all_assumptions, width))
    blocks.append(_commands("next", comparison.next_steps))
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def workload_lines(comparison: Comparison, width: int) -> list[str]:
    """What is placed: its name, how many, how much, and how much of that is assumed."""
    requested = comparison.requested
    count = f"{counted(comparison.applications, 'application')}, {counted(comparison.instances, 'instance')}"
    if comparison.copies is not None and comparison.copies > 1:
        count = (
            f"{number(comparison.applications)} x {comparison.copies} copies = {number(comparison.instances)} instances"
        )
    assumed = f"{float(comparison.assumed_share):.0%} assumed"
    asked = (
        f"{format_cpu(requested.get(CPU, 0))} CPU and {format_bytes(requested.get(MEMORY, 0))} requested ({assumed})"
    )
    return textwrap.wrap(f"{comparison.workload}: {count}, {asked}", width)


def headline(rows: Sequence[EraResult], cost_first: bool = False) -> str:
    """One sentence with the three figures that tell the story, and whether they are proven."""
    found = {row.era: row for row in rows}
    told = [
        ("containers", "Containers need {}"),
        ("virtual_machines", "virtual machines {}"),
        ("physical", "a machine for each copy {}"),
    ]
    shown = [(found[era], words) for era, words in told if era in found]
    if len(shown) < 2:
        return ""
    if not any(row.instances for row, _ in shown):
        return "Nothing fits: see below."
    words = [
        text.format(counted(row.machines, "machine") if k == 0 else number(row.machines))
        for k, (row, text) in enumerate(shown)
    ]
    sentence = ", ".join(words) + "."
    if any(row.plan.unplaced for row, _ in shown):
        return sentence + " Not everything fits: see below."
    if all(row.plan.status == "optimal" for row in rows):
        return sentence + f" Proven: {best_there_is(rows, cost_first)}."
    return sentence + " Where it is not proven, the bound is given."


def cost_sentence(rows: Sequence[EraResult]) -> str:
    """What is minimised where it is cost, and what is charged beside that."""
    parts = list(dict.fromkeys(part for row in rows for part in row.sought))
    what = f"of {', '.join(parts[:-1])} and {parts[-1]} together " if len(parts) > 1 else ""
    return f"{what}is minimised, then machines: fewer, larger machines may do, but cost more"


def _monoliths(rows: Sequence[EraResult], width: int) -> list[str]:
    """Each era's figure, for every group of the workload joined into one process per copy."""
    groups = {instance.application for row in rows for _, instance in row.plan.instances()}
    if not groups:
        return []
    copies = max(row.instances for row in rows)
    several = "one monolith" if len(groups) == 1 else counted(len(groups), "monolith")
    label = f"as {several}, {counted(copies, 'copy')}"
    shown = [
        f"{plain_title(row.era)} {number(row.machines)}" + ("" if row.plan.status == "optimal" else f" ({proven(row)})")
        for row in rows
    ]
    return wrapped(label, ", ".join(map(unbroken, shown)), width)


def _bill(rows: Sequence[EraResult], cost_first: bool, width: int) -> list[str]:
    """The parts of each era's cost a month, where it has several, and what it costs at least where it may cost less."""
    told = [row for row in rows if row.machines and (len(row.costs) > 1 or (cost_first and least_cost(row)))]
    lines = labelled("a month", (f"{plain_title(row.era)}: {bill(row)}{least_cost(row)}" for row in told), width)
    charged = [f"{plain_title(row.era)}: {paid_for(row)}" for row in rows if row.licences]
    if licences_unsought(rows):
        unknown = any(row.costs.get("machines") is not None for row in rows)
        why = "cores or sockets of some machines are not known" if unknown else "machines have no price"
        charged.append(f"counted, not sought: {why}")
    return lines + labelled("licences", charged, width)


def _isolation(comparison: Comparison, width: int) -> list[str]:
    """What each demand for isolation costs in machines, or in money where that is what is sought."""
    lines: list[str] = []
    for price in comparison.isolation:
        asked = f"{counted(len(price.applications), 'application')} ({counted(price.copies, 'copy')})"
        what = {"machine": "a machine of its own", "vm": "a VM of its own"}[price.isolation]
        told = _priced(price, comparison.cost_first)
        verb = "asks" if len(price.applications) == 1 else "ask"
        lines += wrapped("" if lines else "asked", f"{asked} {verb} for {what}; with that and without: {told}", width)
    return lines


def _priced(price: IsolationPrice, cost_first: bool) -> str:
    """The eras that need more for a demand, then those of which that is not known."""
    changed, doubtful = [], []
    for row, without in price.rows:
        if words := _change(row, without, cost_first):
            changed.append(unbroken(words))
        elif not (_sure(row, without) or row.plan.unplaced):
            doubtful.append(plain_title(row.era))
    doubt = f"no more found, but not proven: {', '.join(doubtful)}" if doubtful else ""
    return "; ".join(filter(None, (", ".join(changed), doubt))) or "no era needs more for it"


def _sure(row: EraResult, without: EraResult) -> bool:
    return row.plan.status == without.plan.status == "optimal"


def _change(row: EraResult, without: EraResult, cost_first: bool) -> str:
    """What the demand changes in one era; nothing if it does not."""
    sure = "" if _sure(row, without) else " (not proven)"
    title = plain_title(row.era)
    if cost_first and row.cost_per_month is not None and without.cost_per_month is not None:
        if row.cost_per_month == without.cost_per_month:
            return ""
        return f"{title} {dollars(row.cost_per_month)} and {dollars(without.cost_per_month)} a month{sure}"
    if row.machines == without.machines:
        return ""
    return f"{title} {number(row.machines)} and {number(without.machines)}{sure}"


def _why(rows: Sequence[EraResult], width: int) -> list[str]:
    reasons: dict[str, list[str]] = {}
    for row in rows:
        reasons.setdefault(row.why, []).append(plain_title(row.era))
    lines = []
    for k, (reason, eras) in enumerate(reasons.items()):
        lines += wrapped("why" if k == 0 else "", f"{', '.join(eras)}: {reason}", width)
    return lines


def _unplaced(comparison: Comparison, width: int) -> list[str]:
    """What has no place: each application once, with the reason in the first era that refuses it, and all such eras."""
    found: dict[str, tuple[Unplaced, list[tuple[str, str]]]] = {}
    for row in comparison.rows:
        for missing in row.plan.unplaced:
            found.setdefault(missing.application, (missing, []))[1].append((row.shape, plain_title(row.era)))
    lines = []
    for application, (missing, refused) in list(found.items())[:SHOWN_UNPLACED]:
        near = unbroken(f" (nearest machine: {missing.nearest})") if missing.nearest else ""
        what = unbroken(f"{application} x {missing.count}")
        where = _where(refused, comparison)
        lines += wrapped("unplaced", f"{what}: {missing.reason}{near}{where}", width)
    if len(found) > SHOWN_UNPLACED:
        lines.append(f"{'':<9}and {len(found) - SHOWN_UNPLACED} more: --format json lists them all, with reasons")
    return lines


def _where(refused: Sequence[tuple[str, str]], comparison: Comparison) -> str:
    """The eras that refuse something, in one of the shapes or in both; nothing where there is but one era."""
    own = {shape for shape, _ in refused}
    every = {(row.shape, plain_title(row.era)) for row in comparison.rows if row.shape in own}
    eras = dict.fromkeys(era for _, era in refused)
    if len({row.era for row in comparison.rows}) == 1:
        return ""
    where = "every era" if set(refused) == every else ", ".join(map(unbroken, eras))
    return f"; in {where}" + ("" if PARTS in own else ", as a monolith")


def assumption_lines(comparison: Comparison, everything: bool, width: int) -> list[str]:
    """Everything that is assumed, with its source, or the few that matter most."""
    stated = comparison.assumptions
    if everything:
        rows = [[a.name, a.value, a.source] for a in stated]
        lines = table(["assumption", "value", "source"], rows, (0, 1, 2))
        if max(map(len, lines)) <= width:
            return lines
        return [line for a in stated for line in lines_of(f"{a.name}: {a.value} ({a.source})", width, "", "    ")]
    short = {"guest_os.linux.memory": "guest OS", "size of an instance": "sized by"}
    shown = [f"{short.get(a.name, a.name)} {a.value}" for name in SHOWN_ASSUMPTIONS for a in stated if a.name == name]
    return wrapped("assumed", f"{', '.join(shown)} (all {len(stated)}: --assumptions)", width)


def _commands(label: str, commands: Sequence[str]) -> list[str]:
    """A command a line, whole, however long: they are there to be copied."""
    return [f"{label if k == 0 else '':<9}{command}" for k, command in enumerate(commands)]
