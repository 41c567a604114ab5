"""A Comparison or a Plan as text that a person reads in a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from binpack.comparison import Comparison, EraResult
from binpack.plan import Machine, Plan
from binpack.report.figures import (
    bar,
    dollars,
    kilowatts,
    number,
    overhead_memory,
    proven,
    share,
    table,
    title,
)
from binpack.units import CPU, GIB, MEMORY, format_amount, format_bytes, format_cpu

PARTS = "parts"
SHOWN_ASSUMPTIONS = ("guest_os.linux.memory", "vCPUs per thread", "headroom", "size of an instance")


def comparison_text(comparison: Comparison, width: int = 100, all_assumptions: bool = False) -> str:
    """Headline, table of the parts, the monoliths in short, why, assumptions, what to try next."""
    parts = [row for row in comparison.rows if row.shape == PARTS]
    monoliths = [row for row in comparison.rows if row.shape != PARTS]
    blocks = [_head(comparison, width)]
    if sentence := headline(parts or monoliths):
        blocks.append(textwrap.wrap(sentence, width, initial_indent="  ", subsequent_indent="  "))
    blocks.append(_table(parts or monoliths, width))
    if parts and monoliths:
        blocks.append(_monoliths(monoliths, width))
    blocks.append(_why(parts or monoliths, width))
    blocks.append([*_unplaced(comparison), *_notes(comparison, width)])
    blocks.append(_assumptions(comparison, all_assumptions, width))
    blocks.append(_wrapped("next", " | ".join(comparison.next_steps), width))
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _head(comparison: Comparison, width: int) -> list[str]:
    requested = comparison.requested
    count = f"{number(comparison.applications)} applications, {number(comparison.instances)} instances"
    if comparison.copies is not None and comparison.copies > 1:
        count = (
            f"{number(comparison.applications)} x {comparison.copies} copies = {number(comparison.instances)} instances"
        )
    assumed = f"{float(comparison.assumed_share):.0%} assumed"
    asked = (
        f"{format_cpu(requested.get(CPU, 0))} CPU and {format_bytes(requested.get(MEMORY, 0))} requested ({assumed})"
    )
    return [
        *textwrap.wrap(f"{comparison.workload}: {count}, {asked}", width),
        *textwrap.wrap(comparison.machine, width),
    ]


def headline(rows: Sequence[EraResult]) -> str:
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
    words = [
        text.format(_machines(row.machines) if k == 0 else number(row.machines)) for k, (row, text) in enumerate(shown)
    ]
    sentence = ", ".join(words) + "."
    if any(row.plan.unplaced for row, _ in shown):
        return sentence + " Not everything fits: see below."
    if all(row.plan.status == "optimal" for row in rows):
        return sentence + " Proven: nothing smaller exists."
    return sentence + " Where it is not proven, the bound is given."


def _machines(count: int) -> str:
    return f"{number(count)} machine" + ("" if count == 1 else "s")


def _table(rows: Sequence[EraResult], width: int) -> list[str]:
    """One line per era. Below 96 columns the bar and the power are left out; cost and racks only where they are known."""
    wide = width >= 96
    largest = max((overhead_memory(row) for row in rows), default=0)
    priced = any(row.cost_per_month is not None for row in rows)
    racked = any(row.rack_units is not None for row in rows)
    columns: list[tuple[str, list[str]]] = [
        ("era", [title(row.era) for row in rows]),
        ("machines", [number(row.machines) for row in rows]),
        ("proven", [proven(row) for row in rows]),
        ("+1 spare" if wide else "spare", [number(row.plus_one_spare) for row in rows]),
    ]
    if racked:
        units = [None if row.rack_units is None else int(row.rack_units) for row in rows]
        columns.append(("racks", [number(count) for count in units]))
    columns.append(("overhead", [format_bytes(overhead_memory(row)) for row in rows]))
    if wide:
        columns.append(("memory", [bar(overhead_memory(row), largest) for row in rows]))
    columns.append(("full of", [f"{row.full_of} {share(row.full_share)}".strip() for row in rows]))
    columns.append(("starts", [row.start_words for row in rows]))
    if racked and wide:
        columns.append(("kW", [kilowatts(row.watts) for row in rows]))
    if priced:
        columns.append(("$/month", [dollars(row.cost_per_month) for row in rows]))
    header = [name for name, _ in columns]
    left = [k for k, name in enumerate(header) if name in ("era", "memory", "full of", "starts")]
    lines = [list(line) for line in zip(*(cells for _, cells in columns), strict=True)]
    return table(header, lines, left, gap=2 if wide else 1)


def _monoliths(rows: Sequence[EraResult], width: int) -> list[str]:
    shown = [
        f"{title(row.era)} {number(row.machines)}{'' if row.plan.status == 'optimal' else ' (' + proven(row) + ')'}"
        for row in rows
    ]
    return _wrapped("as one monolith", ", ".join(shown), width)


def _why(rows: Sequence[EraResult], width: int) -> list[str]:
    reasons: dict[str, list[str]] = {}
    for row in rows:
        reasons.setdefault(row.why, []).append(title(row.era))
    lines = []
    for k, (reason, eras) in enumerate(reasons.items()):
        lines += _wrapped("why" if k == 0 else "", f"{', '.join(eras)}: {reason}", width)
    return lines


def _unplaced(comparison: Comparison) -> list[str]:
    """What has no place, once for all eras that refuse it for the same reason."""
    eras: dict[tuple[str, int, str, str], list[str]] = {}
    for row in comparison.rows:
        for missing in row.plan.unplaced:
            key = (missing.application, missing.count, missing.reason, missing.nearest)
            eras.setdefault(key, []).append(title(row.era))
    lines = []
    for (application, count, reason, nearest), where in eras.items():
        shown = ", ".join(dict.fromkeys(where))
        near = f" (nearest machine: {nearest})" if nearest else ""
        lines.append(f"unplaced {application} x {count}: {reason}{near}; {shown}")
    return lines


def _notes(comparison: Comparison, width: int) -> list[str]:
    lines = []
    for k, note in enumerate(comparison.notes):
        lines += _wrapped("read" if k == 0 else "", note, width)
    return lines


def _assumptions(comparison: Comparison, everything: bool, width: int) -> list[str]:
    stated = comparison.assumptions
    if everything:
        rows = [[a.name, a.value, a.source] for a in stated]
        return table(["assumption", "value", "source"], rows, (0, 1, 2))
    short = {"guest_os.linux.memory": "guest OS", "size of an instance": "sized by"}
    shown = [f"{short.get(a.name, a.name)} {a.value}" for name in SHOWN_ASSUMPTIONS for a in stated if a.name == name]
    return _wrapped("assumed", f"{', '.join(shown)} (all {len(stated)}: --assumptions)", width)


def _wrapped(label: str, text: str, width: int) -> list[str]:
    head = f"{label:<9}" if len(label) < 9 else f"{label}:  "
    lines = textwrap.wrap(text, max(20, width - len(head)), break_on_hyphens=False, break_long_words=False)
    return [(head if k == 0 else " " * len(head)) + line for k, line in enumerate(lines)]


def plan_text(plan: Plan, width: int = 100) -> str:
    """One era in full: a total, then every machine with what it pays and what stands on it."""
    machines = plan.machine_count
    proof = "proven: nothing smaller exists" if plan.status == "optimal" else f"bound {plan.lower_bound}, {plan.status}"
    blocks = [[f"{title(plan.era)}, {plan.shape}: {_machines(machines)} ({proof})"]]
    for machine in plan.machines:
        blocks.append(_machine_lines(machine, width))
    if plan.unplaced:
        blocks.append(
            [f"unplaced {u.application} x {u.count}: {u.reason}; nearest {u.nearest or '-'}" for u in plan.unplaced]
        )
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _machine_lines(machine: Machine, width: int) -> list[str]:
    times = f" and {machine.count - 1} more like it" if machine.count > 1 else ""
    place = ""
    if machine.cabinet is not None:
        place = f", cabinet {machine.cabinet} unit {machine.rack_unit} slot {machine.slot}"
    lines = [f"{machine.name}{times}: {machine.type}{place}"]
    for resource, whole in machine.capacity.items():
        requested = sum(i.requests.get(resource, 0) * i.count for i in machine.instances)
        lost = sum(c.amount for c in machine.overhead if c.resource == resource)
        used = requested + lost
        filled = "#" * (used * 20 // whole) if whole else ""
        full, free = format_amount(resource, whole), format_amount(resource, whole - used)
        lines.append(
            f"  {resource:<8} {filled:<20} {used / whole if whole else 0:4.0%} of {full}: "
            f"{format_amount(resource, requested)} requested, {format_amount(resource, lost)} overhead, {free} free"
        )
    if machine.virtual_machines:
        held = sum(vm.capacity.get(MEMORY, 0) for vm in machine.virtual_machines)
        lines.append(f"  {len(machine.virtual_machines)} virtual machines, {held / GIB:,.1f} GiB together")
    copies: dict[str, int] = {}
    for instance in machine.instances:
        copies[instance.application] = copies.get(instance.application, 0) + instance.count
    shown = ", ".join(f"{name} x {count}" if count > 1 else name for name, count in copies.items()) or "nothing"
    lines += textwrap.wrap(
        shown, max(20, width - 2), initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False
    )
    return lines
