"""plan() and compare_eras(): from a workload and machines to Plans and a Comparison, every packing checked."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from binpack.comparison import Comparison, EraResult
from binpack.contradictions import refuse_contradictions
from binpack.era_plan import Plan, type_counts
from binpack.eras.assumptions import assumptions
from binpack.eras.costs.bill import bill_of
from binpack.eras.costs.cost_objective import cost_first
from binpack.eras.era import Era, Setting
from binpack.eras.images.image_use import image_use
from binpack.eras.notes import notes
from binpack.eras.operation.balancers import with_balancers
from binpack.eras.operation.spares import with_spares
from binpack.eras.options import ERAS, MONOLITH, PARTS, SHAPES, EraOptions
from binpack.eras.packing.engine import Engine
from binpack.eras.packing.finishing import finished, pod_order
from binpack.eras.packing.placement import Placement
from binpack.eras.registry import era as era_named
from binpack.eras.results import era_result
from binpack.errors import input_error
from binpack.machines.catalogue import STANDARD, default_machine
from binpack.machines.licence import with_licences
from binpack.machines.machine_type import MachineType
from binpack.machines.overheads import Overheads, load_overheads
from binpack.machines.ownership import owned
from binpack.units import GIB, MEMORY, THREAD
from binpack.workload.application import Resources
from binpack.workload.monolith import as_monolith, as_parts
from binpack.workload.sizing import assumed_share, size_workload
from binpack.workload.workload import Workload

RENTED_TYPES = 3

Usage = Mapping[str, Resources]


def plan(
    workload: Workload,
    era: str,
    machines: Sequence[MachineType] | None = None,
    *,
    shape: str = PARTS,
    options: EraOptions | None = None,
    size_by: str = "requests",
    usage: Usage | None = None,
) -> Plan:
    """One era in full. See ``compare_eras`` for the parameters; InputError for an unknown era or shape."""
    found = compare_eras(
        workload, machines, eras=(era,), shapes=(shape,), options=options, size_by=size_by, usage=usage
    )
    return found.rows[0].plan


def compare_eras(
    workload: Workload,
    machines: Sequence[MachineType] | None = None,
    *,
    eras: Sequence[str] = ERAS,
    shapes: Sequence[str] = SHAPES,
    options: EraOptions | None = None,
    size_by: str = "requests",
    usage: Usage | None = None,
    progress: Callable[[str], None] | None = None,
) -> Comparison:
    """All eras side by side, for the applications as parts and as monoliths.

    machines : the types to choose from, the same in every era; None: the default machine.
    size_by : ``requests``, ``limits`` or ``usage`` (then ``usage`` maps applications to amounts).
    progress : called with a few words before each era.
    """
    sized = size_workload(workload, size_by, usage)
    return compare_sized(sized, machines, eras, shapes, options or EraOptions(), size_by, progress)


def compare_sized(
    sized: Workload,
    machines: Sequence[MachineType] | None,
    eras: Sequence[str],
    shapes: Sequence[str],
    options: EraOptions,
    size_by: str,
    progress: Callable[[str], None] | None = None,
) -> Comparison:
    """``compare_eras`` of a workload that ``size_workload`` has sized by ``size_by``."""
    check_names("era", eras, ERAS)
    check_names("shape", shapes, SHAPES)
    sized = with_licences(sized, options.licences)
    overheads = overheads_of(sized, options)
    setting = Setting(sized, tuple(owned(machines or (default_machine(),), options.ownership)), overheads, options)
    refuse_contradictions(setting, eras)
    rows = tuple(era_rows(setting, eras, shapes, size_by, progress))
    if not rows:
        if any(machine.rented for machine in setting.machines):
            raise input_error("era", "kubernetes_on_vms on rented machines", "kubernetes: they are VMs already")
        found = "kubernetes_on_vms with limits on copies of others"
        raise input_error("era", found, "kubernetes: sizes of VMs are not chosen for these")
    parts = as_parts(sized)
    return Comparison(
        workload=sized.name,
        applications=len(parts.placed),
        instances=parts.instances,
        copies=same_copies(parts),
        requested=requested(parts),
        assumed_share=assumed_share(sized),
        machine=machine_sentence(setting.machines),
        rows=rows,
        assumptions=assumptions(setting, size_by),
        notes=notes(setting, [(era_named(row.era, options).title, row.plan.machines) for row in rows]),
        cost_first=cost_first(setting),
    )


def era_rows(
    setting: Setting, eras: Sequence[str], shapes: Sequence[str], size_by: str, progress: Callable[[str], None] | None
) -> Iterator[EraResult]:
    """One result per era and shape, each announced to ``progress`` before it is worked out."""
    shaped = {PARTS: as_parts, MONOLITH: as_monolith}
    counted: list[tuple[Workload, list[EraResult]]] = []
    for shape in shapes:
        workload = shaped[shape](setting.workload)
        twin = next((rows for other, rows in counted if other == workload), None)
        if twin is not None:  # nothing to join: counting again would only repeat the search
            yield from (in_shape(row, shape) for row in twin)
            continue
        rows = []
        for name in eras:
            if skipped(name, setting):
                continue
            era = era_named(name, setting.options)
            if progress is not None:
                progress(f"{era.title}, {shape}")
            whole = workload
            if era.orchestrated:
                whole = with_balancers(workload, setting.options.load_balancers, setting.overheads)
            rows.append(era_row(era, shape, replace(setting, workload=whole), size_by))
            yield rows[-1]
        counted.append((workload, rows))


def in_shape(row: EraResult, shape: str) -> EraResult:
    """The same row under the name of another shape."""
    return replace(row, shape=shape, plan=replace(row.plan, shape=shape))


def era_row(era: Era, shape: str, setting: Setting, size_by: str) -> EraResult:
    """Solve one era and shape, name and rack its machines, and add up its row."""
    placement = with_spares(place_with_few_types(era, setting), setting)
    machines, cabinets = finished(placement.machines, setting.machines, setting.options.cabinet)
    bill = bill_of(era, machines, placement, setting)
    unproven = placement.status == "optimal" and cost_first(setting) and not bill.proven
    plan = Plan(
        era=era.name,
        shape=shape,
        status="feasible" if unproven else placement.status,
        machines=machines,
        lower_bound=placement.bound.machines,
        cost_lower_bound=placement.bound.cost_per_hour,
        unplaced=placement.unplaced,
        assumptions=assumptions(setting, size_by),
        notes=notes(setting, [(era.title, machines)]),
        order=pod_order(machines, setting.workload) if era.runs_pods else (),
        images=image_use(era, placement, setting),
    )
    return era_result(era, plan, placement, cabinets, bill, setting)


def place_with_few_types(era: Era, setting: Setting) -> Placement:
    """Place over all machine types; where more than ``max_types`` are used, again over the most used of them.

    The bound stays that of all types, so a gap tells what the restriction may have cost.
    """
    solve = Engine(setting.options, setting.options.time_limit / era.searches)
    placement = era.place(setting, solve)
    used, limit = type_counts(placement.machines), most_types(setting)
    if len(used) <= limit:
        return placement
    kept = sorted(used, key=lambda name: -used[name])[:limit]
    again = era.place(replace(setting, machines=[m for m in setting.machines if m.name in kept]), solve)
    if again.unplaced != placement.unplaced:
        return placement  # the types left out were needed: more types are better than an application without a machine
    proven = again.status == "optimal" and sum(m.count for m in again.machines) <= placement.bound.machines
    status = again.status if proven or again.status != "optimal" else "feasible"
    return replace(again, status=status, bound=placement.bound)


def most_types(setting: Setting) -> int:
    """How many machine types a plan may mix: of rented ones a few, which is easier to run; of one's own what there is."""
    if setting.options.max_types is not None:
        return setting.options.max_types
    return RENTED_TYPES if any(machine.rented for machine in setting.machines) else len(setting.machines)


def skipped(era: str, setting: Setting) -> bool:
    """Rented instances are virtual machines already: Kubernetes on them is one row, not two. Nor are sizes of VMs chosen for
    copies of which so many may be beside another: a limit of a whole host, whichever VMs they are in."""
    if era != "kubernetes_on_vms":
        return False
    limited = any(a.placement.most_beside for a in setting.workload.placed)
    return limited or all(machine.rented for machine in setting.machines)


def check_names(what: str, names: Sequence[str], known: Sequence[str]) -> None:
    """Every name must be a known one."""
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            fix = f"did you mean {near[0]}?" if near else ""
            raise input_error(what, repr(name), "one of " + ", ".join(known), fix)


def same_copies(workload: Workload) -> int | None:
    """How many copies every application has, if it is the same number for all."""
    counts = {application.replicas for application in workload.placed}
    return counts.pop() if len(counts) == 1 else None


def overheads_of(workload: Workload, options: EraOptions) -> Overheads:
    """The overheads that a run of a workload counts with."""
    return load_overheads(
        workload.overheads,
        options.overheads,
        guest_os=options.guest_os,
        cpu_efficiency=options.cpu_efficiency,
        own=options.own_overheads,
    )


def requested(workload: Workload) -> dict[str, int]:
    """Sum of all copies' sizes, per resource."""
    total: dict[str, int] = {}
    for application in workload.placed:
        for resource, amount in application.size.items():
            total[resource] = total.get(resource, 0) + amount * application.replicas
    return total


def machine_sentence(machines: Sequence[MachineType]) -> str:
    """What every era runs on, in one line."""
    if len(machines) > 1:
        shown = ", ".join(m.name for m in machines[:4])
        return f"Machines to choose from in every era: {shown}{' ...' if len(machines) > 4 else ''} ({len(machines)} types)"
    machine = machines[0]
    threads, memory = machine.capacity.get("cpu", 0) // THREAD, machine.capacity.get(MEMORY, 0) / GIB
    named = [] if machine.name == STANDARD else [machine.name]
    if named and machine.family and not machine.rented:
        named = [f"{machine.name} of {machine.family}"]
    if machine.rack_units == Fraction(1, 2):
        named.append("two to a rack unit")
    return ", ".join([f"Same machine in every era: {threads} threads", f"{memory:g} GiB", *named])
