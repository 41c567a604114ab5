"""A Plan as text that a person reads in a terminal: the total, then the machines with what is on them."""

from __future__ import annotations

from collections.abc import Sequence

from binpack.comparison import EraResult
from binpack.era_plan import Machine, Unplaced
from binpack.report.figures import bar, counted, dollars, kilowatts, number, plain_title
from binpack.report.images import image_line, image_sentence
from binpack.report.machine_groups import Contents, MachineGroup, contents, grouped, virtual_machines
from binpack.report.wrapping import lines_of, unbroken, wrapped
from binpack.units import MEMORY, format_amount, format_bytes

_MARK = ">"  # before the resource that is the fullest
_RANGES = 4  # of names that are listed for equal machines


def plan_text(
    row: EraResult, width: int = 100, everything: bool = False, title: str = "", cost_first: bool = False
) -> str:
    """The total, equal machines together (each by itself with ``everything``), what has no place, and notes."""
    plan = row.plan
    groups = grouped(plan.machines, everything)
    keys = {instance.application for _, instance in plan.instances()}
    shared = {key.partition("/")[0] for key in keys}
    prefix = f"{shared.pop()}/" if len(shared) == 1 else ""
    blocks = [_head(row, title, cost_first, width)]
    if plan.machines:
        images = wrapped("images", image_sentence(plan.images), width) if plan.images else []
        blocks.append([*_total(row, width), *images, *_use([(m, m.count) for m in plan.machines], width)])
    blocks += [_group_lines(group, prefix, width) for group in groups]
    if len(groups) < plan.machine_count:
        blocks.append(["Equal machines stand together; --all lists each by itself."])
    blocks.append([line for missing in plan.unplaced for line in _unplaced(missing, width)])
    blocks.append([line for k, note in enumerate(plan.notes) for line in lines_of(note, width, *_note_heads(k))])
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _note_heads(k: int) -> tuple[str, str]:
    return ("read     " if k == 0 else " " * 9, " " * 9)


def _head(row: EraResult, title: str, cost_first: bool, width: int) -> list[str]:
    """One sentence: what, how many machines, and whether that is proven."""
    plan = row.plan
    proof = {
        "optimal": f"proven: nothing {'cheaper' if cost_first else 'smaller'} exists",
        "infeasible": "not everything fits",
    }.get(plan.status, f"at least {number(plan.lower_bound)}")
    what = f"{title}: " if title else ""
    era = f"{plain_title(plan.era)}, as {'a monolith' if plan.shape == 'monolith' else plan.shape}"
    return lines_of(f"{what}{era}: {counted(plan.machine_count, 'machine')} ({proof})", width)


def _total(row: EraResult, width: int) -> list[str]:
    """What all machines together are."""
    facts = [counted(row.machines, "machine"), counted(row.instances, "copy")]
    if row.virtual_machines:
        facts.append(counted(row.virtual_machines, "virtual machine"))
    if row.rack_units is not None:
        facts.append(f"{counted(int(row.rack_units), 'rack unit')} in {counted(row.cabinets, 'cabinet')}")
    if row.watts is not None:
        facts.append(f"{kilowatts(row.watts)} kW")
    if row.cost_per_month is not None:
        facts.append(f"{dollars(row.cost_per_month)} a month")
    legend = f"Of each resource: requested + overhead of what there is ({_MARK} marks the fullest)."
    return [*lines_of(f"total: {', '.join(map(unbroken, facts))}", width), *lines_of(legend, width)]


def _use(machines: Sequence[tuple[Machine, int]], width: int) -> list[str]:
    """A line for each resource: used share, requested, overhead, free, over so many of each machine."""
    rows: dict[str, tuple[int, int, int]] = {}
    for machine, times in machines:
        for resource, whole in machine.capacity.items():
            requested = sum(i.requests.get(resource, 0) * i.count for i in machine.instances)
            lost = sum(c.amount for c in machine.overhead if c.resource == resource)
            before = rows.get(resource, (0, 0, 0))
            rows[resource] = tuple(b + n * times for b, n in zip(before, (whole, requested, lost), strict=True))  # type: ignore[assignment]
    rows = {resource: amounts for resource, amounts in rows.items() if amounts[0]}
    fullest = max(rows, key=lambda r: (rows[r][1] + rows[r][2]) / rows[r][0], default="")
    name_width = max(map(len, rows), default=0)
    cells = 20 if width >= 110 else 10
    lines = []
    for resource, (whole, requested, lost) in rows.items():
        used = requested + lost
        full, free, asked, over = (format_amount(resource, n) for n in (whole, whole - used, requested, lost))
        mark = _MARK if resource == fullest and used else " "
        lines.append(
            f"{mark} {resource:<{name_width}} {used / whole:4.0%} {bar(used, whole, cells):<{cells}} "
            f"{asked} + {over} overhead of {full}, {free} free"
        )
    return lines


def _group_lines(group: MachineGroup, prefix: str, width: int) -> list[str]:
    """One machine, or equal ones: their names and type, their use, and what is on each."""
    machine = group.first
    names = ", ".join(group.names[:_RANGES]) + (", ..." if len(group.names) > _RANGES else "")
    each = f" ({number(group.count)} of the same)" if group.count > 1 else ""
    place = ""
    if machine.cabinet is not None:
        start = "from " if group.count > 1 else ""
        place = f", {start}cabinet {machine.cabinet} unit {machine.rack_unit} slot {machine.slot}"
    images = f", {held}" if (held := image_line(machine)) else ""
    lines = [*lines_of(f"{names}{each}: {machine.type}{place}{images}", width), *_use([(machine, 1)], width)]
    for times, vm, found in virtual_machines(machine):
        size = f"VM of {counted(vm.vcpus, 'vCPU')}, {format_bytes(vm.capacity.get(MEMORY, 0))}"
        several = f"{times} x {size}" if times > 1 else f"{vm.name}, {size}"
        lines += lines_of(f"{several}: {_listed(found, prefix)}", width, "  ", "    ")
    outside = contents(i for i in machine.instances if i.inside is None)
    if outside or not machine.virtual_machines:
        lines += lines_of(_listed(outside, prefix), width, "  ", "  ")
    return lines


def _listed(found: Contents, prefix: str) -> str:
    """``web x 3, db``: names without the group that all of them share."""
    shown = (
        unbroken(f"{name.removeprefix(prefix)} x {count}" if count > 1 else name.removeprefix(prefix))
        for name, count in found
    )
    return ", ".join(shown) or "nothing"


def _unplaced(missing: Unplaced, width: int) -> list[str]:
    near = unbroken(f" (nearest machine: {missing.nearest})") if missing.nearest else ""
    text = f"{unbroken(f'{missing.application} x {missing.count}')}: {missing.reason}{near}"
    return lines_of(text, width, "unplaced ", " " * 9)
