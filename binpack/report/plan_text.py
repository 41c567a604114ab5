"""A Plan as text that a person reads in a terminal: the total, then the machines with what is on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from binpack.comparison import EraResult
from binpack.era_plan import Machine, Plan, Unplaced
from binpack.report.figures import (
    bar,
    best_there_is,
    bill,
    counted,
    dollars,
    kilograms,
    kilowatts,
    least_cost,
    number,
    plain_title,
)
from binpack.report.images import image_line, image_sentence
from binpack.report.machine_groups import Contents, MachineGroup, contents, each, grouped, virtual_machines
from binpack.report.wrapping import labelled, lines_of, unbroken, wrapped
from binpack.units import MEMORY, format_amount, format_bytes

_MARK = ">"  # before the resource that is the fullest
_RANGES = 4  # of names that are listed for equal machines


def plan_text(
    row: EraResult, width: int = 100, everything: bool = False, title: str = "", cost_first: bool = False
) -> Iterator[str]:
    """The total, equal machines together (each by itself with ``everything``), what has no place, and notes.

    In parts, to be written one after the other: machines by themselves may be millions.
    """
    yield "\n".join(_head(row, title, cost_first, width)) + "\n"
    for block in _blocks(row, width, everything):
        if block:
            yield "\n" + "\n".join(block) + "\n"


def _blocks(row: EraResult, width: int, everything: bool) -> Iterator[list[str]]:
    """The lines of each block after the first; some have none."""
    plan = row.plan
    if plan.machines:
        images = wrapped("images", image_sentence(plan.images), width) if plan.images else []
        yield [*_total(row, width), *images, *_use([(m, m.count) for m in plan.machines], width)]
    yield from _each_machine(plan, width) if everything else _equal_machines(plan, width)
    yield [line for missing in plan.unplaced for line in _unplaced(missing, width)]
    yield labelled("read", plan.notes, width)


def _each_machine(plan: Plan, width: int) -> Iterator[list[str]]:
    """A block for every machine; those of an entry differ in names and places alone."""
    prefix = _prefix(plan)
    for machine in plan.machines:
        same = _machine_lines(machine, prefix, width)
        for one in each(machine):
            inside = _machine_lines(one, prefix, width) if one.virtual_machines else same
            yield [*_name_lines(MachineGroup(one, (one.name,), 1), width), *inside]


def _equal_machines(plan: Plan, width: int) -> Iterator[list[str]]:
    """A block for all machines that are alike."""
    prefix, groups = _prefix(plan), grouped(plan.machines)
    for group in groups:
        yield [*_name_lines(group, width), *_machine_lines(group.first, prefix, width)]
    if len(groups) < plan.machine_count:
        yield ["Equal machines stand together; --all lists each by itself."]


def _prefix(plan: Plan) -> str:
    """The group that the names of all applications begin with; empty where they are of several."""
    shared = {instance.application.partition("/")[0] for _, instance in plan.instances()}
    return f"{shared.pop()}/" if len(shared) == 1 else ""


def _head(row: EraResult, title: str, cost_first: bool, width: int) -> list[str]:
    """One sentence: what, how many machines, and whether that is proven."""
    plan = row.plan
    proof = {
        "optimal": f"proven: {best_there_is([row], cost_first)}",
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
    if row.carbon_per_month is not None:
        facts.append(f"{kilograms(row.carbon_per_month)} kg of CO2 a month")
    if row.cost_per_month is not None:
        parts = f" ({bill(row)})" if len(row.costs) > 1 else ""
        facts.append(f"{dollars(row.cost_per_month)} a month{parts}{least_cost(row)}")
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


def _name_lines(group: MachineGroup, width: int) -> list[str]:
    """One machine, or equal ones: their names, their type and where the first stands."""
    machine = group.first
    names = ", ".join(group.names[:_RANGES]) + (", ..." if len(group.names) > _RANGES else "")
    alike = f" ({number(group.count)} of the same)" if group.count > 1 else ""
    place = ""
    if machine.place is not None:
        start = "from " if group.count > 1 else ""
        cabinet, unit, slot = machine.place
        place = f", {start}cabinet {cabinet} unit {unit} slot {slot}"
    images = f", {held}" if (held := image_line(machine)) else ""
    return lines_of(f"{names}{alike}: {machine.type}{place}{images}", width)


def _machine_lines(machine: Machine, prefix: str, width: int) -> list[str]:
    """The use of a machine, and what is on it."""
    lines = _use([(machine, 1)], width)
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
